"""Who gets a lead, and why. Pure: rules as data (definition, conditions), one choice (choosing), turns, a replay."""
