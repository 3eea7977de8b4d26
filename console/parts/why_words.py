"""Why a text was sent, held, dropped or stopped, in words: each stands once."""

from collections.abc import Mapping
from typing import Any

from console.parts import email_words
from console.parts.words import as_words
from core.messaging import failures
from core.shipped import shipped_plans

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
    "reply": "the one answer that their text is owed",
    "manual": "written by a person, no bar against it",
}
REASONS = email_words.REASONS | {
    "consent_missing": "no consent for this kind of text",
    "opted_out": "the number had opted out",
    "unreachable": "texts do not reach this number",
    "call_only": "this lead is call only",
    "quiet_hours": "outside texting hours",
    "clinic_closed": "the clinic is closed",
    "in_hand": "a colleague has the lead in hand",
    "snoozed": "the lead is snoozed",
    "damaged": "it could not be read, and was set aside",
    "daily_cap": "the limit of 3 automatic texts in 24 hours",
    "apart": "a little distance to the text before it",
    "gap": "a distance to another sequence's text",
    "window": "outside the hours of this step",
    "moment_passed": "its moment had passed",
    "visit_moved": "moved with the visit",
    "cancelled": "the visit was cancelled",
    "no_show": "nobody came to the visit",
    "attended": "the visit took place",
    "arrived": "the patient had arrived",
    "checked_out": "they had been treated",
    "taken_back": "the mark was taken back",
    "left_at_gate": "a condition of the sequence was not met",
    "ended_by_staff": "the sequence was ended by hand",
    "not_attempted": "nobody had called or written",
    "not_contacted": "they had not spoken",
    "not_replied": "the patient had not replied",
    "not_booked": "nothing was booked",
    "attempted": "somebody had called or written",
    "contacted": "a person had taken over",
    "task_over": "there was nothing left to do",
    "replied": "the patient had replied",
    "booked": "a visit was booked",
    "disqualified": "the lead was disqualified",
    "needs_a_person": "the patient needs a person first",
    "misread": "the text was misread, as somebody said",
    "acknowledged": "somebody has acknowledged it",
    "just_answered": "an automatic answer had gone there just before",
    "no_person": "no person writes from this number",
    "in_danger": "the patient may be in danger: a person answers",
    "clinic_open": "the clinic was open again",
    "person_writes": "a person was writing with them",
    "too_late": "too late to be of use",
    "no_wording": "its wording does not exist any more",
    "only_health": "its wording names health information, and they have not asked for that by text",
    "sending_paused": "sending was paused",
    "overdue_dropped": "left out by hand when sending was resumed",
    "replaced": "a newer request took its place",
    "erased": "the person was erased",
    "gave_up": "given up after several tries",
    "push_not_set_up": "no browser of theirs shows alerts",
    "chat_not_set_up": "no chat tool of theirs is connected",
    "notice_gone": "their browser shows alerts no more",
    "notice_refused": "their push service or chat tool refused it",
    "notice_later": "their push service or chat tool did not take it yet",
    "notice_again": "sent again: nobody knew what became of it",
    "refused": "refused by the provider",
    "unknown": "the provider's answer was lost; being looked up",
    "for_a_person": "the provider's answer was lost; an admin decides",
    "automation_paused": "a person has taken over",
    "resumed_by_staff": "automation resumed by hand",
    "replied_since": "the patient had replied since it was planned",
    "edited_by_staff": "changed by hand",
    "experiment_over": "the experiment that had moved it is over",
    "retry": "the provider asked to wait",
    "daily_budget": "the sender's limit for a day",
    "template_stopped": "its wording is stopped",
    "adopted": "the provider confirmed it later",
    "not_found_resend": "the provider had not received it, sent again",
    "cancelled_by_staff": "stopped by hand",
    "number_corrected": "the number was corrected",
    "visit_changed": "the visit was changed since",
    "restored_by_staff": "put back by hand",
    "sent_by_staff": "sent early by hand",
    "accepted": "accepted by the provider",
    "due": "handed to the provider",
    "delivered": "delivered",
}
STOPPED_BY = {
    "replied": "the reply",
    "contacted": "the contact",
    "booked": "the booking",
    "opted_out": "the opt-out",
    "unreachable": "a wrong number",
    "disqualified": "the disqualification",
    "erased": "the person was erased",
    "replaced": "a newer request",
    "needs_a_person": "what they told of danger",
    "cancelled": "the cancelled visit",
    "no_show": "the missed visit",
    "attended": "the visit",
    "arrived": "the arrival",
    "checked_out": "the checkout",
    "taken_back": "a mark taken back",
    "left_at_gate": "one of its conditions",
    "maybe_replied": "a reply from this number (perhaps by somebody else)",
}
# What staff may say that a text means, in the order of the menu; `grave`: it is acted on at once.


def stopped_by(why: str) -> str:
    """What ended a sequence: 'the reply'."""
    return STOPPED_BY.get(why, "staff")


def reason_words(word: str) -> str:
    """Why a text was held, dropped or stopped."""
    return REASONS.get(word) or word.replace("_", " ")


def only_if(conditions: tuple[str, ...]) -> str:
    """'only if no contact and no reply', or ''. No booking goes without saying."""
    kept = [CONDITIONS[name] for name in conditions if name in CONDITIONS and name != "not_booked"]
    return f"only if {' and '.join(kept)}" if kept else ""


def reason(word: str, detail: Mapping[str, Any], by: str | None) -> str:
    """Why an action moved, as the end of a line."""
    if word == "refused":
        return failures.of(detail.get("code")).why.lower()
    words = reason_words(word)
    if word.endswith("_by_staff") and by:
        return words.replace("by hand", f"by {by}")
    if word == "gap" and detail.get("for"):
        return f"{words}, '{sequence_title(str(detail['for']))}'"
    if word == "too_late" and detail.get("after"):
        return f"{words} after waiting: {reason_words(str(detail['after']))}"
    return words


def sequence_title(key: str) -> str:
    """What staff call a sequence; a clinic's own by its key."""
    shipped = shipped_plans().get(key)
    return shipped.title if shipped else as_words(key)
