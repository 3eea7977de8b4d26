"""From what a form said to a valid submission, the same for connectors and hosted forms. Pure.

Every fault of a form is found before it is refused, each with the name of its field and the way out. What is
merely unusual (a treatment we have no code for, a ZIP of another country) never refuses a lead: it is kept as
written where staff read it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from email_validator import EmailNotValidError, validate_email

from core.domain.errors import FieldError, InvalidInput
from core.domain.names import fold, split_full_name
from core.domain.phone import Phone, is_premium, read_phone
from core.intake import text
from core.intake.draft import CLICK_IDS, STANDARD_ANSWERS, Draft, Vocabulary
from core.intake.submission import Origin, Submission

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
BIRTH_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%Y/%m/%d")
TRACKING_LIMITS = {"utm_source": 80, "utm_medium": 80, "utm_campaign": 120}
TRACKING_LIMIT = 200

T = TypeVar("T")


@dataclass
class Findings:
    """The faults of one form, collected while it is read."""

    errors: list[FieldError] = field(default_factory=list)

    def read(self, reader: Callable[[], T], otherwise: T) -> T:
        """What `reader` makes of its field; `otherwise`, with the fault kept, where it refuses."""
        try:
            return reader()
        except InvalidInput as refused:
            self.errors.extend(refused.errors)
            return otherwise


def submission_of(draft: Draft, vocabulary: Vocabulary, received_at: datetime) -> Submission:
    """Raises InvalidInput with every fault of the form."""
    found = Findings()
    answers = draft.answers
    first_name, last_name = found.read(lambda: names_of(answers), ("", ""))
    phone = found.read(lambda: phone_of(text.line(answers.get("phone"))), Phone(""))
    email = found.read(lambda: email_of(text.line(answers.get("email"))), "")
    born = found.read(lambda: birth_date_of(answers.get("date_of_birth"), received_at.date()), None)
    form_type = found.read(lambda: form_type_of(draft.form_type), "")
    if found.errors:
        raise InvalidInput(found.errors)
    coded = {name: _coded(answers.get(name), words) for name, words in _coded_fields(vocabulary)}
    zip_code = zip_of(answers.get("zip"))
    tracking, unknown_tracking = tracking_of(draft.tracking)
    kept = _kept(draft, coded, zip_code) | unknown_tracking
    return Submission(
        connector=draft.connector,
        external_id=_short_id(draft.external_id),
        source=source_of(draft, tracking, vocabulary),
        form_type=form_type,
        submitted_at=submitted_at_of(draft.submitted_at, received_at),
        first_name=first_name,
        last_name=last_name,
        phone=phone.e164,
        extension=phone.extension,
        email=email,
        birth_date=born,
        zip=zip_code,
        treatment=coded["treatment"].code,
        timeframe=coded["timeframe"].code,
        budget=coded["budget"].code,
        notes=_notes(answers, coded),
        best_time=_short(answers, "best_time"),
        heard_from=_short(answers, "heard_from"),
        location=coded["location"].code,
        consents=draft.consents,
        utm={name: value for name, value in tracking.items() if name not in CLICK_IDS},
        click_ids={name: value for name, value in tracking.items() if name in CLICK_IDS},
        fields=kept,
        origin=_bounded(draft.origin),
        is_test=draft.is_test,
    )


def names_of(answers: Mapping[str, object]) -> tuple[str, str]:
    """First and last name; from one full name where a form asks for that. Raises InvalidInput naming the field."""
    first, last = text.line(answers.get("first_name")), text.line(answers.get("last_name"))
    full = "" if first or last else text.line(answers.get("name"))
    for name, value in (("first_name", first), ("last_name", last), ("name", full)):
        if len(value) > NAME_LIMIT:
            raise InvalidInput.of(name, f"Use {NAME_LIMIT} characters at most.")
        if LINK.search(value):
            # A name is printed in our texts: a link in it would reach a stranger's phone under the clinic's name.
            raise InvalidInput.of(name, "Enter a name without a web address.")
    return split_full_name(full) if full else (first, last)


def phone_of(value: str) -> Phone:
    """A number that staff can call, textable or not. Raises InvalidInput, for one that charges its callers too."""
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
            "email", "Enter an email address such as ana@example.com, or leave it out."
        ) from None


def birth_date_of(value: object, today: date) -> date | None:
    """REQUIREMENTS 1.7: 18 or over where a birth date is given. Raises InvalidInput."""
    written = text.line(value)
    if not written:
        return None
    born = next(filter(None, (_date(written, pattern) for pattern in BIRTH_FORMATS)), None)
    if born is None or not 0 <= age_on(born, today) <= OLDEST:
        raise InvalidInput.of("date_of_birth", "Enter a date of birth such as 1990-04-12, or leave it out.")
    if age_on(born, today) < ADULT:
        raise InvalidInput.of(
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


def submitted_at_of(value: str, received_at: datetime) -> datetime:
    """When the form was sent, in the 24 hours before it reached us: a sender's clock may be wrong, or hostile."""
    try:
        claimed = datetime.fromisoformat(value.strip())
    except ValueError:
        return received_at
    if claimed.tzinfo is None:
        return received_at  # whose wall clock it was is anybody's guess
    return min(max(claimed.astimezone(UTC), received_at - OLDEST_CLAIM), received_at)


def zip_of(value: object) -> str:
    """Five digits, or '' where it is no ZIP code of the United States."""
    matched = ZIP.match(text.line(value))
    return matched[1] if matched else ""


def tracking_of(raw: Mapping[str, object]) -> tuple[dict[str, str], dict[str, object]]:
    """(utm_* and click ids as we keep them, whatever else stood among them)."""
    known: dict[str, str] = {}
    unknown: dict[str, object] = {}
    for key, value in list(raw.items())[: text.MOST_ENTRIES]:
        name = text.line(key).casefold()
        if name in CLICK_IDS or (name.startswith("utm_") and len(name) <= 40):
            known[name] = text.line(value)[: TRACKING_LIMITS.get(name, TRACKING_LIMIT)]
        else:
            unknown[name[:120]] = text.tree(value)
    return {name: value for name, value in known.items() if value}, unknown


def source_of(draft: Draft, tracking: Mapping[str, str], vocabulary: Vocabulary) -> str:
    """Where the lead came from: what the form says, else what its utm_source is called, else the connector."""
    if draft.source:
        return text.line(draft.source)[:80]
    utm = tracking.get("utm_source", "")
    medium = tracking.get("utm_medium", "")
    named = vocabulary.sources.get(fold(f"{utm} {medium}")) or vocabulary.sources.get(fold(utm))
    return named or utm or vocabulary.sources.get(draft.connector) or draft.connector


@dataclass(frozen=True)
class _Coded:
    """An answer in the clinic's words: its code, and what was written where no code covers all of it."""

    code: str
    left_over: str


def _coded_fields(vocabulary: Vocabulary) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "treatment", vocabulary.treatments
    yield "timeframe", vocabulary.timeframes
    yield "budget", vocabulary.budgets
    yield "location", vocabulary.locations


def _coded(answer: object, words: Mapping[str, str]) -> _Coded:
    choices = [text.line(choice) for choice in (answer if isinstance(answer, list) else [answer])]
    codes = [(choice, _code(choice, words)) for choice in choices if choice]
    code = next((code for _, code in codes if code), "")
    others = [choice for choice, other in codes if other != code]
    return _Coded(code, ", ".join(others)[: text.LONGEST] if codes else "")


def _code(choice: str, words: Mapping[str, str]) -> str:
    folded = fold(choice)
    return words.get(folded) or words.get(folded.replace("_", " ").replace("-", " ")) or ""


def _notes(answers: Mapping[str, object], coded: Mapping[str, _Coded]) -> str:
    """What the person wrote, and below it what they chose that has no code of ours: staff read it there."""
    rows = [text.paragraph(answers.get("notes"))]
    rows += [f"{name.capitalize()}: {value.left_over}" for name, value in coded.items() if value.left_over]
    return "\n".join(row for row in rows if row)[: text.LONGEST]


def _kept(draft: Draft, coded: Mapping[str, _Coded], zip_code: str) -> dict[str, object]:
    """Everything that has no place of its own, and the wording behind codes that did not fit."""
    kept = {key: value for key, value in text.tree(dict(draft.extra)).items() if key}
    kept |= {name: value.left_over for name, value in coded.items() if value.left_over}
    if text.line(draft.answers.get("zip")) and not zip_code:
        kept["zip"] = text.line(draft.answers.get("zip"))[:SHORT_LIMIT]
    others = {key: text.tree(value) for key, value in draft.answers.items() if key not in STANDARD_ANSWERS}
    return kept | others


def _short(answers: Mapping[str, object], name: str) -> str:
    return text.line(answers.get(name))[:SHORT_LIMIT]


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


def _date(written: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(written, pattern).replace(tzinfo=UTC).date()
    except ValueError:
        return None
