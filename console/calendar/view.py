"""The calendar as rows that browsers follow: one topic for each location and stretch of days. Words that depend on the
time are the browser's."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from console.calendar import freed
from console.live import READER, Topic, millis
from console.parts.words import as_words, initials
from core.app import App
from core.booking.rules import KINDS
from core.domain.hours import Span
from core.domain.phone import dial_phone
from core.domain.roles import Permission
from core.free_times import Slot
from core.reads import calendar
from core.reads.calendar import Block, Column, Days, Held, Seen
from core.reads.visit_move import Move
from core.reference import Reference

LENGTHS = ("1", "7")  # days of a look: a day or a week
A_WEEK = 7
FURTHEST = timedelta(days=400)  # from today, either way
NOBODY = "Nobody named"
ARGUMENT = re.compile(r"([a-z0-9_-]{1,64})\.(\d{4}-\d{2}-\d{2})\.(\d)")
OFFERED = "offer"


def takes(argument: str) -> bool:
    """'downtown.2026-11-23.1': a location, its first day, and of how many days."""
    return parts(argument) is not None


def parts(argument: str) -> tuple[str, date, int] | None:
    """The same, taken apart; None for any other."""
    found = ARGUMENT.fullmatch(argument)
    if found is None or found[3] not in LENGTHS:
        return None
    try:
        return found[1], date.fromisoformat(found[2]), int(found[3])
    except ValueError:
        return None


def near(app: App, location: str, day: date, now: datetime) -> bool:
    """Whether the calendar goes so far; dates at the ends of all calendars can't be counted with."""
    return abs(day - today(app, location, now)) <= FURTHEST


def today(app: App, location: str, now: datetime) -> date:
    return now.astimezone(app.reference.clinic.location(location).hours.zone).date()


def beyond(app: App, argument: str, now: datetime) -> bool:
    """Today is the day's work, as the queue is; who is shown another day, or a week, looks patients up."""
    asked = parts(argument)
    return asked is not None and asked[1:] != (today(app, asked[0], now), 1)


def rows(app: App, session: Session, argument: str, now: datetime) -> Iterator[dict[str, Any]]:
    """Everything on the wall. Rows of one kind share their fields; `kind` tells them apart. None for a place that there
    is not and for days further away than FURTHEST."""
    asked = parts(argument)
    if asked is None or asked[0] not in app.reference.clinic.locations or not near(app, *asked[:2], now):
        return
    found = calendar.read(session, READER, app.reference, *asked, now)
    yield _frame(found)
    yield from (_column(one, place) for place, one in enumerate(found.columns))
    for place, one in enumerate(found.places):
        yield {
            "id": f"{one.kind}:{one.code}", "kind": "place", "of": one.kind, "name": one.label, "at": place,
        }  # fmt: skip
    yield from (_visit(one, app.reference) for one in found.visits)
    yield from (_held(one, app.reference) for one in found.held)
    yield from (_block(one) for one in found.blocks)
    yield from freed.rows(session, app.reference, asked[0], found.since, found.until, now)
    if asked[2] == A_WEEK:
        yield from freed.waiting(session, app.reference, asked[0])


def _frame(found: Days) -> dict[str, Any]:
    return {
        "id": "frame",
        "kind": "frame",
        "since": millis(found.since),
        "until": millis(found.until),
        "open": spans(found.open),
    }


def spans(found: Iterable[Span]) -> list[list[int | None]]:
    return [[millis(start), millis(end)] for start, end in found]


def _column(one: Column, place: int) -> dict[str, Any]:
    return {
        "id": f"staff:{one.id}",
        "kind": "provider",
        "staff": one.id,
        "name": one.name or NOBODY,
        "initials": initials(one.name) or "?",
        "title": as_words(one.title) if one.title else "",
        "shifts": spans(one.shifts),
        "known": one.known,
        "at": place,
    }


def _visit(one: Seen, data: Reference) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": "visit",
        "lead": one.lead_id,
        "code": one.code,
        "name": one.name or "New number",
        "what": service_words(data, one.service) or _noted(one, data),
        "start": millis(one.starts_at),
        "end": millis(one.ends_at),
        "guessed": one.guessed,
        "kept": [millis(one.kept[0]), millis(one.kept[1])] if one.kept else None,
        "staff": one.provider_id,
        "room": one.room,
        "device": one.device,
        "service": one.service,
        "state": one.state,
        "walkIn": one.came_by == "walk_in",
        "made": millis(one.created_at),
        "confirmed": millis(one.confirmed_at),
        "arrived": millis(one.arrived_at),
        "inRoom": millis(one.in_room_at),
        "done": one.done,
        "value": one.value_cents,
        "price": one.price_cents,
        "dial": dial_phone(one.phone, ""),
        "callOnly": one.call_only,
    }


def service_words(data: Reference, code: str) -> str:
    known = data.bookable.services.get(code)
    return known.label if known else code.replace("_", " ").capitalize()


def _noted(one: Seen, data: Reference) -> str:
    """What a visit without a service is of."""
    if one.kind == "treatment" and one.treatment:
        return data.treatment_label(one.treatment)
    return KINDS.get(one.kind, "Visit")


def _held(one: Held, data: Reference) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": "hold",
        "of": one.kind,
        "name": one.name,
        "what": service_words(data, one.service),
        "start": millis(one.starts_at),
        "end": millis(one.ends_at),
        "made": millis(one.created_at),
        "expires": millis(one.expires_at),
        "staff": one.provider_id,
        "room": one.room,
        "device": one.device,
        "visit": one.visit_id,
        "lead": one.lead_id,
    }


def _block(one: Block) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": "block",
        "resource": one.resource,
        "start": millis(one.starts_at),
        "end": millis(one.ends_at),
        "note": one.note or "Blocked",
        "by": one.made_by,
    }


def services(data: Reference) -> list[dict[str, Any]]:
    """What staff may book, in the clinic's order."""
    return [
        {"code": one.code, "name": one.label, "minutes": one.minutes, "price": one.price_cents}
        for one in data.bookable.offered()
    ]


def slot(one: Slot, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "at": millis(one.starts_at),
        "end": millis(one.ends_at),
        "staff": one.provider_id,
        "name": names.get(one.provider_id, ""),
    }


def move(found: Move, titles: Mapping[str, str]) -> dict[str, Any]:
    """What the panel of a move shows. `goes`: its texts, as they are due now and then."""
    return {
        "end": millis(found.ends_at),
        "checks": [[one.code, one.state] for one in found.checks],
        "goes": [
            {"name": titles.get(one.template, "Text"), "due": millis(one.due_at), "then": millis(one.then)}
            for one in found.goes
        ],
    }


def places(data: Reference) -> Sequence[Sequence[str]]:
    return [[one.slug, one.name, one.hours.zone.key] for one in data.clinic.locations.values()]


TOPIC = Topic("visits", Permission.SEE_CALENDAR, rows, takes, beyond=beyond)
