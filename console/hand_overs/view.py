"""Hand-overs as rows that browsers follow, and the page's own with each lead in words. Moments are milliseconds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts import hand_over as colleagues
from console.parts.words import TARGETS, template_name, timeframe
from console.shell import Visit
from core.app import App
from core.domain.ids import reference
from core.domain.roles import Permission
from core.leads.reasons import OF_ONES_OWN
from core.reads import hand_overs
from core.reads.hand_overs import Desk, Left, LeftLead
from core.reads.parts.hand_over import Colleague
from core.reference import Reference
from core.staff.store import people

Row = dict[str, Any]


def rows(app: App, session: Session, _argument: str, now: datetime) -> Iterable[Row]:
    """How many open leads each colleague has, then one row for each hand-over that waits. No patient is named."""
    yield {"id": "open", "counts": hand_overs.open_counts(session, READER)}
    waiting = hand_overs.standing(session, app.reference, now)
    names = people.names(session, [one.staff_id for one, _ in waiting])
    for one, lead_ids in waiting:
        yield {
            "id": one.id,
            "by": one.staff_id,
            "byName": names.get(one.staff_id, "Somebody"),
            "to": one.to_id or "",
            "place": one.location,
            "count": len(lead_ids),
            "ends": millis(one.ends_at),
            "made": millis(one.made_at),
            "byItself": one.made_by is None,
        }


def page(visit: Visit, desk: Desk) -> Row:
    """What the page shows at this run."""
    data, zone, me = visit.app.reference, visit.app.settings.zone, visit.actor
    return {
        "me": me.staff_id,
        "gives": me.may(Permission.HAND_OVER),
        "ends": millis(desk.ends_at),
        "mine": [lead_row(one, data) for one in desk.mine],
        "to": [colleagues.row(one, visit.now, zone) for one in desk.to],
        "next": next_words(desk.to, _place(visit), visit.now, zone),
        "sent": left_row(desk.sent, data) if desk.sent else None,
        "left": [left_row(one, data) for one in desk.left],
    }


def _place(visit: Visit) -> str:
    return visit.signed_in.location or visit.app.reference.clinic.default_location


def next_words(found: Sequence[Colleague], place: str, now: datetime, zone: ZoneInfo) -> str:
    """Who comes next at a location: 'Jordan, until 6:00 PM'; '' where nobody else of it has a shift ahead."""
    there = [one for one in found if (one.location or place) == place]
    here = [one for one in there if one.on_now]
    coming = sorted((one for one in there if one.back_at), key=lambda one: (one.back_at, one.name))
    first = next(iter([*here, *coming]), None)
    return f"{first.name.split()[0]}, {colleagues.shift(first, now, zone)}" if first else ""


def left_row(one: Left, data: Reference) -> Row:
    return {
        "id": one.id,
        "by": one.by,
        "to": one.to_id,
        "toName": one.to,
        "place": data.clinic.location(one.location).name,
        "ends": millis(one.ends_at),
        "made": millis(one.made_at),
        "byItself": one.by_itself,
        "note": one.note,
        "leads": [lead_row(lead, data) for lead in one.leads],
    }


def lead_row(one: LeftLead, data: Reference) -> Row:
    """One lead in facts: what is due first, what a person set themselves, what is planned."""
    lead = one.row
    wants = [data.treatment_label(lead.treatment) if lead.treatment else "", timeframe(lead.timeframe)]
    return {
        "id": lead.id,
        "ref": reference(lead.number),
        "name": f"{lead.first_name} {lead.last_name}".strip() or "New number",
        "wants": ", ".join(filter(None, wants)),
        "urgent": lead.alarm is not None,
        "due": _due(one),
        "snoozed": millis(lead.snoozed_until),
        "tries": lead.tries,
        "unread": lead.unread,
        "waits": millis(one.waits_since),
        "promised": [
            {
                "what": TARGETS.get(task.kind, task.kind),
                "words": task.words,
                "due": millis(task.due_at),
                "own": task.kind in OF_ONES_OWN,
            }
            for task in one.promised
        ],
        "texts": [
            {
                "what": template_name(text.template, text.purpose),
                "at": millis(text.due_at),
                "byHand": text.by_hand,
            }
            for text in one.texts
        ],
    }


def _due(one: LeftLead) -> Row | None:
    """What is due first; None where the lead waits for its patient, or a promise says it already."""
    lead = one.row
    if lead.due_at is None or lead.snoozed_until or any(task.kind == lead.clock for task in one.promised):
        return None
    return {
        "due": millis(lead.due_at),
        "target": lead.target_seconds * 1000,
        "state": lead.clock_state,
        "what": TARGETS.get(lead.clock or "", ""),
    }


TOPIC = Topic("hand_overs", Permission.WORK_LEADS, rows)
