"""Whom an act on a group of a sequence would touch, before anybody presses the button: how many, and who."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, desc, func, select
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.leads.reasons import PAUSED_BY_HAND
from core.leads.store import groups
from core.leads.tables import leads
from core.messaging.store import steps
from core.patients.tables import patients
from core.sequences import store as sequences
from core.sequences.rules.group import PAUSE, RESUME, SKIP, Group
from core.staff.tables import staff

L, P = leads.c, patients.c
A_PAGE = 20


@dataclass(frozen=True)
class Named:
    """One of them."""

    lead_id: str
    number: int
    first_name: str
    last_name: str


@dataclass(frozen=True)
class Touched:
    """`people` of whom `some` are named, who entered last first; nobody is for who may not see leads. `steps`: what is
    planned for them and would not go (of END and SKIP). `left`: who stays paused since a colleague wrote to them.
    """

    people: int
    steps: int = 0
    left: int = 0
    some: tuple[Named, ...] = ()


def read(
    session: Session, actor: Actor, group: Group, act: str, step: str, start: int, *, now: datetime
) -> Touched:
    """`act`: of ACTS; `step`: its name for SKIP; `start`: how many of the names were shown already. Raises Denied."""
    require(actor, Permission.EDIT_SEQUENCES)
    people = sequences.under_way(group, _leads(group), aside=act in (PAUSE, RESUME))
    planned = steps.planned_in(people, step if act == SKIP else "")
    paused = _paused(people, now) if act == RESUME else None
    touched = planned if act == SKIP else people
    ids = touched.with_only_columns(touched.selected_columns.lead_id)
    if paused is not None:
        ids = paused.where(L.paused_why == PAUSED_BY_HAND)
    return Touched(
        people=_count(session, ids.distinct()),
        steps=0 if act in (PAUSE, RESUME) else _count(session, planned),
        left=_count(session, paused.where(L.paused_why != PAUSED_BY_HAND)) if paused is not None else 0,
        some=_named(session, ids, people, start) if actor.may(Permission.SEE_LEADS) else (),
    )


def owners(session: Session, actor: Actor, sequence: str) -> list[tuple[str, str]]:
    """Whose leads are under way in it: id and name, by name. Raises Denied."""
    require(actor, Permission.EDIT_SEQUENCES)
    under_way = sequences.under_way(Group(sequence), None)
    theirs = under_way.with_only_columns(under_way.selected_columns.lead_id)
    owning = select(L.owner_id).where(L.id.in_(theirs)).distinct()
    rows = session.execute(
        select(staff.c.id, staff.c.name).where(staff.c.id.in_(owning)).order_by(staff.c.name)
    )
    return [(row.id, row.name) for row in rows]


def _leads(group: Group) -> Select[Any] | None:
    return groups.of_place(group.location, group.owner_id, group.lead_id)


def _paused(people: Select[Any], now: datetime) -> Select[Any]:
    theirs = people.with_only_columns(people.selected_columns.lead_id)
    return select(L.id).where(L.id.in_(theirs), L.paused_until > now)


def _count(session: Session, found: Select[Any]) -> int:
    return int(session.execute(select(func.count()).select_from(found.subquery())).scalar_one())


def _named(session: Session, ids: Select[Any], people: Select[Any], start: int) -> tuple[Named, ...]:
    who = people.subquery("who")
    entered = (
        select(who.c.lead_id, func.max(who.c.started_at).label("at"))
        .group_by(who.c.lead_id)
        .subquery("entered")
    )
    rows = session.execute(
        select(L.id, L.number, P.first_name, P.last_name)
        .join(entered, entered.c.lead_id == L.id)
        .join(patients, P.id == L.patient_id)
        .where(L.id.in_(ids))
        .order_by(desc(entered.c.at), L.id)
        .offset(start)
        .limit(A_PAGE)
    )
    return tuple(Named(*row) for row in rows)
