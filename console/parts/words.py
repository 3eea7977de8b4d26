"""The words of the lead page: what texts are called, why they went or did not, what events say. Pure."""

from collections.abc import Mapping
from typing import Any

from core.messaging import failures

TEMPLATES = {
    "lead_confirmation": "Confirmation",
    "lead_question": "Call or text",
    "lead_pick_a_time": "Pick a time",
    "lead_what_to_expect": "What to expect",
    "lead_offer": "Free consultation",
    "lead_reviews": "What a visit is like",
    "lead_still_here": "Still interested",
    "lead_last_question": "Bad time",
    "lead_goodbye": "Last text",
    "opt_out_confirmation": "Opt-out confirmed",
    "help": "Answer to HELP",
    "resumed": "Texts switched on again",
    "missed_you": "Missed you",
}
PURPOSES = {"reply": "Answer", "manual": "Text", "marketing": "Follow-up", "transactional": "Follow-up"}
CONDITIONS = {
    "not_attempted": "nobody called or wrote",
    "not_contacted": "no conversation",
    "not_replied": "no reply",
    "not_booked": "no booking",
}
WHY_SENT = {
    "confirmation": "answers the patient's own form, consent ticked",
    "transactional": "consent on file, inside texting hours, nobody had spoken with them",
    "marketing": "marketing consent on file, inside texting hours, nobody had spoken with them",
    "reply": "the one answer that this keyword is owed",
    "manual": "written by a person, no bar against it",
}
REASONS = {
    "consent_missing": "no consent for this kind of text",
    "opted_out": "the number had opted out",
    "unreachable": "texts do not reach this number",
    "call_only": "this lead is call only",
    "quiet_hours": "outside texting hours",
    "daily_cap": "three automatic texts in 24 hours are the limit",
    "attempted": "somebody had called or written",
    "contacted": "a person had taken over",
    "task_over": "there was nothing left to do",
    "template_stopped": "this wording is stopped",
    "replied": "the patient had replied",
    "booked": "a visit was booked",
    "disqualified": "the lead was disqualified",
    "too_late": "too late to be of use",
    "sending_paused": "sending was paused",
    "overdue_dropped": "left out by hand when sending was resumed",
    "replaced": "a newer request took its place",
    "gave_up": "given up after several tries",
    "refused": "refused by the provider",
    "unknown": "the provider's answer was lost; being looked up",
    "for_a_person": "the provider's answer was lost; an admin decides",
    "retry": "the provider asked to try again",
    "adopted": "the provider confirmed it later",
    "not_found_resend": "the provider had not received it, sent again",
    "cancelled_by_staff": "stopped by hand",
    "restored_by_staff": "put back by hand",
    "sent_by_staff": "sent early by hand",
    "accepted": "accepted by the provider",
    "due": "handed to the provider",
    "delivered": "delivered",
}
STATUSES = {
    "planned": "on its way",
    "handing_over": "on its way",
    "accepted": "on its way",
    "scheduled": "on its way",
    "queued": "queued at the provider",
    "sending": "on its way",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "not delivered",
    "failed": "failed",
    "canceled": "cancelled at the provider",
}
FAILED = frozenset({"undelivered", "failed", "canceled"})
STOPPED_BY = {
    "replied": "Reply",
    "contacted": "Contact",
    "booked": "Booking",
    "opted_out": "Opt-out",
    "unreachable": "Wrong number",
    "disqualified": "Disqualification",
    "replaced": "A newer request",
}
TARGETS = {
    "first_contact": "First contact",
    "first_conversation": "First conversation",
    "next_reply": "Answer",
}
UNDERSTOOD = {
    "stop": "stop texting",
    "stop_plain": "stop texting",
    "wrong_number": "wrong number",
    "help": "help",
    "start": "text me again",
    "call": "call me",
    "book": "book a time",
    "1": "choice 1",
    "2": "choice 2",
    "3": "choice 3",
}


def template_name(template: str | None, purpose: str) -> str:
    """What a text is called on the screen."""
    if template in TEMPLATES:
        return TEMPLATES[template]
    return PURPOSES.get(purpose, purpose.replace("_", " ").capitalize())


def only_if(conditions: tuple[str, ...]) -> str:
    """'only if no contact and no reply', or ''. No booking goes without saying."""
    kept = [CONDITIONS[name] for name in conditions if name in CONDITIONS and name != "not_booked"]
    return f"only if {' and '.join(kept)}" if kept else ""


def reason(word: str, detail: Mapping[str, Any], by: str | None) -> str:
    """Why an action moved, as the end of a line."""
    if word == "refused":
        return failures.of(detail.get("code")).why.lower()
    words = REASONS.get(word, word.replace("_", " "))
    if word.endswith("_by_staff") and by:
        return words.replace("by hand", f"by {by}")
    if word == "too_late" and detail.get("after"):
        return f"{words} after waiting: {REASONS.get(detail['after'], detail['after'])}"
    return words


def texts(count: int) -> str:
    return f"{count} step" if count == 1 else f"{count} steps"
