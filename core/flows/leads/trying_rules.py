"""A list of rules tried before it is published: for a lead that is made up, and for those of the last month.

Nothing is written. What cannot be read yet is refused with the first fault, in words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from core.assignment.rules.choosing import Choice, choose
from core.assignment.rules.definition import FaultyRules, RuleSet, parse_rules
from core.assignment.rules.people import Candidate, Wanted, distances, wall
from core.assignment.rules.replaying import Past, Replayed, replay
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, require
from core.flows.leads import assigning
from core.reference import Reference
from core.staff.store import people as store_pool

QUARTER = 15  # minutes: nobody's shift begins within one


@dataclass(frozen=True)
class Tried:
    """What would become of a made-up lead. `place` counts the rules from 1, 0 where none of them holds."""

    choice: Choice
    place: int
    people: tuple[Candidate, ...]


def what_if(
    session: Session,
    reference: Reference,
    actor: Actor,
    body: Mapping[str, Any],
    lead: Mapping[str, Any],
    *,
    now: datetime,
) -> Tried:
    """Who would be given this lead by these rules, as everybody stands now. Raises Denied, InvalidInput(rules)."""
    require(actor, Permission.SEE_RULES)
    rules, people = _rules(body), assigning.candidates(session, reference, now)
    choice = choose(rules, _made_up(lead, reference, now), people)
    held = choice.by or choice.rule
    place = next((at for at, rule in enumerate(rules.rules, 1) if rule.name == held), 0)
    return Tried(choice, place, tuple(people))


def replay_month(
    session: Session, reference: Reference, actor: Actor, body: Mapping[str, Any], past: Sequence[Past]
) -> Replayed:
    """Who would have had these leads by these rules. Raises Denied, InvalidInput(rules)."""
    require(actor, Permission.SEE_RULES)
    return replay(_rules(body), past, _people_at(session, reference))


def _rules(body: Mapping[str, Any]) -> RuleSet:
    try:
        return parse_rules(body)
    except FaultyRules as faulty:
        first = faulty.faults[0]
        raise InvalidInput.of("rules", f"Not yet: {first.message}") from faulty


def _people_at(session: Session, reference: Reference) -> Callable[[datetime], list[Candidate]]:
    """Who was at work at a moment, by the hours of today; nobody is on a break."""
    pool = {one.id: one for one in store_pool.pool(session)}

    @cache
    def there(staff_id: str, quarter: datetime) -> bool:
        return assigning.on_shift(pool[staff_id], reference, quarter)

    def at(moment: datetime) -> list[Candidate]:
        quarter = moment.replace(minute=moment.minute // QUARTER * QUARTER, second=0, microsecond=0)
        return [
            Candidate(
                one.id, one.name, one.role, one.title, frozenset(one.skills), one.seniority, one.location,
                there(one.id, quarter), "available", 0, one.capacity, "",
                languages=frozenset(getattr(one, "languages", ())), weight=getattr(one, "weight", 1),
            )
            for one in pool.values()
        ]  # fmt: skip

    return at


def _made_up(lead: Mapping[str, Any], reference: Reference, now: datetime) -> Wanted:
    """Fields as a browser sends them, all of them text or yes and no."""

    def said(name: str, otherwise: str = "") -> str:
        return str(lead.get(name) or otherwise)

    zip_code = said("zip")
    treatment = reference.treatments.get(said("treatment"))
    place = said("location") or reference.clinic.nearest(zip_code).slug
    dollars, priority = said("value"), said("priority", "3")
    usual = treatment.value_cents if treatment else 0
    return Wanted(
        group=treatment.group if treatment else "",
        location=place,
        value_cents=int(dollars) * 100 if dollars.isascii() and dollars.isdecimal() else usual,
        vip=lead.get("vip") is True,
        form_type=said("form", "consultation_request"),
        treatment=said("treatment"),
        priority=int(priority) if priority in ("1", "2", "3", "4") else 3,
        language=said("language"),
        source=said("source"),
        zip=zip_code,
        referral=lead.get("referral") is True,
        at=wall(now.astimezone(reference.clinic.location(place).hours.zone)),
        distance=distances(zip_code, {slug: one.zips for slug, one in reference.clinic.locations.items()}),
    )
