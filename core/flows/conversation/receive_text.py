"""A patient wrote to us: read it beside what we had said, store it, and do what it sets off (`reply_effects`)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from core.app import App
from core.compliance import store as compliance
from core.conversation.rules.reading import BY_MACHINE, Context, Did, Label, Reading, read, read_keyword
from core.domain.errors import InvalidInput
from core.domain.phone import read_phone
from core.flows.booking import asking_to_move
from core.flows.conversation import reply_effects, waitlist_replies, whose_text
from core.flows.conversation.heard import Heard
from core.flows.escalation import staff_texts
from core.leads.store import leads, threads
from core.leads.store.leads import LeadBrief
from core.messaging.own_answers import is_answer_of
from core.messaging.store import household, texts
from core.patients.store import profiles as patients

MAX_MEDIA = 10
# Twilio's own reading of a keyword, which it has answered by itself.
KEYWORDS = {"STOP": Label.OPT_OUT, "HELP": Label.HELP, "START": Label.OPT_IN}
MOST_WORDS = 20  # of our texts to one number, for reactions to an earlier one


@dataclass(frozen=True)
class Received:
    """What became of an inbound text. `text_id` is '' and `reading` None for a repeat; `lead_id` '' for none."""

    text_id: str
    lead_id: str
    reading: Reading | None
    repeated: bool


def receive(
    app: App, params: Mapping[str, str], *, now: datetime, written_at: datetime | None = None
) -> Received:
    """Take in one verified webhook of Twilio. Raises InvalidInput where From or MessageSid is missing.

    `written_at` where we learn of the text later than it was written, from the provider's list.
    """
    text, written_at = read_params(params), min(written_at or now, now)
    keyword = KEYWORDS.get(params.get("OptOutType", ""))
    ours = text.phone in {app.settings.sender, app.reference.clinic.phone, params.get("To", "")}
    try:
        with app.db.write() as session:
            return _take_in(session, app, text, keyword=keyword, ours=ours, written_at=written_at, now=now)
    except (IntegrityError, OperationalError):
        # The same webhook delivered twice at one moment, or two first texts of one new number: the other one is in.
        # Or the database threw us out (a deadlock, a lost connection): nobody delivers a STOP a second time.
        with app.db.write() as session:
            return _take_in(session, app, text, keyword=keyword, ours=ours, written_at=written_at, now=now)


def read_params(params: Mapping[str, str]) -> texts.InText:
    """Our reading of Twilio's parameters (compliance.md C7); what the words mean is read beside what we had said."""
    sid, sender, body = params.get("MessageSid", ""), params.get("From", ""), params.get("Body", "")
    if not sid:
        raise InvalidInput.of("MessageSid", "is missing")
    count = int(params.get("NumMedia") or 0) if (params.get("NumMedia") or "0").isdecimal() else 0
    media = tuple(
        (params[f"MediaUrl{i}"], params.get(f"MediaContentType{i}", ""))
        for i in range(min(count, MAX_MEDIA))
        if f"MediaUrl{i}" in params
    )
    return texts.InText(sid, _sender(sender), body[:4000], media, "")


def _is_by_ourselves(session: Session, app: App, text: texts.InText) -> bool:
    """An automatic answer of another clinic with this product, in either language: no person, and never answered."""
    return is_answer_of(text.body, app.library.now(session).values())


def _sender(text: str) -> str:
    """A sender is kept as it is written where it is no number of ours to dial: a short code may write to us too."""
    try:
        return read_phone(text, field="From").e164
    except InvalidInput:
        if not text.strip():
            raise
        return text.strip()[:40]


def _take_in(
    session: Session,
    app: App,
    text: texts.InText,
    *,
    keyword: Label | None,
    ours: bool,
    written_at: datetime,
    now: datetime,
) -> Received:
    known = texts.of_sid(session, text.sid)
    if known:
        return Received("", known.lead_id or "", None, repeated=True)
    index = patients.phone_index(session, text.phone) or ""
    if keyword is None and (ours or _is_by_ourselves(session, app, text)):
        keyword = Label.AUTO_REPLY
    reading = _read(session, text, index, keyword, written_at)
    text = replace(text, understood_as=reading.label.value)
    if reading.label not in BY_MACHINE:
        person = staff_texts.writer(
            session, text, now, is_patient=partial(whose_text.is_known, session, text, index)
        )
        if person:
            text_id = staff_texts.take_in(session, app, person, text, reading, now=now)
            return Received(text_id, "", reading, repeated=False)
    if reading.label in BY_MACHINE and not whose_text.is_known(session, text, index):
        # A machine that nobody knows wants nothing: its words are kept, and no lead is made of them.
        text_id = texts.receive(session, text, patient_id=None, lead_id=None, now=written_at)
        return Received(text_id, "", reading, repeated=False)
    whose = whose_text.whose(session, app, text, index, now)
    lead = whose.lead
    text_id = texts.receive(session, text, patient_id=lead.patient_id, lead_id=lead.id, now=written_at)
    if whose.word:
        household.mark(session, text_id, whose.word)
    if reading.label in BY_MACHINE:
        # Shown in the conversation and nothing else: no answer of theirs, no clock, no end of a sequence, no alert.
        _note(session, lead, "machine_text", text_id, reading, now)
    else:
        heard = Heard(text_id, text, index, whose, reading, written_at, provider_answered=keyword is not None)
        _heed(session, app, heard, now)
    return Received(text_id, lead.id, reading, repeated=False)


def _heed(session: Session, app: App, heard: Heard, now: datetime) -> None:
    """A person wrote: the patient and the conversation show it, and what it sets off is done."""
    lead, reading, body = heard.lead, heard.reading, heard.text.body
    patients.heard_from(session, lead.patient_id, now)
    _note(session, lead, "replied", heard.id, reading, now)
    leads.show_last_event(session, lead.id, "replied", "patient", body[:160] or "Picture", now)
    settled = waitlist_replies.heed(session, app, heard, now) or asking_to_move.answered(
        session, app, heard, now
    )
    waits = reading.sets_off(Did.TO_PERSON) and not settled
    threads.heard(session, lead.id, lead.patient_id, written_at=heard.written_at, now=now, waits=waits)
    if not settled:
        reply_effects.carry_out(session, app, heard, now)


def _read(
    session: Session, text: texts.InText, index: str, keyword: Label | None, written_at: datetime
) -> Reading:
    """Read it beside what we had said by then. The provider's own reading of a keyword stands."""
    opted_out_at = compliance.standing(session, index).opted_out_at
    context = Context(
        said=texts.last_words(session, index, written_at, MOST_WORDS),
        # A START that was written before the STOP switches nothing on.
        opted_out=opted_out_at is not None and opted_out_at <= written_at,
    )
    return read(text.body, None, context) if keyword is None else read_keyword(keyword, context)


def _note(
    session: Session, lead: LeadBrief, kind: str, text_id: str, reading: Reading, now: datetime
) -> None:
    data = {"text_id": text_id, "understood_as": reading.label.value}
    leads.note_event(session, lead.id, kind, "patient", now=now, data=data)
