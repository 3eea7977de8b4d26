"""Words shown for codes, the same on every screen: forms, texts and why they went or did not, events. Pure."""

from core.messaging.variables import LANGUAGES
from core.shipped import shipped_catalogue

FORMS = {
    "lead_capture": "Lead capture",
    "consultation_request": "Consultation",
    "medical_intake": "Medical intake",
    "photo_upload": "Photos",
    "pre_treatment": "Before treatment",
    "booking": "Booking",
    "text_in": "Text from a new number",
    "missed_call": "Missed call",
    "by_hand": "Added by hand",
}
CONNECTORS = {
    "generic": "Website form",
    "typeform": "Typeform",
    "jotform": "Jotform",
    "hosted": "Our own form",
    "api": "Booking API",
    "twilio-text": "Text message",
    "twilio-status": "Delivery report",
}
PRIORITIES = {"1": "1, urgent", "2": "2, hot", "3": "3, warm", "4": "4, cold"}
# Whom a level of escalation may be told to: titles, then roles.
TELLABLE = {
    "team_lead": "Team lead", "manager": "Manager", "medical_director": "Medical director",
    "coordinator": "Coordinator", "nurse_injector": "Nurse injector", "aesthetician": "Aesthetician",
    "frontdesk": "Front desk", "provider": "Provider", "marketing": "Marketing", "admin": "Admin",
}  # fmt: skip
STATES = {"open": "Open", "booked": "Booked", "disqualified": "Disqualified", "closed": "Closed"}
TIMEFRAMES = {"asap": "ASAP", "just_browsing": "just looking"}
# Of texts whose template is none of the library, or is none any more.
TEMPLATES = {"missed_you": "Missed you", "safety_reply_es": "Emergency advice"}
PURPOSES = {
    "confirmation": "Confirmation",
    "reply": "Answer",
    "manual": "Written by hand",
    "marketing": "Follow-up",
    "transactional": "Follow-up",
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
MEANINGS = [
    {"code": code, "words": words, "grave": code in ("opt_out", "wrong_number", "red_flag")}
    for code, words in (
        ("question", "a question"),
        ("clinical_question", "a clinical question"),
        ("yes", "yes"),
        ("no", "no"),
        ("book", "book a time"),
        ("call", "call me"),
        ("here", "has arrived"),
        ("option_1", "choice 1"),
        ("option_2", "choice 2"),
        ("option_3", "choice 3"),
        ("gratitude", "thanks"),
        ("complaint", "a complaint"),
        ("ambiguous_opt_out", "maybe stop texting"),
        ("opt_in", "text me again"),
        ("help", "help"),
        ("tapback", "a reaction"),
        ("auto_reply", "an automatic reply"),
        ("other", "something else"),
        ("opt_out", "stop texting"),
        ("wrong_number", "wrong number"),
        ("red_flag", "possible danger"),
    )
]
TARGETS = {
    "first_contact": "First contact",
    "first_conversation": "First conversation",
    "next_reply": "Answer",
    "danger": "Urgent answer",
    "assignment": "Assignment",
    "confirmation": "First automatic text",
    "qualification": "Qualification",
    "consultation_scheduled": "Consultation booked",
    "photo_review": "Photo review",
    "provider_response": "Provider's answer",
    "post_treatment_checkin": "Check-in",
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
        shipped = shipped_catalogue().get(template)
        return shipped.title if shipped else TEMPLATES.get(template) or as_words(template)
    return PURPOSES.get(purpose) or as_words(purpose)


def wording_words(version: int | None, language: str | None, *, neutral: bool | None) -> str:
    """'version 3, Spanish, neutral wording: they have not asked for texts that name a treatment'; '' for a person's."""
    if version is None:
        return ""
    said = f"version {version}, {LANGUAGES.get(language or '', language)}"
    return (
        f"{said}, neutral wording: they have not asked for texts that name a treatment" if neutral else said
    )


def status_words(status: str) -> str:
    """How far a text got."""
    return STATUSES.get(status, status)


def understood(code: str | None) -> str:
    """What a reply was read as; '' for a plain message."""
    return UNDERSTOOD.get(code or "", "")


def sentence_case(words: str) -> str:
    """A first capital; the rest stays, such as HELP."""
    return words[:1].upper() + words[1:]


def as_words(code: str) -> str:
    """'photo_upload' as 'Photo upload': a code that has no words of its own."""
    return code.replace("_", " ").capitalize()


def texts(count: int) -> str:
    return f"{count} step" if count == 1 else f"{count} steps"


def initials(name: str) -> str:
    """'MT' of 'Maya Torres': the first and the last word."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
