"""A rule as a sentence: what the list shows, what two versions are compared by. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.assignment.rules.conditions import ANY, FIELDS, Group, Leaf
from core.assignment.rules.definition import (
    ANYWHERE,
    FIRST_THERE,
    NOBODY,
    ONLY_THERE,
    STRATEGIES,
    FaultyRules,
    Pool,
    Rule,
    parse_rules,
)

Names = Mapping[str, str]


def condition_words(condition: Leaf | Group, names: Names) -> str:
    """'Kind of treatment is laser or skin', 'not (VIP)'. `names`: what codes and ids are called."""
    if isinstance(condition, Group):
        joined = (" or " if condition.match == ANY else " and ").join(
            condition_words(part, names) for part in condition.parts
        )
        return f"not ({joined})" if condition.negated else joined
    return _leaf_words(condition, names)


def _leaf_words(leaf: Leaf, names: Names) -> str:
    said = " or ".join(names.get(value, value.replace("_", " ")) for value in leaf.values)
    if leaf.field in ("vip", "referral"):
        yes = ("yes" in leaf.values) is not leaf.negated
        return FIELDS[leaf.field] if yes else f"not {FIELDS[leaf.field]}"
    if leaf.field == "value":
        return f"value {'below' if leaf.negated else 'of'} ${int(leaf.values[0]):,}{'' if leaf.negated else ' or more'}"
    return f"{FIELDS[leaf.field]} {'is not' if leaf.negated else 'is'} {said}"


def when_words(rule: Rule, names: Names) -> str:
    """'Always' for a rule without conditions."""
    words = condition_words(rule.when, names)
    return f"{words[:1].upper()}{words[1:]}" if words else "Always"


def pool_words(pool: Pool, names: Names) -> str:
    """'by turn among nurse injectors, senior from 2'."""
    how = STRATEGIES[pool.strategy]
    return f"{how[:1].lower()}{how[1:]}{_among(pool, names)}{PLACES.get(pool.location, _only(pool, names))}"


PLACES = {FIRST_THERE: "", ONLY_THERE: ", only at the lead's location", ANYWHERE: ", at any location"}


def _only(pool: Pool, names: Names) -> str:
    return f", only at {names.get(pool.location, pool.location)}"


def _among(pool: Pool, names: Names) -> str:
    said = [
        *_list(pool.titles, names),
        *_list(pool.names, names),
        *(f"trained for {one}" for one in _list(pool.skills, names)),
        *(f"speaking {one}" for one in _list(pool.languages, names)),
        *([f"seniority {pool.min_seniority} or more"] if pool.min_seniority else []),
        *(["on call"] if pool.on_call else []),
    ]
    return f" among {', '.join(said)}" if said else ""


def _list(codes: frozenset[str], names: Names) -> list[str]:
    return sorted(names.get(code, code.replace("_", " ")) for code in codes)


def give_words(rule: Rule, names: Names) -> str:
    """The pools in turn: 'By turn among ...; else most senior'."""
    words = "; else ".join(pool_words(pool, names) for pool in rule.give)
    return f"{words[:1].upper()}{words[1:]}"


def chain_words(steps: Sequence[str]) -> str:
    return ", then ".join(NOBODY[step] for step in steps) + "; else the lead waits, with an alarm"


def shown(body: Mapping[str, Any]) -> dict[str, str]:
    """A body as people read it, by label. One that can't be read shows its names."""
    try:
        rules = parse_rules(body)
    except FaultyRules:
        return {"Order": "\n".join(_unread(body.get("rules")))}
    known = body.get("people")
    names = {str(id_): str(name) for id_, name in known.items()} if isinstance(known, Mapping) else {}
    lines = {"Order": "\n".join(f"{at}. {rule.name}" for at, rule in enumerate(rules.rules, 1))}
    for rule in rules.rules:
        off = "" if rule.on else "Off. "
        lines[rule.name] = f"{off}{when_words(rule, names)}.\n{give_words(rule, names)}."
    return lines | {"Nobody available": chain_words(rules.nobody)}


def _unread(entries: object) -> list[str]:
    return (
        [str(one.get("name")) for one in entries if isinstance(one, Mapping)]
        if isinstance(entries, list)
        else []
    )
