"""Lines of a lead's timeline in words, an icon and a tone. Pure."""

from collections.abc import Mapping
from typing import Any

from console.parts import visit_events
from console.parts.event_lines import BY, Data, Line, Names, Teller, plain
from console.parts.why_words import stopped_by
from console.parts.words import (
    MEANINGS,
    TARGETS,
    form_name,
    sentence_case,
    source_name,
    template_name,
    texts,
    understood,
)
from core.domain.ids import reference
from core.leads.reasons import CALL_OUTCOMES, DISQUALIFIED
from core.messaging import failures
from core.reads.lead_thread import Event

# Told in the conversation too; everything else only in the timeline.
IN_THREAD = frozenset(
    {
        "automation_paused", "automation_resumed",
        "submitted", "sequence_stopped", "clock_breached", "called", "opted_out", "opted_in", "refused_text",
        "alarm_raised", "alarm_acknowledged", "thread_done", "thread_reopened", "reading_corrected",
        "disqualified", "reopened", "qualified", "booked", "attended", "treated", "unmarked", "note", "call_undone",
        "call_corrected", "visit_moved", "visit_cancelled", "visit_no_show", "visit_put_back",
        "call_asked", "visit_asked", "move_asked", "move_declined", "move_ask_over",
        "visit_in_room", "visit_not_in_room",
    }
)  # fmt: skip


def line(event: Event, names: Mapping[str, str]) -> Line:
    """One event in words; a kind that this version does not know is shown by its name."""
    who = event.staff or BY.get(event.by_kind, "Somebody")
    tell = TELLERS.get(event.kind)
    if tell:
        return tell(event.data, who, names)
    return Line(event.kind.replace("_", " ").capitalize(), "info")


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


def _sequence_started(data: Data, _who: str, _names: Names) -> Line:
    return Line(f"The sequence '{data.get('title') or data.get('sequence', '')}' begins", "clock")


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


def _email(became: str, icon: str, tone: str = "") -> Teller:
    def tell(data: Data, _who: str, _names: Names) -> Line:
        return Line(f"{template_name(data.get('template'), 'email')} {became}", icon, tone)

    return tell


def _unsubscribed(data: Data, _who: str, _names: Names) -> Line:
    how = " by a complaint" if data.get("how") == "complaint" else ""
    return Line(f"Unsubscribed from marketing emails{how}", "blocked")


def _refused(data: Data, _who: str, _names: Names) -> Line:
    reason = data.get("reason", "")
    if reason == "too_often":
        return Line("No automatic texts: this number was entered very often on our forms", "blocked")
    why = WHY_REFUSED.get(reason, "texts do not reach this number")
    return Line(f"No automatic texts: {why}, call only", "blocked")


def _disqualified(data: Data, who: str, _names: Names) -> Line:
    why = DISQUALIFIED.get(data.get("reason", ""), "no reason").lower()
    return Line(f"{who} disqualified the lead: {why}", "close")


def _reopened(data: Data, who: str, _names: Names) -> Line:
    did = {"called": "called"}.get(str(data.get("reason")), "replied")
    return Line(f"Open again: the patient {did}" if data.get("reason") else f"{who} opened it again", "undo")


def _task(words: str, icon: str) -> Teller:
    def tell(data: Data, who: str, _names: Names) -> Line:
        return Line(f"{words.format(who=who)}: {data.get('title', 'task').lower()}", icon)

    return tell


# The way of an alert; without one it went by text.
ALERTED_BY = {"email": "by email", "push": "in their browser", "chat": "in their chat tool"}


def _told(data: Data, _who: str, names: Names) -> Line:
    by = ALERTED_BY.get(str(data.get("by")), "by text")
    return Line(f"{_name(names, data.get('staff_id'))} was alerted {by}", "alert")


def _untold(data: Data, _who: str, names: Names) -> Line:
    return Line(f"{_name(names, data.get('staff_id'))} could not be alerted by any way", "alert")


def _escalated(data: Data, _who: str, names: Names) -> Line:
    told = ", ".join(_name(names, one) for one in data.get("told") or ())
    did = [
        f"{told} told" if told else "",
        f"{_name(names, data.get('backup'))} is the backup" if data.get("backup") else "",
        "urgent from now on" if data.get("urgent") else "",
        "the patient gets an apology" if data.get("apology") else "",
    ]
    words = "; ".join(filter(None, did)) or "nobody else is at work"
    return Line(f"Nobody had reached out for {data.get('minutes')} min: {words}", "alert")


def _corrected(data: Data, who: str, _names: Names) -> Line:
    fields = [FIELDS.get(name, name.replace("_", " ")) for name in data.get("fields", ())]
    return Line(f"{who} corrected {', '.join(fields)}", "note")


def _assigned_text(data: Data, who: str, _names: Names) -> Line:
    ref = reference(int(data.get("to") or 0))
    return Line(f"{who} said whose text it is: {ref}", "swap")


def _paused(data: Data, who: str, _names: Names) -> Line:
    if data.get("why") == "by_hand":
        return Line(f"{who} paused automation", "snooze")
    return Line(f"Automation paused: {who} took over", "snooze")


def _reread(data: Data, who: str, _names: Names) -> Line:
    was, becomes = (MEANT.get(str(data.get(key)), "something else") for key in ("was", "becomes"))
    return Line(f"{who} corrected: not {was}, but {becomes}", "note")


MEANT = {one["code"]: one["words"] for one in MEANINGS}
FIELDS = {"date_of_birth": "date of birth", "zip": "ZIP code"}

TELLERS: dict[str, Teller] = {
    **visit_events.TELLERS,
    "submitted": _submitted,
    "reading_corrected": _reread,
    "assigned": _assigned,
    "taken": _taken,
    "released": plain("{who} gave the lead back", "undo"),
    "reassigned": _reassigned,
    "called": _called,
    "replied": _replied,
    "sequence_started": _sequence_started,
    "missed_call": plain("The patient called and nobody picked up", "phone"),
    "sequence_stopped": _sequence_stopped,
    "clock_breached": _breached,
    "text_failed": _failed,
    "refused_text": _refused,
    "corrected": _corrected,
    "correction_undone": plain("{who} took the correction back", "undo"),
    "consented": plain("{who} read the consent out, and they agreed", "check"),
    "unencrypted_allowed": plain("{who} read the warning out: texts may name the treatment", "check"),
    "unencrypted_withdrawn": plain("{who} noted: texts name no treatment any more", "blocked"),
    "text_assigned": _assigned_text,
    "automation_paused": _paused,
    "automation_resumed": plain("{who} resumed automation", "undo"),
    "sequence_resumed": plain("The sequence goes on: the reply was somebody else's", "undo"),
    "merged": plain("{who} merged two profiles of one person", "swap"),
    "unmerged": plain("{who} parted the profiles again", "undo"),
    "opted_out": plain("Patient opted out of texts, call only", "blocked"),
    "opted_in": plain("Patient switched texts on again", "check"),
    "disqualified": _disqualified,
    "reopened": _reopened,
    "snoozed": plain("{who} snoozed the lead", "snooze"),
    "unsnoozed": plain("Back from snooze", "clock"),
    "thread_done": plain("{who} was done with the conversation", "check"),
    "thread_reopened": plain("{who} opened the conversation again", "undo"),
    "note": plain("Note by {who}", "note"),
    "viewed": plain("First opened by {who}", "eye"),
    "task_created": _task("Task", "phone"),
    "task_done": _task("{who} did", "check"),
    "task_reopened": _task("{who} opened again", "undo"),
    "alert_sent": _told,
    "alert_failed": _untold,
    "alert_acknowledged": plain("{who} acknowledged the alert", "check"),
    "escalated": _escalated,
    "alarm_raised": lambda _data, _who, _names: Line(
        "Possible danger: people are told until one acknowledges", "alert", "alarm"
    ),
    "alarm_repeated": plain("Nobody had acknowledged: more people were told", "alert"),
    "alarm_acknowledged": plain("{who} acknowledged it", "check"),
    "email_sent": _email("handed to the mail server", "send"),
    "email_bounced": _email("came back: this address takes no email", "alert", "alarm"),
    "email_failed": _email("was not sent: the mail server refused it", "alert", "alarm"),
    "email_unsure": _email("may have arrived or not, and is not sent again by itself", "alert", "alarm"),
    "email_unsubscribed": _unsubscribed,
    "machine_text": _machine,
    "sent_by_staff": plain("{who} let a planned text go at once", "send"),
    "call_undone": _call_undone,
    "call_corrected": _call_corrected,
    "task_set": _task("{who} set", "clock"),
    "task_moved": _task("{who} moved", "clock"),
    "task_cancelled": _task("{who} cancelled", "close"),
    "link_clicked": lambda data, _who, _names: Line(f"The patient opened a link: {data.get('what')}", "eye"),
}
