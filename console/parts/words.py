"""Words shown for codes, the same on every screen: forms, texts and why they went or did not, events. Pure."""

from collections.abc import Mapping
from typing import Any

from core.messaging import failures

FORMS = {
    "lead_capture": "Lead capture",
    "consultation_request": "Consultation",
    "medical_intake": "Medical intake",
    "photo_upload": "Photos",
    "pre_treatment": "Before treatment",
    "booking": "Booking",
    "text_in": "Text from a new number",
    "by_hand": "Added by hand",
}
CONNECTORS = {
    "generic": "Website form",
    "typeform": "Typeform",
    "jotform": "Jotform",
    "hosted": "Our own form",
    "twilio-text": "Text message",
    "twilio-status": "Delivery report",
}
STATES = {"open": "Open", "booked": "Booked", "disqualified": "Disqualified", "closed": "Closed"}
TIMEFRAMES = {"asap": "ASAP", "just_browsing": "just looking"}
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
    "safety_reply": "Emergency advice",
    "safety_reply_es": "Emergency advice",
    "resumed": "Texts switched on again",
    "missed_you": "Missed you",
    "staff_new_lead": "To staff: new lead",
    "staff_reply": "To staff: a patient wrote",
    "staff_urgent": "To staff: urgent",
    "staff_wrong_number": "To staff: wrong number",
    "staff_call_task": "To staff: call task",
    "staff_task": "To staff: task",
    "staff_reassigned": "To staff: lead handed over",
    "staff_digest": "To staff: daily summary",
    "staff_unread_form": "To staff: unread form",
    "staff_stumbled": "To staff: not taken in",
}
PURPOSES = {
    "confirmation": "Confirmation",
    "reply": "Answer",
    "manual": "Written by hand",
    "marketing": "Follow-up",
    "transactional": "Follow-up",
}
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
    "clinic_closed": "the clinic is closed",
    "snoozed": "the lead is snoozed",
    "damaged": "it could not be read, and was set aside",
    "daily_cap": "the limit of 3 automatic texts in 24 hours",
    "apart": "a little distance to the text before it",
    "attempted": "somebody had called or written",
    "contacted": "a person had taken over",
    "task_over": "there was nothing left to do",
    "replied": "the patient had replied",
    "booked": "a visit was booked",
    "disqualified": "the lead was disqualified",
    "needs_a_person": "the patient needs a person first",
    "acknowledged": "somebody has acknowledged it",
    "too_late": "too late to be of use",
    "no_wording": "its wording does not exist any more",
    "sending_paused": "sending was paused",
    "overdue_dropped": "left out by hand when sending was resumed",
    "replaced": "a newer request took its place",
    "gave_up": "given up after several tries",
    "refused": "refused by the provider",
    "unknown": "the provider's answer was lost; being looked up",
    "for_a_person": "the provider's answer was lost; an admin decides",
    "retry": "the provider asked to wait",
    "daily_budget": "the sender's limit for a day",
    "template_stopped": "its wording is stopped",
    "adopted": "the provider confirmed it later",
    "not_found_resend": "the provider had not received it, sent again",
    "cancelled_by_staff": "stopped by hand",
    "number_corrected": "the number was corrected",
    "restored_by_staff": "put back by hand",
    "sent_by_staff": "sent early by hand",
    "accepted": "accepted by the provider",
    "due": "handed to the provider",
    "delivered": "delivered",
}
STATUSES = {
    "planned": "planned",
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
    "unknown": "not sure yet",
}
FAILED = frozenset({"undelivered", "failed", "canceled"})
STOPPED_BY = {
    "replied": "the reply",
    "contacted": "the contact",
    "booked": "the booking",
    "opted_out": "the opt-out",
    "unreachable": "a wrong number",
    "disqualified": "the disqualification",
    "replaced": "a newer request",
    "maybe_replied": "a reply from this number (perhaps by somebody else)",
}
TARGETS = {
    "first_contact": "First contact",
    "first_conversation": "First conversation",
    "next_reply": "Answer",
    "danger": "Urgent answer",
    "next_call": "Call again",
    "call_back": "Call back",
    "reminder": "Reminder",
    "rebook": "Offer another visit",
    "correct_number": "Correct the number or email",
}
LIKENESS = {
    "same_phone": "same phone",
    "same_email": "same email",
    "same_birth_date": "same birth date",
    "other_phone": "different phones",
    "other_email": "different emails",
    "other_birth_date": "different birth dates",
    "name_same": "same name",
    "name_close": "names spelled alike",
    "name_half": "one name in common",
    "name_near": "names nearly alike",
    "name_vague": "names that may be one",
    "name_unknown": "a name missing",
    "name_apart": "different names",
}
UNDERSTOOD = {
    "opt_out": "stop texting",
    "ambiguous_opt_out": "maybe stop texting",
    "wrong_number": "wrong number",
    "red_flag": "possible danger",
    "clinical_question": "clinical question",
    "tapback": "reaction",
    "auto_reply": "automatic reply",
    "yes": "yes",
    "no": "no",
    "book": "book a time",
    "call": "call me",
    "here": "has arrived",
    "option_1": "choice 1",
    "option_2": "choice 2",
    "option_3": "choice 3",
    "help": "help",
    "opt_in": "text me again",
    "complaint": "complaint",
    "gratitude": "thanks",
    "stop": "stop texting",
    "stop_plain": "stop texting",
    "start": "text me again",
    "1": "choice 1",
    "2": "choice 2",
    "3": "choice 3",
}


def form_name(form: str) -> str:
    """What staff call a form type."""
    return FORMS.get(form) or as_words(form)


def connector_name(connector: str) -> str:
    """Where a form came in: 'Typeform', 'Our own form'."""
    return CONNECTORS.get(connector) or as_words(connector)


def source_name(source: str, campaign: str) -> str:
    """'Google, spring'"""
    words = (text.replace("_", " ").strip() for text in (source, campaign))
    named = ", ".join(word for word in words if word)
    return sentence_case(named)


def timeframe(code: str) -> str:
    """'as soon as possible', 'this week'"""
    return TIMEFRAMES.get(code, code.replace("_", " "))


def budget(code: str) -> str:
    """'500-1000' as '$500 to $1,000', 'under-500' as 'Under $500', '2000-plus' as '$2,000 or more'."""
    match [_dollars(end) for end in code.split("-")]:
        case ["under", amount]:
            return f"Under {amount}"
        case [amount, "plus"]:
            return f"{amount} or more"
        case [*ends] if all(end.startswith("$") for end in ends):
            return " to ".join(ends)
    return as_words(code)


def _dollars(end: str) -> str:
    """'1000' and '$1,000' as '$1,000'; a word stays."""
    digits = end.strip().removeprefix("$").replace(",", "")
    return f"${int(digits):,}" if digits.isdecimal() else end.strip().lower()


def template_name(template: str | None, purpose: str) -> str:
    """What a text is called: 'Pick a time', 'Written by hand'; one that this version does not know by its key."""
    if template:
        return TEMPLATES.get(template) or as_words(template)
    return PURPOSES.get(purpose) or as_words(purpose)


def status_words(status: str) -> str:
    """How far a text got."""
    return STATUSES.get(status, status)


def understood(code: str | None) -> str:
    """What a reply was read as; '' for a plain message."""
    return UNDERSTOOD.get(code or "", "")


def stopped_by(why: str) -> str:
    """What ended a sequence: 'the reply'."""
    return STOPPED_BY.get(why, "staff")


def reason_words(word: str) -> str:
    """Why a text was held, dropped or stopped."""
    return REASONS.get(word) or word.replace("_", " ")


def sentence_case(words: str) -> str:
    """A first capital; the rest stays, such as HELP."""
    return words[:1].upper() + words[1:]


def as_words(code: str) -> str:
    """'photo_upload' as 'Photo upload': a code that has no words of its own."""
    return code.replace("_", " ").capitalize()


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
    if word == "too_late" and detail.get("after"):
        return f"{words} after waiting: {reason_words(str(detail['after']))}"
    return words


def texts(count: int) -> str:
    return f"{count} step" if count == 1 else f"{count} steps"
