"""The templates of texts and emails: what one says in each language, who may get it, all that is wrong with one. Pure.

The body of a template, as it is drafted and published:

{"title": "Visit confirmed", "group": "booking", "class": "transactional", "purpose": "transactional",
 "wordings": {"en": {"body": "...", "neutral": "..."}, "es": {"body": "...", "neutral": ""}}}

`body` may name what is health-classed; `neutral` is said instead to a patient without the preference for texts that are
not encrypted, and is '' where `body` needs none. One version covers all languages: nobody gets two ages of it. That of
an email has `"channel": "email"`, and a `subject` in each language that says nothing of the patient.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.errors import LuxeError
from core.messaging.actions import Purpose
from core.messaging.templates import Template, TemplateError, UnknownVariable, parse_template
from core.messaging.variables import (
    EMAIL,
    LANGUAGES,
    PATIENT,
    STAFF,
    clinic_classed,
    health_classed,
    known_to,
    variables,
)

# The groups in the order of the list, each with the file that ships it (research, chapters 1 to 4, 8 and 10).
GROUPS = {
    "lead_capture": "Lead capture",
    "consultation": "Consultation",
    "pre_treatment": "Before a visit",
    "photos": "Photos",
    "post_treatment": "After a visit",
    "urgent": "Urgent",
    "booking": "Booking",
    "waitlist": "Waitlist",
    "compliance": "Opting in and out",
    "emails": "Emails",
    "staff": "Staff alerts",
}
# What a text is to who gets it, and the purposes by which the engine may send it (compliance.md A1).
CLASSES: Mapping[str, tuple[Purpose, ...]] = {
    "transactional": (Purpose.CONFIRMATION, Purpose.TRANSACTIONAL, Purpose.REPLY),
    "informational": (Purpose.TRANSACTIONAL, Purpose.REPLY),
    "marketing": (Purpose.MARKETING,),
    "emergency": (Purpose.REPLY, Purpose.TRANSACTIONAL),
    "staff": (Purpose.STAFF_ALERT,),
}
MARKETING = "marketing"
TEXT = "text"
CHANNELS = (TEXT, EMAIL)
OF_EMAILS = ("transactional", "informational", MARKETING)  # the classes that an email can have
LONGEST_TITLE = 60
LONGEST_SUBJECT = 78  # what a mail program shows of it, and a line of RFC 5322
LONGEST = {TEXT: 1600, EMAIL: 6000}  # of a text at the provider; of an email that anybody reads to its end
LONGEST_BODY = LONGEST[TEXT]
BODY, NEUTRAL, SUBJECT = "body", "neutral", "subject"


@dataclass(frozen=True)
class Fault:
    """What bars a template from use. `line` and `column` from 1; 0: the whole field."""

    field: str
    message: str
    line: int = 0
    column: int = 0


class FaultyTemplate(LuxeError):
    """`faults` holds at least one."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Wording:
    """What one patient is sent: words of one language. `neutral`: they take the place of health-classed ones.

    `subject` only of an email.
    """

    template: Template
    neutral: bool = False
    subject: Template | None = None


@dataclass(frozen=True)
class LibraryTemplate:
    """A template without faults. `full` and `safe`: by language, for who has the unencrypted-text preference and not;
    `names`: the variables that any of them has."""

    key: str
    version: int
    title: str
    group: str
    text_class: str
    purpose: Purpose
    full: Mapping[str, Wording]
    safe: Mapping[str, Wording]
    names: frozenset[str]
    channel: str = TEXT

    def wording(self, languages: Iterable[str], *, health: bool) -> Wording | None:
        """In the first of `languages` that it has, else in any; `health`: whether health-classed words may be said."""
        known = self.full if health else self.safe
        return next((known[language] for language in (*languages, *known) if language in known), None)


class Catalogue(dict[str, LibraryTemplate]):
    """The templates in use by key, as of one moment. Never changed once it is made: threads share it."""

    def wording(self, key: str | None, languages: Iterable[str], *, health: bool) -> Wording | None:
        """None where there is no such template, or none of its words may be said."""
        found = self.get(key or "")
        return found.wording(languages, health=health) if found else None


def parse_library_template(key: str, number: int, body: Mapping[str, Any]) -> LibraryTemplate:
    """Raises FaultyTemplate with everything that is wrong."""
    reading = _Reading(key, number, body)
    full, safe = reading.wordings()
    if reading.faults:
        raise FaultyTemplate(reading.faults)
    names = frozenset(name for one in (*full.values(), *safe.values()) for name in one.template.names)
    about = (reading.title, reading.group, reading.text_class, Purpose(reading.purpose))
    return LibraryTemplate(key, number, *about, full, safe, names, reading.channel)


class _Reading:
    def __init__(self, key: str, number: int, body: Mapping[str, Any]) -> None:
        self.key, self.number, self.body = key, number, body
        self.title, self.group = _words(body, "title").strip(), _words(body, "group")
        self.text_class, self.purpose = _words(body, "class"), _words(body, "purpose")
        self.channel = _words(body, "channel") or TEXT
        self.faults = [*self._about()]
        self.audience = STAFF if self.text_class == "staff" else EMAIL if self.channel == EMAIL else PATIENT
        self.written: Mapping[str, Any] = {}

    def _about(self) -> Iterator[Fault]:
        if not 1 <= len(self.title) <= LONGEST_TITLE:
            yield Fault(
                "title", f"Give it a title of 1 to {LONGEST_TITLE} characters; staff know it by that."
            )
        if self.channel not in CHANNELS:
            yield Fault("channel", f"Choose one of {', '.join(CHANNELS)}.")
        if self.group not in GROUPS:
            yield Fault("group", f"Choose one of {', '.join(GROUPS)}.")
        if self.text_class not in CLASSES:
            yield Fault("class", f"Choose one of {', '.join(CLASSES)}.")
        elif self.channel == EMAIL and self.text_class not in OF_EMAILS:
            yield Fault("class", f"An email is one of {', '.join(OF_EMAILS)}.")
        elif self.purpose not in CLASSES[self.text_class]:
            fitting = ", ".join(CLASSES[self.text_class])
            yield Fault("purpose", f"A text of class {self.text_class} has the purpose {fitting}.")

    def wordings(self) -> tuple[dict[str, Wording], dict[str, Wording]]:
        """Those for who has the preference and for who has not, by language."""
        full: dict[str, Wording] = {}
        safe: dict[str, Wording] = {}
        for language in self._languages():
            body, neutral = self._template(language, BODY), self._template(language, NEUTRAL)
            subject = self._template(language, SUBJECT) if self.channel == EMAIL else None
            self.faults += self._gaps(language, body)
            if body:
                full[language] = Wording(body, subject=subject)
                safe |= _safe(language, full[language], neutral)
        return full, safe

    def _languages(self) -> list[str]:
        """In which something is written."""
        given = self.body.get("wordings")
        self.written = given if isinstance(given, Mapping) else {}
        known = f"Wordings are in {', '.join(LANGUAGES)}."
        self.faults += [Fault(f"wordings.{one}", known) for one in self.written if one not in LANGUAGES]
        found = [
            one for one in LANGUAGES if self._words(one, BODY).strip() or self._words(one, NEUTRAL).strip()
        ]
        if not found and not self.faults:
            self.faults.append(Fault(_place("en", BODY), "Write the wording in one language at least."))
        return found

    def _gaps(self, language: str, body: Template | None) -> Iterator[Fault]:
        """Words that are missing beside those that are there."""
        if not self._words(language, BODY).strip():
            yield Fault(_place(language, BODY), "Write the wording itself, too.")
        if self.channel == EMAIL and not self._words(language, SUBJECT).strip():
            yield Fault(_place(language, SUBJECT), "Write the subject of the email.")
        unsafe = sorted(body.names & health_classed()) if body else []
        if unsafe and not self._words(language, NEUTRAL).strip():
            words = f"{', '.join(unsafe)} may be said only to patients who asked for it. Write what all others get."
            yield Fault(_place(language, NEUTRAL), words)

    def _words(self, language: str, part: str) -> str:
        """'' where there are none; a browser may send anything."""
        wording = self.written.get(language)
        return _words(wording, part) if isinstance(wording, Mapping) else ""

    def _template(self, language: str, part: str) -> Template | None:
        words, place = self._words(language, part), _place(language, part)
        longest = LONGEST.get(self.channel, LONGEST_BODY)
        if len(words) > longest:
            noun = "An email" if self.channel == EMAIL else "A text"
            self.faults.append(
                Fault(place, f"{noun} has at most {longest} characters; this one {len(words)}.")
            )
            return None
        try:
            return self._read(words, language, part, self._known(part)) if words.strip() else None
        except TemplateError as error:
            self.faults.append(_fault(place, error.words, error))
            return None

    def _known(self, part: str) -> frozenset[str]:
        if part == SUBJECT:
            return clinic_classed()
        return known_to(self.audience) - (health_classed() if part == NEUTRAL else frozenset())

    def _read(self, words: str, language: str, part: str, known: frozenset[str]) -> Template | None:
        """Once for each name that can't stand here, to say all of them. Raises TemplateError for what is broken."""
        try:
            return parse_template(self.key, self.number, self.purpose, words, known, language)
        except UnknownVariable as error:
            self.faults.append(_fault(_place(language, part), self._why_unknown(error.name, part), error))
            self._read(words, language, part, known | {error.name})
            return None

    def _why_unknown(self, name: str, part: str) -> str:
        known = variables().get(name)
        if known is None:
            return f"unknown variable {name}"
        if part == SUBJECT:
            return (
                f"a subject can be read on the way, and says nothing of the patient: {name} can't stand there"
            )
        if known.is_health and part == NEUTRAL:
            return f"the neutral wording has no health information, and {name} is some"
        return f"a text to {'staff' if self.audience == STAFF else 'patients'} can't have {name}"


def _safe(language: str, full: Wording, neutral: Template | None) -> dict[str, Wording]:
    """What may be said to anybody: nothing where the words are health-classed and no others are there."""
    if not full.template.names & health_classed():
        return {language: full}
    return {language: Wording(neutral, neutral=True, subject=full.subject)} if neutral else {}


def _fault(place: str, words: str, error: TemplateError) -> Fault:
    return Fault(place, f"{words[:1].upper()}{words[1:]}.", error.line, error.column)


def _words(body: Mapping[str, Any], name: str) -> str:
    return str(body.get(name) or "")


def _place(language: str, part: str) -> str:
    return f"wordings.{language}.{part}"
