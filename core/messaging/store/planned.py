"""SQL of what is planned already: what is to come for a lead, since when; an action held and worded anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Query, UpdateOne
from core.db.types import is_word
from core.messaging.actions import Lane, State, as_text_lane
from core.messaging.tables import timed_actions

_PLANNED = select(timed_actions.c.variables).where(
    timed_actions.c.id == bindparam("id_"), is_word(timed_actions.c.state, State.PLANNED)
)
_HELD = Query(_PLANNED.with_for_update())
_TAKEN = Query(_PLANNED.with_for_update(skip_locked=True))
_REWORDED = UpdateOne(timed_actions)


def hold_planned(session: Session, action_id: str) -> dict[str, str] | None:
    """The variables of an action that is still planned, which can't be claimed until this transaction ends; else None.

    Waits for a claim that is under way (PostgreSQL; SQLite has one writer).
    """
    rows = _HELD.rows(session, id_=action_id)
    return dict(rows[0][0]) if rows else None


def take_planned(session: Session, action_id: str) -> dict[str, str] | None:
    """As `hold_planned`; None as well where somebody else has it in hand, such as a claim that is under way.

    For who holds what a claim may come to want: of two that wait for one another the database ends one.
    """
    rows = _TAKEN.rows(session, id_=action_id)
    return dict(rows[0][0]) if rows else None


def take_keys(session: Session, keys: Sequence[str]) -> list[str]:
    """The ids of the actions with these keys that are still planned, as `take_planned`: one that is being claimed just
    now is left out."""
    c = timed_actions.c
    mine = select(c.id).where(c.key.in_(keys), is_word(c.state, State.PLANNED))
    return list(session.execute(mine.order_by(c.id).with_for_update(skip_locked=True)).scalars())


def never_went(session: Session, action_id: str) -> bool:
    """Whether a text did not go out and never will: stopped, dropped, or refused for good."""
    c = timed_actions.c
    over = (State.CANCELLED.value, State.DROPPED.value, State.FAILED.value)
    found = select(c.id).where(c.id == action_id, c.state.in_(over))
    return session.execute(found).first() is not None


def reword_planned(session: Session, action_id: str, template: str, variables: Mapping[str, str]) -> None:
    """What an action that is held says from now on."""
    _REWORDED.run(session, action_id, template=template, variables=dict(variables))


@dataclass(frozen=True)
class StaffAction:
    """An alert's action, as it is planned again by another way."""

    key: str
    lane: Lane
    lead_id: str | None
    template: str | None
    variables: Mapping[str, str]


def staff_action(session: Session, action_id: str) -> StaffAction | None:
    """None where there is no such alert."""
    c = timed_actions.c
    found = select(c.key, c.lane, c.lead_id, c.template, c.variables).where(
        c.id == action_id, c.audience == "staff"
    )
    row = session.execute(found).one_or_none()
    if row is None:
        return None
    return StaffAction(row.key, as_text_lane(row.lane), row.lead_id, row.template, row.variables)


def about(session: Session, action_id: str) -> tuple[str | None, Mapping[str, str]]:
    """The lead of an action, and what was planned with it."""
    c = timed_actions.c
    row = session.execute(select(c.lead_id, c.variables).where(c.id == action_id)).one_or_none()
    return (row.lead_id, row.variables) if row else (None, {})


def any_planned(session: Session, lead_id: str, kind: str) -> bool:
    """Whether an action of this kind is still to come for a lead."""
    c = timed_actions.c
    planned = select(c.id).where(c.lead_id == lead_id, c.kind == kind, is_word(c.state, State.PLANNED))
    return session.execute(planned.limit(1)).first() is not None


def rounds_of(session: Session, lead_id: str, kind: str) -> int:
    """The highest round of a lead's actions of a kind, whatever their state; 0 where there is none."""
    c = timed_actions.c
    found = session.execute(select(c.variables).where(c.lead_id == lead_id, c.kind == kind)).scalars()
    return max((int(variables.get("round", 0)) for variables in found), default=0)


def planned_at(session: Session, keys: Sequence[str]) -> dict[str, datetime]:
    """Which of these keys are there, and when each was planned."""
    c = timed_actions.c
    return {
        row.key: row.created_at for row in session.execute(select(c.key, c.created_at).where(c.key.in_(keys)))
    }


def alerted_since(session: Session, lead_id: str, template: str, since: datetime) -> bool:
    """Whether staff were to be told about a lead, with this template, after `since`."""
    c = timed_actions.c
    told = select(c.id).where(c.lead_id == lead_id, c.template == template, c.created_at > since)
    return session.execute(told.limit(1)).first() is not None


def due_now(session: Session, action_ids: Sequence[str], held_for: str, now: datetime) -> None:
    """What is held for this reason waits no longer."""
    c = timed_actions.c
    held = (c.id.in_(action_ids), is_word(c.state, State.PLANNED), c.reason == held_for)
    if action_ids:
        session.execute(update(timed_actions).where(*held).values(due_at=now))
