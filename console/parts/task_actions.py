"""Call-backs and reminders of one's own: set, moved, ticked off, cancelled.

A moment is one of the common choices, or a day and a time.
"""

from datetime import UTC, datetime
from typing import Any

from console.live import millis
from console.parts.component import Handler, Message
from console.parts.wording import moment_words
from console.process import current_app
from console.shell import Outcome, act, refused
from core.app import App
from core.domain import moments
from core.domain.errors import InvalidInput
from core.flows.leads import tasks


def when(message: Message) -> datetime:
    """The moment that a message names: `choice`, or `date` and `time`. Raises InvalidInput(at, date, time).

    `second`: of an hour that comes twice, the later one.
    """
    app = current_app()
    hours = app.reference.clinic.location(str(message.get("location") or "")).hours
    if message.get("choice"):
        return moments.named(str(message["choice"]), hours, app.clock.now())
    moment = moments.on_the_wall(str(message.get("date") or ""), str(message.get("time") or ""), hours)
    # Read back on the wall, only an hour that comes twice differs with the fold.
    return moment.astimezone(hours.zone).replace(fold=1).astimezone(UTC) if message.get("second") else moment


def offered(app: App, now: datetime) -> list[dict[str, Any]]:
    """The common choices of a moment as menus show them."""
    return [
        {"code": one.code, "label": one.label, "at": millis(one.at), "closed": one.closed}
        for one in moments.choices(app.reference.clinic.location("").hours, now)
    ]


def parsed(moment: object) -> datetime | None:
    """An ISO moment with its offset, as rows carry it; None for none."""
    return datetime.fromisoformat(str(moment)) if moment else None


def said(moment: datetime) -> str:
    """'Tue 9:00 AM', with a word where nobody is there then."""
    app = current_app()
    closed = moments.closed_words(app.reference.clinic.location("").hours, moment)
    words = moment_words(moment, app.clock.now(), app.settings.zone)
    return f"{words}. {closed}" if closed else words


def set_task(message: Message) -> Outcome:
    try:
        due_at = when(message)
    except InvalidInput as error:
        return refused(error)
    kind, own = str(message.get("kind") or "reminder"), str(message.get("words") or "")
    done = act(
        lambda session, actor, now: tasks.add(session, actor, message["id"], kind, due_at, own, now=now)
    )
    if not done.ok:
        return done
    undo = {"action": "cancel_task", "task": done.value}
    verb = "Call back" if kind == "call_back" else "Reminder"
    return Outcome("done", f"{verb} {said(due_at)}", undo, done.value)


def change_task(message: Message) -> Outcome:
    try:
        due_at = when(message)
    except InvalidInput as error:
        return refused(error)
    task_id, own = str(message["task"]), str(message.get("words") or "")
    return act(
        lambda session, actor, now: tasks.change(session, actor, task_id, due_at, own, now=now),
        f"Due {said(due_at)}",
    )


def cancel_task(message: Message) -> Outcome:
    task_id = str(message["task"])
    return act(
        lambda session, actor, now: tasks.cancel(session, actor, task_id, now=now),
        "Cancelled",
        undo={"action": "reopen_task", "task": task_id},
    )


def finish_task(message: Message) -> Outcome:
    task_id = str(message["task"])
    return act(
        lambda session, actor, now: tasks.finish(session, actor, task_id, now=now),
        "Task done",
        undo={"action": "reopen_task", "task": task_id},
    )


def reopen_task(message: Message) -> Outcome:
    task_id = str(message["task"])
    return act(lambda session, actor, now: tasks.reopen(session, actor, task_id, now=now), "Task open again")


ACTIONS: dict[str, Handler] = {
    "set_task": set_task,
    "change_task": change_task,
    "cancel_task": cancel_task,
    "finish_task": finish_task,
    "reopen_task": reopen_task,
}
