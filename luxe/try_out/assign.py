"""`luxe try assign`: who would be given a lead, by which rule, and why: the very choice that a form makes.

Without `rules` the published ones count, without `staff` the clinic's own people as they stand at `at`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from core.assignment.rules.choosing import Choice, choose
from core.assignment.rules.definition import FaultyRules, RuleSet, parse_rules
from core.assignment.rules.legacy import rule_of
from core.assignment.rules.people import Candidate, Wanted, distances, is_referral, wall
from core.domain.errors import InvalidInput
from core.domain.hours import parse_window
from core.flows.leads import assigning
from core.leads.rules import heat
from core.reference import Reference
from core.settings import load_settings
from luxe.moments import Moment
from luxe.try_out import in_use

LIKE_ALL = ConfigDict(populate_by_name=True, coerce_numbers_to_str=True)


class LeadLine(BaseModel):
    """A lead as a form tells of it. `value` in dollars; without one, what the treatment usually comes to."""

    model_config = LIKE_ALL

    treatment: str | None = None
    value: Annotated[float, Field(ge=0, le=10_000_000)] | None = None
    vip: bool = False
    zip: str | None = None
    location: str | None = None
    form_type: str | None = Field(None, validation_alias=AliasChoices("form_type", "formType", "form"))
    language: str | None = None
    priority: Literal[1, 2, 3, 4] | None = None
    source: str | None = None
    referral: bool | None = None
    provider: str | None = None
    timeframe: str | None = None
    at: Moment | None = None


class StaffLine(BaseModel):
    """Somebody who may be given it. `on_shift` says outright whether they are there, else `hours` of the week do."""

    model_config = LIKE_ALL

    id: str | None = Field(None, validation_alias=AliasChoices("id", "staff_id", "staff", "username"))
    name: str | None = None
    role: str = "frontdesk"
    title: str | None = None
    skills: list[str] = Field(
        [],
        validation_alias=AliasChoices("skills", "specialties", "treatmentSpecialties", "qualifiedTreatments"),
    )
    seniority: int = Field(1, validation_alias=AliasChoices("seniority", "seniorityLevel"))
    location: str | None = None
    languages: list[str] = []
    status: str = Field("available", validation_alias=AliasChoices("status", "currentStatus"))
    on_shift: bool | None = None
    hours: dict[str, list[str]] | None = Field(
        None, validation_alias=AliasChoices("hours", "workingHours", "shifts")
    )
    open_leads: Annotated[int, Field(ge=0)] = Field(
        0, validation_alias=AliasChoices("open_leads", "open", "load", "activeLeads", "active_leads")
    )
    capacity: Annotated[int, Field(ge=0)] = Field(
        8, validation_alias=AliasChoices("capacity", "maxActiveLeads", "max_active_leads")
    )
    accepts_leads: bool = Field(True, validation_alias=AliasChoices("accepts_leads", "acceptsNewLeads"))
    active: bool = True
    weight: Annotated[int, Field(ge=1)] = 1
    turn: Annotated[int, Field(ge=0)] = 0
    on_call: bool = False
    off_rotation: bool = False
    last_assigned: Moment | None = Field(
        None, validation_alias=AliasChoices("last_assigned", "last_assigned_at", "lastAssigned")
    )


class Line(BaseModel):
    """One lead, and whom it may go to by which rules."""

    lead: LeadLine
    staff: list[StaffLine] | None = None
    rules: list[dict[str, Any]] | dict[str, Any] | None = None


def answer(line: Line, reference: Reference) -> dict[str, Any]:
    """`staff` None where it would wait; `trace` the chosen one first. Raises InvalidInput(rules, staff)."""
    at = line.lead.at or _now()
    rules = _rules(line.rules) if line.rules is not None else reference.assignment
    wanted = _wanted(line.lead, reference, at)
    people = _people(line.staff, reference, at) if line.staff is not None else _own(reference, at)
    choice = choose(rules, wanted, people)
    return {
        "staff": choice.staff_id,
        "rule": choice.rule,
        "trace": [{"staff": one["staff_id"], "why": one["why"]} for one in choice.trace],
    } | _waits(choice)


def _waits(choice: Choice) -> dict[str, str]:
    return {"waits_for": choice.waits_for} if choice.waits_for else {}


def _rules(raw: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> RuleSet:
    """As they are edited, as a list alone, or as rows of the table `assignment_rules` once were."""
    body = dict(raw) if isinstance(raw, Mapping) else {"rules": list(raw)}
    entries = body.get("rules")
    if isinstance(entries, list):
        body["rules"] = [_rule(one) for one in sorted(entries, key=_priority)]
    try:
        return parse_rules(body)
    except FaultyRules as faulty:
        first = faulty.faults[0]
        raise InvalidInput.of("rules", f"{first.field}: {first.message}") from faulty


def _priority(entry: Any) -> float:
    """Rows of the table have their place in a column; a list has it by its order."""
    place = entry.get("priority") if isinstance(entry, Mapping) else None
    return float(place) if isinstance(place, int | float) else 0.0


def _rule(entry: Any) -> Any:
    if isinstance(entry, Mapping) and "give" not in entry and isinstance(entry.get("assign_to"), Mapping):
        return rule_of({"is_active": True, **entry})
    return entry


def _wanted(lead: LeadLine, reference: Reference, at: datetime) -> Wanted:
    code = reference.treatment_code(lead.treatment or "") or (lead.treatment or "")
    treatment = reference.treatments.get(code)
    place = lead.location or reference.clinic.nearest(lead.zip or "").slug
    zone = reference.clinic.location(place).hours.zone
    usual = treatment.value_cents if treatment else 0
    value = round(lead.value * 100) if lead.value is not None else usual
    form = lead.form_type or "consultation_request"
    warmth = heat(form, lead.timeframe or "", value, vip=lead.vip, returning=False, has_notes=False)
    return Wanted(
        group=treatment.group if treatment else "",
        location=place,
        value_cents=value,
        vip=lead.vip,
        form_type=form,
        treatment=code,
        priority=lead.priority or warmth.priority,
        language=lead.language or "",
        source=lead.source or "",
        zip=lead.zip or "",
        referral=is_referral("", lead.source or "") if lead.referral is None else lead.referral,
        at=wall(at.astimezone(zone)),
        provider=lead.provider or "",
        distance=distances(
            lead.zip or "", {slug: one.zips for slug, one in reference.clinic.locations.items()}
        ),
    )


def _people(lines: Sequence[StaffLine], reference: Reference, at: datetime) -> list[Candidate]:
    named = [line.id or line.name for line in lines]
    if None in named or len(set(named)) < len(named):
        raise InvalidInput.of("staff", "Each person needs an id, or a name, of their own.")
    return [_person(line, reference, at) for line in lines if line.active and line.accepts_leads]


def _person(line: StaffLine, reference: Reference, at: datetime) -> Candidate:
    return Candidate(
        staff_id=line.id or line.name or "",
        name=line.name or line.id or "",
        role=line.role,
        title=line.title if line.title is not None else line.role,
        skills=frozenset(_group(skill, reference) for skill in line.skills),
        seniority=line.seniority,
        location=line.location or "",
        on_shift=_is_there(line, reference, at),
        status=line.status,
        open_leads=line.open_leads,
        capacity=line.capacity,
        last_assigned=line.last_assigned.isoformat() if line.last_assigned else "",
        languages=frozenset(line.languages),
        weight=line.weight,
        turn=line.turn,
        on_call=line.on_call,
        missed_out=line.off_rotation,
    )


def _group(skill: str, reference: Reference) -> str:
    """A skill is a kind of treatment; who is trained for one treatment is trained for its kind."""
    known = reference.treatments.get(reference.treatment_code(skill))
    return known.group if known else skill


def _is_there(line: StaffLine, reference: Reference, at: datetime) -> bool:
    if line.on_shift is not None:
        return line.on_shift
    if line.hours is None:
        return True
    try:
        windows = {int(day): tuple(parse_window(text) for text in spans) for day, spans in line.hours.items()}
    except ValueError as error:
        raise InvalidInput.of(
            "staff", f'hours are like {{"0": ["09:00-17:00"]}}, 0 is Monday: {error}'
        ) from error
    return reference.clinic.location(line.location or "").hours.of_somebody(windows).is_open(at)


def _now() -> datetime:
    return load_settings().build_clock.now()


@cache
def _own(reference: Reference, at: datetime) -> list[Candidate]:
    """The clinic's own people: nobody where there is no database yet."""
    app = in_use.installed()
    if app is None:
        return []
    with app.db.read() as session:
        return assigning.candidates(session, reference, at)
