"""One lead, one owner: the first rule that holds decides who may have it, its strategy which of them. Pure.

Only who is at work, available, on the rotation and below their capacity is given anything: never somebody who is
absent, silent or full. Where nobody of the rule is, the chain of the last line is tried; where nobody is at all, the
lead waits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.assignment.rules import turns
from core.assignment.rules.conditions import holds
from core.assignment.rules.definition import ANYWHERE, FIRST_THERE, NOBODY, ONLY_THERE, Pool, Rule, RuleSet
from core.assignment.rules.people import AWAY_WORDS, MANAGER, TEAM_LEAD, Candidate, Wanted

WAITS = "Waits for a free person"
ABSENT, FULL, NOT_ANY = "nobody_on_shift", "over_capacity", "nobody_takes_leads"
FAR = float("inf")
Key = Callable[[Candidate], tuple[Any, ...]]


@dataclass(frozen=True)
class Choice:
    """The chosen candidate or None, the rule's name, and a line for each person considered.

    `waits_for`: why nobody was found; '' where somebody was. `by`: the rule that held, whoever was found.
    """

    staff_id: str | None
    rule: str
    trace: tuple[dict[str, Any], ...]
    waits_for: str = ""
    by: str = ""

    def of(self, people: Sequence[Candidate]) -> Candidate | None:
        return next((one for one in people if one.staff_id == self.staff_id), None)


@dataclass(frozen=True)
class _Decision:
    """`found` of `pool`, by `rule` where one held; `name` is what stands in the trace."""

    found: Candidate | None
    pool: Pool | None
    rule: Rule | None
    name: str


def choose(rules: RuleSet, wanted: Wanted, people: Sequence[Candidate]) -> Choice:
    """Assign one lead."""
    away = {one.staff_id: _why_absent(one, wanted) for one in people}
    made = _decide(rules, wanted, people, away)
    by = made.rule.name if made.rule else ""
    if made.found is None or made.pool is None:
        waits = tuple(_line(one, chosen=False, why=away[one.staff_id]) for one in people)
        return Choice(None, WAITS, waits, _waits_for(people), by)
    return Choice(
        made.found.staff_id, made.name, _trace(made.found, made.pool, made.rule, wanted, people, away), by=by
    )


def who(rules: RuleSet, wanted: Wanted, people: Sequence[Candidate]) -> Candidate | None:
    """The same without the reasons."""
    away = {one.staff_id: _why_absent(one, wanted) for one in people}
    return _decide(rules, wanted, people, away).found


def _decide(rules: RuleSet, wanted: Wanted, people: Sequence[Candidate], away: dict[str, str]) -> _Decision:
    rule = next((rule for rule in rules.rules if rule.on and holds(rule.when, wanted)), None)
    there = [one for one in people if not away[one.staff_id]]
    for pool in rule.give if rule else ():
        found = _best(pool, wanted, there)
        if found:
            return _Decision(found, pool, rule, rule.name if rule else "")
    for step in rules.nobody:
        pool, fits = STEPS[step]
        found = _best(pool, wanted, [one for one in there if fits(one)])
        if found:
            return _Decision(found, pool, rule, f"Fallback: {NOBODY[step]}")
    return _Decision(None, None, rule, WAITS)


def _best(pool: Pool, wanted: Wanted, there: Sequence[Candidate]) -> Candidate | None:
    """Of those who could be given something at all."""
    able = [one for one in there if not _why_not(one, pool, wanted)]
    return min(able, key=_order(pool, wanted), default=None)


def _why_absent(person: Candidate, wanted: Wanted) -> str:
    """Why nothing can be given to somebody at this moment, whatever the rule; ''."""
    if person.staff_id in wanted.excluded:
        return "had it before"
    if not person.on_shift:
        return "not on shift"
    if person.status != "available":
        return AWAY_WORDS.get(person.status, person.status)
    if person.missed_out:
        return "off the rotation: two leads in a row were not looked after in time"
    if person.open_leads >= person.capacity:
        return f"full: {person.open_leads} of {person.capacity} leads in hand"
    return ""


def _why_not(person: Candidate, pool: Pool, wanted: Wanted) -> str:
    """Why somebody is not of this pool; ''."""
    group = wanted.group if pool.trained else ""
    missing = sorted(({group} - {""} | pool.skills) - person.skills) if person.skills else ()
    checks = (
        (
            pool.strategy == "own_provider" and person.staff_id != wanted.provider,
            "not the patient's own provider",
        ),
        (bool(pool.titles) and person.title not in pool.titles, "not in this rule's team"),
        (bool(pool.names) and person.staff_id not in pool.names, "not named by this rule"),
        (bool(missing), f"not trained for {', '.join(missing).replace('_', ' ')}"),
        (person.seniority < pool.min_seniority, "not senior enough for this rule"),
        (bool(pool.languages) and not pool.languages & person.languages, "does not speak the language"),
        (pool.on_call and not person.on_call, "not on call"),
        (pool.location not in (FIRST_THERE, ANYWHERE) and _works_elsewhere(person, pool, wanted), ELSEWHERE),
    )
    return next((why for applies, why in checks if applies), "")


ELSEWHERE = "works at another location"


def _works_elsewhere(person: Candidate, pool: Pool, wanted: Wanted) -> bool:
    there = wanted.location if pool.location == ONLY_THERE else pool.location
    return bool(there and person.location and person.location != there)


def _elsewhere(person: Candidate, wanted: Wanted) -> bool:
    return bool(wanted.location and person.location and person.location != wanted.location)


def _order(pool: Pool, wanted: Wanted) -> Key:
    """Who comes first within a pool: the lowest."""
    by = BY[pool.strategy]
    # Where somebody works decides first, unless the rule says that it does not matter, or is about just that.
    there = pool.location == FIRST_THERE and pool.strategy != "nearest_location"
    return lambda one: (there and _elsewhere(one, wanted), *by(one, wanted), *turns.next_first(one))


BY: dict[str, Callable[[Candidate, Wanted], tuple[Any, ...]]] = {
    "round_robin": lambda _one, _wanted: (),
    "weighted": lambda _one, _wanted: (),
    "lowest_load": lambda one, _wanted: (one.open_leads,),
    "most_senior": lambda one, _wanted: (-one.seniority, one.open_leads),
    "own_provider": lambda _one, _wanted: (),
    "nearest_location": lambda one, wanted: (_distance(one, wanted),),
}


def _distance(person: Candidate, wanted: Wanted) -> float:
    """From where the patient lives; without a ZIP code that we know, the lead's own location is the nearest."""
    if wanted.distance:
        return wanted.distance.get(person.location, FAR)
    return FAR if _elsewhere(person, wanted) else 0.0


def _waits_for(people: Sequence[Candidate]) -> str:
    if not people:
        return NOT_ANY
    here = [one for one in people if one.on_shift and one.status == "available" and not one.missed_out]
    return FULL if here else ABSENT


def _anybody(_person: Candidate) -> bool:
    return True


# Each step of the chain: who counts as one of its pool, beyond being there and free.
STEPS: dict[str, tuple[Pool, Callable[[Candidate], bool]]] = {
    "location": (Pool("lowest_load", location=ONLY_THERE), _anybody),
    "anywhere": (Pool("lowest_load", location=ANYWHERE), _anybody),
    "team_lead": (Pool("lowest_load", trained=False), lambda one: one.title == TEAM_LEAD),
    "manager": (Pool("lowest_load", trained=False), lambda one: MANAGER in (one.title, one.role)),
    "anybody": (Pool("lowest_load", trained=False), _anybody),
}


def _trace(
    best: Candidate,
    pool: Pool,
    rule: Rule | None,
    wanted: Wanted,
    people: Sequence[Candidate],
    away: dict[str, str],
) -> tuple[dict[str, Any], ...]:
    """The chosen one first, then everybody else with the one reason that decided."""
    lines = [_line(best, chosen=True, why=_why_chosen(best, pool, rule))]
    for one in people:
        if one is not best:
            why = away[one.staff_id] or _why_not(one, pool, wanted) or _behind(one, best, pool, wanted)
            lines.append(_line(one, chosen=False, why=why))
    return tuple(lines)


def _why_chosen(best: Candidate, pool: Pool, rule: Rule | None) -> str:
    if rule is None or pool not in rule.give:
        why = "nobody of the rule is free"
    elif pool.strategy in ("round_robin", "weighted"):
        why = "next in turn"
    else:
        why = WHY[pool.strategy]
    return f"on shift, {best.open_leads} of {best.capacity} leads in hand, {why}"


WHY = {
    "lowest_load": "fewest leads in hand",
    "most_senior": "most senior",
    "own_provider": "the patient's own provider",
    "nearest_location": "nearest to the patient",
}


def _behind(person: Candidate, best: Candidate, pool: Pool, wanted: Wanted) -> str:
    """What put somebody who fits behind the chosen one: the first thing of the order that differs."""
    if pool.location == FIRST_THERE and _elsewhere(person, wanted) and not _elsewhere(best, wanted):
        return ELSEWHERE
    if pool.strategy == "most_senior" and person.seniority != best.seniority:
        return f"less senior than {best.name}"
    if pool.strategy == "nearest_location" and _distance(person, wanted) != _distance(best, wanted):
        return "works farther away"
    if pool.strategy in ("lowest_load", "most_senior") and person.open_leads != best.open_leads:
        return f"{_load(person)}, {best.name} has {best.open_leads}"
    if person.turn != best.turn:
        return f"{best.name} is next in turn"
    if person.last_assigned != best.last_assigned:
        return f"was given one more recently than {best.name}"
    return f"{best.name} comes first in the list"


def _load(person: Candidate) -> str:
    return f"{person.open_leads} in hand"


def _line(person: Candidate, *, chosen: bool, why: str) -> dict[str, Any]:
    return {"staff_id": person.staff_id, "name": person.name, "chosen": chosen, "why": why}
