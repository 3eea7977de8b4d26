"""A simulated quarter: 30 people, shifts, absences, bursts. Who gets how much, why targets are missed.

    python -m bench.quarter [--seed 1] [--draw]

Thirteen weeks of two locations are played with the product's own rules: assignment (core/assignment/rules/), opening
hours and due times (core/sla/rules.py, data/sla_policies.toml), and the cause of a missed target. Nothing is stored.
Each lead is worked through by whoever got it: they open it, call, and are busy for a while. `--draw` puts the picture
into docs/images/quarter.svg.
"""

import argparse
import heapq
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bench import quarter_picture
from core.assignment.rules.choosing import Choice, choose
from core.assignment.rules.definition import parse_rules
from core.assignment.rules.people import Candidate, Wanted
from core.assignment.rules.turns import Turn, charged, with_turns
from core.domain.hours import Window, at
from core.reference import Reference, load_reference
from core.sla import rules as sla
from core.sla.causes import LATE, NOBODY_ON_SHIFT, OVER_CAPACITY, UNACKNOWLEDGED
from core.sla.open_table import OpenTable

ZONE = ZoneInfo("America/Chicago")
WEEKS = 13
FIRST = date(2026, 7, 6)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SKILLS = {"injectables": 0.45, "skin": 0.25, "laser": 0.2, "body": 0.1}
SHIFTS = (("08:00", "16:00"), ("10:00", "18:00"), ("12:00", "20:00"))
CAPACITY = 8
ILL = 0.02  # of days
EARLY = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_LEAVE, HANDED_ON = (
    timedelta(days=20),
    timedelta(days=1),
)  # who left for good has their leads handed on
OPEN_FOR = 90 * MINUTE  # after the first contact a lead takes up its owner's hands for so long
PER_HOUR = 13.0  # forms while the clinic is open
AT_NIGHT = 0.12  # of that
BURSTS = ((2, 2, 11, 70), (6, 4, 15, 90), (10, 1, 9, 60))  # week, weekday, hour, forms within half an hour
RULES = parse_rules(
    {"nobody": ["location", "anywhere", "manager"], "rules": [{"name": "By skill, in turn", "give": [{}]}]}
)


@dataclass
class Person:
    """One member of staff: when they work, what they can, and what is in their hands."""

    id: str
    location: str
    skills: frozenset[str]
    at_work: OpenTable
    comes: tuple[datetime, ...]  # when each of their shifts begins
    open: int = 0
    last: str = ""
    turn: Turn | None = None
    busy_until: datetime = EARLY
    given: int = 0
    fair: float = 0.0

    def works(self, moment: datetime) -> bool:
        return self.at_work.is_open(moment.timestamp())

    def next_there(self, moment: datetime) -> datetime:
        """At work from then on, which may be at once."""
        if self.works(moment):
            return moment
        place = bisect_right(self.comes, moment)
        return self.comes[place] if place < len(self.comes) else moment + timedelta(days=1)


@dataclass(frozen=True)
class Lead:
    """A form: what it wants, where and when it came."""

    at: datetime
    group: str
    location: str
    temperature: str


@dataclass
class Quarter:
    """What came of it. `causes`: by week, then cause."""

    people: list[Person]
    leads: int = 0
    on_time: int = 0
    waited: int = 0  # nobody was free: an alarm, and the first who is
    silent: int = 0  # nobody had it and nothing said so
    over: int = 0  # given to somebody who was full while another was not
    causes: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def missed(self) -> Counter[str]:
        return sum(self.causes.values(), Counter())


def team(dice: Random, reference: Reference) -> list[Person]:
    """Thirty people, two thirds downtown. One starts in week 5, one leaves in week 9, all are ill or away at times."""
    last, people = FIRST + timedelta(weeks=WEEKS), []
    for number in range(30):
        location = "downtown" if number % 3 else "westlake"
        skills = frozenset([*dice.sample(sorted(SKILLS), 2), list(SKILLS)[number % 4]])
        away = {day for day in _days(FIRST, last) if dice.random() < ILL}
        if number % 4 == 0:
            leave = FIRST + timedelta(days=dice.randrange(7 * WEEKS - 12))
            away |= set(_days(leave, leave + timedelta(days=12)))
        if number == 3:
            away |= set(_days(FIRST, FIRST + timedelta(weeks=5)))
        if number == 7:
            away |= set(_days(FIRST + timedelta(weeks=9), last))
        place = reference.clinic.location(location).hours.of_somebody(_shifts(number))
        hours = replace(place, days={**place.days, **dict.fromkeys(away, ())})
        start, end = at(FIRST, time(), ZONE), at(last, time(), ZONE)
        comes = tuple(span[0] for day in _days(FIRST, last) for span in hours.on(day))
        people.append(Person(f"P{number + 1:02d}", location, skills, OpenTable(hours, start, end), comes))
    return people


def _shifts(number: int) -> dict[int, tuple[Window, ...]]:
    start, end = (time.fromisoformat(wall) for wall in SHIFTS[number % len(SHIFTS)])
    days = [0, 1, 2, 3, 4] if number % 2 else [2, 3, 4, 5, 6]
    return dict.fromkeys(days, ((start, end),))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days))


def arrivals(dice: Random, reference: Reference) -> list[Lead]:
    """Forms of the quarter in order, and three bursts as after an advertisement."""
    moment = at(FIRST, time(), ZONE)
    end = at(FIRST + timedelta(weeks=WEEKS), time(), ZONE) - 10 * HOUR  # the last day is worked to its end
    found = []
    hours = reference.clinic.location("downtown").hours
    while moment < end:
        moment += dice.expovariate(PER_HOUR) * HOUR
        if hours.is_open(moment) or dice.random() < AT_NIGHT:
            found.append(_lead(dice, moment))
    for week, weekday, hour, many in BURSTS:
        start = at(FIRST + timedelta(weeks=week, days=weekday), time(hour), ZONE)
        found += [_lead(dice, start + dice.random() * 30 * MINUTE) for _ in range(many)]
    return sorted(found, key=lambda lead: lead.at)


def _lead(dice: Random, moment: datetime) -> Lead:
    [group] = dice.choices(list(SKILLS), list(SKILLS.values()))
    [temperature] = dice.choices(("hot", "warm", "cold"), (0.35, 0.4, 0.25))
    return Lead(moment, group, "downtown" if dice.random() < 0.66 else "westlake", temperature)


def give(lead: Lead, people: Sequence[Person], now: datetime) -> Choice:
    """Ask the product who gets it."""
    plain = [
        Candidate(
            staff_id=one.id, name=one.id, role="frontdesk", title="coordinator", skills=one.skills, seniority=1,
            location=one.location, on_shift=one.works(now), status="available", open_leads=one.open,
            capacity=CAPACITY, last_assigned=one.last,
        )
        for one in people
    ]  # fmt: skip
    candidates = with_turns(plain, {one.id: one.turn for one in people if one.turn})
    wanted = Wanted(lead.group, lead.location, 0, vip=False, form_type="consultation_request")
    choice, by_id = choose(RULES, wanted, candidates), {one.id: one for one in people}
    if found := choice.of(candidates):
        by_id[found.staff_id].turn = charged(found)
    return choice


def fair(lead: Lead, people: Sequence[Person], now: datetime) -> list[Person]:
    """Who had an equal claim to it: there, trained, not full, at its location where anybody of these is."""
    able = [one for one in people if one.works(now) and lead.group in one.skills and one.open < CAPACITY]
    return [one for one in able if one.location == lead.location] or able


class Course:
    """The quarter while it goes by: what is in whose hands until when, and what waits for somebody."""

    def __init__(self, seed: int) -> None:
        self.dice, self.reference = Random(seed), load_reference(ZONE)
        self.quarter = Quarter(team(self.dice, self.reference))
        self.by_id = {one.id: one for one in self.quarter.people}
        self.events = [
            (moment, 0, "") for moment in {at_ for one in self.quarter.people for at_ in one.comes}
        ]
        heapq.heapify(self.events)
        self.waiting: list[Lead] = []

    def play(self) -> Quarter:
        for lead in arrivals(self.dice, self.reference):
            self._come_to(lead.at)
            self.quarter.leads += 1
            self.waiting.append(lead)
            self.quarter.waited += not self._give(lead, lead.at)
        self._come_to(at(FIRST + timedelta(weeks=WEEKS + 1), time(), ZONE))
        return self.quarter

    def _come_to(self, moment: datetime) -> None:
        """Somebody comes to work, or has their hands free: what waits longest is theirs."""
        while self.events and self.events[0][0] <= moment:
            now, _, staff_id = heapq.heappop(self.events)
            if staff_id:
                self.by_id[staff_id].open -= 1
            for lead in list(self.waiting):
                self._give(lead, now)

    def _give(self, lead: Lead, now: datetime) -> bool:
        able = fair(lead, self.quarter.people, now)
        choice = give(lead, self.quarter.people, now)
        if choice.staff_id is None:
            self.quarter.silent += not choice.rule
            return False
        self.waiting.remove(lead)
        owner = self.by_id[choice.staff_id]
        for one in able:
            one.fair += 1 / len(able)
        owner.given += bool(able)
        self.quarter.over += bool(able) and owner.open >= CAPACITY
        owner.open += 1
        owner.last = now.isoformat()
        tried = self._work(lead, owner, now)
        heapq.heappush(self.events, (tried + OPEN_FOR, self.quarter.leads, owner.id))
        return True

    def _work(self, lead: Lead, owner: Person, now: datetime) -> datetime:
        """The owner opens it and calls, once they are there and have their hands free; when they called."""
        dice = self.dice
        there = owner.next_there(max(now, owner.busy_until))
        seen = there + dice.lognormvariate(-0.5, 0.8) * MINUTE
        tried = seen + dice.lognormvariate(-0.3, 0.7) * MINUTE
        owner.busy_until = tried + dice.lognormvariate(0.9, 0.6) * MINUTE
        facts = {
            "temperature": lead.temperature,
            "form_type": "consultation_request",
            "location": lead.location,
        }
        policy = sla.choose(self.reference.policies, sla.FIRST_CONTACT, facts)
        due = sla.due_at(policy, self.reference.clinic.location(lead.location).hours, lead.at)
        if due is None or tried <= due:
            self.quarter.on_time += 1
        else:
            week = (lead.at.astimezone(ZONE).date() - FIRST).days // 7
            self.quarter.causes[week][self._cause(owned=now <= due, seen=seen <= due, due=due)] += 1
        return tried

    def _cause(self, *, owned: bool, seen: bool, due: datetime) -> str:
        """As the product tells it: from how things stood when the target passed."""
        if not any(one.works(due) for one in self.quarter.people):
            return NOBODY_ON_SHIFT
        if not owned:
            return OVER_CAPACITY
        return LATE if seen else UNACKNOWLEDGED


def told(quarter: Quarter, left: int) -> str:
    """The figures in a few lines."""
    ratios = sorted(one.given / one.fair for one in quarter.people if one.fair)
    missed = ", ".join(f"{cause} {many}" for cause, many in quarter.missed.most_common())
    return (
        f"{quarter.leads:,} leads to {len(quarter.people)} people in {WEEKS} weeks, "
        f"{100 * quarter.on_time / quarter.leads:.1f} % reached in time\n"
        f"share against fair share: from {ratios[0]:.2f} to {ratios[-1]:.2f}, median {ratios[len(ratios) // 2]:.2f}\n"
        f"missed: {missed}\n"
        f"waited for somebody to be free, with an alarm: {quarter.waited:,}; still waiting at the end: {left}; "
        f"without an owner and without an alarm: {quarter.silent}; "
        f"given to somebody who was full while another was not: {quarter.over}"
    )


def main() -> None:
    """Print the figures, and draw them where that is wanted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draw", action="store_true")
    options = parser.parse_args()
    course = Course(options.seed)
    quarter = course.play()
    said = told(quarter, len(course.waiting))
    print(said)
    if options.draw:
        shares = [(one.id, one.given, one.fair) for one in quarter.people]
        weeks = [quarter.causes[week] for week in range(WEEKS)]
        print(quarter_picture.draw(shares, weeks, said.splitlines()[0]))


if __name__ == "__main__":
    main()
