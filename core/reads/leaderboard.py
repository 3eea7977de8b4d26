"""The leaderboard: who reaches leads how fast, what that brought, and why targets were missed. No patient is named.

The leads are those that came in within the period, so that the sums are the funnel's; a first contact is a person's
attempt, as in the SLA monitor. docs/figures.md defines every figure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.reads.parts.breach_causes import Breach, breach_causes
from core.reads.parts.first_contacts import MET, MISSED_IT, Contact, Stopwatch, contacts, whose
from core.reads.parts.periods import Period
from core.reads.parts.scopes import Scope, in_scope
from core.reads.parts.speed_figures import FOUR_BANDS, SEEN_WITHIN, Rate, Times, rate, times
from core.reference import Reference
from core.sla.causes import CAUSES
from core.sla.rules import FIRST_CONTACT, strictest
from core.staff.tables import staff

FEW = 20  # leads, below which nobody is ranked
OFTEN = 0.1  # who never reached a larger share of their leads stands below all who did


@dataclass(frozen=True)
class Person:
    """One member of staff, or with staff_id '' the leads that nobody had.

    `due`: targets that were met or passed, `on_time` of them; `never` of them no person has tried to reach. `booked`,
    `escalated` leads; `seen` of `due` were opened within two minutes.
    """

    staff_id: str
    name: str
    location: str
    leads: int
    contacted: int
    times: Times | None
    due: int
    on_time: int
    never: int
    booked: int
    escalated: int
    seen: int
    rank: int | None = None

    @property
    def few(self) -> bool:
        return self.due < FEW


@dataclass(frozen=True)
class Cause:
    """Why targets were missed: how many, and by member of staff, location and hour of the clinic's day."""

    code: str
    many: int
    people: Mapping[str, int]
    places: Mapping[str, int]
    hours: Mapping[int, int]


@dataclass(frozen=True)
class Leaderboard:
    """`people` by rank, then those with too few leads; `nobody` the leads that nobody had.

    `bands`: booked, of those whom a person tried, by the time to that. `goal_seconds`: the strictest target, of
    opening hours whatever `wall` says. Somebody
    who may see only their own row gets that, and neither `nobody` nor the people in `causes`.
    """

    people: tuple[Person, ...]
    nobody: Person | None
    everyone: Person
    bands: tuple[tuple[str, Rate], ...]
    causes: tuple[Cause, ...]
    goal_seconds: float
    names: Mapping[str, str]
    own: bool
    wall: bool


def read(
    session: Session,
    actor: Actor,
    reference: Reference,
    period: Period,
    scope: Scope,
    wall: bool,
) -> Leaderboard:
    """`wall`: times by the clock on the wall instead of in opening hours. Raises Denied."""
    require(actor, Permission.SEE_LEADERBOARD)
    found = contacts(session, period, scope)
    breaches = breach_causes(session, in_scope(scope, period.start, period.end))
    watch = Stopwatch(reference, period, wall=wall)
    tallies, everyone, spans = _count(found, {one.lead_id: one.staff_id for one in breaches}, watch)
    known = _staff(session, tallies)
    people = {key: tally.person(key, *known.get(key, ("Somebody", ""))) for key, tally in tallies.items()}
    board = Leaderboard(
        people=ranked([one for key, one in people.items() if key]),
        nobody=people.get(""),
        everyone=everyone.person("", "Everyone", ""),
        bands=_bands(spans),
        causes=_causes(breaches, reference),
        goal_seconds=goal_seconds(reference),
        names={key: name for key, (name, _) in known.items()},
        own=False,
        wall=wall,
    )
    return board if actor.may(Permission.SEE_COLLEAGUES_FIGURES) else _own(board, actor)


def goal_seconds(reference: Reference) -> float:
    """The strictest target of a first contact: what the clinic promises the keenest."""
    return strictest(reference.policies, FIRST_CONTACT).total_seconds()


def ranked(people: Iterable[Person]) -> tuple[Person, ...]:
    """By the median of first contact, the slowest tenth where that is equal; too few leads stand last, without a rank.

    Medians know nothing of leads that were never reached: who left more than a tenth of theirs stands below the rest.
    """
    everybody = sorted(people, key=lambda one: one.name)
    able = [(_order(one, one.times), one) for one in everybody if one.times and not one.few]
    with_rank = [
        replace(one, rank=place) for place, (_, one) in enumerate(sorted(able, key=lambda pair: pair[0]), 1)
    ]
    return (*with_rank, *(one for one in everybody if one.few or not one.times))


def _order(one: Person, its: Times) -> tuple[bool, float, float]:
    return (one.never > OFTEN * one.due, its.median, its.slowest)


@dataclass
class Tally:
    """What is counted of one person's leads."""

    leads: int = 0
    contacted: int = 0
    due: int = 0
    on_time: int = 0
    never: int = 0
    booked: int = 0
    escalated: int = 0
    seen: int = 0
    spans: list[float] = field(default_factory=list)

    def add(self, contact: Contact, span: float | None, *, seen: bool) -> None:
        self.leads += 1
        self.contacted += contact.contacted
        self.booked += contact.booked
        self.escalated += contact.escalated
        if span is not None:
            self.spans.append(span)
        if contact.how in (MET, MISSED_IT):
            self.due += 1
            self.on_time += contact.how == MET
            self.never += not contact.contacted
            self.seen += seen

    def include(self, other: "Tally") -> None:
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.spans += other.spans

    def person(self, staff_id: str, name: str, location: str) -> Person:
        return Person(
            staff_id, name, location, self.leads, self.contacted, times(self.spans), self.due, self.on_time,
            self.never, self.booked, self.escalated, self.seen,
        )  # fmt: skip


COUNTED = ("leads", "contacted", "due", "on_time", "never", "booked", "escalated", "seen")
Spans = list[tuple[float, int]]  # seconds to the first contact, and whether the lead was booked


def _count(
    found: Sequence[Contact], holders: Mapping[str, str], watch: Stopwatch
) -> tuple[dict[str, Tally], Tally, Spans]:
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    everyone, spans = Tally(), []
    for contact in found:
        span = None
        if contact.started is not None and contact.tried is not None:
            span = watch.seconds(contact.location, contact.started, contact.tried)
            spans.append((span, contact.booked))
        seen = _seen_soon(contact, span, watch)
        tallies[whose(contact, holders)].add(contact, span, seen=seen)
    for tally in tallies.values():
        everyone.include(tally)
    return dict(tallies), everyone, spans


def _seen_soon(contact: Contact, span: float | None, watch: Stopwatch) -> bool:
    """Opened within two minutes, or reached, which nobody can without having seen it."""
    if span is not None and span <= SEEN_WITHIN:
        return True
    if contact.seen is None or contact.started is None:
        return False
    return watch.within(contact.location, contact.started, contact.seen, SEEN_WITHIN)


def _bands(spans: Spans) -> tuple[tuple[str, Rate], ...]:
    counts = [[0, 0] for _ in FOUR_BANDS.names]
    for span, booked in spans:
        band = counts[FOUR_BANDS.of(span)]
        band[0] += booked
        band[1] += 1
    return tuple((name, rate(*band)) for name, band in zip(FOUR_BANDS.names, counts, strict=True))


def _causes(breaches: Sequence[Breach], reference: Reference) -> tuple[Cause, ...]:
    """Each breach once, the most frequent cause first."""
    zone = reference.clinic.zone
    causes = []
    for code in CAUSES:
        its = [one for one in breaches if one.cause == code]
        causes.append(
            Cause(
                code,
                len(its),
                Counter(one.staff_id for one in its if one.staff_id),
                Counter(one.location for one in its),
                Counter(one.due_at.astimezone(zone).hour for one in its),
            )
        )
    return tuple(sorted(causes, key=lambda cause: -cause.many))


def _staff(session: Session, wanted: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name and location by id; of everybody, which is a short table."""
    rows = session.execute(select(staff.c.id, staff.c.name, staff.c.location))
    ids = set(wanted)
    return {row.id: (row.name, row.location) for row in rows if row.id in ids}


def _own(board: Leaderboard, actor: Actor) -> Leaderboard:
    """One's own row without a rank, which would tell of others, and the figures of all together."""
    mine = tuple(replace(one, rank=None) for one in board.people if one.staff_id == actor.staff_id)
    causes = tuple(replace(cause, people={}) for cause in board.causes)
    names = {key: name for key, name in board.names.items() if key == actor.staff_id}
    return replace(board, people=mine, nobody=None, causes=causes, names=names, own=True)
