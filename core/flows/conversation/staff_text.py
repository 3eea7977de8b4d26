"""Staff write to a patient, and decide about texts that are still to go.

A text leaves ten seconds after it was written, so that it can be taken back; until then it is a planned action like
any other, and at hand-over the send decision still asks about opt-outs and texting hours.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core import kinds
from core.compliance import store as compliance
from core.conversation import store_drafts as drafts
from core.domain.errors import ClosedToTexts, InvalidInput, LostRace, NotFound
from core.domain.ids import new_id
from core.domain.phone import may_be_texted, show_phone
from core.domain.roles import Actor, Permission, require
from core.flows.leads import contact
from core.flows.leads.contact import MISSED_YOU
from core.flows.leads.staff_action import ago, open_for_work
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import by_hand, conversation
from core.messaging.store import planning as messaging
from core.patients.store import profiles as patients
from core.reference import Reference
from core.staff.store import people

UNDO = timedelta(seconds=10)
LONGEST = 1600  # what the provider takes in one request
MANUAL_WAITS = timedelta(hours=20)  # a text held overnight still goes in the morning, not days later


def send_text(
    session: Session,
    reference: Reference,
    actor: Actor,
    lead_id: str,
    body: str,
    *,
    now: datetime,
    template: str | None = None,
    began_at: datetime | None = None,
    draft: int = 0,
) -> str:
    """Plan a text to the lead's number in ten seconds; its action id. `cancel_action` takes it back until then.

    `template` names the quick wording that the text began as, where something follows from that. `began_at`: since
    when the person writes; `draft`: the revision of the draft that this text was. Raises InvalidInput(body),
    LostRace where the thread went on since, and ClosedToTexts with why and what to do instead.
    """
    lead, words = writable(session, reference, actor, lead_id, body)
    if began_at:
        nothing_came_between(session, actor.staff_id, lead, began_at, now)
    contact.has_read(session, lead_id, now)
    contact.await_conversation(session, reference, lead, now)
    drafts.throw_away(session, lead_id, actor.staff_id, "text", draft)
    return messaging.plan(
        session, by_person(actor.staff_id, lead, words, now + UNDO, now, template=template), now
    )


def writable(
    session: Session, reference: Reference, actor: Actor, lead_id: str, body: str
) -> tuple[LeadBrief, str]:
    """The lead and the words of a text that may be planned. Raises as `send_text`."""
    lead = open_for_work(session, actor, lead_id)
    words = body.strip()
    if not words:
        raise InvalidInput.of("body", "Write something first.")
    if len(words) > LONGEST:
        raise InvalidInput.of("body", f"A text has at most {LONGEST} characters; this one {len(words)}.")
    closed = why_closed(session, reference, lead)
    if closed:
        raise ClosedToTexts(closed)
    return lead, words


def by_person(
    staff_id: str,
    lead: LeadBrief,
    words: str,
    due_at: datetime,
    now: datetime,
    *,
    template: str | None = None,
    variables: Mapping[str, str] | None = None,
) -> NewAction:
    """A person's own text to a lead's number, as the engine takes it."""
    return NewAction(
        key=f"manual:{new_id(now)}",
        kind="text",
        due_at=due_at,
        purpose=Purpose.MANUAL,
        lane=Lane.URGENT,
        useful_until=due_at + MANUAL_WAITS,
        lead_id=lead.id,
        patient_id=lead.patient_id,
        staff_id=staff_id,
        phone=lead.phone,
        body=words,
        template=template,
        variables=variables or {},
    )


def nothing_came_between(
    session: Session, staff_id: str, lead: LeadBrief, began_at: datetime, now: datetime
) -> None:
    """Whoever began to write before a colleague wrote, or before the patient did, must see it. Raises LostRace."""
    other = conversation.written_since(session, lead.id, staff_id, began_at)
    if other:
        name = people.name(session, other.staff_id).split()[0]
        raise LostRace(f"{name} sent a text {ago(now - other.at)} ago. Read it, then send yours again.")
    wrote_at = conversation.last_from_patient(session, lead.id)
    if wrote_at and wrote_at > began_at:
        raise LostRace(f"The patient wrote {ago(now - wrote_at)} ago. Read it, then send yours again.")


def send_missed_you(
    session: Session, reference: Reference, actor: Actor, lead_id: str, *, now: datetime
) -> str:
    """The text that belongs to a call which reached nobody, by one click; its action id. Raises as `send_text`."""
    lead = open_for_work(session, actor, lead_id)
    patient = patients.brief(session, lead.patient_id)
    # A form matched by email may carry another person's number: who owns it must not learn this one's name.
    theirs = patient.phone_index == lead.phone_index
    values = {
        "firstName": patient.first_name if theirs else "",
        "staffName": actor.name.split()[0],
        "clinicShortName": reference.clinic.short_name,
    }
    wording = kinds.quick_texts(session).get(MISSED_YOU)
    if wording is None:
        raise InvalidInput.of("text", "This quick text is not in use any more. Write your own words.")
    body = wording.template.render(values)
    return send_text(session, reference, actor, lead_id, body, now=now, template=MISSED_YOU)


def why_closed(session: Session, reference: Reference, lead: LeadBrief) -> str:
    """Why no text may go to this lead and what to do instead, or '' where one may."""
    if not lead.phone_index:
        return closed_words("", compliance.Standing(), call_only=True, zone=reference.clinic.zone)
    standing = compliance.standing(session, lead.phone_index)
    return closed_words(lead.phone or "", standing, call_only=lead.call_only, zone=reference.clinic.zone)


class HasBars(Protocol):
    """What can stand against a text to a number."""

    @property
    def opted_out_at(self) -> datetime | None: ...

    @property
    def unreachable_at(self) -> datetime | None: ...


def closed_words(phone: str, standing: HasBars, *, call_only: bool, zone: ZoneInfo) -> str:
    """What bars texts to `phone` (E.164, '' for none) and what to do instead; '' where nothing does."""
    if not phone:
        return "No phone number was given. Write an email, or wait for them to reach out."
    number = show_phone(phone)
    if standing.opted_out_at:
        local = standing.opted_out_at.astimezone(zone)
        return (
            f"This number opted out of texts on {local:%b} {local.day}. Call {number} instead; "
            "only START, texted by the patient, opens it again."
        )
    if standing.unreachable_at:
        return f"Texts do not reach {number}: no mobile, or a wrong number. Ask for another one."
    if not may_be_texted(phone):
        return f"We text numbers in the United States and Canada only. Call {number} instead."
    return f"This lead is call only. Call {number} instead." if call_only else ""


def cancel_action(session: Session, actor: Actor, action_id: str, *, now: datetime) -> bool:
    """Stop something that is still to come. True is a promise that it never goes out; False: it is on its way."""
    planned_action(session, actor, action_id)
    return messaging.cancel(session, action_id, "cancelled_by_staff", by=actor.staff_id, now=now)


def restore_action(session: Session, actor: Actor, action_id: str, *, now: datetime) -> bool:
    """Undo a cancel, while the moment is still to come; whether it was done."""
    planned_action(session, actor, action_id)
    return by_hand.restore(session, action_id, by=actor.staff_id, now=now)


def planned_action(session: Session, actor: Actor, action_id: str) -> by_hand.Planned:
    """An action of a patient's lead. Alerts to staff are nobody's to touch here. Raises Denied and NotFound."""
    require(actor, Permission.WORK_LEADS)
    action = by_hand.find(session, action_id)
    if action is None or action.purpose == Purpose.STAFF_ALERT:
        raise NotFound("This text does not exist any more.")
    return action
