"""One lead as its page shows it: who, what was asked for, consent, owner and why, clocks, what is to come.

The conversation and the timeline are in `lead_thread`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core.assignment.tables import assignments
from core.domain.errors import NotFound
from core.domain.roles import Actor, Permission, require
from core.intake.labels import label_of
from core.intake.tables import form_submissions
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from core.reads import lead_consent, lead_visits, lead_work
from core.reads.lead_consent import Conflict, ConsentLine, Standing, columns_of
from core.reads.lead_opening import MISSING
from core.reads.lead_visits import VisitShown, VisitStory
from core.reads.lead_work import LoggedCall, OpenTask, UnderWay
from core.reads.parts import alarms, taken_up
from core.reads.parts.alarms import Alarm
from core.reads.parts.taken_up import Alerted
from core.sla.tables import sla_clocks
from core.staff.tables import staff

L, P = leads.c, patients.c
MOST_ACTIONS = 60
MOST_EARLIER = 12


@dataclass(frozen=True)
class Profile:
    """The patient. `zones` as stored: one, or several joined by commas where it is not sure."""

    id: str
    first_name: str
    last_name: str
    email: str | None
    birth_date: str | None
    zip: str | None
    state: str
    zone: str
    status: str
    vip: bool
    score: int
    preferred_channel: str
    preferred_time: str | None
    referral: str | None
    texts_in: int
    texts_out: int
    last_contact_at: datetime | None
    last_response_at: datetime | None
    language: str
    unencrypted_at: datetime | None
    phone_index: str | None


@dataclass(frozen=True)
class Request:
    """The lead itself."""

    id: str
    number: int
    submission_id: str | None
    created_at: datetime
    state: str
    form_type: str
    treatment: str
    timeframe: str
    budget: str
    notes: str | None
    value_cents: int
    temperature: str
    priority: int
    location: str
    source: str
    campaign: str
    phone: str | None
    extension: str | None
    phone_index: str | None
    call_only: bool
    owner_id: str | None
    assigned_at: datetime | None
    snoozed_until: datetime | None
    paused_until: datetime | None
    paused_by: str | None
    paused_why: str | None
    disqualified_reason: str | None
    unread: int
    viewed_at: datetime | None
    attempted_at: datetime | None
    contacted_at: datetime | None
    responded_at: datetime | None
    qualified_at: datetime | None
    booked_at: datetime | None
    attended_at: datetime | None
    treated_at: datetime | None
    wrong_number_at: datetime | None


@dataclass(frozen=True)
class Clock:
    """One SLA target of this lead. `target_seconds` is opening time."""

    target: str
    policy: str
    target_seconds: int
    started_at: datetime
    due_at: datetime
    state: str
    ended_at: datetime | None
    response_seconds: int | None


@dataclass(frozen=True)
class WhyOwner:
    """The last decision about who owns the lead. `trace`: [{"staff_id", "name", "chosen", "why"}]."""

    rule: str
    at: datetime
    by: str | None
    trace: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Later:
    """An action of this lead that is planned, under way, or was stopped."""

    id: str
    kind: str
    state: str
    purpose: str
    due_at: datetime
    planned_for: datetime
    step: str | None
    conditions: tuple[str, ...]
    template: str | None
    variables: Mapping[str, str]
    reason: str
    settled_at: datetime | None


@dataclass(frozen=True)
class LeftOut:
    """A field of the form that could not be used: its name as people read it, what was written, and what is wrong."""

    label: str
    value: str
    message: str


@dataclass(frozen=True)
class Earlier:
    """Another request of the same patient."""

    number: int
    form_type: str
    treatment: str
    state: str
    created_at: datetime


@dataclass(frozen=True)
class Lead:
    """Everything beside the conversation.

    `form_data` is what the form carried, by its field names. `alarm` while the patient may be in danger.
    `alerted`: somebody was told of it, and nobody has tried to reach the patient yet.
    """

    request: Request
    profile: Profile
    owner: str | None
    clocks: tuple[Clock, ...]
    standing: Standing
    consents: tuple[ConsentLine, ...]
    conflicts: tuple[Conflict, ...]
    why: WhyOwner | None
    later: tuple[Later, ...]
    tasks: tuple[OpenTask, ...]
    calls: tuple[LoggedCall, ...]
    visits: tuple[VisitShown, ...]
    under_way: tuple[UnderWay, ...]
    form_data: Mapping[str, Any]
    set_aside: tuple[LeftOut, ...]
    earlier: tuple[Earlier, ...]
    alarm: Alarm | None = None
    paused_by: str | None = None
    alerted: Alerted | None = None
    story: VisitStory | None = None  # of the newest visit


def read(session: Session, actor: Actor, lead_id: str) -> Lead:
    """Raises Denied, and NotFound for an unknown id."""
    require(actor, Permission.SEE_LEADS)
    request = _request(session, lead_id)
    form_data = _form_data(session, request.submission_id)
    visits = lead_visits.visits(session, lead_id)
    profile_id = session.execute(select(L.patient_id).where(L.id == lead_id)).scalar_one()
    return Lead(
        request=request,
        profile=_profile(session, profile_id),
        owner=_name(session, request.owner_id),
        paused_by=_name(session, request.paused_by),
        clocks=_clocks(session, lead_id),
        standing=lead_consent.standing(session, request.phone_index),
        consents=lead_consent.ledger(session, request.phone_index),
        conflicts=lead_consent.conflicts(session, profile_id),
        why=_why(session, lead_id),
        later=_later(session, lead_id),
        form_data=form_data,
        set_aside=_set_aside(form_data),
        tasks=lead_work.open_tasks(session, lead_id),
        calls=lead_work.calls(session, lead_id),
        visits=visits,
        story=lead_visits.story(session, lead_id, visits[0]) if visits else None,
        under_way=lead_work.under_way(session, lead_id),
        earlier=_earlier(session, profile_id, lead_id),
        alarm=alarms.of(session, [lead_id]).get(lead_id),
        alerted=taken_up.of(session, [lead_id]).get(lead_id),
    )


def _request(session: Session, lead_id: str) -> Request:
    row = session.execute(select(*columns_of(leads, Request)).where(L.id == lead_id)).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return Request(*row)


def _profile(session: Session, patient_id: str) -> Profile:
    return Profile(*session.execute(select(*columns_of(patients, Profile)).where(P.id == patient_id)).one())


def _name(session: Session, staff_id: str | None) -> str | None:
    if staff_id is None:
        return None
    return session.execute(select(staff.c.name).where(staff.c.id == staff_id)).scalar_one_or_none()


def _clocks(session: Session, lead_id: str) -> tuple[Clock, ...]:
    c = sla_clocks.c
    rows = session.execute(
        select(*columns_of(sla_clocks, Clock)).where(c.lead_id == lead_id).order_by(c.started_at, c.id)
    )
    return tuple(Clock(*row) for row in rows)


def _why(session: Session, lead_id: str) -> WhyOwner | None:
    a = assignments.c
    row = session.execute(
        select(a.rule, a.at, staff.c.name, a.trace)
        .outerjoin(staff, staff.c.id == a.by_staff_id)
        .where(a.lead_id == lead_id)
        .order_by(a.at.desc(), a.id.desc())
        .limit(1)
    ).one_or_none()
    return WhyOwner(row[0], row[1], row[2], tuple(row[3])) if row else None


def _later(session: Session, lead_id: str) -> tuple[Later, ...]:
    """What is still to come, and steps that were stopped or dropped, by the moment they were meant for."""
    a = timed_actions.c
    rows = session.execute(
        select(*columns_of(timed_actions, Later))
        .where(
            a.lead_id == lead_id,
            a.purpose.not_in(("staff_alert", "manual")),
            a.kind != "gate",
            a.state.in_(("planned", "sending", "unknown", "cancelled", "dropped")),
        )
        .order_by(a.due_at)
        .limit(MOST_ACTIONS)
    )
    return tuple(_later_row(row) for row in rows)


def _later_row(row: Row[Any]) -> Later:
    values = row._asdict()
    return Later(**values | {"conditions": tuple(values["conditions"])})


def _form_data(session: Session, submission_id: str | None) -> Mapping[str, Any]:
    if submission_id is None:
        return {}
    f = form_submissions.c
    found = session.execute(select(f.form_data).where(f.id == submission_id)).scalar_one_or_none()
    return found or {}


def _set_aside(form_data: Mapping[str, Any]) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(label_of(one["field"]), one["value"], one["message"])
        for one in form_data.get("set_aside", ())
    )


def _earlier(session: Session, patient_id: str, lead_id: str) -> tuple[Earlier, ...]:
    rows = session.execute(
        select(L.number, L.form_type, L.treatment, L.state, L.created_at)
        .where(L.patient_id == patient_id, L.id != lead_id)
        .order_by(L.created_at.desc())
        .limit(MOST_EARLIER)
    )
    return tuple(Earlier(*row) for row in rows)
