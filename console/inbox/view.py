"""The inbox as rows that browsers follow: one for each conversation of the window, and the row `counts`.

What may be an emergency is there without its words: they are shown to who opens it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.alarms import urgency
from console.parts.why_words import reason
from console.parts.words import FAILED, TARGETS, template_name, understood
from core.app import App
from core.conversation.rules.reading import BY_MACHINE
from core.domain.ids import reference
from core.domain.phone import dial_phone, show_phone
from core.domain.roles import Permission
from core.messaging import failures, held
from core.reads import inbox
from core.reads.inbox import Counts, Said, ThreadRow, Unsent
from core.reads.lead_rows import QueueRow
from core.reads.text_words import Hit

Row = dict[str, Any]


def rows(_app: App, session: Session, _argument: str, now: datetime) -> Iterable[Row]:
    """In no order: which list a row belongs to, and where it stands there, is the browser's."""
    found = inbox.read(session, READER, now=now)
    yield counts_row(found.counts)
    for thread in found.rows:
        yield row(thread)


def counts_row(counts: Counts) -> Row:
    """`waiting`: by owner, '' for nobody's. `pushed`: how many waiting, failed and snoozed ones are among the rows."""
    return {
        "id": "counts",
        "waiting": {owner or "": count for owner, count in sorted(counts.waiting.items(), key=str)},
        "failed": counts.failed,
        "snoozed": counts.snoozed,
        "pushed": {"needs": inbox.WAITING, "failed": inbox.FAILED, "snoozed": inbox.SNOOZED},
    }


def row(thread: ThreadRow) -> Row:
    """One conversation in words and product milliseconds."""
    lead = thread.lead
    return {
        "id": lead.id,
        "ref": reference(lead.number),
        "patient": thread.patient_id,
        "name": f"{lead.first_name} {lead.last_name}".strip() or "New number",
        "phone": show_phone("" if lead.phone is None else lead.phone, lead.extension or ""),
        "dial": dial_phone(lead.phone or "", lead.extension or ""),
        "location": lead.location,
        "owner": lead.owner_id,
        "ownerName": lead.owner,
        "state": lead.state,
        "unread": lead.unread,
        **urgency(lead.alarm, lead.priority if lead.alarm else 0),
        "paged": list(thread.paged),
        "waits": thread.waits and lead.snoozed_until is None,
        "since": millis(thread.waits_since),
        "spoken": millis(thread.spoken_at),
        "done": millis(thread.done_at),
        "doneBy": thread.done_by,
        "paused": millis(thread.paused_until),
        "snoozed": millis(lead.snoozed_until),
        "snoozedBy": lead.snoozed_by,
        "clock": clock(lead),
        "at": millis(thread.said.at if thread.said else lead.last_event_at),
        "failed": _failed(thread),
        "line": line(thread),
    }


def clock(lead: QueueRow) -> Row | None:
    """The clock that is due first, or None where nothing runs."""
    if lead.due_at is None:
        return None
    return {
        "due": millis(lead.due_at),
        "target": lead.target_seconds * 1000,
        "state": lead.clock_state,
        "what": TARGETS.get(lead.clock or "", "").lower(),
    }


def _failed(thread: ThreadRow) -> bool:
    """Our last text did not arrive, and nobody is done with it."""
    said = thread.said
    return said is not None and said.origin != "patient" and said.status in FAILED and thread.done_at is None


def line(thread: ThreadRow) -> Row:
    """What was said last, or why what was written did not go: {by, words, tone, until}, `until` a moment or None."""
    said, unsent = thread.said, thread.unsent
    if thread.lead.alarm:
        return _line("danger", "Urgent reply")
    if unsent and (unsent.state == "planned" or said is None or unsent.due_at >= said.at):
        return _unsent(unsent)
    if said is None:
        return _line("none", "No text yet")
    return _said(said)


def _line(by: str, words: str, tone: str = "", until: datetime | None = None) -> Row:
    return {"by": by, "words": words, "tone": tone, "until": millis(until)}


def _unsent(unsent: Unsent) -> Row:
    who = _first(unsent.by)
    if unsent.state == "dropped":
        return _line("staff", f"Not sent: {reason(unsent.reason, {}, None)}", "failed")
    waits = unsent.reason in held.WAITS
    why = f", {reason(unsent.reason, {}, None)}" if waits else ""
    return _line(
        "staff", f"{who}: a text waits{why}, goes" if waits else f"{who}: a text goes", "", unsent.due_at
    )


def _said(said: Said) -> Row:
    if said.origin != "patient" and said.status in FAILED:
        failure = failures.of(said.error_code)
        code = f" ({said.error_code})" if said.error_code else ""
        return _line(
            "failed",
            f"Not delivered: {failure.why[:1].lower()}{failure.why[1:]}{code}. {failure.advice}",
            "failed",
        )
    if said.retry_at:
        return _line(
            "failed", "Not delivered yet, the provider asked to wait. Trying again", "retry", said.retry_at
        )
    if said.origin == "patient":
        if said.understood_as in BY_MACHINE:
            return _line("machine", f"{understood(said.understood_as)}: {said.words}")
        return _line("patient", said.words or "Picture")
    if said.origin == "automatic":
        return _line("automatic", f"Automatic: {said.words or template_name(said.template, said.purpose)}")
    return _line("staff", f"{_first(said.by)}: {said.words}")


def _first(name: str | None) -> str:
    return name.split()[0] if name else "Staff"


def hit_row(thread: ThreadRow, hit: Hit) -> Row:
    """A conversation that a search by words found, with the words around them."""
    who = "" if hit.origin == "patient" else f"{_first(hit.by)}: "
    more = f" and {hit.more} more" if hit.more else ""
    found = _line("patient" if hit.origin == "patient" else "staff", f"{who}{hit.words}{more}")
    return row(thread) | {"line": found, "at": millis(hit.at)}


TOPIC = Topic("inbox", Permission.SEE_LEADS, rows)
