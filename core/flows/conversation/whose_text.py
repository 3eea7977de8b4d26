"""Which lead an inbound text belongs to, and for whom automation steps aside because of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.conversation import household
from core.conversation.household import Member, Spoken
from core.domain.ids import new_id
from core.domain.phone import may_be_texted
from core.flows.conversation import scheduling
from core.flows.leads import assigning, wanting
from core.flows.sequences import stopping
from core.leads.store import household as lead_household
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.store import household as texts
from core.messaging.store.texts import InText
from core.patients.rules import whereabouts
from core.patients.store import profiles as patients

UNCLEAR, GUESSED = "unclear", "guessed"


@dataclass(frozen=True)
class Whose:
    """The conversation that a text joins. `shared`: others have this number too; `sure`: it is not theirs."""

    lead: LeadBrief
    shared: bool = False
    sure: bool = True

    @property
    def word(self) -> str | None:
        """As it is kept with the text; None where there is nobody else."""
        return (GUESSED if self.sure else UNCLEAR) if self.shared else None


def whose(session: Session, app: App, text: InText, index: str, now: datetime) -> Whose:
    """The lead that a text from the number with this `index` belongs to; an unknown number opens one."""
    theirs = lead_household.latest_of_each(session, index)
    if len(theirs) > 1:
        return _among(session, theirs, text, index, now)
    if theirs:
        return Whose(theirs[0])
    people = patients.on_number(session, text.phone)
    known = filter(None, (leads.latest_of_patient(session, patient_id) for patient_id in people))
    lead = next(known, None) or new_conversation(
        session, app, text.phone, people[0] if people else None, index, now
    )
    return Whose(lead)


def is_known(session: Session, text: InText, index: str) -> bool:
    """Whether a lead or a patient has the number, with this `index`, that a text came from."""
    return bool(lead_household.latest_of_each(session, index) or patients.on_number(session, text.phone))


def also_theirs(session: Session, whose: Whose) -> list[LeadBrief]:
    """Of a text that may be somebody else's: the open leads of the others on its number."""
    if whose.sure:
        return []
    on_number = lead_household.latest_of_each(session, whose.lead.phone_index or "")
    return [lead for lead in on_number if lead.id != whose.lead.id and lead.state == "open"]


def _among(session: Session, theirs: list[LeadBrief], text: InText, index: str, now: datetime) -> Whose:
    people = patients.briefs(session, [lead.patient_id for lead in theirs])
    members = [
        Member(lead.patient_id, people[lead.patient_id].first_name, lead.state == "open") for lead in theirs
    ]
    spoken = [
        Spoken(said.patient_id, said.at, said.by_person)
        for said in texts.spoken(session, index, now - household.LIVELY)
    ]
    found = household.guess(text.body, members, spoken, now)
    lead = next(lead for lead in theirs if lead.patient_id == found.patient_id)
    return Whose(lead, shared=True, sure=found.sure)


def step_aside(session: Session, whose: Whose, text_id: str, now: datetime) -> None:
    """The patient's sequences on this number end, and what people planned until a reply.

    Of the others, where it may be theirs, only the sequences' texts: call tasks stay, or nobody would look after who
    did not write at all.
    """
    index = whose.lead.phone_index or ""
    own = lead_household.open_of(session, whose.lead.patient_id, index)
    for lead_id in sorted({whose.lead.id, *own}):
        stopping.stop_sequences(session, lead_id, "replied", by=None, now=now, by_kind="automatic")
    # Whoever planned it while this text was on its way to us had not seen it: as of now, not of when it was written.
    scheduling.stop_for_reply(session, {whose.lead.id, *own}, now, now)
    if whose.sure:
        return
    for lead_id in sorted({*leads.with_phone(session, index)} - {whose.lead.id, *own}):
        cancelled = stopping.cancel_texts(session, lead_id, "replied", now)
        data = {"reason": "maybe_replied", "cancelled": cancelled, "text_id": text_id}
        leads.note_event(session, lead_id, "sequence_stopped", "automatic", now=now, data=data)


def new_conversation(
    session: Session,
    app: App,
    phone: str,
    patient_id: str | None,
    index: str,
    now: datetime,
    *,
    form_type: str = "text_in",
    source: str = "text message",
    kind: str = "replied",
) -> LeadBrief:
    """A lead of somebody who wrote or called from a number that no lead has; a patient too, where nobody has it."""
    clinic = app.reference.clinic
    lead_id = new_id(now)
    row = {
        "id": lead_id,
        "patient_id": patient_id or _new_patient(session, app, phone, source, now),
        "created_at": now,
        "updated_at": now,
        "state": "open",
        "form_type": form_type,
        "temperature": "warm",
        "priority": 3,
        "location": clinic.default_location,
        "source": source,
        "phone": phone,
        "phone_index": index,
        "call_only": not may_be_texted(phone),
        "last_event_at": now,
        "last_event_kind": kind,
        "last_event_by": "patient",
    }
    leads.create(session, row)
    wanted = wanting.find(session, app.reference, lead_id, now)
    assigning.assign(session, app.reference, lead_id=lead_id, wanted=wanted, now=now)
    return leads.get(session, lead_id)


def _new_patient(session: Session, app: App, phone: str, source: str, now: datetime) -> str:
    """Somebody of whom only the number is known."""
    clinic = app.reference.clinic
    where = whereabouts("", phone, app.reference.area_codes, clinic.zone.key)
    profile = {
        "first_name": "",
        "last_name": "",
        "phone": phone,
        "zone": ",".join(where.zones),
        "state": where.state,
        "location": clinic.default_location,
        "status": "new",
        "source": source,
        "acquired_at": now,
    }
    return patients.create(session, profile, None, now)
