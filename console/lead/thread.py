"""The conversation and the timeline as rows that browsers follow: texts, waiting texts, events, decisions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from console.lead import events
from console.live import millis
from console.parts.words import FAILED, WHY_SENT, reason, status_words, template_name, understood
from core.conversation.rules.reading import BY_MACHINE
from core.messaging import failures
from core.messaging import held as messages
from core.reads.lead_thread import Decided, Event, Move, Text, Thread
from core.reads.parts.conversation import Waiting

Row = dict[str, Any]
WAITED_FOR = ("quiet_hours", "daily_cap", "apart")
MARKS = {"sent": "check", "failed": "alert", "unknown": "clock", "planned": "clock", "sending": "clock"}


def rows(thread: Thread, lead_id: str, stopped: str = "") -> Iterable[Row]:
    """One row a text, a waiting text, an event; and the row `moves`. `stopped`: why nothing at all is sent now."""
    decided = {one.action_id: one for one in thread.decided}
    texts = {text.id: text for text in thread.texts}
    for text in thread.texts:
        yield text_row(text, decided.get(text.action_id or ""), lead_id)
    for waiting in thread.waiting:
        yield waiting_row(waiting, decided.get(waiting.id), stopped)
    for event in thread.events:
        yield event_row(event, texts, thread.names)
    yield {"id": "moves", "lines": decisions(thread.decided, thread.texts)}


def text_row(text: Text, decided: Decided | None, lead_id: str) -> Row:
    failed = text.status in FAILED
    doubt = decided is not None and decided.state == "unknown" and not failed and text.sent_at is None
    return {
        "id": f"x:{text.id}",
        "kind": "text",
        "text": text.id,
        "at": millis(text.created_at),
        "origin": text.origin,
        "by": text.staff,
        "name": template_name(text.template_id, text.purpose) if text.origin == "automatic" else "",
        "body": text.message_body,
        "status": "" if text.origin == "patient" else _status(text, doubt=doubt),
        "statusAt": millis(text.delivered_at or text.sent_at),
        "tone": "failed" if failed else "doubt" if doubt else "",
        "code": text.error_code if failed else None,
        "todo": failures.of(text.error_code).advice if failed else "",
        "understood": understood(text.understood_as),
        "machine": text.understood_as in BY_MACHINE,
        "pictures": [
            {"id": picture.id, "type": picture.content_type, "ready": picture.ready}
            for picture in text.pictures
        ],
        "why": [move_row(move) for move in decided.moves] if decided else [],
        "because": WHY_SENT.get(text.purpose, "") if decided else "",
        "earlier": text.lead_id != lead_id,
    }


def _status(text: Text, *, doubt: bool) -> str:
    if doubt:
        return "not sure that it arrived, being looked up"
    if text.status in FAILED:
        return failures.of(text.error_code).why
    return status_words(text.status)


def waiting_row(waiting: Waiting, decided: Decided | None, all_stopped: str = "") -> Row:
    """A text in its ten seconds, held for the morning, or stopped."""
    stopped = waiting.state in ("dropped", "cancelled", "failed")
    held = waiting.state == "planned" and bool(all_stopped or waiting.reason in messages.WAITS)
    return {
        "id": f"w:{waiting.id}",
        "action": waiting.id,
        "kind": "waiting",
        "at": millis(waiting.created_at),
        "due": millis(waiting.due_at),
        "body": waiting.body,
        "by": waiting.staff,
        "byId": waiting.staff_id,
        "state": "stopped" if stopped else "held" if held else waiting.state,
        "words": _waits_for(waiting, all_stopped),
        "why": [move_row(move) for move in decided.moves] if decided else [],
    }


def _waits_for(waiting: Waiting, all_stopped: str) -> str:
    if all_stopped and waiting.state == "planned":
        return f"{messages.words('stopped', all_stopped)} It waits, and can be taken back until then."
    return reason(waiting.reason, {}, None) if waiting.reason else ""


def event_row(event: Event, texts: Mapping[str, Text], names: Mapping[str, str]) -> Row:
    told = events.line(event, names)
    if event.kind == "text_sent":
        told = _text_line(event, texts.get(str(event.data.get("text_id"))))
    return {
        "id": f"e:{event.id}",
        "kind": event.kind if event.kind == "note" else "event",
        "at": millis(event.at),
        "by": event.by_kind,
        "who": event.staff,
        "words": told.words,
        "icon": told.icon,
        "tone": told.tone,
        "note": event.note,
        "thread": event.kind in events.IN_THREAD,
        "until": _moment(event.data.get("until")),
    }


def _text_line(event: Event, text: Text | None) -> events.Line:
    if text is None:
        return events.Line("Text sent", "send")
    if text.origin == "staff":
        return events.Line(f"{event.staff or 'Staff'} wrote, {status_words(text.status)}", "send")
    name = template_name(text.template_id, text.purpose)
    took = ""
    if text.delivered_at and text.sent_at:
        took = f" in {max(1, round((text.delivered_at - text.sent_at).total_seconds()))} s"
    return events.Line(f"{name} {status_words(text.status)}{took}", "robot")


def move_row(move: Move) -> Row:
    return {
        "at": millis(move.at),
        "mark": "check"
        if move.state == "sent"
        else "clock"
        if move.state in ("planned", "sending")
        else "blocked",
        "words": reason(move.reason, move.detail, move.by),
        "until": _moment(move.detail.get("until")),
    }


def _moment(text: Any) -> int | None:
    return millis(datetime.fromisoformat(text)) if isinstance(text, str) and text else None


def decisions(decided: Iterable[Decided], texts: Iterable[Text]) -> list[Row]:
    """'Why sent, why not', oldest first. What one cause stopped at one moment is one line."""
    failed = {text.action_id: text.error_code for text in texts if text.status in FAILED}
    lines: list[Row] = []
    for line in sorted((decision(one, failed) for one in decided), key=lambda line: line["moved"]):
        last = lines[-1] if lines else None
        if last and line["stopped"] and (last["moved"], last["words"]) == (line["moved"], line["words"]):
            last["count"] += 1
            last["name"], last["at"] = f"{last['count']} texts not sent", last["moved"]
        else:
            lines.append(line)
    return lines


def decision(one: Decided, failed: Mapping[str | None, int | None]) -> Row:
    """One line of 'why sent, why not'. `failed`: codes of texts that did not arrive, by action."""
    last = one.moves[-1]
    name = template_name(one.template, one.purpose)
    if one.state == "sent" and one.action_id in failed:
        words = failures.of(failed[one.action_id]).why
        return _line(one, "alert", f"{name} not delivered", words[:1].lower() + words[1:], last)
    held = next((move for move in one.moves if move.reason in WAITED_FOR), None)
    if one.state == "sent":
        by_hand = next((move for move in one.moves if move.reason == "sent_by_staff"), None)
        words = (
            reason("sent_by_staff", {}, by_hand.by) if by_hand else WHY_SENT.get(one.purpose, "it was due")
        )
        waited = f", after waiting: {reason(held.reason, {}, None)}" if held else ""
        return _line(one, "check", name, words + waited, last)
    if one.state == "failed":
        return _line(one, "alert", f"{name} failed", reason("refused", {"code": one.error_code}, None), last)
    if one.state in ("dropped", "cancelled"):
        return _line(one, "blocked", f"{name} not sent", reason(last.reason, last.detail, last.by), last)
    return _line(one, "clock", name, reason(last.reason, last.detail, last.by), last)


def _line(one: Decided, mark: str, name: str, words: str, last: Move) -> Row:
    until = last.detail.get("until") if one.state == "planned" else None
    return {
        "at": millis(last.at if one.state in ("sent", "failed", "dropped") else one.planned_for),
        "moved": millis(last.at),
        "stopped": one.state == "cancelled",
        "count": 1,
        "mark": mark,
        "name": name,
        "words": words,
        "until": _moment(until),
    }
