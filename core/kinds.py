"""What the clinic edits and publishes in versions: each kind with who may, what bars publishing and what ships.

A new kind is an entry here; the table, the stories (core/flows/publishing/) and the editor of the console are the same.
"""

from collections.abc import Mapping
from functools import cache

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput
from core.domain.roles import Permission
from core.messaging.quick_texts import QuickText, parse_quick_text
from core.messaging.templates import TemplateError
from core.reference import read_toml
from core.versions import store
from core.versions.rules import Body, InUse, Kind, Problem, in_use


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
    return {"Title": str(body.get("title") or ""), "Wording": str(body.get("body") or "")}


QUICK_TEXT = Kind(
    name="quick_text",
    noun="quick text",
    sees=Permission.SEE_QUICK_TEXTS,
    permission=Permission.EDIT_QUICK_TEXTS,
    parse=_quick_text_problems,
    shipped=_shipped_quick_texts,
    shown=_quick_text_shown,
)
KINDS = {kind.name: kind for kind in (QUICK_TEXT,)}


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
