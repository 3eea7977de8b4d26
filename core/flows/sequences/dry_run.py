"""The dry run of a sequence: what one person would be sent, when, and why not, played by `playing`. Changes nothing.

A made-up person is followed without any database. A real one enters as of a moment, with all that is known of them:
their standing, what they were sent lately, and what other sequences have planned for them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from core import plans
from core.app import App
from core.compliance.store import Standing
from core.domain.errors import InvalidInput
from core.domain.phone import Phone
from core.flows.sending import answering, dispatch_facts
from core.flows.sending.dispatch_world import World
from core.flows.sequences import enrolling
from core.flows.sequences.pieces import Entry, Event, Outcome, Row, Way, rows_of
from core.flows.sequences.playing import Play
from core.leads.store import groups, leads
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed
from core.messaging.library import Catalogue
from core.messaging.store import dispatch, steps
from core.messaging.variables import variables
from core.operations import store as operations
from core.operations.store import Gate
from core.patients.rules import whereabouts
from core.patients.store.profiles import PatientBrief
from core.reference import Reference
from core.sequences import store as sequences
from core.sequences.rules.choosing import BY_FORM
from core.sequences.rules.definition import Anchor
from core.sequences.rules.definition import Sequence as Plan
from core.sla import rules as sla_rules
from core.staff.store import people

NOBODY, OWNER = "made-up", "made-up owner"
USUAL = "warm"  # the temperature of a request of which nothing is known
BOTH = frozenset({"transactional", "marketing"})
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Person:
    """A made-up one, as they would fill in a form. `language`: en, es, '' for the clinic's; `consent`: what they agreed
    to, of transactional and marketing."""

    phone: Phone
    zip: str = ""
    language: str = ""
    consent: frozenset[str] = BOTH


@dataclass(frozen=True)
class Backdrop:
    """What the clinic uses: its data, templates, and sequences by key, to which an exit may lead."""

    reference: Reference
    catalogue: Catalogue
    plans: Mapping[str, Plan]


def moments(plan: Plan, at: datetime, booked_at: datetime | None = None) -> dict[Anchor, datetime]:
    """What the steps count from where one moment is known: that at which the sequence starts, or the visit where it
    surrounds one. Unless `booked_at` says when, it was booked a day before its first step: none has passed then.

    Raises InvalidInput(booked_at) for a booking after the visit.
    """
    before = [step.offset for step in plan.planned() if step.anchor is Anchor.VISIT]
    if plan.starts_on is not Anchor.BOOKING or not before:
        return {plan.starts_on: at}
    booked_at = booked_at or at + min(before) - A_DAY
    if booked_at > at:
        raise InvalidInput.of("booked_at", "A visit is booked before it takes place.")
    return {Anchor.BOOKING: booked_at, Anchor.VISIT: at}


def dry_run(
    plan: Plan,
    person: Person,
    anchors: Mapping[Anchor, datetime],
    events: Iterable[Event],
    backdrop: Backdrop,
    *,
    words: bool = False,
) -> list[Outcome]:
    """What becomes of each step, in the order of the plan, then those of a sequence that an exit leads to.

    They enter at the moment of `anchors` that the sequence starts on. `words`: with sample values. Raises KeyError
    where that moment is missing.
    """
    return dry_run_all([(plan, anchors)], person, events, backdrop, words=words)


def dry_run_all(
    plans_and_anchors: Sequence[tuple[Plan, Mapping[Anchor, datetime]]],
    person: Person,
    events: Iterable[Event],
    backdrop: Backdrop,
    *,
    words: bool = False,
) -> list[Outcome]:
    """The same for somebody who is in several sequences at once."""
    entries = [Entry(anchors[plan.starts_on], plan, anchors) for plan, anchors in plans_and_anchors]
    begins = min(entry.at for entry in entries)
    play = Play(made_up(person, backdrop, begins), backdrop.plans, NOBODY, words=words)
    if words:
        play.samples = _samples(person.language or backdrop.reference.clinic.language)
        lead, owner = play.world.leads[NOBODY], play.world.owners[OWNER]
        promise = partial(_promise, backdrop.reference, lead, owner, USUAL)
        entries = [replace(entry, promise=promise(entry.plan, entry.at)) for entry in entries]
    return play.run(entries, events)


def _promise(
    reference: Reference, lead: LeadBrief, owner: str | None, temperature: str, plan: Plan, now: datetime
) -> dict[str, str]:
    """Who calls whoever enters by a form, and until when, as the clock of a request says that begins now."""
    if plan.starts_on not in BY_FORM:
        return {}
    form_type = next(iter(plan.forms), lead.form_type)
    facts = {"temperature": temperature, "form_type": form_type, "location": lead.location}
    policy = sla_rules.choose(reference.policies, sla_rules.FIRST_CONTACT, facts)
    hours = reference.clinic.location(lead.location).hours
    return enrolling.promise(owner, sla_rules.due_at(policy, hours, now))


def _samples(language: str) -> dict[str, str]:
    return {name: one.sample[language] for name, one in variables().items()}


def made_up(person: Person, backdrop: Backdrop, now: datetime) -> World:
    """All that is true of somebody whom nobody has sent anything yet."""
    reference, phone = backdrop.reference, person.phone
    language = person.language or reference.clinic.language
    where = whereabouts(person.zip, phone.e164, reference.area_codes, reference.clinic.zone.key)
    first_name = variables()["firstName"].sample[language]
    patient = PatientBrief(
        NOBODY,
        first_name,
        ",".join(where.zones),
        where.state,
        vip=False,
        opened_before=False,
        phone_index=NOBODY,
        language=person.language,
    )
    return World(
        reference=reference,
        catalogue=backdrop.catalogue,
        sender="",
        stopped_templates=frozenset(),
        segments_left=None,
        leads={NOBODY: _lead(person, reference, now)},
        patients={NOBODY: patient},
        standings={NOBODY: _standing(person, now)},
        recent=defaultdict(list),
        coming={},
        inbound={},
        enrollments={},
        answers=answering.Answers(reference),
        last_names={NOBODY: variables()["lastName"].sample[language]},
        owners={OWNER: variables()["staffName"].sample[language]},
        visits={},
        variants={},
        now=now,
    )


def _lead(person: Person, reference: Reference, now: datetime) -> LeadBrief:
    phone = person.phone
    return LeadBrief(
        id=NOBODY,
        number=0,
        created_at=now,
        patient_id=NOBODY,
        state="open",
        owner_id=OWNER,
        phone=phone.e164,
        phone_index=NOBODY,
        extension=phone.extension,
        call_only=not phone.textable,
        treatment="",
        form_type="",
        location=reference.clinic.nearest(person.zip).slug,
        attempted_at=None,
        contacted_at=None,
        responded_at=None,
        booked_at=None,
        snoozed_until=None,
        paused_until=None,
    )


def _standing(person: Person, now: datetime) -> Standing:
    return Standing(**{f"{scope}_at": now for scope in sorted(person.consent & BOTH)})


def for_lead(
    session: Session,
    app: App,
    lead_id: str,
    plan: Plan,
    anchors: Mapping[Anchor, datetime],
    events: Iterable[Event] = (),
    *,
    now: datetime,
) -> list[Outcome]:
    """What becomes of each step where this lead's patient enters at `now`, in the words of each text that would go.

    What their other sequences have planned is played too, and told only as what a step waits for. Whether the re-entry
    rule lets them in is not asked. Raises NotFound.
    """
    lead = leads.get(session, lead_id)
    in_use = plans.published(session)
    standing = _under_way(session, lead, now)
    world = _gather(session, app, lead, [plan, *in_use.values()], standing, now)
    play = Play(world, in_use, lead.id, words=True, rows=standing, ways=_ways(session, standing))
    entered = {key: sequences.last_entered(session, lead.patient_id, key) for key in _led_to(plan, in_use)}
    play.entered = {key: at for key, at in entered.items() if at}
    owner = people.name(session, lead.owner_id) if lead.owner_id else None
    temperature = leads.temperature(session, lead.id)
    promise = _promise(app.reference, lead, owner, temperature, plan, now)
    return play.run([Entry(now, plan, anchors, promise)], events)


def _under_way(session: Session, lead: LeadBrief, now: datetime) -> list[Row]:
    """Steps that are planned for this number, whosever they are."""
    theirs = groups.with_phones(session, [lead.phone_index]) if lead.phone_index else [lead.id]
    due = steps.due_of_leads(session, theirs)
    claims = dispatch.planned_ones(session, list(due))
    return [Row(claim, claim.planned_for, max(due[claim.id], now)) for claim in claims]


def _ways(session: Session, standing: Sequence[Row]) -> list[Way]:
    ids = dict.fromkeys(row.claim.enrollment_id or "" for row in standing)
    found = [enrollment for id_ in ids if (enrollment := sequences.get(session, id_))]
    return [
        Way(one.id, plan, one.lead_id, is_told=False)
        for one in found
        if (plan := plans.pinned(session, one.sequence, one.version))
    ]


def _gather(
    session: Session,
    app: App,
    lead: LeadBrief,
    may_enter: Iterable[Plan],
    standing: Sequence[Row],
    now: datetime,
) -> World:
    """The facts of this moment for everything that may become due."""
    unstopped = Gate("", operations.gate(session).templates, operations.published_stamp(session))
    to_come = [claim for plan in may_enter for claim in _any_claims(plan, lead, now)]
    world = dispatch_facts.gather(session, app, [*to_come, *(row.claim for row in standing)], unstopped, now)
    world.leads |= leads.find_all(session, sorted({lead.id, *(row.claim.lead_id or "" for row in standing)}))
    return world


def _any_claims(plan: Plan, lead: LeadBrief, now: datetime) -> list[Claimed]:
    """Every step as if it were due now: which facts are read turns on whom and in what words, not on when."""
    return [row.claim for row in rows_of(Entry(now, plan, dict.fromkeys(Anchor, now)), "", lead)]


def _led_to(plan: Plan, in_use: Mapping[str, Plan]) -> set[str]:
    """Sequences that somebody may get into by exits."""
    found: set[str] = set()
    ahead = [plan]
    while ahead:
        leads_to = {step.then for step in ahead.pop().planned() if step.then in in_use} - found
        found |= leads_to
        ahead += [in_use[key] for key in leads_to]
    return found
