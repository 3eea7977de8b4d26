"""Which of our fields a question of somebody's own form means, by its reference or its words. Pure."""

import re

from core.domain.names import fold

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# First match wins, so the narrower question stands before the wider one ('first name' before 'name').
QUESTIONS = (
    ("first_name", r"\b(first|given) ?name\b|\bfname\b|^first$"),
    ("last_name", r"\b(last|family) ?name\b|\bsurname\b|\blname\b|^last$"),
    ("email", r"\be ?mail\b"),
    ("best_time", r"\b(best|good|preferred) ?time\b|\btime to (call|reach|contact)\b"),
    ("phone", r"\bphone\b|\bphone ?number\b|\bmobile\b|\bcell\b|\btelephone\b|\btel\b"),
    ("date_of_birth", r"\b(birth ?date|date ?of ?birth|birthday|dob)\b"),
    ("zip", r"\bzip\b|\bpostal\b|\bpost ?code\b|\bzip ?code\b"),
    ("heard_from", r"\bhear\b|\bheard\b|\breferr\w+\b|\bfind us\b|\bfound us\b"),
    ("budget", r"\bbudget\b|\bspend\b|\bprice range\b"),
    ("timeframe", r"\btime ?frame\b|\btimeline\b|\bhow soon\b|\bwhen\b"),
    ("location", r"\blocation\b|\bwhich clinic\b|\boffice\b"),
    ("notes", r"\bnotes?\b|\bconcerns?\b|\bcomments?\b|\bmessage\b|\bquestions?\b|\banything\b|\btell us\b"),
    ("treatment", r"\btreatments?\b|\bservices?\b|\bprocedures?\b|\binterest(ed)?\b"),
    ("name", r"\bname\b"),
)
COMPILED = tuple((name, re.compile(pattern)) for name, pattern in QUESTIONS)
CONSENT = re.compile(r"\b(consent|opt ?in|i agree|agree to (receive|get)|sms|texts? me|receive texts?)\b")
TRACKING = re.compile(r"^(utm_\w+|gclid|gbraid|wbraid|fbclid|msclkid|ttclid|client_id)$")
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


def is_tracking(key: str) -> bool:
    return bool(TRACKING.match(key.casefold()))


def form_type_by_title(title: str) -> str:
    """The form type that the title of somebody's own form suggests; '' for a plain lead form."""
    words = _words(title)
    return next((name for name, pattern in FORM_WORDS if re.search(pattern, words)), "")


def _words(hint: str) -> str:
    """'q4_phoneNumber' and 'phone-number' as 'phone number'."""
    return fold(CAMEL.sub(" ", hint).replace("_", " ").replace("-", " "))
