"""Quick texts: wordings that staff start a text of their own from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.domain.errors import FieldError, InvalidInput
from core.messaging.templates import Template, parse_template
from core.messaging.variables import QUICK, known_to

LONGEST_TITLE = 30  # it stands on a button above the composer
LONGEST_BODY = 1600
CLINIC, TEAM, PERSONAL = "clinic", "team", "personal"


@dataclass(frozen=True)
class Scope:
    """Who is offered it. `whom`: clinic, team (its `roles` and `places`, all where none), personal (its `owner`)."""

    whom: str = CLINIC
    roles: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    owner: str = ""

    def reaches(self, staff_id: str, role: str, place: str) -> bool:
        """`place` '' for somebody who works at every location."""
        if self.whom == PERSONAL:
            return self.owner == staff_id
        if self.whom == CLINIC:
            return True
        here = not self.places or not place or place in self.places
        return here and (not self.roles or role in self.roles)


@dataclass(frozen=True)
class QuickText:
    """One wording with the title on its button."""

    key: str
    title: str
    template: Template
    scope: Scope = field(default_factory=Scope)


def scope_of(body: Mapping[str, Any]) -> Scope:
    """Who is offered it; what names no scope is everybody's."""
    whom = str(body.get("scope") or CLINIC)
    if whom == PERSONAL:
        return Scope(PERSONAL, owner=str(body.get("owner") or ""))
    return Scope(whom, _names(body.get("roles")), _names(body.get("places")))


def _names(value: Any) -> tuple[str, ...]:
    """'frontdesk,manager', as forms send several."""
    return tuple(name for name in str(value or "").split(",") if name)


def parse_quick_text(key: str, number: int, body: Mapping[str, Any]) -> QuickText:
    """Read `{"title", "body"}` and its scope. Raises InvalidInput by field, TemplateError with line and column."""
    title, words = str(body.get("title") or "").strip(), str(body.get("body") or "")
    scope = scope_of(body)
    errors = [*_title_errors(title), *_body_errors(words.strip()), *_scope_errors(scope)]
    if errors:
        raise InvalidInput(errors)
    return QuickText(key, title, parse_template(key, number, "manual", words, known_to(QUICK)), scope)


def _scope_errors(scope: Scope) -> list[FieldError]:
    if scope.whom not in (CLINIC, TEAM, PERSONAL):
        return [FieldError("scope", "Choose who is offered it: everybody, a team, or only you.")]
    if scope.whom == TEAM and not scope.roles and not scope.places:
        return [FieldError("roles", "Choose a role or a location of the team.")]
    return []


def _title_errors(title: str) -> list[FieldError]:
    if not title:
        return [FieldError("title", "Give it a short title; staff choose by it.")]
    if len(title) > LONGEST_TITLE:
        return [
            FieldError("title", f"A title has at most {LONGEST_TITLE} characters; this one {len(title)}.")
        ]
    return []


def _body_errors(words: str) -> list[FieldError]:
    if not words:
        return [FieldError("body", "Write the wording.")]
    if len(words) > LONGEST_BODY:
        return [FieldError("body", f"A text has at most {LONGEST_BODY} characters; this one {len(words)}.")]
    return []
