"""A patient is asked whether their visit may move. Both times are kept until they answer, or the time for it is over.

The question is a text; '1' moves the visit, '2' lets the new time go, and so does no answer. It counts as an answer
only while nothing else was written to that number since: who answers another text has not agreed to this one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.app import App
from core.booking import rules
from core.booking import store as visits
from core.booking import store_holds as holds
from core.booking.store import Visit
from core.booking.store_holds import ASK, Hold
from core.conversation.rules.reading import Label
from core.domain.errors import InvalidInput, LostRace, NotFound, SlotTaken
from core.domain.phone import may_be_texted
from core.domain.roles import PATIENT, Actor, Permission, require
from core.flows.booking import booking, changing, holding, noting
from core.flows.booking.holding import Holder
from core.flows.booking.keeping import TAKEN
from core.flows.conversation.heard import Heard
from core.flows.sending import dispatch_facts
from core.free_times import Wish
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Lane, NewAction, Purpose, first_claim
from core.messaging.store import planning, texts
from core.operations import store as operations
from core.operations.store import Gate
from core.patients.store import profiles as patients
from core.reference import Reference

QUESTION, AGREED = "move_asked", "move_agreed"
BEFORE_EITHER = timedelta(minutes=45)  # the answer is there by then, before the earlier of the two times
LEAST = timedelta(minutes=15)  # to read a text and to answer it
ANSWER_USEFUL = timedelta(minutes=30)
YES, NO = (Label.OPTION_1, Label.YES), (Label.OPTION_2, Label.NO)
CALL = "Call the patient instead, and move it without a text."


@dataclass(frozen=True)
class Question:
    """Where a visit would move to. `seen`: the time at which whoever asks saw it."""

    visit_id: str
    at: datetime
    provider_id: str
    seen: datetime


def until(visit_at: datetime, to: datetime, now: datetime, within: timedelta) -> datetime | None:
    """By when the answer must be there, `within` the clinic's time for it; None where it is too short to ask. Pure."""
    last = min(now + within, min(visit_at, to) - BEFORE_EITHER)
    return last if last - now >= LEAST else None


def ask(session: Session, reference: Reference, actor: Actor, question: Question, *, now: datetime) -> Hold:
    """Hold the new time and send the question; the hold.

    Raises Denied, NotFound, InvalidInput(visit, starts_at), LostRace where the visit was moved or ended meanwhile, and
    SlotTaken where the new time is not free.
    """
    require(actor, Permission.WORK_CALENDAR)
    _one_at_a_time(session, question.visit_id, now)
    visit = _movable(session, question)
    lead = leads.get(session, visit.lead_id)
    _refuse_silent(lead)
    deadline = until(question.seen, question.at, now, reference.bookable.rules.answer)
    if deadline is None:
        raise InvalidInput.of("starts_at", f"There is too little time left for an answer. {CALL}")
    changing.ask_no_more(session, visit.id, actor.staff_id, now)
    held = _hold(session, reference, actor, visit, question, deadline, now)
    planning.plan(session, _text(lead, visit, question, held.id, deadline, now), now)
    data = {"visit": visit.id, "from": question.seen.isoformat(), "to": question.at.isoformat()}
    noting.tell(session, actor, lead.id, "move_asked", now, {**data, "until": deadline.isoformat()})
    return held


def _one_at_a_time(session: Session, visit_id: str, now: datetime) -> None:
    patients.touch(session, visits.get(session, visit_id).patient_id, now)  # first: see settling.after_sent


def _movable(session: Session, question: Question) -> Visit:
    visit = visits.get(session, question.visit_id)
    if visit.state != "booked" or visit.starts_at != question.seen:
        raise LostRace(changing.stands(session, visit.id))
    if not visit.service or not visit.ends_at:
        raise InvalidInput.of(
            "visit", f"It was noted without a service, so no time can be held for it. {CALL}"
        )
    return visit


def _refuse_silent(lead: LeadBrief) -> None:
    if lead.call_only or not lead.phone or not may_be_texted(lead.phone):
        raise InvalidInput.of("visit", f"This number gets no texts. {CALL}")


def _hold(
    session: Session,
    reference: Reference,
    actor: Actor,
    visit: Visit,
    question: Question,
    deadline: datetime,
    now: datetime,
) -> Hold:
    wish = Wish(booking.service_of(reference, visit.service), visit.location, question.provider_id)
    holder = Holder(ASK, deadline - now, visit.lead_id, visit.id, actor.staff_id)
    try:
        return holding.hold(session, reference, wish, question.at, holder, now)
    except SlotTaken:
        if not _overlap(visit, question.at):
            raise
        raise InvalidInput.of("starts_at", f"The two times overlap, so both can't be held. {CALL}") from None


def _overlap(visit: Visit, to: datetime) -> bool:
    """Whether the visit itself stands in the way of where it would go."""
    if visit.starts_at is None or visit.ends_at is None:
        return False
    return abs(to - visit.starts_at) < visit.ends_at - visit.starts_at


def _text(
    lead: LeadBrief, visit: Visit, question: Question, hold_id: str, deadline: datetime, now: datetime
) -> NewAction:
    moments = {"moveFrom": question.seen.isoformat(), "moveTo": question.at.isoformat()}
    of_visit = rules.as_it_is(visit.id, visit.sequence) | {"place": visit.location}
    return NewAction(
        key=changing.question_key(hold_id),
        kind="text",
        due_at=now,
        purpose=Purpose.TRANSACTIONAL,
        lane=Lane.INSTANT,
        useful_until=deadline,
        lead_id=lead.id,
        patient_id=visit.patient_id,
        template=QUESTION,
        variables=moments | of_visit,
        phone=lead.phone,
    )


def preview(session: Session, app: App, question: Question, deadline: datetime, now: datetime) -> str:
    """The very words that would go out, '' where none may go to this person. Raises NotFound."""
    visit = visits.get(session, question.visit_id)
    lead = leads.get(session, visit.lead_id)
    planned = _text(lead, visit, question, "preview", deadline, now)
    claim = first_claim(planned, phone_index=lead.phone_index)
    unstopped = Gate("", frozenset(), operations.published_stamp(session))
    world = dispatch_facts.gather(session, app, [claim], unstopped, now)
    return world.body(world.as_worded(claim), now)


def take_back(session: Session, actor: Actor, hold_id: str, *, now: datetime) -> bool:
    """Nobody is asked any more; whether the text had not left yet. Raises Denied, LostRace."""
    require(actor, Permission.WORK_CALENDAR)
    asked = holds.find(session, hold_id)
    if asked and asked.visit_id:  # an answer that is being read just now comes first
        _one_at_a_time(session, asked.visit_id, now)
    held = holds.find(session, hold_id)
    if held is None or held.kind != ASK or not holding.let_go(session, hold_id):
        raise LostRace("This question is answered or taken back already.")
    unsent = planning.cancel_key(
        session, changing.question_key(hold_id), "cancelled_by_staff", by=actor.staff_id, now=now
    )
    noting.tell(session, actor, held.lead_id or "", "move_ask_over", now, {"visit": held.visit_id})
    return unsent


def answered(session: Session, app: App, heard: Heard, now: datetime) -> bool:
    """Whether a patient's text answered the question with yes, and the visit has moved: then nobody has to read it.

    A no lets the new time go, and a person reads it. A yes to a time that can't be had any more is for a person too.
    """
    label = heard.reading.label
    held = holds.asked_of(session, heard.lead.patient_id, now) if label in YES + NO else None
    if held is None or not texts.is_last_word(
        session, heard.index, changing.question_key(held.id), heard.written_at
    ):
        return False
    if label in NO:
        holding.let_go(session, held.id)
        noting.tell(session, PATIENT, held.lead_id or "", "move_declined", now, {"visit": held.visit_id})
        return False
    return _moved(session, app.reference, heard, held, now)


def _moved(session: Session, reference: Reference, heard: Heard, held: Hold, now: datetime) -> bool:
    try:
        with session.begin_nested():
            visit = booking.confirm(session, reference, PATIENT, held.lead_id or "", held.id, "link", now=now)
            if visit.starts_at != held.starts_at:
                raise SlotTaken(TAKEN)  # what they agreed to is not what stands
            visits.change(session, visit.id, "booked", confirmed_at=now)
    except (LostRace, InvalidInput, NotFound):
        return False
    planning.plan(session, _thanks(heard, held, visit, now), now)
    return True


def _thanks(heard: Heard, held: Hold, visit: Visit, now: datetime) -> NewAction:
    moment = {"moveTo": held.starts_at.isoformat(), "place": visit.location}
    return NewAction(
        key=f"{changing.question_key(held.id)}:agreed",
        kind="text",
        due_at=now,
        purpose=Purpose.REPLY,
        lane=Lane.URGENT,
        useful_until=heard.asks_since + ANSWER_USEFUL,
        lead_id=heard.lead.id,
        patient_id=heard.lead.patient_id,
        template=AGREED,
        variables=moment | rules.as_it_is(visit.id, visit.sequence),
        phone=heard.text.phone,
    )
