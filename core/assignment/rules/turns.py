"""Taking turns, fair after absences. Pure.

Each person has a counter that goes up with each lead that comes to them by the rules, by the same over their weight;
whoever has the lowest is next. Nobody's counts for less than that of the last lead that was given (`floor`): who comes
back from leave, or is new, is next once and then takes turns like everybody, instead of getting every lead until they
have caught up (cal PR #15558). It is the virtual clock of fair queueing: a share by weight over any stretch in which
one was there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from core.assignment.rules.people import Candidate

NEVER = "0000"
A_LEAD = 5040  # of a counter: divides by every weight up to ten


@dataclass(frozen=True)
class Turn:
    """One person's counter, and what it was when they were last given a lead."""

    count: int
    began: int


def floor(turns: Iterable[Turn]) -> int:
    """Where taking turns has got to: no counter is taken for lower."""
    return max((turn.began for turn in turns), default=0)


def with_turns(people: Iterable[Candidate], turns: Mapping[str, Turn]) -> list[Candidate]:
    """Everybody with the counter that decides who is next."""
    least = floor(turns.values())
    return [replace(one, turn=counter(one.staff_id, turns, least)) for one in people]


def counter(staff_id: str, turns: Mapping[str, Turn], least: int) -> int:
    """What counts for one person where `least` is the floor."""
    return max(turns[staff_id].count, least) if staff_id in turns else least


def charged(person: Candidate) -> Turn:
    """The counter after another lead."""
    return Turn(person.turn + A_LEAD // max(1, person.weight), person.turn)


def next_first(person: Candidate) -> tuple[int, str, str]:
    """The order of turns: the lowest counter, then whoever waited longest, then always the same."""
    return (person.turn, person.last_assigned or NEVER, person.staff_id)
