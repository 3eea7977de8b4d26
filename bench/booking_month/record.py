"""What happened to visits and to the waitlist, written down as it happened: what the judges go by."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bench.simulated.provider import Log


@dataclass(frozen=True)
class State:
    """A visit as it stood from `serial` on; `stands` False once it was called off. `resources`: what is kept for it."""

    serial: int
    at: datetime
    person: int
    starts_at: datetime
    ends_at: datetime
    location: str
    service: str
    resources: tuple[str, ...]
    stands: bool
    here: bool = False  # they have arrived, or it is over


@dataclass(frozen=True)
class Waits:
    """Somebody waits for a service from `serial` on; in the order in which they joined. `part`: of waitlist_rules."""

    serial: int
    person: int
    service: str
    location: str
    part: str
    notice: int  # minutes


@dataclass
class Diary(Log):
    """All lists are in the order of what happened."""

    visits: dict[str, list[State]] = field(default_factory=dict)
    waits: list[Waits] = field(default_factory=list)
    left: dict[int, int] = field(
        default_factory=dict
    )  # by serial of a place on the list: since when it is no more
    said: dict[int, list[tuple[int, datetime, str]]] = field(
        default_factory=dict
    )  # by person: what they wrote
    forms: dict[int, datetime] = field(default_factory=dict)  # by person: when their form was sent

    def state(self, visit: str, serial: int) -> State | None:
        """How a visit stood just before that."""
        before = [one for one in self.visits[visit] if one.serial < serial]
        return before[-1] if before else None

    def standing(self, serial: int, person: int | None = None) -> Iterator[State]:
        """Visits that stood just before that, of one person or of all."""
        for visit, states in self.visits.items():
            if person in (None, states[0].person):
                found = self.state(visit, serial)
                if found and found.stands:
                    yield found
