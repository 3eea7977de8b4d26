"""Forms that wait to be checked as rows that browsers follow: who, what for, from where, and why they were held."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.words import form_name, timeframe
from core.app import App
from core.domain.errors import InvalidInput
from core.domain.phone import parse_phone, show_phone
from core.domain.roles import Permission
from core.intake.suspicion_rules import Reason
from core.reads import check_these
from core.reads.check_these import Content, HeldForm
from core.reference import Reference

LONGEST_NOTE = 160
WHY = {
    "trap": "Filled in a box that people can't see",
    "link": "A link was typed faster than a person can",
    "network": "{figure:,.0f} forms from the same network in 5 minutes",
    "words": "The same words in {figure:,.0f} forms today",
    "new_numbers": "{figure:,.0f} new numbers within an hour, more than ever come",
    "no_page": "Sent without opening the page",
    "hurried": "Sent {figure:g} seconds after the page was opened",
    "page_reused": "The same opened page was sent {figure:,.0f} times",
    "untouched": "No key, finger or mouse was seen on the page",
}


def rows(app: App, session: Session, _argument: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """One row a form, the newest first, and the row `total`: how many wait."""
    found = check_these.read(session, READER)
    yield {"id": "total", "waiting": found.waiting}
    for place, form in enumerate(found.forms):
        yield row(form, place, app.reference)


def row(held: HeldForm, place: int, known: Reference) -> dict[str, Any]:
    said = held.content
    return {
        "id": held.id,
        "place": place,
        "at": millis(held.received_at),
        "network": said.network if said else "",
        "why": [why_words(reason) for reason in held.reasons],
        "name": (said.name or "No name") if said else "Can't be read",
        "phone": _phone(said.phone) if said else "",
        "email": said.email if said else "",
        "request": request_words(said, known) if said else "",
        "note": said.notes[:LONGEST_NOTE] if said else "",
    }


def _phone(written: str) -> str:
    try:
        return show_phone(parse_phone(written))
    except InvalidInput:
        return written


def why_words(reason: Reason) -> str:
    """'23 forms from the same network in 5 minutes'."""
    words = WHY.get(reason.code, "Looks as if no person had sent it").format(figure=reason.figure)
    return words.replace(" 1 seconds ", " 1 second ")


def request_words(said: Content, known: Reference) -> str:
    """'Consultation: Lip filler, this week'."""
    wants = [known.treatment_label(said.treatment) if said.treatment else "", timeframe(said.timeframe)]
    return ": ".join(filter(None, [form_name(said.form_type), ", ".join(filter(None, wants))]))


TOPIC = Topic("to_check", Permission.CHECK_FORMS, rows)
