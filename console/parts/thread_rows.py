"""The conversation and the timeline as rows that browsers follow: texts, waiting texts, events, decisions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from console.live import millis
from console.parts import email_words
from console.parts import thread_events as events
from console.parts.email_rows import email_row
from console.parts.event_lines import Line
from console.parts.received_files import file_row
from console.parts.why_words import WHY_SENT, reason
from console.parts.words import FAILED, status_words, template_name, understood, wording_words
from core.conversation.rules.reading import BY_MACHINE, Label
from core.messaging import failures
from core.messaging import held as messages
from core.messaging.actions import EMAIL
from core.reads.lead_thread import Decided, Email, Event, Move, Text, Thread
from core.reads.parts.conversation import Waiting

Row = dict[str, Any]
# What was acted on at once: to say that it was wrong wants a reason.
GRAVE = frozenset({Label.OPT_OUT, Label.WRONG_NUMBER, Label.RED_FLAG})
WAITED_FOR = ("quiet_hours", "daily_cap", "apart", "gap", "window")
MARKS = {"sent": "check", "failed": "alert", "unknown": "clock", "planned": "clock", "sending": "clock"}


def rows(thread: Thread, lead_id: str, stopped: str = "") -> Iterable[Row]:
    """One row a text, a waiting text, an event; and the row `moves`. `stopped`: why nothing at all is sent now."""
    decided = {one.action_id: one for one in thread.decided}
    texts = {text.id: text for text in thread.texts}
    for text in thread.texts:
        yield text_row(text, decided.get(text.action_id or ""), lead_id)
    for email in thread.emails:
        one = decided.get(email.action_id)
        yield email_row(email, one, [move_row(move) for move in one.moves] if one else [], lead_id)
    for waiting in thread.waiting:
        yield waiting_row(waiting, decided.get(waiting.id), stopped)
    for event in thread.events:
        yield event_row(event, texts, thread.names)
    yield {"id": "moves", "lines": decisions(thread.decided, (*thread.texts, *thread.emails))}


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
        "readAs": text.understood_as or "other",
        "grave": text.understood_as in GRAVE,
        "machine": text.understood_as in BY_MACHINE,
        "pictures": [file_row(picture) for picture in text.pictures],
        "why": [move_row(move) for move in decided.moves] if decided else [],
        "because": _because(text) if decided else "",
        "earlier": text.lead_id != lead_id,
    }


def _because(text: Text) -> str:
    parts = (WHY_SENT.get(text.purpose, ""), _wording(text))
    return "; ".join(filter(None, parts))


def _wording(text: Text | Email | None) -> str:
    return wording_words(text.template_version, text.language, neutral=text.neutral) if text else ""


def _status(text: Text, *, doubt: bool) -> str:
    if doubt:
        return "not sure that it arrived, being looked up"
    if text.status in FAILED:
        return failures.of(text.error_code).why
    return status_words(text.status)


def waiting_row(waiting: Waiting, decided: Decided | None, all_stopped: str = "") -> Row:
    """A text in its ten seconds, planned for later, held for the morning, or stopped."""
    stopped = waiting.state in ("dropped", "cancelled", "failed")
    held = waiting.state == "planned" and bool(all_stopped or waiting.reason in messages.WAITS)
    return {
        "id": f"w:{waiting.id}",
        "action": waiting.id,
        "kind": "waiting",
        "at": millis(waiting.due_at if waiting.scheduled and not stopped else waiting.created_at),
        "due": millis(waiting.due_at),
        "made": millis(waiting.created_at),
        "scheduled": waiting.scheduled,
        "untilReply": waiting.until_reply,
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
        "mentions": [names[one] for one in event.data.get("mentions", ()) if one in names],
        "thread": event.kind in events.IN_THREAD,
        "until": _moment(event.data.get("until")),
    }


def _text_line(event: Event, text: Text | None) -> Line:
    if text is None:
        return Line("Text sent", "send")
    if text.origin == "staff":
        return Line(f"{event.staff or 'Staff'} wrote, {status_words(text.status)}", "send")
    name = template_name(text.template_id, text.purpose)
    took = ""
    if text.delivered_at and text.sent_at:
        took = f" in {max(1, round((text.delivered_at - text.sent_at).total_seconds()))} s"
    return Line(f"{name} {status_words(text.status)}{took}", "robot")


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


def decisions(decided: Iterable[Decided], texts: Iterable[Text | Email]) -> list[Row]:
    """'Why sent, why not', oldest first. What one cause stopped at one moment is one line."""
    sent = {text.action_id: text for text in texts}
    lines: list[Row] = []
    for line in sorted(
        (decision(one, sent.get(one.action_id)) for one in decided), key=lambda line: line["moved"]
    ):
        last = lines[-1] if lines else None
        if last and line["stopped"] and (last["moved"], last["words"]) == (line["moved"], line["words"]):
            last["count"] += 1
            last["name"], last["at"] = f"{last['count']} texts not sent", last["moved"]
        else:
            lines.append(line)
    return lines


def decision(one: Decided, text: Text | Email | None) -> Row:
    """One line of 'why sent, why not'. `text`: what became of the action, where it was handed over."""
    last = one.moves[-1]
    name = template_name(one.template, one.purpose)
    if one.state == "sent" and isinstance(text, Email) and text.status in email_words.FAILED:
        return _line(one, "alert", name, email_words.STATUSES[text.status], last)
    if one.state == "sent" and isinstance(text, Text) and text.status in FAILED:
        words = failures.of(text.error_code).why
        return _line(one, "alert", f"{name} not delivered", words[:1].lower() + words[1:], last)
    held = next((move for move in one.moves if move.reason in WAITED_FOR), None)
    if one.state == "sent":
        by_hand = next((move for move in one.moves if move.reason == "sent_by_staff"), None)
        usual = email_words.WHY_SENT if one.kind == EMAIL else WHY_SENT
        words = reason("sent_by_staff", {}, by_hand.by) if by_hand else usual.get(one.purpose, "it was due")
        waited = f", after waiting: {reason(held.reason, {}, None)}" if held else ""
        wording = _wording(text)
        return _line(one, "check", name, words + waited + (f"; {wording}" if wording else ""), last)
    if one.state == "failed" and one.kind == EMAIL:
        return _line(one, "alert", f"{name} failed", reason(last.reason, last.detail, last.by), last)
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
