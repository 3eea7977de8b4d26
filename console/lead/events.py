"""Lines of a lead's timeline in words, an icon and a tone. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console.parts.words import TARGETS, form_name, sentence_case, source_name, stopped_by, texts, understood
from core.booking.rules import CANCELLED
from core.domain.ids import reference
from core.leads.reasons import CALL_OUTCOMES, DISQUALIFIED
from core.messaging import failures
from core.reads.lead_thread import Event

# Told in the conversation too; everything else only in the timeline.
IN_THREAD = frozenset(
    {
        "submitted", "sequence_stopped", "clock_breached", "called", "opted_out", "opted_in", "refused_text",
        "alarm_raised", "alarm_acknowledged",
        "disqualified", "reopened", "qualified", "booked", "attended", "treated", "unmarked", "note", "call_undone",
        "call_corrected", "visit_moved", "visit_cancelled", "visit_no_show", "visit_put_back",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """`tone`: '' or alarm."""

    words: str
    icon: str
    tone: str = ""


def line(event: Event, names: Mapping[str, str]) -> Line:
    """One event in words; a kind that this version does not know is shown by its name."""
    who = event.staff or "Somebody"
    tell = TELLERS.get(event.kind)
    if tell:
        return tell(event.data, who, names)
    return Line(event.kind.replace("_", " ").capitalize(), "info")


Data = Mapping[str, Any]
Names = Mapping[str, str]
Teller = Callable[[Data, str, Names], Line]


def _name(names: Names, staff_id: Any) -> str:
    return names.get(str(staff_id or ""), "nobody")


def _submitted(data: Data, _who: str, _names: Names) -> Line:
    form = form_name(str(data.get("form_type") or "form"))
    source = source_name(str(data.get("source", "")), "")
    return Line(f"{form} request from {source}" if source else f"{form} request", "form")


def _assigned(data: Data, _who: str, names: Names) -> Line:
    if not data.get("staff_id"):
        return Line("Nobody could be assigned", "swap", "alarm")
    return Line(f"Assigned to {_name(names, data['staff_id'])}: {data.get('rule', '')}", "swap")


def _taken(data: Data, who: str, names: Names) -> Line:
    before = f" from {_name(names, data['from'])}" if data.get("from") else ""
    return Line(f"{who} took the lead{before}", "hand")


def _reassigned(data: Data, who: str, names: Names) -> Line:
    return Line(f"{who} gave the lead to {_name(names, data.get('staff_id'))}", "swap")


def _called(data: Data, who: str, _names: Names) -> Line:
    outcome = CALL_OUTCOMES.get(data.get("outcome", ""), "call").lower()
    return Line(f"{who} called: {outcome}", "phone", "alarm" if data.get("outcome") == "wrong_number" else "")


def _outcome(data: Data, key: str) -> str:
    return CALL_OUTCOMES.get(data.get(key, ""), "call").lower()


def _call_undone(data: Data, who: str, _names: Names) -> Line:
    return Line(f"{who} took the call back: {_outcome(data, 'outcome')}", "undo")


def _call_corrected(data: Data, who: str, _names: Names) -> Line:
    return Line(
        f"{who} corrected the call: {_outcome(data, 'outcome')}, was {_outcome(data, 'was')}", "phone"
    )


def _visit_cancelled(data: Data, who: str, _names: Names) -> Line:
    why = CANCELLED.get(data.get("reason", ""), "no reason").lower()
    return Line(f"{who} cancelled the visit: {why}", "close")


def _replied(data: Data, _who: str, _names: Names) -> Line:
    read_as = understood(data.get("understood_as"))
    return Line(f"Patient wrote, understood as {read_as}" if read_as else "Patient wrote", "incoming")


def _machine(data: Data, _who: str, _names: Names) -> Line:
    """Shown, and of no consequence."""
    what = understood(data.get("understood_as")) or "automatic reply"
    return Line(f"{what.capitalize()}, not counted as an answer", "robot")


def _sequence_stopped(data: Data, _who: str, _names: Names) -> Line:
    cause = stopped_by(str(data.get("reason", "")))
    count = int(data.get("cancelled", 0))
    cancelled = f": {texts(count)} cancelled" if count else ""
    return Line(f"{sentence_case(cause)} stopped the sequence{cancelled}", "snooze")


def _breached(data: Data, _who: str, _names: Names) -> Line:
    return Line(f"{TARGETS.get(data.get('target', ''), 'Target')} target missed", "alert", "alarm")


def _failed(data: Data, _who: str, _names: Names) -> Line:
    return Line(f"Text failed: {failures.of(data.get('code')).why.lower()}", "alert", "alarm")


WHY_REFUSED = {
    "opted_out": "this number had opted out",
    "no_consent": "they have not agreed to texts",
    "no_phone": "no phone number was given",
    "not_textable": "this number is abroad, of a service, or has an extension",
}


def _refused(data: Data, _who: str, _names: Names) -> Line:
    reason = data.get("reason", "")
    why = WHY_REFUSED.get(reason, "texts do not reach this number")
    return Line(f"No automatic texts: {why}, call only", "blocked")


def _disqualified(data: Data, who: str, _names: Names) -> Line:
    why = DISQUALIFIED.get(data.get("reason", ""), "no reason").lower()
    return Line(f"{who} disqualified the lead: {why}", "close")


def _reopened(data: Data, who: str, _names: Names) -> Line:
    return Line("Open again: the patient replied" if data.get("reason") else f"{who} opened it again", "undo")


def _stage(words: str) -> Teller:
    def tell(data: Data, who: str, _names: Names) -> Line:
        cents = int(data.get("value_cents") or 0)
        return Line(f"{words} by {who}" + (f", ${cents // 100:,}" if cents else ""), "calendar")

    return tell


def _plain(words: str, icon: str) -> Teller:
    def tell(_data: Data, who: str, _names: Names) -> Line:
        return Line(words.format(who=who), icon)

    return tell


def _task(words: str, icon: str) -> Teller:
    def tell(data: Data, who: str, _names: Names) -> Line:
        return Line(f"{words.format(who=who)}: {data.get('title', 'task').lower()}", icon)

    return tell


def _told(data: Data, _who: str, names: Names) -> Line:
    return Line(f"{_name(names, data.get('staff_id'))} was alerted by text", "alert")


def _corrected(data: Data, who: str, _names: Names) -> Line:
    fields = [FIELDS.get(name, name.replace("_", " ")) for name in data.get("fields", ())]
    return Line(f"{who} corrected {', '.join(fields)}", "note")


def _assigned_text(data: Data, who: str, _names: Names) -> Line:
    ref = reference(int(data.get("to") or 0))
    return Line(f"{who} said whose text it is: {ref}", "swap")


FIELDS = {"date_of_birth": "date of birth", "zip": "ZIP code"}

TELLERS: dict[str, Teller] = {
    "submitted": _submitted,
    "assigned": _assigned,
    "taken": _taken,
    "released": _plain("{who} gave the lead back", "undo"),
    "reassigned": _reassigned,
    "called": _called,
    "replied": _replied,
    "sequence_stopped": _sequence_stopped,
    "clock_breached": _breached,
    "text_failed": _failed,
    "refused_text": _refused,
    "corrected": _corrected,
    "correction_undone": _plain("{who} took the correction back", "undo"),
    "consented": _plain("{who} read the consent out, and they agreed", "check"),
    "text_assigned": _assigned_text,
    "sequence_resumed": _plain("The sequence goes on: the reply was somebody else's", "undo"),
    "merged": _plain("{who} merged two profiles of one person", "swap"),
    "unmerged": _plain("{who} parted the profiles again", "undo"),
    "opted_out": _plain("Patient opted out of texts, call only", "blocked"),
    "opted_in": _plain("Patient switched texts on again", "check"),
    "disqualified": _disqualified,
    "reopened": _reopened,
    "qualified": _stage("Marked qualified"),
    "booked": _stage("Marked booked"),
    "attended": _stage("Marked attended"),
    "treated": _stage("Marked treated"),
    "unmarked": _plain("{who} took the last mark back", "undo"),
    "snoozed": _plain("{who} snoozed the lead", "snooze"),
    "unsnoozed": _plain("Back from snooze", "clock"),
    "note": _plain("Note by {who}", "note"),
    "viewed": _plain("First opened by {who}", "eye"),
    "task_created": _task("Task", "phone"),
    "task_done": _task("{who} did", "check"),
    "task_reopened": _task("{who} opened again", "undo"),
    "alert_sent": _told,
    "alarm_raised": lambda _data, _who, _names: Line(
        "Possible danger: people are told until one acknowledges", "alert", "alarm"
    ),
    "alarm_repeated": _plain("Nobody had acknowledged: more people were told", "alert"),
    "alarm_acknowledged": _plain("{who} acknowledged it", "check"),
    "machine_text": _machine,
    "sent_by_staff": _plain("{who} let a planned text go at once", "send"),
    "call_undone": _call_undone,
    "call_corrected": _call_corrected,
    "task_set": _task("{who} set", "clock"),
    "task_moved": _task("{who} moved", "clock"),
    "task_cancelled": _task("{who} cancelled", "close"),
    "visit_moved": _plain("{who} moved the visit", "calendar"),
    "visit_cancelled": _visit_cancelled,
    "visit_no_show": _plain("No-show, marked by {who}", "alert"),
    "visit_put_back": _plain("{who} put the visit back", "undo"),
}
