"""Who gets a lead, and why. Pure.

First rule that matches wins. Within its pool: who has the skill and is on shift, then the lowest open count, then
who was assigned longest ago. Nobody on shift: the fallback chain, so that no lead is ever without an owner while
anybody accepts leads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONG_AGO = "0000"


@dataclass(frozen=True)
class Candidate:
    """A member of staff as the rules see them. `last_assigned` is a sortable moment in ISO form, '' for never."""

    staff_id: str
    name: str
    role: str
    title: str
    skills: frozenset[str]
    seniority: int
    location: str
    on_shift: bool
    status: str
    open_leads: int
    capacity: int
    last_assigned: str


@dataclass(frozen=True)
class Wanted:
    """What a lead asks of its owner. `group` is the treatment's skill, '' when unknown."""

    group: str
    location: str
    value_cents: int
    vip: bool
    form_type: str


@dataclass(frozen=True)
class Rule:
    """A row of `assignment_rules`.

    `conditions` may hold groups, form_types, min_value_cents, vip; `assign_to` titles and min_seniority.
    """

    name: str
    conditions: Mapping[str, Any]
    assign_to: Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """The chosen candidate or None, the rule's name, and a line for each person considered."""

    staff_id: str | None
    rule: str
    trace: tuple[dict[str, Any], ...]


def choose(rules: Sequence[Rule], wanted: Wanted, candidates: Sequence[Candidate]) -> Choice:
    """Assign one lead."""
    rule = next((rule for rule in rules if _matches(rule, wanted)), Rule("Anybody", {}, {}))
    reasons = {person.staff_id: _why_not(person, rule, wanted) for person in candidates}
    able = [person for person in candidates if reasons[person.staff_id] is None]
    if able:
        best = min(able, key=_order(wanted))
        return Choice(best.staff_id, rule.name, _trace(candidates, best, reasons, wanted))
    return _fallback(candidates, reasons, wanted)


def _matches(rule: Rule, wanted: Wanted) -> bool:
    c = rule.conditions
    return (
        ("groups" not in c or wanted.group in c["groups"])
        and ("form_types" not in c or wanted.form_type in c["form_types"])
        and wanted.value_cents >= c.get("min_value_cents", 0)
        and (not c.get("vip") or wanted.vip)
    )


def _why_not(person: Candidate, rule: Rule, wanted: Wanted) -> str | None:
    to = rule.assign_to
    if not person.on_shift:
        return "not on shift"
    if person.status != "available":
        return {"break": "on break", "busy": "busy", "off_duty": "off duty"}.get(person.status, person.status)
    if wanted.group and person.skills and wanted.group not in person.skills:
        return f"not trained for {wanted.group.replace('_', ' ')}"
    if to.get("titles") and person.title not in to["titles"]:
        return "not in this rule's team"
    if person.seniority < to.get("min_seniority", 0):
        return "not senior enough for this rule"
    if person.open_leads >= person.capacity:
        return f"full: {person.open_leads} of {person.capacity} open leads"
    return None


def _order(wanted: Wanted) -> Any:
    def key(person: Candidate) -> tuple[Any, ...]:
        seniority = -person.seniority if wanted.vip else 0
        return (
            _elsewhere(person, wanted),
            seniority,
            person.open_leads,
            person.last_assigned or LONG_AGO,
            person.staff_id,
        )

    return key


def _elsewhere(person: Candidate, wanted: Wanted) -> bool:
    return bool(wanted.location and person.location and person.location != wanted.location)


def _trace(
    candidates: Sequence[Candidate], best: Candidate, reasons: Mapping[str, str | None], wanted: Wanted
) -> tuple[dict[str, Any], ...]:
    lines = [
        _line(
            best, chosen=True, why=f"on shift, {best.open_leads} of {best.capacity} open leads, next in turn"
        )
    ]
    for person in candidates:
        if person is not best:
            why = reasons[person.staff_id] or _behind(person, best, wanted)
            lines.append(_line(person, chosen=False, why=why))
    return tuple(lines)


def _behind(person: Candidate, best: Candidate, wanted: Wanted) -> str:
    """What put somebody who fits behind the chosen one: the first thing in `_order` that differs."""
    if _elsewhere(person, wanted) and not _elsewhere(best, wanted):
        return "works at another location"
    if wanted.vip and person.seniority != best.seniority:
        return f"less senior than {best.name}"
    if person.open_leads != best.open_leads:
        return f"{_load(person)}, {best.name} has {best.open_leads}"
    if person.last_assigned != best.last_assigned:
        return f"{_load(person)} too, and was given one more recently than {best.name}"
    return f"{_load(person)} too; {best.name} comes first in the list"


def _load(person: Candidate) -> str:
    return "1 open lead" if person.open_leads == 1 else f"{person.open_leads} open leads"


def _fallback(candidates: Sequence[Candidate], reasons: Mapping[str, str | None], wanted: Wanted) -> Choice:
    """Nobody fits now. In turn: on shift with any skill; skilled but off shift; managers; anybody at all."""
    steps: list[tuple[str, Callable[[Candidate], bool]]] = [
        ("Fallback: on shift, any skill", lambda p: p.on_shift and p.status == "available"),
        ("Fallback: first one back with the skill", lambda p: not wanted.group or wanted.group in p.skills),
        ("Fallback: manager", lambda p: p.role == "manager"),
        ("Fallback: anybody", lambda _: True),
    ]
    for name, fits in steps:
        pool = [person for person in candidates if fits(person)]
        if pool:
            best = min(pool, key=_order(wanted))
            lines = [
                _line(
                    best,
                    chosen=True,
                    why=f"nobody fits the rule now; next best although {reasons[best.staff_id]}, {_load(best)}",
                )
            ]
            lines += [
                _line(p, chosen=False, why=reasons[p.staff_id] or "") for p in candidates if p is not best
            ]
            return Choice(best.staff_id, name, tuple(lines))
    return Choice(None, "Nobody accepts leads", ())


def _line(person: Candidate, *, chosen: bool, why: str) -> dict[str, Any]:
    return {"staff_id": person.staff_id, "name": person.name, "chosen": chosen, "why": why}
