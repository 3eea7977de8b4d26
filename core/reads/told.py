"""What the product has just told somebody: for their browsers, which say it aloud."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.alerting.store import TEST, URGENT
from core.alerting.tables import alerts
from core.domain.ids import reference
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging.tables import timed_actions

T, L, A = alerts.c, leads.c, timed_actions.c
RECENT = timedelta(minutes=10)  # a page that was not live for so long has missed it; the queue tells the rest
HELD = timedelta(minutes=1)  # what waits for longer waits for the end of somebody's quiet time
GONE = ("withdrawn", "dropped")
FIRST_PRIORITY = 1


@dataclass(frozen=True)
class Told:
    """One alert to one person, by whatever way. `leads`: what it is about, by reference; empty for what is about none.

    `result` and `way` are those of a test, else ''.
    """

    id: str
    staff_id: str
    template: str
    leads: tuple[str, ...]
    urgent: bool
    made_at: datetime
    way: str = ""
    result: str = ""


_RECENT = (
    select(
        T.id,
        T.link,
        T.staff_id,
        T.template,
        T.channel,
        T.result,
        T.made_at,
        L.number,
        L.priority,
        A.variables,
        A.due_at,
    )
    .outerjoin(leads, L.id == T.lead_id)
    .outerjoin(timed_actions, A.id == T.action_id)
    .where(T.result.not_in(GONE))
    .order_by(T.made_at, T.id)
)


def read(session: Session, actor: Actor, *, now: datetime) -> Sequence[Told]:
    """The actor's own alerts of the last minutes, oldest first: what others are told is theirs. Several leads that
    are one text are one, and so is what goes by a second way. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    found: dict[str, Told] = {}
    for row in session.execute(_RECENT.where(T.staff_id == actor.staff_id, T.made_at > now - RECENT)):
        if row.due_at and row.due_at - row.made_at > HELD:
            continue
        about = (reference(row.number),) if row.number else ()
        urgent = URGENT in (row.variables or {}) or row.priority == FIRST_PRIORITY
        tried = (row.channel, row.result) if row.template == TEST else ("", "")
        one = Told(row.id, row.staff_id, row.template, about, urgent, row.made_at, *tried)
        before = found.get(row.link)
        found[row.link] = _together(before, one) if before else one
    return list(found.values())


def _together(first: Told, other: Told) -> Told:
    every = tuple(dict.fromkeys((*first.leads, *other.leads)))
    return replace(first, leads=every, urgent=first.urgent or other.urgent)
