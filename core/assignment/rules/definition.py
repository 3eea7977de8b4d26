"""The clinic's assignment rules as data: in order, each with its conditions and whom it gives a lead to. Pure.

A body is `{"rules": [rule], "nobody": [step]}`, a rule `{"name", "on", "match", "conditions", "give": [pool]}`.
The pools of one rule are tried in turn; where none of them has anybody free, the steps of `nobody` follow, and then the
lead waits. Numbers may come as text: that is how a browser sends a draft.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.assignment.rules.conditions import ALL, MOST_DIGITS, FaultyCondition, Group, parse_conditions

STRATEGIES = {
    "round_robin": "By turn",
    "lowest_load": "Fewest leads in hand",
    "weighted": "By turn, by each one's share",
    "most_senior": "Most senior",
    "own_provider": "The patient's own provider",
    "nearest_location": "Nearest location",
}
# Where a pool looks: the lead's location before others, only there, no matter where; or the slug of one location.
FIRST_THERE, ONLY_THERE, ANYWHERE = "", "same", "any"
NOBODY = {
    "location": "Anybody trained for it at the location",
    "anywhere": "anybody trained for it at another location",
    "team_lead": "the team lead",
    "manager": "the practice manager",
    "anybody": "whoever is there",
}
CHAIN = tuple(NOBODY)
MOST_RULES, MOST_POOLS, LONGEST_NAME = 60, 5, 80
MOST_SENIOR = 9
LISTS = ("titles", "skills", "languages", "names")


@dataclass(frozen=True)
class Fault:
    """Where in the body, such as `rules.2.give.0.strategy`, and what is wrong in words."""

    field: str
    message: str


class FaultyRules(ValueError):
    """A body that can't be used; `faults` has one for each place."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Pool:
    """Who may be given a lead, and how one of them is chosen. What is empty asks for nothing.

    `skills` beyond the one that the treatment asks for, which everybody needs unless `trained` is False. `names` are
    ids of staff. `location`: '' the lead's first, 'same' only there, 'any', or one location.
    """

    strategy: str = "round_robin"
    titles: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    min_seniority: int = 0
    location: str = FIRST_THERE
    trained: bool = True
    on_call: bool = False

    def could_be(
        self,
        staff_id: str,
        title: str,
        skills: frozenset[str],
        seniority: int,
        location: str,
        languages: frozenset[str],
    ) -> bool:
        """Whether somebody is of this pool at some hour, for some lead. Whose provider one is nobody knows."""
        there = self.location in (FIRST_THERE, ONLY_THERE, ANYWHERE) or location in ("", self.location)
        return (
            (not self.titles or title in self.titles)
            and (not self.names or staff_id in self.names)
            and (not skills or self.skills <= skills)
            and (not self.languages or bool(self.languages & languages))
            and seniority >= self.min_seniority
            and there
        )


@dataclass(frozen=True)
class Rule:
    """One line of the list."""

    name: str
    when: Group
    give: tuple[Pool, ...]
    on: bool = True


@dataclass(frozen=True)
class RuleSet:
    """The whole list and its locked last line: what happens where nobody of a rule is free."""

    rules: tuple[Rule, ...]
    nobody: tuple[str, ...] = CHAIN
    number: int = 1

    @property
    def asks_for_provider(self) -> bool:
        return any(pool.strategy == "own_provider" for pool in self.pools())

    def pools(self) -> Iterator[Pool]:
        return (pool for rule in self.rules if rule.on for pool in rule.give)


def parse_rules(body: Mapping[str, Any], number: int = 1) -> RuleSet:
    """Raises FaultyRules with every fault."""
    raw, faults, rules = body.get("rules"), [], []
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise FaultyRules([Fault("rules", "There are no rules here.")])
    if len(raw) > MOST_RULES:
        raise FaultyRules([Fault("rules", f"At most {MOST_RULES} rules; nobody could read more.")])
    for place, entry in enumerate(raw):
        try:
            rules.append(_rule(entry))
        except FaultyCondition as fault:
            faults.append(Fault(f"rules.{place}.{fault.place}", str(fault)))
    faults += _twice(raw)
    nobody = _chain(body.get("nobody", CHAIN), faults)
    if faults:
        raise FaultyRules(faults)
    return RuleSet(tuple(rules), nobody, number)


def _twice(raw: Sequence[Any]) -> list[Fault]:
    """Two rules of one name could not be told apart in 'why this person'."""
    seen: set[str] = set()
    faults = []
    for place, entry in enumerate(raw):
        name = str(entry.get("name", "")).strip().casefold() if isinstance(entry, Mapping) else ""
        if name and name in seen:
            faults.append(Fault(f"rules.{place}.name", "Another rule has this name."))
        seen.add(name)
    return faults


def _chain(raw: object, faults: list[Fault]) -> tuple[str, ...]:
    steps = tuple(str(step) for step in raw) if isinstance(raw, Sequence) and not isinstance(raw, str) else ()
    if not set(steps) <= set(NOBODY) or len(set(steps)) != len(steps):
        faults.append(Fault("nobody", f"Use each of these once at most: {', '.join(NOBODY)}."))
    elif "manager" not in steps:
        faults.append(
            Fault("nobody", "The practice manager must be among them: somebody is the last resort.")
        )
    return steps


def _rule(raw: object) -> Rule:
    """Raises FaultyCondition, its place within the rule."""
    if not isinstance(raw, Mapping):
        raise FaultyCondition("name", "This is no rule.")
    name = str(raw.get("name") or "").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise FaultyCondition("name", f"Give the rule a name of at most {LONGEST_NAME} characters.")
    when = parse_conditions(raw.get("match", ALL), raw.get("conditions", []))
    return Rule(name, when, _pools(raw.get("give")), yes(raw.get("on", True)))


def _pools(raw: object) -> tuple[Pool, ...]:
    entries = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else ()
    if not 0 < len(entries) <= MOST_POOLS:
        raise FaultyCondition("give", f"Say who is given the lead: one to {MOST_POOLS} groups of people.")
    return tuple(_pool(place, entry) for place, entry in enumerate(entries))


def _pool(place: int, raw: object) -> Pool:
    if not isinstance(raw, Mapping):
        raise FaultyCondition(f"give.{place}.strategy", "Say who is given the lead.")
    strategy = str(raw.get("strategy", "round_robin"))
    if strategy not in STRATEGIES:
        raise FaultyCondition(f"give.{place}.strategy", f"Choose one of: {', '.join(STRATEGIES)}.")
    lists = {name: _texts(f"give.{place}.{name}", raw.get(name, ())) for name in LISTS}
    seniority = _whole(f"give.{place}.min_seniority", raw.get("min_seniority", 0))
    return Pool(
        strategy=strategy,
        **lists,
        min_seniority=seniority,
        location=str(raw.get("location") or FIRST_THERE),
        trained=yes(raw.get("trained", True)),
        on_call=yes(raw.get("on_call", False)),
    )


def _texts(place: str, raw: object) -> frozenset[str]:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise FaultyCondition(place, "This is a list.")
    return frozenset(str(one).strip() for one in raw if str(one).strip())


def _whole(place: str, raw: object) -> int:
    text = str(raw or 0).strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS and int(text) <= MOST_SENIOR):
        raise FaultyCondition(place, f"A seniority is a whole number from 0 to {MOST_SENIOR}.")
    return int(text)


def yes(raw: object) -> bool:
    """A box of a form: ticked, as JSON or as a browser's text."""
    return raw in (True, "true", "yes")
