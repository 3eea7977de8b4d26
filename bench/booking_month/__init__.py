"""A month of a clinic that is booked by link, by API and at the desk, with a waitlist: judged from outside."""
