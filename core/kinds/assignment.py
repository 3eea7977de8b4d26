"""The rules of who gets a lead."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.assignment import store as assignment
from core.assignment.rules import in_words as rules_in_words
from core.assignment.rules.definition import FaultyRules, Pool, parse_rules
from core.domain.reading import Problem
from core.domain.roles import Permission
from core.setup.named_places import unknown_in_rules
from core.shipped import shipped_assignment
from core.staff.store import people
from core.staff.store.people import PoolMember
from core.versions.rules import Body, Kind

RULES_KEY = "rules"  # one key: the order of the rules is a part of what they say
NOBODY_OF_IT = (
    "Nobody who takes leads is of this team. Add somebody under Staff, choose others, or turn the rule off."
)


def _rules_problems(body: Body) -> list[Problem]:
    try:
        parse_rules(body)
    except FaultyRules as faulty:
        return [Problem(fault.field, fault.message) for fault in faulty.faults]
    return []


def _rules_sound(session: Session, _key: str, body: Body) -> list[Problem]:
    """A rule whose people nobody could ever be would only delay a lead; one about no location never holds."""
    takers = people.pool(session)
    return unknown_in_rules(session, body) or [
        Problem(f"rules.{place}.give", NOBODY_OF_IT)
        for place, rule in enumerate(parse_rules(body).rules)
        if takers and rule.on and not any(_could_be(pool, one) for pool in rule.give for one in takers)
    ]


def _could_be(pool: Pool, one: PoolMember) -> bool:
    speaks = frozenset(one.languages)
    return pool.could_be(one.id, one.title, frozenset(one.skills), one.seniority, one.location, speaks)


def _mirror_rules(session: Session, body: Body | None, now: datetime) -> None:
    assignment.mirror(session, body or shipped_assignment(), now)


ASSIGNMENT = Kind(
    name="assignment_rules",
    noun="list of rules",
    sees=Permission.SEE_RULES,
    permission=Permission.EDIT_RULES,
    parse=_rules_problems,
    shipped=lambda: {RULES_KEY: shipped_assignment()},
    shown=rules_in_words.shown,
    sound=_rules_sound,
    follows=_mirror_rules,
)
