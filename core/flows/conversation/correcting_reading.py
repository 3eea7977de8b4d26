"""Staff say that a text means something else than it was read as: what the misreading did is undone, and what the right
reading asks for is done, in one transaction.

Afterwards it is as if the text had been read right, except for what has left the house: a confirmation that went can't
be called back. An opt-out is lifted only where this text alone made it, and with a reason.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.app import App
from core.audit import store as audit
from core.compliance import misread
from core.compliance import store as compliance
from core.conversation import corrections
from core.conversation.corrections import Correction
from core.conversation.rules.reading import (
    BY_MACHINE,
    Context,
    Did,
    Label,
    Reading,
    consequences,
    is_carriers_keyword,
    language,
)
from core.domain.errors import InvalidInput, LostRace, NotFound
from core.domain.phone import may_be_texted
from core.domain.roles import Actor, Permission, require
from core.flows.conversation import danger, reply_effects
from core.flows.conversation.heard import Heard
from core.flows.conversation.whose_text import Whose
from core.leads.store import groups, leads
from core.leads.store import household as lead_household
from core.leads.store.leads import LeadBrief
from core.messaging.rules.answers import CONFIRMATION, SAFETY
from core.messaging.store import by_hand, planning, rereading
from core.messaging.store import household as texts
from core.messaging.store.rereading import Reread
from core.sequences import store as sequences
from core.sla import rules as sla_rules
from core.sla import store as sla
from core.staff.store import people

ANSWERS = {
    CONFIRMATION: Did.OPTOUT_CONFIRMATION,
    "help": Did.HELP_REPLY,
    "resumed": Did.RESUME,
}
STOPPED_FOR = ("opted_out", "replied", "needs_a_person")
BY_STAFF = "plain_language"  # how an opt-out was said that no rule heard


@dataclass(frozen=True)
class _Wrong:
    """A text, its lead, and when whatever it was read as took effect."""

    text: Reread
    lead: LeadBrief
    moments: frozenset[datetime]
    actor: Actor
    reason: str

    @property
    def index(self) -> str:
        return self.text.phone_index


def correct(
    session: Session,
    app: App,
    actor: Actor,
    text_id: str,
    becomes: str,
    seen: str,
    reason: str | None,
    *,
    now: datetime,
) -> bool:
    """`seen` is what the actor saw it read as, `becomes` what it means; whether anything changed.

    Raises Denied, NotFound; InvalidInput(becomes, reason) with the way out; LostRace naming who corrected it first.
    """
    require(actor, Permission.WORK_LEADS)
    text = _received(session, text_id)
    lead = leads.get(session, text.lead_id or "")
    label = _label(becomes)
    if text.understood_as == label:
        return False
    earlier = corrections.of_text(session, text_id)
    if text.understood_as != seen or not rereading.reread(session, text_id, seen, label.value):
        raise LostRace(_who_was_faster(session, earlier))
    wrong = _Wrong(text, lead, _moments(session, lead, text, earlier), actor, (reason or "").strip())
    reading = Reading(label, _consequences(session, wrong, label), BY_STAFF)
    _undo(session, wrong, reading, now)
    _do(session, app, wrong, reading, now)
    _keep(session, wrong, label, now)
    return True


def _received(session: Session, text_id: str) -> Reread:
    text = rereading.received(session, text_id)
    if text is None or text.lead_id is None:
        raise NotFound("This text does not exist any more.")
    return text


def _label(word: str) -> Label:
    try:
        return Label(word)
    except ValueError as error:
        raise InvalidInput.of(
            "becomes", f"There is no such meaning; choose one of {', '.join(Label)}."
        ) from error


def _who_was_faster(session: Session, earlier: list[Correction]) -> str:
    if not earlier:
        return "This text is read otherwise by now. Look again before you correct it."
    who = people.name(session, earlier[-1].staff_id).split()[0]
    return f"{who} has corrected this already. Your click changed nothing."


def _moments(
    session: Session, lead: LeadBrief, text: Reread, earlier: list[Correction]
) -> frozenset[datetime]:
    """When it was taken in, and each time that it was corrected: all it did carries one of them."""
    heard_at = lead_household.heard_at(session, lead.id, text.id)
    return frozenset({heard_at or text.created_at, text.created_at, *(one.at for one in earlier)})


def _consequences(session: Session, wrong: _Wrong, label: Label) -> tuple[Did, ...]:
    opted_out_at = compliance.standing(session, wrong.index).opted_out_at
    return consequences(label, Context(opted_out=opted_out_at is not None))


def _undo(session: Session, wrong: _Wrong, reading: Reading, now: datetime) -> None:
    """Each part looks at what the misreading left behind, so that nothing is taken back that something else did."""
    told = misread.ledger(session, wrong.index)
    if misread.made_by(told, "revoke", wrong.moments) and not reading.sets_off(Did.SUPPRESS):
        _open_number(session, wrong, told, now)
    if misread.made_by(told, "resume", wrong.moments) and not reading.sets_off(Did.RESUME):
        _shut_number(session, wrong, now)
    if corrections.raised_urgency(session, wrong.text.id) and not reading.sets_off(Did.PAGE_ON_CALL):
        _call_off(session, wrong, now)
    _stop_answers(session, wrong, reading, now)
    _go_on(session, wrong, now)
    if reading.label in BY_MACHINE:
        _not_an_answer(session, wrong, now)


def _stop_answers(session: Session, wrong: _Wrong, reading: Reading, now: datetime) -> None:
    """What was to be answered and has not left; a confirmation stays where this is an opt-out still."""
    stays = Did.OPTOUT_CONFIRMATION if reading.sets_off(Did.SUPPRESS) else None
    for template, did in ANSWERS.items():
        if did is not stays:
            rereading.cancel_answers(
                session, wrong.text.sid, template, "misread", by=wrong.actor.staff_id, now=now
            )


def _open_number(session: Session, wrong: _Wrong, told: list[misread.Told], now: datetime) -> None:
    """Lift the suppression that this text alone made."""
    if is_carriers_keyword(wrong.text.body):
        raise InvalidInput.of(
            "becomes",
            "The carrier has shut this number too. Only START from the patient's phone opens it again.",
        )
    if not misread.stands_alone(told, wrong.moments):
        raise InvalidInput.of(
            "becomes",
            "They opted out in another text or with the carrier too. That one stands: read it first.",
        )
    _must_say_why(wrong, "They asked for no more texts, as it was read. Say why that is wrong.")
    staff_id = wrong.actor.staff_id
    opened = misread.lift(
        session, wrong.index, wrong.moments, patient_id=wrong.lead.patient_id, staff_id=staff_id, now=now
    )
    barred = not may_be_texted(wrong.text.phone) or bool(opened.unreachable_at)
    for lead_id in _on_number(session, wrong):
        leads.change(session, lead_id, now, call_only=barred)


def _shut_number(session: Session, wrong: _Wrong, now: datetime) -> None:
    misread.shut_again(
        session, wrong.index, patient_id=wrong.lead.patient_id, staff_id=wrong.actor.staff_id, now=now
    )
    theirs = groups.with_phones(session, [wrong.index])
    planning.cancel_patient_texts(session, wrong.index, theirs, "opted_out", by=wrong.actor.staff_id, now=now)
    for lead_id in _on_number(session, wrong):
        leads.change(session, lead_id, now, call_only=True)


def _call_off(session: Session, wrong: _Wrong, now: datetime) -> None:
    """Nobody is in danger: nobody is told again, and the lead is as urgent as it was before."""
    _must_say_why(wrong, "People were told that this patient may be in danger. Say why nobody is.")
    if rereading.others_in_danger(session, wrong.lead.id, wrong.text):
        raise InvalidInput.of(
            "becomes",
            "Another text of this patient tells of danger too. Correct that one first, or call them.",
        )
    by = wrong.actor.staff_id
    danger.reached(session, wrong.lead.id, by=by, now=now)
    # Advice is named by the alarm and not by the text: no other text of this lead is owed any now.
    planning.cancel_from_template(session, wrong.lead.id, SAFETY, "misread", by=by, now=now)
    for moment in wrong.moments:
        sla.void_started(session, wrong.lead.id, sla_rules.DANGER, moment, now)


def _must_say_why(wrong: _Wrong, words: str) -> None:
    if not wrong.reason:
        raise InvalidInput.of("reason", words)


def _go_on(session: Session, wrong: _Wrong, now: datetime) -> None:
    """What was stopped at those moments is planned again where it is still to come."""
    for lead_id in _on_number(session, wrong):
        restored = 0
        for moment in wrong.moments:
            for cause in STOPPED_FOR:
                restored += by_hand.restore_stopped(
                    session, lead_id, cause, moment, by=wrong.actor.staff_id, now=now
                )
            sequences.go_on(session, lead_id, moment)
        if restored:
            data = {"restored": restored, "text_id": wrong.text.id}
            leads.note_event(
                session,
                lead_id,
                "sequence_resumed",
                "staff",
                now=now,
                staff_id=wrong.actor.staff_id,
                data=data,
            )


def _not_an_answer(session: Session, wrong: _Wrong, now: datetime) -> None:
    """A machine wrote it: the patient has not answered, and nobody owes them an answer for it."""
    text, lead = wrong.text, wrong.lead
    sla.void_started(session, lead.id, sla_rules.NEXT_REPLY, text.created_at, now)
    if text.read_at is None and text.understood_as not in BY_MACHINE:
        lead_household.change_unread(session, lead.id, -1, now)
    if not texts.others_received(session, lead.id, text.id):
        leads.change(session, lead.id, now, responded_at=None)
        analytics.withdraw(session, lead.id, "responded")


def _do(session: Session, app: App, wrong: _Wrong, reading: Reading, now: datetime) -> None:
    """What the text would have set off; whoever was told of it is not told twice."""
    was = Label(wrong.text.understood_as) if wrong.text.understood_as in list(Label) else Label.OTHER
    told_before = Did.TO_PERSON in consequences(was, Context(opted_out=True))
    done = {Did.TO_PERSON} if told_before else set[Did]()
    if rereading.was_answered(session, wrong.text.sid, CONFIRMATION):
        done.add(Did.OPTOUT_CONFIRMATION)
    did = tuple(one for one in reading.did if one not in done)
    heard = Heard(
        wrong.text.id,
        wrong.text.as_received(),
        wrong.index,
        Whose(wrong.lead),
        Reading(reading.label, did, reading.how, language(wrong.text.body)),
        wrong.text.created_at,
        provider_answered=False,
        answered_from=now,
    )
    if did:
        reply_effects.carry_out(session, app, heard, now)


def _on_number(session: Session, wrong: _Wrong) -> list[str]:
    """In order, so that two corrections at once never wait for each other."""
    return sorted({wrong.lead.id, *leads.with_phone(session, wrong.index)})


def _keep(session: Session, wrong: _Wrong, label: Label, now: datetime) -> None:
    was, staff_id = wrong.text.understood_as, wrong.actor.staff_id
    corrections.keep(session, wrong.text.id, wrong.lead.id, Correction(was, label.value, staff_id, now))
    data = {"text_id": wrong.text.id, "was": was, "becomes": label.value}
    leads.note_event(
        session,
        wrong.lead.id,
        "reading_corrected",
        "staff",
        now=now,
        staff_id=staff_id,
        data=data,
        note=wrong.reason or None,
    )
    audit.note(
        session, staff_id=staff_id, action="reading_corrected", subject=wrong.text.id, detail=data, now=now
    )
