"""From what a form said to a valid submission, the same for connectors and hosted forms. Pure.

Every fault of a form is found, each with the name of its field and the way out. A person who is still there is told
(a hosted form, staff who mend one); a webhook's sender is not there any more, so what can't be used is set aside,
shown to staff, and the form is a lead all the same wherever a phone or an email can be used. Nobody under age is one.
What is merely unusual (a treatment we have no code for, a ZIP of another country) is no fault: it is kept as written
where staff read it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from email_validator import EmailNotValidError, validate_email

from core.domain.errors import InvalidInput
from core.domain.names import fold, split_full_name
from core.domain.phone import Phone, is_premium, read_phone
from core.intake import dates, text
from core.intake.choices import Coded, coded_answers
from core.intake.draft import CLICK_IDS, STANDARD_ANSWERS, Draft, Vocabulary
from core.intake.findings import Findings, UnderAge
from core.intake.submission import ConsentGiven, Origin, SetAside, Submission
from core.intake.tracking import source_of, tracking_of
from core.intake.whose import flat

FORM_TYPES = (
    "lead_capture",
    "consultation_request",
    "medical_intake",
    "photo_upload",
    "pre_treatment",
    "booking",
)
ADULT, OLDEST = 18, 120
OLDEST_CLAIM = timedelta(hours=24)
NAME_LIMIT, EMAIL_LIMIT, SHORT_LIMIT, EXTERNAL_ID_LIMIT = 100, 254, 200, 200
LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)
ZIP = re.compile(r"^(\d{5})(-?\d{4})?$")
WORD = re.compile(r"[a-z]+")
LANGUAGES = {
    **dict.fromkeys(("en", "eng", "english", "ingles"), "en"),
    **dict.fromkeys(("es", "spa", "spanish", "espanol", "castellano"), "es"),
}
OLDEST_CONSENT = timedelta(days=3650)
AHEAD = timedelta(minutes=5)  # of a sender's clock
NO_WAY_BACK = "Enter a mobile number, such as (407) 555-0155, or an email address."


def submission_of(
    draft: Draft, vocabulary: Vocabulary, received_at: datetime, *, strict: bool = False
) -> Submission:
    """What a draft comes to, with what could not be used set aside.

    Raises InvalidInput with every fault where neither phone nor email can be used, for somebody under age, and, where
    `strict`, for any fault that a person could correct.
    """
    found = Findings(list(draft.faults))
    person = _person(draft.answers, found, received_at.date())
    form_type = found.read(lambda: form_type_of(draft.form_type), "lead_capture", draft.form_type)
    tracking, unknown_tracking = tracking_of(draft.tracking, found)
    _note_oddities(draft, found)
    _refuse(found, person, strict=strict)
    coded = coded_answers(draft.answers, vocabulary)
    zip_code = zip_of(draft.answers.get("zip"))
    return Submission(
        connector=draft.connector,
        external_id=_short_id(draft.external_id),
        source=source_of(draft, tracking, vocabulary),
        form_type=form_type,
        submitted_at=submitted_at_of(draft.submitted_at, received_at),
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone.e164,
        extension=person.phone.extension,
        email=person.email,
        birth_date=person.born,
        zip=zip_code,
        treatment=coded["treatment"].code,
        timeframe=coded["timeframe"].code,
        budget=coded["budget"].code,
        notes=_notes(draft.answers, coded),
        best_time=_short(draft.answers, "best_time"),
        heard_from=_short(draft.answers, "heard_from"),
        location=coded["location"].code,
        language=language_of(draft.answers.get("language")),
        consents=tuple(_dated(given, received_at) for given in draft.consents),
        utm={name: value for name, value in tracking.items() if name not in CLICK_IDS},
        click_ids={name: value for name, value in tracking.items() if name in CLICK_IDS},
        fields=_kept(draft, coded, zip_code) | unknown_tracking,
        origin=_bounded(draft.origin),
        set_aside=(*found.faults, *found.oddities),
        is_test=draft.is_test,
    )


@dataclass(frozen=True)
class _Person:
    """Who sent it. What is missing or can't be used is '' or None."""

    first_name: str
    last_name: str
    phone: Phone
    email: str
    born: date | None


def _person(answers: Mapping[str, object], found: Findings, today: date) -> _Person:
    names = [answers.get(name) for name in ("first_name", "last_name", "name")]
    phone, email, birth = (answers.get(name) for name in ("phone", "email", "date_of_birth"))
    first_name, last_name = found.read(lambda: names_of(answers), ("", ""), *names)
    return _Person(
        first_name,
        last_name,
        found.read(lambda: phone_of(text.words(phone)), Phone(""), phone),
        found.read(lambda: email_of(text.words(email)), "", email),
        found.read(lambda: birth_date_of(birth, today), None, birth),
    )


def _note_oddities(draft: Draft, found: Findings) -> None:
    """What is left out or cut without a fault of its own field."""
    claimed = draft.submitted_at
    if not dates.is_empty(claimed) and dates.moment_of(claimed) is None and not _is_local(claimed):
        found.note("submitted_at", "This is no date and time. Send it as 2026-11-23T09:00:00-05:00.", claimed)
    if len(text.whole(draft.answers.get("notes"))) > text.LONGEST:
        # Its value would be the notes once more; they are whole in the raw payload.
        found.note("notes", f"Only the first {text.LONGEST:,} characters are shown here.", "")


def _is_local(claimed: str) -> bool:
    """A moment without an offset is no fault: it is merely of no use, because nobody knows whose wall clock it was."""
    try:
        return datetime.fromisoformat(claimed).tzinfo is None
    except ValueError:
        return False


def _refuse(found: Findings, person: _Person, *, strict: bool) -> None:
    """Raises InvalidInput where what is left is no lead."""
    reachable = bool(person.phone.e164 or person.email)
    if not reachable and not any(fault.field == "phone" for fault in found.faults):
        found.faults.append(SetAside("phone", NO_WAY_BACK))
    if found.under_age or not reachable or (strict and found.faults):
        found.refuse()


def _dated(given: ConsentGiven, received_at: datetime) -> ConsentGiven:
    """When the person agreed, unless that is in the future or long before our time: such a moment proves nothing."""
    at = given.captured_at
    if at is None or received_at - OLDEST_CONSENT < at <= received_at + AHEAD:
        return given
    return replace(given, captured_at=None)


def names_of(answers: Mapping[str, object]) -> tuple[str, str]:
    """First and last name; from one full name where a form asks for that. Raises InvalidInput naming the field."""
    first, last = text.words(answers.get("first_name")), text.words(answers.get("last_name"))
    full = "" if first or last else text.words(flat(answers.get("name")))
    for name, value in (("first_name", first), ("last_name", last), ("name", full)):
        if len(value) > NAME_LIMIT:
            raise InvalidInput.of(name, f"Use {NAME_LIMIT} characters at most.")
        if LINK.search(value):
            # A name is printed in our texts: a link in it would reach a stranger's phone under the clinic's name.
            raise InvalidInput.of(name, "Enter a name without a web address.")
    return split_full_name(full) if full else (first, last)


def phone_of(value: str) -> Phone:
    """A number that staff can call, textable or not; empty for none. Raises InvalidInput, also for one that charges."""
    if not value:
        return Phone("")
    phone = read_phone(value)
    if is_premium(phone.e164):
        raise InvalidInput.of("phone", "Calls to this number cost extra. Enter a mobile number.")
    return phone


def email_of(value: str) -> str:
    """The address, normalised; '' for none. Raises InvalidInput. No look-up: a slow name server would cost the lead."""
    if not value:
        return ""
    try:
        if len(value) > EMAIL_LIMIT:
            raise EmailNotValidError
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError:
        raise InvalidInput.of(
            "email", "Check this email address: it should look like ana@example.com."
        ) from None


def birth_date_of(value: object, today: date) -> date | None:
    """REQUIREMENTS 1.7: 18 or over where a birth date is given. Raises UnderAge, and InvalidInput for no such day."""
    if not text.line(flat(value)):
        return None
    born = dates.day_of(value, today)
    if born is None or not 0 <= age_on(born, today) <= OLDEST:
        raise InvalidInput.of("date_of_birth", "Enter a date of birth such as 1990-04-12, or leave it out.")
    if age_on(born, today) < ADULT:
        raise UnderAge.of(
            "date_of_birth", "You must be 18 or over. A parent or guardian is welcome to call us."
        )
    return born


def age_on(born: date, today: date) -> int:
    """Whole years lived on `today`; negative before birth."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def form_type_of(value: str) -> str:
    """One of FORM_TYPES; the plain lead form where nothing is said. Raises InvalidInput."""
    wanted = text.line(value).casefold().replace("-", "_").replace(" ", "_")
    if wanted and wanted not in FORM_TYPES:
        raise InvalidInput.of("form_type", f"Unknown form type. Use one of: {', '.join(FORM_TYPES)}.")
    return wanted or "lead_capture"


def form_type_or_plain(value: str) -> str:
    """The same, the plain lead form for what we do not know."""
    try:
        return form_type_of(value)
    except InvalidInput:
        return form_type_of("")


def submitted_at_of(value: str, received_at: datetime) -> datetime:
    """When the form was sent, in the 24 hours before it reached us: a sender's clock may be wrong, or hostile.

    What is no moment, or one without an offset (whose wall clock was it?), counts as not given.
    """
    claimed = None if dates.is_empty(value) else dates.moment_of(value)
    return min(max(claimed, received_at - OLDEST_CLAIM), received_at) if claimed else received_at


def zip_of(value: object) -> str:
    """Five digits, or '' where it is no ZIP code of the United States."""
    matched = ZIP.match(text.line(value))
    return matched[1] if matched else ""


def _notes(answers: Mapping[str, object], coded: Mapping[str, Coded]) -> str:
    """What the person wrote, and below it what they chose that has no code of ours: staff read it there."""
    rows = [text.paragraph(answers.get("notes"))]
    rows += [f"{name.capitalize()}: {value.left_over}" for name, value in coded.items() if value.left_over]
    return "\n".join(row for row in rows if row)[: text.LONGEST]


def _kept(draft: Draft, coded: Mapping[str, Coded], zip_code: str) -> dict[str, object]:
    """Everything that has no place of its own, and the wording behind codes that did not fit."""
    kept = {key: value for key, value in text.tree(dict(draft.extra)).items() if key}
    kept |= {name: value.left_over for name, value in coded.items() if value.left_over}
    if text.line(draft.answers.get("zip")) and not zip_code:
        kept["zip"] = text.line(draft.answers.get("zip"))[:SHORT_LIMIT]
    spoken = text.words(draft.answers.get("language"))
    if spoken and not language_of(spoken):
        kept["language"] = spoken[:SHORT_LIMIT]
    others = {key: text.tree(value) for key, value in draft.answers.items() if key not in STANDARD_ANSWERS}
    return kept | others


def language_of(value: object) -> str:
    """`en` or `es` for 'English', 'es-MX', 'Español (México)'; '' for all else."""
    words = WORD.findall(fold(text.words(value)))
    return next((LANGUAGES[word] for word in words if word in LANGUAGES), "")


def _short(answers: Mapping[str, object], name: str) -> str:
    return text.words(answers.get(name))[:SHORT_LIMIT]


def _short_id(external_id: str) -> str:
    """As it is where it fits its column, else its fingerprint: two long ids must not meet by being cut."""
    plain = text.line(external_id)
    if len(plain) <= EXTERNAL_ID_LIMIT:
        return plain
    return f"sha256:{hashlib.sha256(plain.encode()).hexdigest()}"


def _bounded(origin: Origin) -> Origin:
    return Origin(
        page_url=text.line(origin.page_url)[:500],
        referrer=text.line(origin.referrer)[:500],
        ip=text.line(origin.ip)[:45],
        user_agent=text.line(origin.user_agent)[:300],
        verified=origin.verified,
    )
