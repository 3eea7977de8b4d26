"""A person takes a conversation over: the lead's automatic texts wait, with an end date, until somebody resumes them.

Waiting is not stopping: a reply, an opt-out, a conversation or a booking end a sequence for good (`contact`). What is
no more use when the pause ends is dropped then, as whatever waited too long. A form's confirmation is no part of it.
"""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput
from core.domain.roles import Actor
from core.flows.leads.staff_action import open_for_work
from core.leads.reasons import PAUSED_BY_HAND
from core.leads.store import leads
from core.leads.store import work as lead_work
from core.messaging.store import by_hand
from core.sequences import store as sequences
from core.shipped import read_toml

LONGEST_PAUSE = timedelta(days=90)
WROTE, BY_HAND = "wrote", PAUSED_BY_HAND
HELD = "automation_paused"


@cache
def pause_span() -> timedelta:
    """How long automation waits unless somebody says otherwise."""
    return timedelta(days=read_toml("automation.toml")["pause_days"])


def pause(session: Session, actor: Actor, lead_id: str, *, now: datetime) -> datetime:
    """Automation of a lead waits; until when. Raises InvalidInput(lead) where none is under way."""
    open_for_work(session, actor, lead_id)
    until = take_over(session, lead_id, BY_HAND, by=actor.staff_id, now=now)
    if until is None:
        raise InvalidInput.of("lead", "Nothing goes out to this patient by itself.")
    return until


def take_over(session: Session, lead_id: str, why: str, *, by: str | None, now: datetime) -> datetime | None:
    """Automation waits for the person `by`; until when, None where none is under way. `why`: wrote, by_hand."""
    if not sequences.steps_aside(session, lead_id):
        return None
    until = _next_hour(now + pause_span())
    if lead_work.pause(session, lead_id, until, why, by, now):
        _note(session, lead_id, "automation_paused", by, now, {"why": why, "until": until.isoformat()})
    return until


def resume(session: Session, actor: Actor, lead_id: str, *, now: datetime) -> bool:
    """Automation goes on: what waited for it is looked at now. Whether it was paused."""
    open_for_work(session, actor, lead_id)
    return go_on(session, lead_id, by=actor.staff_id, now=now)


def go_on(session: Session, lead_id: str, *, by: str, now: datetime) -> bool:
    """The same for whoever was let: one of a group."""
    if not lead_work.end_pause(session, lead_id, now):
        return False
    by_hand.release(session, lead_id, HELD, by=by, now=now)
    _note(session, lead_id, "automation_resumed", by, now, {})
    return True


def _next_hour(moment: datetime) -> datetime:
    """People are told 'until Fri 9:00', not 8:13."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _note(
    session: Session, lead_id: str, kind: str, by: str | None, now: datetime, data: dict[str, str]
) -> None:
    leads.note_event(session, lead_id, kind, "staff", now=now, staff_id=by, data=data)
