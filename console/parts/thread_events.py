"""Lines of a lead's timeline in words, an icon and a tone. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
from core.booking.rules import CANCELLED
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


@dataclass(frozen=True)
class Line:
    """`tone`: '' or alarm."""

    words: str
    icon: str
    tone: str = ""


BY = {"patient": "The patient"}  # who did what no member of staff did


def line(event: Event, names: Mapping[str, str]) -> Line:
    """One event in words; a kind that this version does not know is shown by its name."""
    who = event.staff or BY.get(event.by_kind, "Somebody")
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


def _arrived(_data: Data, who: str, _names: Names) -> Line:
    if who == BY["patient"]:
        return Line("Arrived: the patient wrote HERE", "check")
    return Line(f"Arrived, marked by {who}", "check")


TAKEN_BACK = {
    "qualified": "that it is qualified",
    "booked": "the booking",
    "attended": "that they had arrived",
    "treated": "that they were checked out",
}


def _unmarked(data: Data, who: str, _names: Names) -> Line:
    return Line(f"{who} took back {TAKEN_BACK.get(str(data.get('stage')), 'the last mark')}", "undo")


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


def _stage(words: str) -> Teller:
    def tell(data: Data, who: str, _names: Names) -> Line:
        cents = int(data.get("value_cents") or 0)
        return Line(f"{words} by {who}" + (f", ${cents // 100:,}" if cents else ""), "calendar")

    return tell


# Where nobody of the staff booked it.
BOOKED_BY = {
    "link": "The patient booked on their own page",
    "widget": "Booked on the clinic's website",
    "api": "Booked by another system",
    "waitlist": "Booked from the waitlist",
}


def _booked(data: Data, who: str, names: Names) -> Line:
    alone = BOOKED_BY.get(str(data.get("came_by", "")))
    return Line(alone, "calendar") if alone else _stage("Marked booked")(data, who, names)


NOT_BOOKED = {
    "ahead": "two visits of theirs, or of their number, are ahead",
    "address": "three were booked from the same connection within a day",
}


def _visit_asked(data: Data, _who: str, _names: Names) -> Line:
    why = NOT_BOOKED.get(str(data.get("why")), "nothing was booked by itself")
    return Line(f"Asked on the website for the time in the form, to be agreed on: {why}", "phone")


CAME_BY = {
    "link": " by their own link",
    "widget": " on the website",
    "api": " through another system",
    "waitlist": " from the waitlist",
}


def _plain(words: str, icon: str) -> Teller:
    def tell(_data: Data, who: str, _names: Names) -> Line:
        return Line(words.format(who=who), icon)

    return tell


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
    "submitted": _submitted,
    "reading_corrected": _reread,
    "assigned": _assigned,
    "taken": _taken,
    "released": _plain("{who} gave the lead back", "undo"),
    "reassigned": _reassigned,
    "called": _called,
    "replied": _replied,
    "sequence_started": _sequence_started,
    "missed_call": _plain("The patient called and nobody picked up", "phone"),
    "sequence_stopped": _sequence_stopped,
    "clock_breached": _breached,
    "text_failed": _failed,
    "refused_text": _refused,
    "corrected": _corrected,
    "correction_undone": _plain("{who} took the correction back", "undo"),
    "consented": _plain("{who} read the consent out, and they agreed", "check"),
    "unencrypted_allowed": _plain("{who} read the warning out: texts may name the treatment", "check"),
    "unencrypted_withdrawn": _plain("{who} noted: texts name no treatment any more", "blocked"),
    "text_assigned": _assigned_text,
    "automation_paused": _paused,
    "automation_resumed": _plain("{who} resumed automation", "undo"),
    "sequence_resumed": _plain("The sequence goes on: the reply was somebody else's", "undo"),
    "merged": _plain("{who} merged two profiles of one person", "swap"),
    "unmerged": _plain("{who} parted the profiles again", "undo"),
    "opted_out": _plain("Patient opted out of texts, call only", "blocked"),
    "opted_in": _plain("Patient switched texts on again", "check"),
    "disqualified": _disqualified,
    "reopened": _reopened,
    "qualified": _stage("Marked qualified"),
    "booked": _booked,
    "link_opened": _plain("The patient opened their booking page", "eye"),
    "link_asked": _plain("The patient asked for a new booking link", "send"),
    "call_asked": _plain("The patient asked for a call on their booking page", "phone"),
    "visit_asked": _visit_asked,
    "attended": _arrived,
    "treated": _stage("Checked out"),
    "unmarked": _unmarked,
    "snoozed": _plain("{who} snoozed the lead", "snooze"),
    "unsnoozed": _plain("Back from snooze", "clock"),
    "thread_done": _plain("{who} was done with the conversation", "check"),
    "thread_reopened": _plain("{who} opened the conversation again", "undo"),
    "note": _plain("Note by {who}", "note"),
    "viewed": _plain("First opened by {who}", "eye"),
    "task_created": _task("Task", "phone"),
    "task_done": _task("{who} did", "check"),
    "task_reopened": _task("{who} opened again", "undo"),
    "alert_sent": _told,
    "alert_failed": _untold,
    "alert_acknowledged": _plain("{who} acknowledged the alert", "check"),
    "escalated": _escalated,
    "alarm_raised": lambda _data, _who, _names: Line(
        "Possible danger: people are told until one acknowledges", "alert", "alarm"
    ),
    "alarm_repeated": _plain("Nobody had acknowledged: more people were told", "alert"),
    "alarm_acknowledged": _plain("{who} acknowledged it", "check"),
    "email_sent": _email("handed to the mail server", "send"),
    "email_bounced": _email("came back: this address takes no email", "alert", "alarm"),
    "email_failed": _email("was not sent: the mail server refused it", "alert", "alarm"),
    "email_unsure": _email("may have arrived or not, and is not sent again by itself", "alert", "alarm"),
    "email_unsubscribed": _unsubscribed,
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
    "waitlist_joined": _plain("{who} joined the waitlist", "clock"),
    "waitlist_changed": _plain("{who} changed what they wait for", "clock"),
    "waitlist_left": _plain("{who} left the waitlist", "clock"),
    "waitlist_offered": _plain("A time that came free was offered", "calendar"),
    "waitlist_taken": _plain("The time that was offered is theirs", "calendar"),
    "link_clicked": lambda data, _who, _names: Line(f"The patient opened a link: {data.get('what')}", "eye"),
    "visit_in_room": _plain("In the room, marked by {who}", "check"),
    "visit_not_in_room": _plain("{who} took back that they were in the room", "undo"),
    "move_asked": _plain("{who} asked whether the visit may move", "calendar"),
    "move_declined": _plain("The new time does not suit: the visit stays", "calendar"),
    "move_ask_over": _plain("{who} asks no more whether the visit may move", "undo"),
}
