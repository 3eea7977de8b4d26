"""What staff must do next with a lead: their own call-backs and reminders, the next try after a missed call.

A task is due in the queue at its time, and its owner is told by a timed action that is cancelled with the task.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput, LostRace, NotFound
from core.domain.ids import new_id
from core.domain.roles import Actor, Permission, require
from core.flows.sending import alerts
from core.leads.reasons import CALLS, OF_ONES_OWN, TASKS
from core.leads.store import leads
from core.leads.store import tasks as lead_tasks
from core.leads.store.leads import LeadBrief
from core.leads.store.tasks import Task
from core.messaging.actions import Claimed, Lane, NewAction, Purpose
from core.messaging.store import by_hand
from core.messaging.store import planning as messaging
from core.messaging.store.by_hand import TASK_OVER
from core.reference import Reference
from core.settings import Settings
from core.staff.store import people as names

LONGEST_WORDS = 200
FURTHEST = timedelta(days=400)
# Whoever calls a little before the agreed time has kept it.
EARLY = timedelta(minutes=15)


def add(
    session: Session,
    actor: Actor,
    lead_id: str,
    kind: str,
    due_at: datetime,
    words: str = "",
    *,
    now: datetime,
) -> str:
    """A call-back or reminder of one's own; its id. Its owner is the lead's, else the actor.

    Raises Denied, NotFound, InvalidInput(kind, due_at, words).
    """
    require(actor, Permission.WORK_LEADS)
    lead = leads.get(session, lead_id)
    if kind not in OF_ONES_OWN:
        raise InvalidInput.of("kind", f"Choose one of: {', '.join(TASKS[name] for name in OF_ONES_OWN)}.")
    said = _checked(due_at, words, now)
    task_id = plan(session, lead, kind, due_at, by=actor.staff_id, words=said, now=now)
    _note(session, actor, lead_id, "task_set", now, kind, due_at)
    return task_id


def change(
    session: Session, actor: Actor, task_id: str, due_at: datetime, words: str = "", *, now: datetime
) -> Task:
    """Another time or other words; the task as it was. Raises InvalidInput(due_at, words), LostRace if it is over."""
    task = _task(session, actor, task_id)
    if task.kind not in OF_ONES_OWN and words.strip():
        raise InvalidInput.of("words", "Only call-backs and reminders carry words of your own.")
    _move(session, actor, task, due_at, _checked(due_at, words, now), now)
    return task


def change_back(
    session: Session, actor: Actor, task_id: str, due_at: datetime, words: str, *, now: datetime
) -> None:
    """Undo a change: `due_at`, as it was, may have passed meanwhile. Raises InvalidInput(words) and LostRace."""
    task = _task(session, actor, task_id)
    _move(session, actor, task, due_at, _fitting(words), now)


def _move(session: Session, actor: Actor, task: Task, due_at: datetime, words: str, now: datetime) -> None:
    if not lead_tasks.change(session, task.id, due_at=due_at, words=words or None):
        raise LostRace(_over(session, task.id))
    _silence(session, [task], by=actor.staff_id, now=now)
    _tell_at(session, task.id, task.lead_id, due_at, now)
    _note(session, actor, task.lead_id, "task_moved", now, task.kind, due_at)


def finish(session: Session, actor: Actor, task_id: str, *, now: datetime) -> None:
    """Tick a task off. Raises LostRace when it was done already."""
    _end(session, actor, task_id, "task_done", now)


def cancel(session: Session, actor: Actor, task_id: str, *, now: datetime) -> None:
    """Nobody has to do it any more. Raises LostRace when it is over already."""
    _end(session, actor, task_id, "task_cancelled", now)


def _end(session: Session, actor: Actor, task_id: str, event: str, now: datetime) -> None:
    task = _task(session, actor, task_id)
    if not lead_tasks.finish(session, [task_id], by=actor.staff_id, now=now):
        raise LostRace(_over(session, task_id))
    _silence(session, [task], by=actor.staff_id, now=now)
    leads.note_event(
        session, task.lead_id, event, "staff", now=now, staff_id=actor.staff_id, data={"title": task.title}
    )


def reopen(session: Session, actor: Actor, task_id: str, *, now: datetime) -> None:
    """Undo a tick or a cancel. Raises LostRace when the task is open already."""
    task = _task(session, actor, task_id)
    if not lead_tasks.reopen(session, task_id):
        raise LostRace("This task is open already.")
    speak_again(session, [task], by=actor.staff_id, now=now)
    leads.note_event(
        session,
        task.lead_id,
        "task_reopened",
        "staff",
        now=now,
        staff_id=actor.staff_id,
        data={"title": task.title},
    )


def plan(
    session: Session,
    lead: LeadBrief,
    kind: str,
    due_at: datetime,
    *,
    by: str | None,
    now: datetime,
    words: str = "",
) -> str:
    """A task of the lead, due at `due_at`, with the action that tells its owner then; its id."""
    task_id = lead_tasks.add(
        session,
        lead_id=lead.id,
        kind=kind,
        title=TASKS[kind],
        owner_id=lead.owner_id or by,
        made_by=by,
        words=words or None,
        due_at=due_at,
        now=now,
    )
    _tell_at(session, task_id, lead.id, due_at, now)
    return task_id


def _tell_at(session: Session, task_id: str, lead_id: str, due_at: datetime, now: datetime) -> None:
    """What is due at once needs no alert: whoever made it stands before it."""
    alert_id = None
    if due_at > now:
        action = NewAction(
            key=f"task:{task_id}:{new_id(now)}",
            kind="task",
            due_at=due_at,
            purpose=Purpose.STAFF_ALERT,
            lane=Lane.INSTANT,
            audience="staff",
            useful_until=due_at + alerts.USEFUL,
            lead_id=lead_id,
            variables={"task": task_id},
        )
        alert_id = messaging.plan(session, action, now)
    lead_tasks.change(session, task_id, alert_id=alert_id)


def tell_owner(
    session: Session, reference: Reference, settings: Settings, action: Claimed, *, now: datetime
) -> datetime | None:
    """A task is due: its owner is alerted. While its lead is snoozed nobody is; until when, else None."""
    task = lead_tasks.find(session, action.variables["task"])
    lead = leads.find(session, action.lead_id or "")
    if task is None or lead is None or task.done_at:
        return None
    if lead.snoozed_until and lead.snoozed_until > now:
        return lead.snoozed_until
    alerts.alert(
        session,
        reference,
        settings,
        key=f"alert:task:{action.id}",
        template="staff_task",
        staff_id=task.owner_id,
        lead_id=lead.id,
        lead_number=lead.number,
        due_at=task.due_at,
        now=now,
        task_title=task.title,
    )
    return None


def end_calls(
    session: Session,
    lead_id: str,
    kinds: Sequence[str] = CALLS,
    *,
    by: str | None,
    now: datetime,
    due_by: datetime | None = None,
) -> None:
    """Open tasks of these kinds are done, or nobody has to do them any more; those due by `due_by` where given."""
    over = [
        task
        for task in lead_tasks.open_of(session, lead_id)
        if task.kind in kinds and (due_by is None or task.due_at <= due_by)
    ]
    lead_tasks.finish(session, [task.id for task in over], by=by, now=now)
    _silence(session, over, by=by, now=now)


def end_all(session: Session, lead_id: str, *, by: str | None, now: datetime) -> None:
    """The lead leads nowhere: nothing is left to do."""
    end_calls(session, lead_id, tuple(TASKS), by=by, now=now)


def revive(session: Session, lead_id: str, ended_at: datetime, *, by: str, now: datetime) -> None:
    """Open again what one cause, taken back now, had ended at that moment."""
    reopened = lead_tasks.reopen_ended_at(session, lead_id, ended_at)
    found = [lead_tasks.find(session, task_id) for task_id in reopened]
    speak_again(session, [task for task in found if task], by=by, now=now)


def withdraw(session: Session, task_ids: Sequence[str], *, by: str, now: datetime) -> None:
    """Tasks whose cause was taken back."""
    found = [lead_tasks.find(session, task_id) for task_id in task_ids]
    lead_tasks.finish(session, task_ids, by=by, now=now)
    _silence(session, [task for task in found if task and not task.done_at], by=by, now=now)


def _silence(session: Session, over: Sequence[Task], *, by: str | None, now: datetime) -> None:
    for task in over:
        if task.alert_id:
            messaging.cancel(session, task.alert_id, TASK_OVER, by=by, now=now)


def speak_again(session: Session, found: Sequence[Task], *, by: str, now: datetime) -> None:
    """The alerts of tasks that are open again."""
    by_hand.restore_alerts(session, [task.alert_id for task in found if task.alert_id], by=by, now=now)


def _checked(due_at: datetime, words: str, now: datetime) -> str:
    if not now < due_at <= now + FURTHEST:
        raise InvalidInput.of("due_at", "Choose a moment that is still to come, within a year.")
    return _fitting(words)


def _fitting(words: str) -> str:
    said = words.strip()
    if len(said) > LONGEST_WORDS:
        raise InvalidInput.of("words", f"At most {LONGEST_WORDS} characters; this has {len(said)}.")
    return said


def _task(session: Session, actor: Actor, task_id: str) -> Task:
    require(actor, Permission.WORK_LEADS)
    task = lead_tasks.find(session, task_id)
    if task is None:
        raise NotFound("This task does not exist any more.")
    return task


def _over(session: Session, task_id: str) -> str:
    task = lead_tasks.find(session, task_id)
    return f"{names.name(session, task.done_by if task else None)} has done this already."


def _note(
    session: Session, actor: Actor, lead_id: str, event: str, now: datetime, kind: str, due_at: datetime
) -> None:
    data = {"title": TASKS[kind], "due": due_at.isoformat()}
    leads.note_event(session, lead_id, event, "staff", now=now, staff_id=actor.staff_id, data=data)
