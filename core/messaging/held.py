"""Why a text does not go now, in sentences for whoever wants to send it. Pure."""

STOPPED = {
    "sending_paused": "All sending is paused.",
    "not_confirmed": "This database sends nothing until an admin confirms it.",
    "error_rate": "Sending has stopped: too many texts failed.",
    "opt_out_rate": "Sending has stopped: too many patients opted out.",
    "spend_limit": "Sending has stopped: the day's limit is reached.",
}
HELD = {
    "quiet_hours": "It is outside texting hours for this patient.",
    "daily_cap": "Three automatic texts in 24 hours are the limit.",
    "apart": "Another automatic text has just gone to this number.",
    "gap": "A text of another sequence has just gone to this number, or goes before it.",
    "window": "It is outside the hours of this step.",
    "daily_budget": "The sender has used up its texts of the day.",
    "automation_paused": "Automation is paused: a person has taken over.",
    "template_stopped": "This wording is stopped: carriers filter it.",
}
# Reasons for which a planned text waits by itself; `retry`: the provider asked to.
WAITS = frozenset({*HELD, "retry"})
DROPPED = {
    "opted_out": "This number opted out of texts.",
    "unreachable": "Texts do not reach this number.",
    "call_only": "This lead is call only.",
    "consent_missing": "There is no consent for this kind of text.",
    "disqualified": "The lead is disqualified.",
    "no_wording": "Its wording does not exist any more.",
    "only_health": "Its wording has health information, and this patient has not asked for that by text.",
    "too_late": "It is too late for it to be of use.",
}


def words(verdict: str, reason: str, until: str = "") -> str:
    """`verdict` stopped, held (until then, in words) or dropped; '' for one that goes."""
    if verdict == "stopped":
        return STOPPED.get(reason, "Sending has stopped.")
    if verdict == "held":
        why = HELD.get(reason, "It can't go yet.")
        return f"{why} It can go {until}." if until and reason != "template_stopped" else why
    return DROPPED.get(reason, "It can't be sent.") if verdict == "dropped" else ""
