"""Who gets a lead: the rules as sentences, tried on a made-up lead and on the last month before they are published."""
