"""The pages of the waitlist, under a person's own link."""
