"""A month anew: who would have had which lead by another list of rules. Pure.

Each past lead is given out at the moment at which it came, to who was at work then by their hours, by the very choice
that a form makes. A lead counts for its owner until it was over. Breaks and busy moments of the past are not known.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.assignment.rules.choosing import who
from core.assignment.rules.definition import RuleSet
from core.assignment.rules.people import Candidate, Wanted
from core.assignment.rules.turns import Turn, charged, counter, floor

PeopleAt = Callable[[datetime], Sequence[Candidate]]


@dataclass(frozen=True)
class Past:
    """A lead as it came. `was`: who was given it at first, None for nobody; `over_at`: when it took no more time."""

    lead_id: str
    at: datetime
    wanted: Wanted
    was: str | None
    over_at: datetime | None


@dataclass(frozen=True)
class Replayed:
    """`now` and `was`: leads by person. `moved`: leads with another owner than they had; `waited`: those for which
    nobody was free when they came; `left`: those of them that nobody was free for up to the end."""

    leads: int
    was: Mapping[str, int]
    now: Mapping[str, int]
    moved: int
    waited: int
    left: int


class _Course:
    """Who carries what while the month goes by."""

    def __init__(self, rules: RuleSet, people_at: PeopleAt) -> None:
        self._rules, self._people_at = rules, people_at
        self._turns: dict[str, Turn] = {}
        self._last: dict[str, str] = {}
        self._carried: dict[str, tuple[str, datetime | None]] = {}  # by lead: whose, and until when
        self.waiting: list[Past] = []
        self.given: dict[str, str] = {}

    def come_to(self, at: datetime) -> None:
        """What was over by then takes nobody's time; what waits goes to who is free."""
        self._carried = {
            lead: (owner, over) for lead, (owner, over) in self._carried.items() if over is None or over > at
        }
        self.waiting = [one for one in self.waiting if not self.give(one, at)]

    def give(self, past: Past, at: datetime) -> bool:
        """Whether somebody was free."""
        people = self._people(at)
        chosen = who(self._rules, past.wanted, people)
        if chosen is None:
            return False
        self._turns[chosen.staff_id] = charged(chosen)
        self._last[chosen.staff_id] = at.isoformat()
        self._carried[past.lead_id] = (chosen.staff_id, past.over_at)
        self.given[past.lead_id] = chosen.staff_id
        return True

    def _people(self, at: datetime) -> list[Candidate]:
        load = Counter(owner for owner, _ in self._carried.values())
        least = floor(self._turns.values())
        return [
            replace(
                one,
                open_leads=load[one.staff_id],
                last_assigned=self._last.get(one.staff_id, ""),
                turn=counter(one.staff_id, self._turns, least),
            )
            for one in self._people_at(at)
        ]


def replay(rules: RuleSet, past: Iterable[Past], people_at: PeopleAt) -> Replayed:
    """Give out every lead again, in the order in which they came."""
    course, came, waited = _Course(rules, people_at), sorted(past, key=lambda one: (one.at, one.lead_id)), 0
    for one in came:
        course.come_to(one.at)
        if not course.give(one, one.at):
            course.waiting.append(one)
            waited += 1
    now = Counter(course.given.values())
    was = Counter(one.was for one in came if one.was)
    moved = sum(course.given.get(one.lead_id) != one.was for one in came)
    return Replayed(len(came), was, now, moved, waited, len(course.waiting))
