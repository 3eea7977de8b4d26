"""Every live clock, counted and paged by the database: for when there are more than the SLA board holds."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from core.alerting.rules import Escalation
from core.db.types import UtcDateTime
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.reads.parts.sql import one_of, seconds_between
from core.reads.sla_clocks import BY_NAME, LATER, NO_LEVELS, ClockRow, clock_row, live, with_levels
from core.sla.rules import DANGER, NEXT_REPLY
from core.sla.tables import sla_clocks
from core.staff.tables import staff

C, L = sla_clocks.c, leads.c
PAGE = 100
MOST_PAGES = 10_000
ANSWERS = (NEXT_REPLY, DANGER)  # clocks that a patient's own words started
FIRST, REPLY, OUTCOME = "first", "reply", "outcome"
_KIND = case((one_of(C.target, ANSWERS), REPLY), (one_of(C.target, LATER), OUTCOME), else_=FIRST)


def kind_of(target: str) -> str:
    """On which list of the board a clock stands: first, reply, outcome."""
    return REPLY if target in ANSWERS else OUTCOME if target in LATER else FIRST


@dataclass(frozen=True)
class Group:
    """How many clocks of one location, form and team are in each state. `kind`: first, reply (what a patient's words
    started), outcome. `team`: the owner's role, '' for nobody."""

    location: str
    form: str
    team: str
    kind: str
    breached: int
    approaching: int
    within: int
    paused: int


def counts(session: Session, actor: Actor, *, now: datetime) -> list[Group]:
    """All live clocks by location, form and kind, counted by the database. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    paused, breached = C.state == "paused", C.due_at <= now
    left = seconds_between(literal(now, UtcDateTime()), C.due_at)
    close = left <= func.coalesce(C.target_seconds - C.warn_seconds, C.target_seconds / 2)
    state = case((paused, "paused"), (breached, "breached"), (close, "approaching"), else_="within")
    sides = (L.location, L.form_type, L.owner_id, C.target)
    teams = {row[0]: str(row[1]) for row in session.execute(select(staff.c.id, staff.c.role))}
    found: defaultdict[tuple[str, str, str, str], Counter[str]] = defaultdict(Counter)
    # By owner and target, which few are: a join more and a word for each clock would cost more than all the rest.
    for place, form, owner, target, name, many in session.execute(
        live(*sides, state, func.count()).group_by(*sides, state)
    ):
        found[place, form, teams.get(owner, ""), kind_of(target)][name] += int(many)
    names = ("breached", "approaching", "within", "paused")
    return [Group(*key, *(many[name] for name in names)) for key, many in sorted(found.items())]


@dataclass(frozen=True)
class Chosen:
    """Which clocks: '' for any location, form and team; `kind` is first, reply, outcome, or '' for the first two."""

    location: str = ""
    form: str = ""
    kind: str = ""
    team: str = ""


def page(
    session: Session, actor: Actor, chosen: Chosen, number: int, levels: Escalation = NO_LEVELS
) -> list[ClockRow]:
    """The clocks of one page of a filter, in the board's order; the first page is 1. `levels`: those in use. Raises
    Denied."""
    require(actor, Permission.SEE_SLA)
    asked = BY_NAME
    narrowed = (
        (L.location, chosen.location),
        (L.form_type, chosen.form),
        (staff.c.role, chosen.team),
        (_KIND, chosen.kind),
    )
    for column, value in narrowed:
        if value:
            asked = asked.where(column == value)
    if not chosen.kind:
        asked = asked.where(_KIND != OUTCOME)
    offset = PAGE * (min(max(1, number), MOST_PAGES) - 1)
    rows = [clock_row(*row) for row in session.execute(asked.limit(PAGE).offset(offset))]
    return with_levels(session, rows, levels)
