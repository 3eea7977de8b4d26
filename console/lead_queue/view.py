"""The lead queue as rows that browsers follow. Words that depend on the time are the browser's."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.alarms import alerted, urgency
from console.parts.people_rows import family
from console.parts.received_files import file_row
from console.parts.why_words import reason_words, stopped_by
from console.parts.words import (
    PURPOSES,
    STATES,
    TARGETS,
    as_words,
    budget,
    form_name,
    source_name,
    status_words,
    timeframe,
    understood,
)
from core.app import App
from core.conversation.rules.reading import BY_MACHINE
from core.domain.errors import NotFound
from core.domain.ids import is_id, reference
from core.domain.phone import dial_phone, show_phone
from core.domain.roles import Permission
from core.leads.rules import COLD, review_since
from core.messaging import held
from core.reads import lead_peek, lead_people, lead_queue
from core.reads.lead_backlog import PAGE, Group
from core.reads.lead_peek import Peek, PeekText
from core.reads.lead_rows import QueueRow
from core.reads.parts import sending_state
from core.reads.parts.conversation import Waiting
from core.reference import Reference

UNDER_WAY = frozenset({"planned", "sending", "unknown"})
EVENTS = {
    "submitted": "Form in",
    "assigned": "Given to an owner",
    "taken": "Taken",
    "reassigned": "Handed over",
    "called": "Call",
    "call_undone": "Call taken back",
    "call_corrected": "Call corrected",
    "text_sent": "Text sent",
    "text_failed": "Text failed",
    "email_bounced": "Email came back",
    "email_failed": "Email failed",
    "email_unsure": "Email may not have arrived",
    "replied": "Reply",
    "sequence_stopped": "Sequence stopped",
    "opted_out": "Opted out: no texts",
    "clock_breached": "Target missed",
    "snoozed": "Snoozed",
    "unsnoozed": "Back from snooze",
    "disqualified": "Disqualified",
    "reopened": "Reopened",
    "note": "Note",
    "viewed": "Opened",
    "task_created": "Call task",
    "task_done": "Task done",
    "released": "Given back",
    "booked": "Booked",
    "qualified": "Qualified",
    "attended": "Arrived",
    "treated": "Checked out",
    "alert_sent": "Owner told",
    "refused_text": "Text refused",
    "alarm_raised": "Possible danger",
    "alarm_acknowledged": "Acknowledged",
    "task_set": "Task set",
    "task_moved": "Task moved",
    "task_cancelled": "Task cancelled",
    "visit_moved": "Visit moved",
    "link_opened": "Booking page opened",
    "link_asked": "Asked for a new link",
    "call_asked": "Asked for a call",
    "visit_asked": "Asked for a visit",
    "visit_cancelled": "Visit cancelled",
    "visit_no_show": "No-show",
    "visit_put_back": "Visit stands again",
    "visit_in_room": "In a room",
    "visit_not_in_room": "Waiting",
    "move_asked": "Asked to move the visit",
    "move_declined": "Would not move the visit",
    "move_ask_over": "Not asked to move any more",
    "waitlist_joined": "On the waitlist",
    "waitlist_offered": "A free time offered",
    "unmarked": "Mark taken back",
}


def rows(app: App, session: Session, _argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    """One row a lead, and the row `total` with how many are open.

    Of more than the queue holds it has their counts too, as of this reading: a clock that runs out is a change of its
    own, and read anew.
    """
    queue, since = lead_queue.read(session, READER), reviewed_since(app, now)
    total: dict[str, Any] = {"id": "total", "open": queue.open, "page": 0}
    if queue.cut:
        counted = lead_queue.counts(session, READER, now=now, since=since)
        total |= {"page": PAGE, "groups": [group(one) for one in counted]}
    yield total
    for lead in queue.rows:
        yield row(lead, app.reference, since)


def reviewed_since(app: App, now: datetime) -> datetime:
    """From when on cold leads that nobody spoke to are on the weekly list."""
    return review_since(app.reference.clinic.zone, now)


def group(found: Group) -> dict[str, Any]:
    """Counts of one owner, form and source, with the names that the filters show."""
    return asdict(found) | {"formName": form_name(found.form)}


def row(lead: QueueRow, data: Reference, since: datetime | None = None) -> dict[str, Any]:
    """One lead in words and product milliseconds. `since`: from when on cold leads are to be reviewed."""
    return {
        "id": lead.id,
        "ref": reference(lead.number),
        "name": f"{lead.first_name} {lead.last_name}".strip() or "New number",
        "phone": show_phone("" if lead.phone is None else lead.phone, lead.extension or ""),
        "dial": dial_phone(lead.phone or "", lead.extension or ""),
        "wants": wants(lead, data),
        "form": lead.form_type,
        "formName": form_name(lead.form_type),
        "source": lead.source,
        "sourceName": source_name(lead.source, lead.campaign),
        "place": data.clinic.location(lead.location).name,
        "location": lead.location,
        "state": lead.state,
        **urgency(lead.alarm, lead.priority),
        "hot": lead.temperature == "hot",
        "vip": lead.vip,
        "callOnly": lead.call_only,
        "owner": lead.owner_id,
        "ownerName": lead.owner,
        "created": millis(lead.created_at),
        "viewed": lead.viewed_at is not None,
        "value": lead.value_cents,
        "attempted": lead.attempted_at is not None,
        "contacted": lead.contacted_at is not None,
        "tries": lead.tries,
        "missed": missed_you(lead),
        "wrongNumber": lead.wrong_number_at is not None,
        "task": task(lead),
        "unread": lead.unread,
        "review": to_review(lead, since),
        "alert": alerted(lead.alerted),
        "ended": None if waits(lead) else STATES[lead.state],
        "snoozed": millis(lead.snoozed_until),
        "snoozedBy": lead.snoozed_by,
        "clock": clock(lead),
        "last": last_event(lead),
        "button": button(lead),
    }


def waits(lead: QueueRow) -> bool:
    """Whether somebody has to do something: an open lead, one in danger, or one whose booked patient wrote."""
    return (
        lead.state == "open"
        or lead.alarm is not None
        or (lead.state == "booked" and lead.clock == "next_reply")
    )


def to_review(lead: QueueRow, since: datetime | None) -> bool:
    """Whether it is on the weekly list of managers: cold, nobody spoke to them, nobody has looked at it."""
    fresh = since is not None and lead.created_at >= since
    cold = lead.priority == COLD and lead.state == "open"
    return fresh and cold and lead.contacted_at is None and lead.reviewed_at is None


def missed_you(lead: QueueRow) -> bool:
    """Whether the text of a missed call is offered: until somebody wrote after the call, or the two have spoken."""
    return lead.unwritten and not lead.wrong_number_at and not lead.call_only and waits(lead)


def wants(lead: QueueRow, data: Reference) -> str:
    """'Lip filler, this week'"""
    words = [data.treatment_label(lead.treatment) if lead.treatment else ""]
    words.append(timeframe(lead.timeframe))
    return ", ".join(word for word in words if word)


def clock(lead: QueueRow) -> dict[str, Any] | None:
    """The clock that is due first, or None where nothing runs."""
    if lead.due_at is None:
        return None
    return {
        "due": millis(lead.due_at),
        "target": lead.target_seconds * 1000,
        "state": lead.clock_state,
        "what": TARGETS.get(lead.clock or "", "").lower(),
    }


def task(lead: QueueRow) -> dict[str, Any] | None:
    """What somebody planned to do next, whether or not it is what is due first."""
    if lead.task is None:
        return None
    return {
        "id": lead.task.id,
        "kind": lead.task.kind,
        "what": TARGETS.get(lead.task.kind, lead.task.kind).lower(),
        "words": lead.task.words,
        "due": millis(lead.task.due_at),
    }


def last_event(lead: QueueRow) -> dict[str, Any]:
    """What happened last and who did it. A reply's words are quoted; an automatic text shows how it went."""
    text = lead.last_text
    if (
        text
        and text.origin == "automatic"
        and text.at >= lead.last_event_at
        and lead.last_event_by != "staff"
    ):
        words = f"{PURPOSES.get(text.purpose, 'Follow-up')} {status_words(text.status)}"
        return {"by": "automatic", "words": words, "at": millis(text.at), "quote": False}
    note = (lead.last_event_note or "").strip()
    quote = bool(note) and lead.last_event_kind in {"replied", "text_sent"}
    words = EVENTS.get(lead.last_event_kind) or as_words(lead.last_event_kind)
    if lead.last_event_kind == "replied" and not note:
        words = "Picture"  # a reply without words has nothing else in it
    return {
        "by": "blocked" if lead.last_event_kind == "opted_out" else lead.last_event_by,
        "words": note if quote else f"{words}: {note}" if note else words,
        "at": millis(lead.last_event_at),
        "quote": quote,
    }


def button(lead: QueueRow) -> str:
    """The one next action of a row: take what nobody has, answer a written word, else call."""
    if lead.alarm:
        return "call"
    if not waits(lead):
        return "open"
    if lead.owner_id is None:
        return "take"
    if lead.wrong_number_at:
        return "open"
    if not lead.call_only and (lead.clock == "next_reply" or (lead.due_at is None and lead.contacted_at)):
        return "text"
    return "call"


def peek_rows(_app: App, session: Session, lead_id: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """The row `request`, the last texts, those by hand that have not left; nothing where the lead does not exist."""
    try:
        peek = lead_peek.read(session, READER, lead_id)
    except NotFound:
        return
    stopped = sending_state.read(session).stopped
    others = family(lead_people.household(session, READER, lead_id))
    yield {**request_row(peek, stopped), "family": others}
    for text in peek.texts:
        yield text_row(text)
    for waits in peek.waiting:
        if waits.state in UNDER_WAY:
            yield waiting_row(waits, stopped)


def request_row(peek: Peek, stopped: str = "") -> dict[str, Any]:
    """`stopped`: why nothing at all leaves, '' where texts leave; then no moment of the next one is true."""
    none = f"None: stopped by {stopped_by(peek.stopped_why)}" if peek.stopped_why else "None"
    waits = bool(stopped and peek.next_text_at)
    return {
        "id": "request",
        "policy": peek.policy,
        "budget": budget(peek.budget),
        "bestTime": peek.best_time.replace("_", " ").capitalize(),
        "notes": peek.notes or "",
        "next": None if waits else millis(peek.next_text_at),
        "stopped": f"Waits: {held.words('stopped', stopped)}" if waits else none,
    }


def text_row(text: PeekText) -> dict[str, Any]:
    return {
        "id": text.id,
        "origin": text.origin,
        "body": text.body,
        "status": status_words(text.status) if text.origin != "patient" else "",
        "code": text.error_code,
        "understood": understood(text.understood_as),
        "machine": text.understood_as in BY_MACHINE,
        "by": text.staff,
        "at": millis(text.at),
        "pictures": [file_row(picture) for picture in text.pictures],
    }


def waiting_row(waits: Waiting, stopped: str = "") -> dict[str, Any]:
    """A text by hand in its ten seconds, or held until it may go; `held` says by what. What all sending waits for has
    no moment."""
    reason = reason_words(waits.reason) if waits.reason in held.WAITS else ""
    if stopped:
        reason = held.words("stopped", stopped)
    return {
        "id": f"w:{waits.id}",
        "body": waits.body,
        "by": waits.staff,
        "due": millis(waits.due_at),
        "stopped": bool(stopped),
        "held": reason if waits.state == "planned" else "",
    }


QUEUE = Topic("queue", Permission.SEE_LEADS, rows)
PEEK = Topic("peek", Permission.SEE_LEADS, peek_rows, is_id, together=True, of_lead=True)
