"""Everything that is wrong with a template before patients get it: errors bar publishing, warnings come with a change.

Sources: compliance.md 0.4, A1, A4, C8, C9; REQUIREMENTS 2.1 to 2.4. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.messaging.library import (
    BODY,
    LONGEST,
    LONGEST_BODY,
    NEUTRAL,
    SUBJECT,
    Fault,
    FaultyTemplate,
    parse_library_template,
)
from core.messaging.rules.lint import asking, content, emails, size, values
from core.messaging.rules.lint.findings import ERROR, WARNING, Finding
from core.messaging.rules.lint.wording import Wording
from core.messaging.templates import TemplateError, parse_template
from core.messaging.variables import (
    EMAIL,
    LANGUAGES,
    PATIENT,
    STAFF,
    Variable,
    health_classed,
    known_to,
    longest,
    samples,
    variables,
)

MARKETING, EMERGENCY, CONFIRMATION = "marketing", "emergency", "confirmation"
FIRST = (CONFIRMATION, MARKETING)


@dataclass(frozen=True)
class Clinic:
    """What the checks know of who writes: its language, and what it is called."""

    language: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Draft:
    body: Mapping[str, Any]
    clinic: Clinic

    @property
    def text_class(self) -> str:
        return str(self.body.get("class") or "")

    @property
    def channel(self) -> str:
        return str(self.body.get("channel") or "")

    @property
    def is_email(self) -> bool:
        return self.body.get("channel") == EMAIL

    @property
    def parts(self) -> tuple[str, ...]:
        return (BODY, NEUTRAL, SUBJECT) if self.is_email else (BODY, NEUTRAL)

    @property
    def is_first(self) -> bool:
        """Whether it needs a name and a way out: the first text, and every marketing one."""
        return self.text_class == MARKETING or self.body.get("purpose") in FIRST

    @property
    def known(self) -> dict[str, Variable]:
        user = STAFF if self.text_class == STAFF else EMAIL if self.is_email else PATIENT
        return {name: one for name, one in variables().items() if name in known_to(user)}

    def wording(self, language: str, part: str) -> Wording:
        return Wording(
            f"wordings.{language}.{part}", language, words_of(self.body, language, part), part == NEUTRAL
        )


def lint(body: Mapping[str, Any], clinic: Clinic) -> list[Finding]:
    """What the checks say of a template's body, errors first. Takes half-finished ones."""
    draft = _Draft(body, clinic)
    wordings = [draft.wording(language, part) for language in LANGUAGES for part in draft.parts]
    by_field = {wording.field: wording for wording in wordings}
    found = list(values.faults_findings(_faults(body), by_field, draft.known))
    found += _missing_languages(draft)
    for wording in wordings:
        # What is longer than any text is a fault already, and would take long to look through.
        if wording.body.strip() and len(wording.body) <= LONGEST.get(draft.channel, LONGEST_BODY):
            found += (_of_email if draft.is_email else _wording)(draft, wording)
    return sorted(found, key=lambda one: one.level != ERROR)


def _faults(body: Mapping[str, Any]) -> list[Fault]:
    try:
        parse_library_template("draft", 0, body)
    except FaultyTemplate as refused:
        return refused.faults
    return []


def _missing_languages(draft: _Draft) -> Iterator[Finding]:
    own = draft.clinic.language
    if not any(draft.wording(language, BODY).body.strip() for language in LANGUAGES):
        return  # that nothing is written is a fault of its own
    for language, name in LANGUAGES.items():
        if draft.wording(language, BODY).body.strip() or (draft.text_class == STAFF and language != own):
            continue
        message = (
            f"There is no {name} wording, and {name} is the clinic's language."
            if language == own
            else f"There is no {name} wording: who prefers {name} gets {LANGUAGES[own]}."
        )
        level = ERROR if language == own else WARNING
        yield Finding("no_language", level, f"wordings.{language}.{BODY}", message)


def _wording(draft: _Draft, wording: Wording) -> Iterator[Finding]:
    yield from asking.keyword_findings(wording)
    yield from content.shortener_findings(wording, draft.known)
    yield from size.character_findings(wording)
    yield from content.emoji_findings(wording)
    yield from content.offer_findings(wording, health_classed())
    # With a health-classed value it goes only to patients who asked for plain words.
    if draft.text_class != EMERGENCY and not values.tells_health(wording):
        yield from content.health_findings(wording)
    if draft.text_class != STAFF:
        yield from _to_patients(draft, wording)
    yield from size.length_findings(wording.field, _filled(draft, wording))


def _of_email(draft: _Draft, wording: Wording) -> Iterator[Finding]:
    """No carrier reads it and no segment is paid for; what it says of health, and who says it, counts the same."""
    if not values.tells_health(wording):
        yield from content.health_findings(wording)
    if wording.field.endswith(f".{SUBJECT}"):
        yield from emails.subject_findings(wording, _filled(draft, wording))
        return
    yield from content.shortener_findings(wording, draft.known)
    yield from values.fallback_findings(wording)
    yield from content.sender_findings(wording, draft.clinic.names, must=draft.is_first)
    if draft.text_class == MARKETING:
        yield from emails.marketing_findings(wording)


def _to_patients(draft: _Draft, wording: Wording) -> Iterator[Finding]:
    yield from values.fallback_findings(wording)
    yield from content.sender_findings(wording, draft.clinic.names, must=draft.is_first)
    if draft.is_first:
        yield from asking.opt_out_findings(wording)
    if draft.text_class != EMERGENCY:
        yield from asking.two_asks_findings(wording)


def _filled(draft: _Draft, wording: Wording) -> list[str]:
    """With usual and with the longest values; none where it can't be read."""
    try:
        template = parse_template("draft", 0, "", wording.body, frozenset(draft.known), wording.language)
    except TemplateError:
        return []
    return [template.render(samples(wording.language)), template.render(longest(wording.language))]


def words_of(body: Mapping[str, Any], language: str, part: str) -> str:
    """One part of a body, '' where there is none; a browser may send anything."""
    wordings = body.get("wordings")
    wording = wordings.get(language) if isinstance(wordings, Mapping) else None
    return str(wording.get(part) or "") if isinstance(wording, Mapping) else ""
