"""The visits of a lead as rows: each with all that is known of it, and the newest one's texts and moves."""

from datetime import datetime
from typing import Any

from console.live import millis
from console.parts.visit_events import CAME_BY
from console.parts.why_words import reason_words
from console.parts.words import sentence_case, template_name
from core.booking import rules as booking
from core.clinic import Clinic
from core.reads.lead_visits import VisitMove, VisitShown, VisitStory, VisitText
from core.reference import Reference

Row = dict[str, Any]
MARKS = {"sent": "check", "failed": "alert", "dropped": "blocked", "cancelled": "blocked"}
WENT = {"sent": "sent", "failed": "failed", "sending": "on its way", "unknown": "being looked up"}


def row(one: VisitShown, data: Reference) -> Row:
    """A visit; `seen` goes back with a move, so that nobody moves what a colleague has moved.

    `what`: its service, for staff in words; where nothing but the booking is known, its kind.
    """
    bookable = data.bookable
    service = bookable.services.get(one.service)
    places = [bookable.resources[code].label for code in (one.room, one.device) if code in bookable.resources]
    kind = booking.KINDS.get(one.kind, "")
    return {
        "id": one.id,
        "state": one.state,
        "stateName": booking.STATES.get(one.state, one.state),
        "at": millis(one.starts_at),
        "ends": millis(one.ends_at),
        "seen": one.starts_at.isoformat() if one.starts_at else "",
        "place": data.clinic.location(one.location).name,
        "zone": other_zone(one.location, data.clinic),
        "kind": kind,
        "what": service.label if service else one.service.replace("_", " ") or kind,
        "service": one.service,
        "slug": one.location,
        "providerId": one.provider_id or "",
        "rooms": places,
        "provider": one.provider or "",
        "value": one.value_cents,
        "price": one.price_cents,
        "code": one.code or "",
        "reason": booking.CANCELLED.get(one.reason or "", ""),
        "endedBy": one.ended_by or "",
        "booked": millis(one.created_at),
        "bookedBy": made_by(one),
        "confirmed": millis(one.confirmed_at),
        "arrived": millis(one.arrived_at),
        "inRoom": millis(one.in_room_at),
        "done": one.done,
    }


def other_zone(location: str, clinic: Clinic) -> str:
    """The zone on whose wall a visit there is, '' where it is the clinic's."""
    zone = clinic.location(location).hours.zone
    return "" if zone.key == clinic.zone.key else zone.key


def made_by(one: VisitShown) -> str:
    """'by Maya', 'by the patient, by their own link'"""
    if one.made_by:
        return f"by {one.made_by.split()[0]}"
    way = CAME_BY.get(one.came_by)
    return f"by the patient{way}" if way else ""


def story(found: VisitStory, location: str, data: Reference) -> Row:
    """What went out and goes out for it, and its moves on the wall of its `location`, newest move first."""
    return {
        "id": "visit_story",
        "visit": found.visit_id,
        "texts": [text_row(one) for one in found.texts],
        "moves": [move_row(one, location, data.clinic) for one in reversed(found.moves)],
    }


def text_row(one: VisitText) -> Row:
    """`held`: it waits, and for what."""
    stopped = one.state in ("dropped", "cancelled")
    held = one.state == "planned" and bool(one.reason)
    why = reason_words(one.reason) if stopped or held else WENT.get(one.state, "planned")
    return {
        "id": one.action_id,
        "at": millis(one.at),
        "title": template_name(one.template, one.purpose),
        "state": "stopped" if stopped else one.state,
        "mark": MARKS.get(one.state, "robot"),
        "words": f"dropped: {why}"
        if one.state == "dropped"
        else f"stopped: {why}"
        if stopped
        else f"held: {why}"
        if held
        else why,
        "email": one.kind == "email",
    }


def move_row(one: VisitMove, location: str, clinic: Clinic) -> Row:
    """'Thu Nov 19, 9:00 AM to Fri Nov 20, 10:30 AM', who and how, what became of the texts, why."""
    return {
        "at": millis(one.at),
        "from": wall(one.data.get("from"), location, clinic),
        "to": wall(one.data.get("to"), location, clinic),
        "who": sentence_case(f"{mover(one)}{texts_words(one)}"),
        "why": one.why or "",
    }


def mover(one: VisitMove) -> str:
    return one.by or {"patient": "the patient, by their own link", "automatic": "by itself"}.get(
        one.by_kind, ""
    )


def texts_words(one: VisitMove) -> str:
    """'. 5 texts moved, 1 dropped, 1 goes again'"""
    moved, dropped, again = (int(one.data.get(name) or 0) for name in ("moved", "dropped", "again"))
    said = [
        *([f"{moved} text{'s' * (moved != 1)} moved"] if moved else []),
        *([f"{dropped} dropped: too late for the new time"] if dropped else []),
        *([f"{again} {'go' if again > 1 else 'goes'} again for the new time"] if again else []),
    ]
    return f". {', '.join(said)}" if said else ""


def wall(moment: Any, location: str, clinic: Clinic) -> str:
    """'Thu Nov 19, 9:00 AM' of an ISO moment, with the zone where it is not the clinic's; '' where there was none."""
    if not isinstance(moment, str) or not moment:
        return ""
    at = datetime.fromisoformat(moment).astimezone(clinic.location(location).hours.zone)
    zone = f" {at:%Z}" if other_zone(location, clinic) else ""
    return f"{at:%a %b} {at.day}, {at:%-I:%M %p}{zone}"
