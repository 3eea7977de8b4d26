"""Call-backs and reminders of one's own: set, moved, ticked off, cancelled.

A moment is one of the common choices, or a day and a time.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import millis
from console.parts.component import Handler, Message
from console.parts.message import OLD
from console.parts.wording import moment_words
from console.process import current_app
from console.shell import Outcome, act, refused
from core.domain import moments
from core.domain.errors import InvalidInput, LuxeError
from core.domain.hours import WeeklyHours
from core.domain.roles import Actor
from core.flows.leads import tasks


def when(message: Message) -> datetime:
    """The moment that a message names: `choice`, or `date` and `time`. Raises InvalidInput(at, date, time).

    `second`: of an hour that comes twice, the later one.
    """
    app = current_app()
    hours = app.reference.clinic.location(place(message)).hours
    if message.get("choice"):
        return moments.named(str(message["choice"]), hours, app.clock.now())
    moment = moments.on_the_wall(str(message.get("date") or ""), str(message.get("time") or ""), hours)
    # Read back on the wall, only an hour that comes twice differs with the fold.
    return moment.astimezone(hours.zone).replace(fold=1).astimezone(UTC) if message.get("second") else moment


def place(message: Message) -> str:
    """In whose hours a moment was asked for: the location chosen with it, else the lead's; '' for the main one."""
    return str(message.get("location") or message.get("place") or "")


def offered(hours: WeeklyHours, now: datetime) -> list[dict[str, Any]]:
    """The common choices of a moment in these hours, as menus show them."""
    return [
        {"code": one.code, "label": one.label, "at": millis(one.at), "closed": one.closed}
        for one in moments.choices(hours, now)
    ]


def parsed(moment: object) -> datetime | None:
    """An ISO moment with its offset, as rows carry it, in UTC; None for none. Raises LuxeError."""
    if not moment:
        return None
    try:
        found = datetime.fromisoformat(str(moment)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise LuxeError(OLD) from None
    if not moments.FIRST_YEAR <= found.year <= moments.LAST_YEAR:
        raise LuxeError(OLD)
    return found


def said(moment: datetime, location: str = "") -> str:
    """'Tue 9:00 AM' on the wall of the location, named where it is not the clinic's, with a word where nobody is there
    then."""
    app = current_app()
    hours = app.reference.clinic.location(location).hours
    closed = moments.closed_words(hours, moment)
    zone = "" if hours.zone == app.settings.zone else f" {moment.astimezone(hours.zone):%Z}"
    words = f"{moment_words(moment, app.clock.now(), hours.zone)}{zone}"
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
    return Outcome("done", f"{verb} {said(due_at, place(message))}", undo, done.value)


def change_task(message: Message) -> Outcome:
    try:
        due_at = when(message)
    except InvalidInput as error:
        return refused(error)
    task_id, own = str(message["task"]), str(message.get("words") or "")
    was: dict[str, Any] = {}

    def move(session: Session, actor: Actor, now: datetime) -> None:
        before = tasks.change(session, actor, task_id, due_at, own, now=now)
        was.update(due=before.due_at.isoformat(), words=before.words or "")

    done = act(move, f"Due {said(due_at, place(message))}")
    return replace(done, undo={"action": "change_task_back", "task": task_id, **was}) if done.ok else done


def change_task_back(message: Message) -> Outcome:
    due_at = parsed(message["due"])
    if due_at is None:
        raise LuxeError(OLD)
    return act(
        lambda session, actor, now: tasks.change_back(
            session, actor, str(message["task"]), due_at, str(message["words"]), now=now
        ),
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
    "change_task_back": change_task_back,
    "cancel_task": cancel_task,
    "finish_task": finish_task,
    "reopen_task": reopen_task,
}
