"""A sequence as data: what starts it, its steps, when each is due, when it no longer helps, what ends it. Pure.

The body of a sequence, as it is drafted and published (and, in the same keys, as `data/sequences/` ships it):

{"title": "Before a visit", "starts_on": "booking", "forms": [], "consent": "transactional", "steps_aside": false,
 "reentry": "each", "stops_on": ["cancelled", "opt_out"],
 "steps": [{"name": "hours-24", "kind": "text", "anchor": "visit", "offset": "-24h", "useful": "4h",
            "window": "", "purpose": "transactional", "template": "visit_tomorrow", "title": "", "to": "owner",
            "conditions": [], "lane": "bulk", "on": true, "then": ""}]}

A `wait` makes all steps after it later by its span. A `condition` is where whoever does not meet it leaves, an `exit`
where whoever meets it leaves, for the sequence `then` where one is named. Every later step is asked the same again at
its hand-over: a gate and the text behind it may come due in one breath.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.errors import LuxeError
from core.domain.hours import Window, parse_window

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST_NAME, LONGEST_TITLE, MOST_STEPS = 24, 60, 60
FURTHEST = timedelta(days=400)


class Anchor(StrEnum):
    """A moment that steps count from."""

    SUBMISSION = "submission"
    BOOKING = "booking"
    VISIT = "visit"
    CHECKOUT = "checkout"
    LAST_REPLY = "last_reply"
    FORM_OPENED = "form_opened"
    MISSED_CALL = "missed_call"


class StepKind(StrEnum):
    """What a step does."""

    TEXT = "text"
    EMAIL = "email"
    CALL_TASK = "call_task"
    WAIT = "wait"
    CONDITION = "condition"
    EXIT = "exit"


MESSAGES = frozenset({StepKind.TEXT, StepKind.EMAIL})
GATES = frozenset({StepKind.CONDITION, StepKind.EXIT})
# Each condition and its opposite: who leaves when one holds goes on while the other does.
OPPOSITES = {
    "not_attempted": "attempted",
    "not_contacted": "contacted",
    "not_replied": "replied",
    "not_booked": "booked",
}
CONDITIONS = frozenset({*OPPOSITES, *OPPOSITES.values()})
STOPS = frozenset(
    {
        "reply", "contact", "booking", "cancelled", "opt_out", "disqualified", "reaction", "new_form", "checkout",
    }
)  # fmt: skip
CONSENTS = ("transactional", "marketing")
WHOM = ("owner", "manager")
# Anchors that a sequence knows beside the one that starts it.
ALSO_KNOWN = {Anchor.BOOKING: frozenset({Anchor.VISIT})}
EACH, ONCE = "each", "once"


@dataclass(frozen=True)
class Fault:
    """What bars a sequence from use. `field` is a place in its body: `steps.3.useful`, `stops_on`."""

    field: str
    message: str


class FaultySequence(LuxeError):
    """`faults` holds at least one."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Step:
    """One step. `offset` from its anchor, before it where negative, with every wait that precedes it; `useful` how long
    past that it still helps; `window` hours of the day, '' for any. `conditions` are those of the gates before it too.
    """

    name: str
    kind: StepKind
    anchor: Anchor
    offset: timedelta
    useful: timedelta
    window: str = ""
    purpose: str = "transactional"
    template: str = ""
    title: str = ""
    to: str = "owner"
    conditions: tuple[str, ...] = ()
    lane: str = "bulk"
    on: bool = True
    then: str = ""
    span: timedelta = timedelta()  # of a wait

    def due(self, anchors: Mapping[Anchor, datetime]) -> datetime | None:
        """When it is due; None where nobody knows the moment that it counts from."""
        at = anchors.get(self.anchor)
        return at + self.offset if at else None


@dataclass(frozen=True)
class Reentry:
    """Whether somebody who was in the sequence before may enter again: `each` time there is a cause, `once` in a life,
    or where so many days have passed since they last entered."""

    rule: str = EACH
    days: int = 0

    def allows(self, entered_at: datetime | None, now: datetime) -> bool:
        """`entered_at`: when they last entered, None for never."""
        if entered_at is None or self.rule == EACH:
            return True
        return bool(self.days) and now - entered_at >= timedelta(days=self.days)


@dataclass(frozen=True)
class Sequence:
    """A plan in one version, who enters it, and what stops it."""

    key: str
    version: int
    title: str
    starts_on: Anchor
    forms: tuple[str, ...]
    consent: str
    steps_aside: bool
    reentry: Reentry
    stops_on: frozenset[str]
    steps: tuple[Step, ...]

    @property
    def known(self) -> frozenset[Anchor]:
        """The moments that its steps may count from."""
        return frozenset({self.starts_on}) | ALSO_KNOWN.get(self.starts_on, frozenset())

    def planned(self) -> list[Step]:
        """The steps that become rows with a due time."""
        return [step for step in self.steps if step.on and step.kind is not StepKind.WAIT]

    def own_offset(self, step: Step) -> timedelta:
        """Of one of its steps, as it is written there: without the waits before it."""
        before = self.steps[: self.steps.index(step)]
        waits = (one.span for one in before if one.on and one.kind is StepKind.WAIT)
        return step.offset - sum(waits, timedelta())

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)


def opposite(condition: str) -> str:
    """`booked` for `not_booked` and the other way round."""
    return OPPOSITES.get(condition) or f"not_{condition}"


def window_of(step: Step) -> Window | None:
    """The hours of the day between which it may go; None for any hour."""
    return parse_window(step.window) if step.window else None
