"""Templates as rows that browsers follow, and what the editor shows of one: checks, sizes, how it reads."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.editor import Editor, is_key
from console.process import current_app
from console.shell import visit
from console.templates.findings import finding_row, meter_row
from core.app import App
from core.domain.errors import NotFound
from core.domain.phone import show_phone
from core.domain.roles import Permission
from core.flows.access.looking import Depth
from core.flows.sending import preview_template
from core.kinds import TEMPLATE
from core.messaging.library import BODY, CLASSES, GROUPS, NEUTRAL
from core.messaging.meter import measure
from core.messaging.rules.lint.linting import Clinic, lint, words_of
from core.messaging.templates import TemplateError, parse_template
from core.messaging.variables import LANGUAGES, longest, samples, variables
from core.reads import templates
from core.reads.templates import Listed
from core.versions.rules import Body

SHOWN_FOR = "templates.shown_for"  # the lead whose patient the preview is about, in this tab
UNTITLED = "(no name yet)"
Values = Mapping[str, str]


def rows(_app: App, session: Session, _argument: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """One for each, in the order of the list."""
    for place, listed in enumerate(templates.read(session, READER)):
        yield _row(place, listed)


def _row(place: int, listed: Listed) -> dict[str, Any]:
    published, draft = listed.entry.published, listed.entry.draft
    shown = published or draft
    body: Body = shown.body if shown else {}
    return {
        "id": listed.entry.key,
        "place": place,
        "title": str(body.get("title") or UNTITLED),
        "group": body.get("group") if body.get("group") in GROUPS else next(iter(GROUPS)),
        "class": str(body.get("class") or ""),
        "words": " ".join(words_of(body, language, BODY) for language in LANGUAGES),
        "gaps": _gaps(body),
        "used": list(listed.used),
        "number": published.number if published else None,
        "retired": bool(published and published.retired),
        "at": millis(published.at) if published else None,
        "draft": millis(draft.at) if draft else None,
        "draftBy": draft.by if draft else "",
    }


def _gaps(body: Body) -> list[str]:
    """Languages without words; staff read English."""
    if body.get("class") == "staff":
        return []
    return [name for language, name in LANGUAGES.items() if not words_of(body, language, BODY).strip()]


def look(body: Body) -> dict[str, Any]:
    """What the checks say, what each wording costs at its longest, and how it reads in three cases.

    `values` by language are those of the usual case: a lead's patient where one was chosen, else samples.
    """
    app = current_app()
    usual = _usual(app)
    cases = {
        "usual": usual,
        "longest": {language: longest(language) for language in LANGUAGES},
        "empty": _certain(),
    }
    texts = {case: _texts(body, values) for case, values in cases.items()}
    price = app.reference.limits.dollars_a_segment
    return {
        "body": body,
        "findings": [finding_row(one) for one in lint(body, _checked_for(app))],
        "values": usual,
        "texts": texts,
        "meters": {
            field: meter_row(measure(text, price)) for field, text in texts["longest"].items() if text
        },
    }


def _checked_for(app: App) -> Clinic:
    clinic = app.reference.clinic
    return Clinic(clinic.language, (clinic.name, clinic.short_name))


def _samples() -> dict[str, dict[str, str]]:
    return {language: samples(language) for language in LANGUAGES}


def _certain() -> dict[str, dict[str, str]]:
    """What is known of everybody: how the clinic is called and reached."""
    return {
        language: {
            name: one.sample[language]
            for name, one in variables().items()
            if one.kind == "clinic" and not one.fallback[language]
        }
        for language in LANGUAGES
    }


def _usual(app: App) -> Mapping[str, Values]:
    lead_id, here = st.session_state.get(SHOWN_FOR, ""), visit()
    if not lead_id or not here.actor.may(Permission.SEE_LEADS):
        return _samples()
    try:
        shown = here.read(
            lambda session, actor: preview_template.person(
                session, app.reference, actor, lead_id, now=app.clock.now()
            )
        )
    except NotFound:
        return _samples()
    here.saw([lead_id], Depth.OPENED, "templates")
    return shown.values


def _texts(body: Body, values: Mapping[str, Values]) -> dict[str, str]:
    """By field; one that can't be read is left out."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for part in (BODY, NEUTRAL):
            text = _text(words_of(body, language, part), language, values[language])
            if text is not None:
                found[f"wordings.{language}.{part}"] = text
    return found


def _text(words: str, language: str, values: Values) -> str | None:
    try:
        template = parse_template("draft", 0, "", words, frozenset(variables()), language)
    except TemplateError:
        return None
    return template.render(values)


def offered(app: App, *, people: bool) -> dict[str, Any]:
    """What the page gives its script beside the rows: choices, variables, who writes. `people`: may leads be found."""
    clinic = app.reference.clinic
    return {
        "languages": [{"code": code, "name": name} for code, name in LANGUAGES.items()],
        "groups": list(GROUPS.items()),
        "classes": [(code, CLASS_WORDS[code]) for code in CLASSES],
        "purposes": list(PURPOSE_WORDS.items()),
        "classWords": CLASS_WORDS,
        "kinds": KIND_WORDS,
        "variables": [
            {
                "name": one.name,
                "label": one.label,
                "kind": one.kind,
                "users": sorted(one.users),
                "sample": dict(one.sample),
                "longest": dict(one.longest),
                "fallback": dict(one.fallback),
            }
            for one in sorted(variables().values(), key=lambda one: list(KIND_WORDS).index(one.kind))
        ],
        "clinic": {"name": clinic.short_name, "phone": show_phone(clinic.phone)},
        "cents": 100 * app.reference.limits.dollars_a_segment,
        "people": people,
    }


CLASS_WORDS = {
    "transactional": "Transactional",
    "informational": "Informational",
    "marketing": "Marketing",
    "emergency": "Emergency",
    "staff": "Staff alert",
}
PURPOSE_WORDS = {
    "confirmation": "First text after a form",
    "transactional": "Text about a request or visit",
    "marketing": "Advertising",
    "reply": "Answer to a text",
    "staff_alert": "Alert to staff",
}
KIND_WORDS = {
    "identifying": "Patient",
    "schedule": "Visit and times",
    "clinic": "Clinic",
    "link": "Links",
    "health": "Health, only with the patient's wish",
}
EDITOR = Editor(TEMPLATE, look)
TOPIC = Topic("templates", Permission.SEE_TEMPLATES, rows)
ONE = Topic("template", Permission.SEE_TEMPLATES, EDITOR.rows, is_key)
