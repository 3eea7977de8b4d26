"""Which of our fields a question of somebody's own form means, by its reference or its words. Pure."""

import re

from core.domain.names import fold

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=\d)")
# First match wins, so the narrower question stands before the wider one ('first name' before 'name').
QUESTIONS = (
    ("first_name", r"\b(first|given) ?name\b|\bfname\b|^first$"),
    ("last_name", r"\b(last|family) ?name\b|\bsurname\b|\blname\b|^last$"),
    ("email", r"\be ?mail\b"),
    ("best_time", r"\b(best|good|preferred) ?time\b|\btime to (call|reach|contact)\b"),
    ("phone", r"\bphone\b|\bphone ?number\b|\bmobile\b|\bcell(ular)?\b|\btelephone\b|\btel\b|\btelefono\b"),
    ("date_of_birth", r"\b(birth ?date|date ?of ?birth|birthday|dob)\b"),
    ("zip", r"\bzip\b|\bpostal\b|\bpost ?code\b|\bzip ?code\b"),
    ("heard_from", r"\bhear\b|\bheard\b|\breferr\w+\b|\bfind us\b|\bfound us\b"),
    ("budget", r"\bbudget\b|\bspend\b|\bprice range\b"),
    ("timeframe", r"\btime ?frame\b|\btimeline\b|\bhow soon\b|\bwhen\b"),
    ("location", r"\blocation\b|\bwhich clinic\b|\boffice\b"),
    ("notes", r"\bnotes?\b|\bconcerns?\b|\bcomments?\b|\bmessage\b|\bquestions?\b|\banything\b|\btell us\b"),
    ("language", r"\blanguage\b|\bidioma\b|^(lang|locale)$"),
    ("treatment", r"\btreatments?\b|\bservices?\b|\bprocedures?\b|\binterest(ed)?\b"),
    ("name", r"\bnames?\b|\bwhat (should|can|may|do) we call you\b"),
)
# What staff may correct of a form that was not taken in, in the order in which it is asked, as they read it.
MENDABLE = {
    "first_name": "First name",
    "last_name": "Last name",
    "phone": "Phone",
    "email": "Email",
    "treatment": "Treatment",
    "timeframe": "When they would like to come",
    "budget": "Budget",
    "location": "Location",
    "notes": "Notes",
    "best_time": "Best time to call",
    "heard_from": "How they heard of us",
    "date_of_birth": "Date of birth",
    "zip": "ZIP code",
    "language": "Language",
}
# Other names of fields that a fault may be about.
OTHER_FIELDS = {
    "name": "Name",
    "form_type": "Kind of form",
    "submitted_at": "Time of the form",
    "contact": "Contact",
    "fields": "Answers",
    "consent": "Consent",
    "utm": "Campaign",
    "website": "Hidden box for robots",
}
COMPILED = tuple((name, re.compile(pattern)) for name, pattern in QUESTIONS)
# Answers that are about one person: only the patient's own may fill them.
PERSONAL = frozenset({"first_name", "last_name", "name", "phone", "email", "date_of_birth", "zip"})
OTHERS = re.compile(
    r"\b(emergency|next of kin|spouse'?s?|husband'?s?|wife'?s?|partner'?s?|fiancee?'?s?|referr\w*|referral'?s?|refer|"
    r"friend'?s?|parent'?s?|guardian'?s?|mother'?s?|mom'?s?|father'?s?|dad'?s?|sibling'?s?|brother'?s?|sister'?s?|"
    r"child'?s?|children|son'?s?|daughter'?s?|relatives?|family member|caregiver'?s?|doctor'?s?|dr|physician'?s?|pcp|"
    r"primary care|provider'?s?|dermatologist'?s?|surgeon'?s?|therapist'?s?|practitioner'?s?|pharmac\w+|employer'?s?|"
    r"supervisor'?s?|insur\w+|witness|escort|companion|someone|somebody|emergencia|espos[oa]|conyuge|pareja|"
    r"amig[oa]|padres?|madre|tutor|medico|farmacia|empleador|referid[oa])\b"
)
# 'Your number, so that our doctor can call you' is the patient's own; 'your doctor's number' is not.
OWN = re.compile(
    r"\b(your|my|patient'?s?|tu|su)( (own|best|first|last|full|legal|mobile|cell|home|contact|preferred|personal))* "
    r"(phone|mobile|cell|number|email|e mail|name|telephone|telefono|correo|birth ?date|birthday|date of birth|zip)\b"
)
WHAT_FOR = re.compile(
    r"\bso (that )?(we|our|the|a|your)\b.*|\bour (\w+ )?(doctor|provider|physician|nurse|surgeon|practitioner)s?\b"
)
# Something else than a person may have a name.
NO_PERSON = re.compile(
    r"\b(company|business|organi[sz]ation|clinic|user|file|pet|page|form|event|campaign|product|brand|medications?|"
    r"drug|treatment|service|street|city|school|card|account|screen|maiden|domain|site|website|ad|ad ?set|audience|"
    r"list|tag|agent|staff|rep)\b"
)
MOBILE = re.compile(r"\b(mobile|cell(ular)?|text(s|ing)?|sms|whatsapp|celular|movil)\b")
SECOND_BEST = re.compile(
    r"\b(home|work|office|business|land ?line|alternat\w+|secondary|second|other|another|back ?up|fax|"
    r"day ?time|evening)\b"
)
CONSENT = re.compile(
    r"\b(consent|opt ?(in|out|me)|i agree|agree to (receive|get)|sms|texts? (me|you|messages?)|texting|"
    r"(receive|get|want|no) (any )?(sms|texts?|messages?)|mensajes|acepto|consentimiento)\b"
)
TRACKING = re.compile(r"^(utm_\w+|gclid|gbraid|wbraid|fbclid|msclkid|ttclid|client_id)$")
ESCAPED = re.compile(r"^(?:[?&]|amp;)+")
FORM_WORDS = (
    ("consultation_request", r"\bconsult"),
    ("photo_upload", r"\bphotos?\b"),
    ("pre_treatment", r"\bpre ?treatment\b"),
    ("medical_intake", r"\bmedical\b|\bintake\b|\bhealth\b"),
    ("booking", r"\bbook|\bappointment\b"),
)


def field_of(*hints: str) -> str:
    """Our name for the first hint that means one of our fields, or ''. Hints: a reference, a slug, a title."""
    for hint in hints:
        words = _words(hint)
        for name, pattern in COMPILED:
            if pattern.search(words):
                return name
    return ""


def speaks_of_consent(*hints: str) -> bool:
    """Whether a question asks for the permission to text."""
    return any(CONSENT.search(_words(hint)) for hint in hints)


def is_of_another(field: str, *hints: str) -> bool:
    """Whether a question for one of our fields is about somebody else, or about something that merely has a name."""
    words = [_words(hint) for hint in hints]
    is_thing = field in ("name", "first_name", "last_name") and any(map(NO_PERSON.search, words))
    return is_thing or any(map(_names_another, words))


def _names_another(words: str) -> bool:
    return bool(OTHERS.search(WHAT_FOR.sub(" ", words))) and not OWN.search(words)


def preference(field: str, *hints: str) -> int:
    """How much a question's words speak for it among several of one meaning: 0 most, 2 least."""
    words = " ".join(_words(hint) for hint in hints)
    if field == "phone" and MOBILE.search(words):
        return 0
    return 2 if field in ("phone", "email") and SECOND_BEST.search(words) else 1


def mentions(field: str, *hints: str) -> bool:
    """Whether a question's words name one of our fields, perhaps beside others."""
    pattern = dict(COMPILED)[field]
    return any(pattern.search(_words(hint)) for hint in hints)


def tracking_name(key: str) -> str:
    """A parameter's name as we keep it: small letters, without the rests of an address that was escaped as HTML."""
    return ESCAPED.sub("", key.strip().casefold())


def is_tracking(key: str) -> bool:
    return bool(TRACKING.match(tracking_name(key)))


def form_type_by_title(title: str) -> str:
    """The form type that the title of somebody's own form suggests; '' for a plain lead form."""
    words = _words(title)
    return next((name for name, pattern in FORM_WORDS if re.search(pattern, words)), "")


def label_of(field: str) -> str:
    """A field as people read it; '' for the form as a whole."""
    if field in ("", "body"):
        return ""
    known = MENDABLE.get(field) or OTHER_FIELDS.get(field)
    return known or field.replace("_", " ").capitalize()


def spelled(hint: str) -> str:
    """A reference as words: 'smsConsent' as 'sms consent'."""
    return _words(hint)


def _words(hint: str) -> str:
    """'q4_phoneNumber' and 'phone-number' as 'phone number'."""
    return fold(CAMEL.sub(" ", hint).replace("_", " ").replace("-", " "))
