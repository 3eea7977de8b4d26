"""The closed lists that staff choose from when a call ended or a lead leads nowhere. Pure."""

CALL_OUTCOMES = {
    "talked": "Talked",
    "voicemail": "Left a voicemail",
    "no_answer": "No answer",
    "wrong_number": "Wrong number",
}

# What staff must do, by kind of task.
TASKS = {
    "call": "Call",
    "next_call": "Call again",
    "call_back": "Call back",
    "reminder": "Reminder",
    "rebook": "Offer another visit",
    "correct_number": "Correct the number or email",
}
OF_ONES_OWN = ("call_back", "reminder")
CALLS = ("call", "next_call", "call_back")

DISQUALIFIED = {
    "not_interested": "Not interested",
    "price": "Too expensive",
    "went_elsewhere": "Went elsewhere",
    "too_far": "Too far away",
    "not_suitable": "Not suitable",
    "wrong_number": "Wrong number",
    "duplicate": "Duplicate",
    "spam": "Not a real request",
}

# Later stages in the order in which a patient comes through them, with the column that keeps the moment.
STAGES = {
    "qualified": "qualified_at",
    "booked": "booked_at",
    "attended": "attended_at",
    "treated": "treated_at",
}

# Why automation waits for a lead, where somebody said so rather than wrote to them.
PAUSED_BY_HAND = "by_hand"
# Events by which a colleague has taken up the alert about a lead: their own word, or that they have it or gave it on.
ACKNOWLEDGED = "alert_acknowledged"
TAKEN_UP = (ACKNOWLEDGED, "taken", "reassigned")
