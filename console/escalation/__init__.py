"""What happens while nobody reaches out to a new lead: levels, played for one lead, counted for a month."""
