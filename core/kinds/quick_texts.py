"""Quick texts: what bars one from being published, and whom each is offered to."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput
from core.domain.reading import Problem
from core.domain.roles import Permission
from core.messaging.quick_texts import PERSONAL, TEAM, QuickText, Scope, parse_quick_text, scope_of
from core.messaging.templates import TemplateError
from core.shipped import read_toml
from core.versions import store
from core.versions.rules import Body, InUse, Kind, in_use


def _quick_text_problems(body: Body) -> list[Problem]:
    try:
        parse_quick_text("draft", 0, body)
    except InvalidInput as refused:
        return [Problem(error.field, error.message) for error in refused.errors]
    except TemplateError as error:
        words = str(error)
        return [Problem("body", f"{words[:1].upper()}{words[1:]}.", error.line, error.column)]
    return []


@cache
def _shipped_quick_texts() -> Mapping[str, Body]:
    return read_toml("templates/quick.toml")


def _quick_text_shown(body: Body) -> dict[str, str]:
    return {
        "Title": str(body.get("title") or ""),
        "Wording": str(body.get("body") or ""),
        "Who is offered it": _whom(scope_of(body)),
    }


def _whom(scope: Scope) -> str:
    if scope.whom == TEAM:
        return f"a team: {', '.join((*scope.roles, *scope.places))}"
    return "only its owner" if scope.whom == PERSONAL else "everybody"


QUICK_TEXT = Kind(
    name="quick_text",
    noun="quick text",
    sees=Permission.SEE_QUICK_TEXTS,
    permission=Permission.EDIT_QUICK_TEXTS,
    parse=_quick_text_problems,
    shipped=_shipped_quick_texts,
    shown=_quick_text_shown,
    owner=lambda body: scope_of(body).owner,
)


def quick_texts(session: Session) -> dict[str, QuickText]:
    """Those in use now, by key, in the order of the list.

    What an older release published and this one can't read is left out: it must not keep anybody from a lead.
    """
    published = in_use(QUICK_TEXT.shipped(), store.published(session, QUICK_TEXT.name))
    return {one.key: text for one in published.values() if (text := _readable(one))}


def _readable(one: InUse) -> QuickText | None:
    try:
        return parse_quick_text(one.key, one.number, one.body)
    except (InvalidInput, TemplateError):
        return None
