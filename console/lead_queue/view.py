"""The lead queue as rows that browsers follow. Words that depend on the time are the browser's."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from core.app import App
from core.domain.errors import NotFound
from core.domain.ids import reference
from core.domain.phone import show_phone
from core.domain.roles import Permission
from core.messaging import held
from core.reads import lead_peek, lead_queue
from core.reads.lead_peek import Peek, PeekText, PeekWaiting
from core.reads.lead_queue import QueueRow
from core.reads.parts import sending_state
from core.reference import Reference

FORMS = {
    "lead_capture": "Lead capture",
    "consultation_request": "Consultation",
    "medical_intake": "Medical intake",
    "photo_upload": "Photos",
    "pre_treatment": "Before treatment",
    "booking": "Booking",
    "text_in": "Text from a new number",
}
TIMEFRAMES = {"asap": "ASAP"}
CLOCKS = {
    "first_contact": "first contact",
    "first_conversation": "first conversation",
    "next_reply": "next reply",
    "next_call": "call again",
    "call_back": "call back",
    "reminder": "reminder",
    "rebook": "offer another visit",
    "correct_number": "correct the number or email",
}
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
    "alert_sent": "Owner told",
    "refused_text": "Text refused",
    "task_set": "Task set",
    "task_moved": "Task moved",
    "task_cancelled": "Task cancelled",
    "visit_moved": "Visit moved",
    "visit_cancelled": "Visit cancelled",
    "visit_no_show": "No-show",
    "visit_put_back": "Visit stands again",
    "unmarked": "Mark taken back",
}
PURPOSES = {"confirmation": "Confirmation", "reply": "Answer", "manual": "Text"}
STATUSES = {
    "planned": "planned",
    "handing_over": "on its way",
    "scheduled": "on its way",
    "queued": "on its way",
    "accepted": "on its way",
    "sending": "on its way",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "not delivered",
    "failed": "failed",
    "canceled": "failed",
    "unknown": "not sure yet",
}
STATES = {"booked": "Booked", "disqualified": "Disqualified", "closed": "Closed"}
STOPPED = {
    "replied": "the reply",
    "contacted": "the contact",
    "booked": "the booking",
    "opted_out": "the opt-out",
    "disqualified": "the disqualification",
}

UNDERSTOOD = {
    "stop": "stop texting",
    "stop_plain": "stop texting",
    "wrong_number": "wrong number",
    "help": "help",
    "start": "text me again",
    "call": "call me",
    "book": "book",
    "1": "choice 1",
    "2": "choice 2",
    "3": "choice 3",
}


def rows(app: App, session: Session, _argument: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """One row a lead, and the row `total` with how many are open."""
    queue = lead_queue.read(session, READER)
    yield {"id": "total", "open": queue.open}
    for lead in queue.rows:
        yield row(lead, app.reference)


def row(lead: QueueRow, data: Reference) -> dict[str, Any]:
    """One lead in words and product milliseconds."""
    return {
        "id": lead.id,
        "ref": reference(lead.number),
        "name": f"{lead.first_name} {lead.last_name}".strip() or "New number",
        "phone": show_phone(lead.phone or ""),
        "dial": lead.phone or "",
        "wants": wants(lead, data),
        "form": lead.form_type,
        "formName": FORMS.get(lead.form_type, lead.form_type.replace("_", " ").capitalize()),
        "source": lead.source,
        "sourceName": source_name(lead.source, lead.campaign),
        "place": data.clinic.location(lead.location).name,
        "urgent": lead.priority == 1,
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
        "wrongNumber": lead.wrong_number_at is not None,
        "task": task(lead),
        "unread": lead.unread,
        "ended": STATES.get(lead.state),
        "snoozed": millis(lead.snoozed_until),
        "snoozedBy": lead.snoozed_by,
        "clock": clock(lead),
        "last": last_event(lead),
        "button": button(lead),
    }


def wants(lead: QueueRow, data: Reference) -> str:
    """'Lip filler, this week'"""
    words = [data.treatment_label(lead.treatment) if lead.treatment else ""]
    words.append(TIMEFRAMES.get(lead.timeframe, lead.timeframe.replace("_", " ")))
    return ", ".join(word for word in words if word)


def source_name(source: str, campaign: str) -> str:
    """'Google, spring'"""
    words = (text.replace("_", " ").strip() for text in (source, campaign))
    named = ", ".join(word for word in words if word)
    return named[:1].upper() + named[1:]


def clock(lead: QueueRow) -> dict[str, Any] | None:
    """The clock that is due first, or None where nothing runs."""
    if lead.due_at is None:
        return None
    return {
        "due": millis(lead.due_at),
        "target": lead.target_seconds * 1000,
        "state": lead.clock_state,
        "what": CLOCKS.get(lead.clock or "", ""),
    }


def task(lead: QueueRow) -> dict[str, Any] | None:
    """What somebody planned to do next, whether or not it is what is due first."""
    if lead.task is None:
        return None
    return {
        "id": lead.task.id,
        "kind": lead.task.kind,
        "what": CLOCKS.get(lead.task.kind, lead.task.kind),
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
        words = f"{PURPOSES.get(text.purpose, 'Follow-up text')} {STATUSES.get(text.status, text.status)}"
        return {"by": "automatic", "words": words, "at": millis(text.at), "quote": False}
    note = (lead.last_event_note or "").strip()
    quote = bool(note) and lead.last_event_kind in {"replied", "text_sent"}
    words = EVENTS.get(lead.last_event_kind, lead.last_event_kind.replace("_", " ").capitalize())
    return {
        "by": "blocked" if lead.last_event_kind == "opted_out" else lead.last_event_by,
        "words": note if quote else f"{words}: {note}" if note else words,
        "at": millis(lead.last_event_at),
        "quote": quote,
    }


def button(lead: QueueRow) -> str:
    """The one next action of a row: take what nobody has, answer a written word, else call; never a wrong number."""
    if lead.state != "open":
        return "open"
    if lead.owner_id is None:
        return "take"
    if lead.wrong_number_at:
        return "open"
    if not lead.call_only and (lead.clock == "next_reply" or (lead.due_at is None and lead.contacted_at)):
        return "text"
    return "call"


def peek_rows(_app: App, session: Session, lead_id: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """The row `request`, then the last texts; nothing where the lead does not exist."""
    try:
        peek = lead_peek.read(session, READER, lead_id)
    except NotFound:
        return
    yield request_row(peek)
    for text in peek.texts:
        yield text_row(text)
    stopped = sending_state.read(session).stopped
    for waiting in peek.waiting:
        yield waiting_row(waiting, stopped)


def waiting_row(waiting: PeekWaiting, stopped: str) -> dict[str, Any]:
    """A text by hand that has not gone: in its ten seconds, or held and why."""
    return {
        "id": waiting.id,
        "kind": "waiting",
        "origin": "staff",
        "body": waiting.body,
        "status": held.words("stopped", stopped) if stopped else held.HELD.get(waiting.reason, "sending"),
        "held": bool(stopped or waiting.reason in held.HELD),
        "code": None,
        "understood": "",
        "by": waiting.staff,
        "at": millis(waiting.due_at),
    }


def request_row(peek: Peek) -> dict[str, Any]:
    return {
        "id": "request",
        "policy": peek.policy,
        "budget": budget(peek.budget),
        "bestTime": peek.best_time.replace("_", " ").capitalize(),
        "notes": peek.notes or "",
        "next": millis(peek.next_text_at),
        "stopped": f"None: stopped by {STOPPED.get(peek.stopped_why, 'staff')}"
        if peek.stopped_why
        else "None",
    }


def budget(code: str) -> str:
    """'500-1000' as '$500 to $1,000'."""
    ends = code.replace("$", "").replace(",", "").split("-")
    if all(end.strip().isdigit() for end in ends):
        return " to ".join(f"${int(end):,}" for end in ends)
    return code.replace("_", " ").capitalize()


def text_row(text: PeekText) -> dict[str, Any]:
    return {
        "id": text.id,
        "origin": text.origin,
        "body": text.body or pictures(text.pictures),
        "pictures": text.pictures,
        "status": STATUSES.get(text.status, text.status) if text.origin != "patient" else "",
        "code": text.error_code,
        "understood": understood(text.understood_as),
        "by": text.staff,
        "at": millis(text.at),
    }


def pictures(count: int) -> str:
    """'Picture', '3 pictures'; '' for none."""
    return "" if not count else "Picture" if count == 1 else f"{count} pictures"


def understood(code: str | None) -> str:
    """What a reply was read as, in words; '' for a plain message."""
    return UNDERSTOOD.get(code or "", "")


QUEUE = Topic("queue", Permission.SEE_LEADS, rows)
PEEK = Topic("peek", Permission.SEE_LEADS, peek_rows)
