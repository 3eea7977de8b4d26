"""What every act needs: who is in it, the diary, chance that is the same on every database, and free times."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bench.booking_month.record import Diary, State
from bench.simulated.acting import Acting, NothingToDo
from bench.simulated.people import Person
from core import free_times
from core.booking import store as visits
from core.booking.store import Visit
from core.domain.errors import LuxeError
from core.domain.roles import Actor
from core.free_times import Slot, Wish

DAY = timedelta(days=1)
SERVICES = ("hydrafacial", "botox", "microneedling", "chemical_peel")
PLACES = ("downtown", "downtown", "westlake")


@dataclass
class Scene(Acting):
    """`people` by their number."""

    people: Sequence[Person]
    diary: Diary
    desk: Actor
    seed: int
    leads: dict[int, str] = field(default_factory=dict, kw_only=True)  # by person

    def chance(self, *of: object) -> float:
        """0 to 1, the same in every run with this seed, whatever happened before."""
        return random.Random(f"{self.seed}:{':'.join(map(str, of))}").random()

    def act(self, what: str, at: datetime, act: Callable[..., None], person: int, *more: Any) -> None:
        """It happens then, or is refused as it would be."""
        self.later(at, lambda: self._try(what, act, person, *more))

    def _try(self, what: str, act: Callable[..., None], *arguments: Any) -> None:
        try:
            act(*arguments)
            self.seen[what] += 1
        except LuxeError as refused:
            self.seen[f"{what}: {type(refused).__name__}"] += 1

    def service(self, person: int) -> str:
        return SERVICES[int(self.chance(person, "service") * len(SERVICES))]

    def location(self, person: int) -> str:
        return PLACES[int(self.chance(person, "place") * len(PLACES))]

    def free(self, person: int, since: datetime, *turn: object) -> Slot:
        """A time of two days from `since` on. Raises NothingToDo where there is none."""
        service = self.app.reference.bookable.services[self.service(person)]
        wish = Wish(service, self.location(person))
        known = self.app.reference
        found = self._read(
            lambda session: free_times.read(session, known, since, since + 2 * DAY, self._now).free(
                wish, once=True
            )
        )
        if not found:
            raise NothingToDo
        slot: Slot = found[int(self.chance(person, "slot", *turn) * len(found))]
        return slot

    def ahead(self, person: int) -> Visit:
        """What somebody has ahead. Raises NothingToDo."""
        found = [one for one in self._visits(person) if one.state == "booked" and not one.arrived_at]
        if not found or found[0].starts_at is None or found[0].starts_at <= self._now:
            raise NothingToDo
        return found[0]

    def _visits(self, person: int) -> list[Visit]:
        lead_id = self.leads.get(person)
        if lead_id is None:
            raise NothingToDo
        found: list[Visit] = self._read(lambda session: visits.of_lead(session, lead_id))
        return found

    def note(self, person: int) -> list[str]:
        """Write down what became of somebody's visits; the ids of those that stand at a time that is news."""
        news: list[str] = []
        for visit in self._visits(person):
            states = self.diary.visits.setdefault(visit.id, [])
            state = self._state(person, visit)
            if not states or _facts(states[-1]) != _facts(state):
                if state.stands and (not states or states[-1].starts_at != state.starts_at):
                    news.append(visit.id)
                states.append(state)
        return news

    def _state(self, person: int, visit: Visit) -> State:
        assert visit.starts_at
        assert visit.ends_at
        return State(
            self.diary.next(), self._now, person, visit.starts_at, visit.ends_at, visit.location, visit.service,
            tuple(visit.resources), stands=visit.state != "cancelled",
            here=bool(visit.arrived_at) or visit.state != "booked",
        )  # fmt: skip


def _facts(state: State) -> tuple[object, ...]:
    return (state.starts_at, state.ends_at, state.resources, state.stands, state.here)
