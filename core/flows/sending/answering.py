"""Automatic answers: how one is planned, and what bars it, in one reading for who plans it and for hand-over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.conversation import store as conversation
from core.domain.phone import is_no_persons
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed, Lane, NewAction, Purpose
from core.messaging.rules import answers
from core.messaging.rules.answers import Night, Said
from core.messaging.store import planning
from core.messaging.store.answers import said_since
from core.reference import Reference

ADVICE_USEFUL = timedelta(minutes=30)


@dataclass
class Answers:
    """What a batch of answers must know. `said` grows with what the batch itself sends."""

    reference: Reference
    said: dict[str, list[Said]] = field(default_factory=dict)
    urgent: frozenset[str] = frozenset()

    def bar(
        self, action: Claimed, lead: LeadBrief | None, standing: compliance.Standing, now: datetime
    ) -> str:
        """Why a claimed answer must not go after all, or ''."""
        if is_no_persons(action.phone or ""):
            return "no_person"
        night = None
        if action.template == answers.AFTER_HOURS:
            night = night_of(self.reference, lead, standing, action.lead_id in self.urgent, now)
        said = self.said.get(action.phone_index or "", ())
        return answers.bar(action.template or "", said, night, now, action.id)

    def count(self, action: Claimed, now: datetime) -> None:
        """A text of this batch is about to go to a number."""
        if action.purpose not in (Purpose.MANUAL, Purpose.REPLY):
            return
        answer = action.template or "answer" if action.purpose is Purpose.REPLY else ""
        one = Said(action.id, now, action.purpose is Purpose.MANUAL, answer)
        self.said.setdefault(action.phone_index or "", []).append(one)


def gather(session: Session, reference: Reference, texts: Sequence[Claimed], now: datetime) -> Answers:
    """Two statements, and only where answers are due."""
    due = [action for action in texts if action.purpose is Purpose.REPLY]
    if not due:
        return Answers(reference)
    indexes = sorted({action.phone_index for action in due if action.phone_index})
    at_night = sorted({a.lead_id for a in due if a.lead_id and a.template == answers.AFTER_HOURS})
    said = said_since(session, indexes, now - _span(reference))
    return Answers(reference, said, frozenset(conversation.is_urgent(session, at_night)))


def bar(
    session: Session, reference: Reference, template: str, lead: LeadBrief, index: str, now: datetime
) -> str:
    """The same for an answer that is only about to be planned."""
    said: Mapping[str, list[Said]] = said_since(session, [index], now - _span(reference))
    night = None
    if template == answers.AFTER_HOURS:
        standing = compliance.standing(session, index)
        urgent = bool(conversation.is_urgent(session, [lead.id]))
        night = night_of(reference, lead, standing, urgent, now)
    return answers.bar(template, said.get(index, ()), night, now)


def plan(
    session: Session,
    key: str,
    template: str,
    lead: LeadBrief,
    phone: str,
    lang: str,
    *,
    useful_until: datetime,
    now: datetime,
    lane: Lane = Lane.URGENT,
    variables: Mapping[str, str] | None = None,
) -> None:
    """Answer a patient of `lead` on `phone` at once, once for each key.

    `lang` is that of the words which are answered, where they show one: English shows by nothing, so only 'es' is kept.
    """
    planning.plan(
        session,
        NewAction(
            key=key,
            kind="text",
            due_at=now,
            purpose=Purpose.REPLY,
            lane=lane,
            useful_until=useful_until,
            lead_id=lead.id,
            patient_id=lead.patient_id,
            template=template,
            variables={**(variables or {}), **({"language": lang} if lang == "es" else {})},
            phone=phone,
        ),
        now,
    )


def advise(
    session: Session, advice: str, lead: LeadBrief, phone: str, lang: str, *, since: datetime, now: datetime
) -> None:
    """The fixed words that answer danger, while they are of use. `advice` names what is owed (`danger.raise_alarm`)."""
    until = since + ADVICE_USEFUL
    plan(session, f"safety:{advice}", answers.SAFETY, lead, phone, lang, useful_until=until, now=now)


def night_of(
    reference: Reference, lead: LeadBrief | None, standing: compliance.Standing, urgent: bool, now: datetime
) -> Night:
    clinic = reference.clinic
    return Night(
        opted_out=standing.opted_out_at is not None,
        in_danger=urgent,
        open=clinic.location(lead.location if lead else "").hours.is_open(now),
        person_since=now - clinic.after_hours.at_work,
    )


def _span(reference: Reference) -> timedelta:
    return max(answers.LOOK_BACK, reference.clinic.after_hours.at_work)
