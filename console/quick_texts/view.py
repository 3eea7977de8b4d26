"""Quick texts as rows that browsers follow, and what the editor shows of one beside its fields."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.editor import Editor, is_key
from console.parts.quick_texts import values_for
from console.process import current_app
from core.app import App
from core.domain.errors import InvalidInput
from core.domain.roles import Permission
from core.kinds import QUICK_TEXT
from core.messaging.quick_texts import Scope, parse_quick_text, scope_of
from core.messaging.templates import TemplateError
from core.reads import quick_texts
from core.reads.parts.versions import Entry
from core.versions.rules import Body

EXAMPLE = ("Grace", "Maya Torres")  # made up: a patient's first name, and who writes
UNNAMED = "(no title yet)"
VARIABLES = (
    ("firstName", "patient's first name"),
    ("staffName", "first name of who writes"),
    ("clinicName", "clinic's full name"),
    ("clinicShortName", "clinic's short name"),
    ("clinicPhone", "clinic's number"),
    ("locationName", "location"),
    ("address", "location's address"),
    ("openToday", "today's hours there"),
)


def rows(_app: App, session: Session, _argument: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """One for each, in the order of the composers' buttons."""
    for place, entry in enumerate(quick_texts.read(session, READER)):
        yield _row(place, entry)


def _row(place: int, entry: Entry) -> dict[str, Any]:
    published, draft = entry.published, entry.draft
    shown = published or draft
    scope = scope_of(shown.body) if shown else Scope()
    return {
        "id": entry.key,
        "place": place,
        "title": str(shown.body.get("title") or UNNAMED) if shown else UNNAMED,
        "body": str(shown.body.get("body") or "") if shown else "",
        "scope": scope.whom,
        "owner": scope.owner,
        "number": published.number if published else None,
        "retired": bool(published and published.retired),
        "at": millis(published.at) if published else None,
        "by": published.by if published else "",
        "draft": millis(draft.at) if draft else None,
        "draftBy": draft.by if draft else "",
    }


def look(body: Body) -> list[dict[str, str]]:
    """How it would read today: everything known, and with the patient's name missing. Empty while it can't be read."""
    app = current_app()
    clinic = app.reference.clinic
    try:
        template = parse_quick_text("draft", 0, {**body, "title": body.get("title") or "?"}).template
    except (InvalidInput, TemplateError):
        return []
    cases = (("Everything known", EXAMPLE[0]), ("Patient's name missing", ""))
    texts = [
        (label, template.render(values_for(clinic, clinic.location(""), name, EXAMPLE[1], app.clock.now())))
        for label, name in cases
    ]
    # A wording that names nobody reads the same in both.
    distinct = texts[:1] if texts[0][1] == texts[1][1] else texts
    return [{"label": label, "text": text} for label, text in distinct]


EDITOR = Editor(QUICK_TEXT, look)
TOPIC = Topic("quick_texts", Permission.SEE_QUICK_TEXTS, rows)
ONE = Topic("quick_text", Permission.SEE_QUICK_TEXTS, EDITOR.rows, is_key)
