"""What Twilio posts is kept before it is read, so that no fault of ours loses a patient's words.

An inbound text is written as it came, then understood under a savepoint of the same transaction. What raises there is
undone, and the text goes unread into its thread with automation held, a carrier's stop word honoured; where even that
fails, or nobody knows the number, it waits among the unread forms. Staff are called either way, and Twilio hears of
success: it would post the same again, to the same fault.

A status says nothing of a person, three come for each text, and the provider's list has it again: it is written down
only where it could not be taken in. Where the database itself refuses, Twilio is told, and the list brings both.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl

import structlog
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from core.app import App
from core.audit import store as audit
from core.compliance import store as compliance
from core.db.engine import savepoint
from core.db.trouble import DATABASE_TROUBLE
from core.domain.errors import InvalidInput, LuxeError
from core.domain.ids import new_id
from core.domain.phone import parse_phone
from core.domain.roles import Actor, Permission, require
from core.flows.conversation import receive_text
from core.flows.intake import stumbling
from core.flows.sending import delivery_status
from core.flows.sequences.stopping import stop_sequences
from core.intake import store
from core.intake.draft import Delivery
from core.intake.store import RawState
from core.leads.store import groups, leads
from core.messaging.store import planning as messaging
from core.messaging.store import texts
from core.patients.store import profiles as patients

log = structlog.get_logger(__name__)
TEXT, STATUS = "twilio-text", "twilio-status"
NOT_UNDERSTOOD = "This text could not be taken in: a fault of ours. Nothing of it is lost."
NOT_RECORDED = "What became of a text could not be taken in: a fault of ours."
# A session that lost its connection says so in its own words.
TROUBLE = (*DATABASE_TROUBLE, InvalidRequestError)
CARRIERS_STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"})


def take_in_text(app: App, posted: Delivery, params: Mapping[str, str], *, now: datetime) -> None:
    """Keep and hear one verified inbound text. Raises what the database raises where nothing can be written at all."""
    try:
        _take_in_text(app, posted, params, now)
    except TROUBLE as error:
        # A deadlock, a lost connection: nobody delivers a STOP a second time.
        log.warning("inbound_text_tried_again", error=type(error).__name__)
        _take_in_text(app, posted, params, now)


def _take_in_text(app: App, posted: Delivery, params: Mapping[str, str], now: datetime) -> None:
    with app.db.write() as session:
        raw_id = new_id(now)
        store.keep(session, raw_id, TEXT, posted, now=now)
        try:
            receive_text.receive(
                replace(app, db=app.db.within(session), shipped=app.reference), params, now=now
            )
        except TROUBLE:
            raise
        except Exception as error:
            _keep_unheard(session, app, raw_id, params, error, now)
        else:
            store.withdraw(session, raw_id)  # the thread has all of it


def _keep_unheard(
    session: Session, app: App, raw_id: str, params: Mapping[str, str], error: Exception, now: datetime
) -> None:
    landed = False
    try:
        with savepoint(session):
            landed = _put_in_thread(session, params, now)
    except TROUBLE:
        raise
    except Exception as further:
        log.error("text_not_put_in_thread", raw_id=raw_id, error=type(further).__name__)  # noqa: TRY400
    state = RawState.ACCEPTED if landed else RawState.DEAD
    store.conclude(session, raw_id, state, error=NOT_UNDERSTOOD)
    stumbling.report(session, app.settings, TEXT, raw_id, error, now)


def _put_in_thread(session: Session, params: Mapping[str, str], now: datetime) -> bool:
    """Show a text unread in the conversation of its number, not understood; whether there is one and it is whole."""
    phone = _phone(params)
    index = patients.phone_index(session, phone)
    if index is None:
        return False
    if _says_stop(params):
        _opt_out(session, index, now)
    for lead_id in leads.with_phone(session, index):
        stop_sequences(session, lead_id, "replied", by=None, now=now, by_kind="automatic")
    lead = leads.latest_of_phone(session, index)
    sid, body = params.get("MessageSid", ""), params.get("Body", "")[:4000]
    if lead is None or not sid or params.get("NumMedia", "0") not in ("", "0"):
        return False
    if texts.of_sid(session, sid):
        return True
    text = texts.InText(sid, phone, body, (), "")
    text_id = texts.receive(session, text, patient_id=lead.patient_id, lead_id=lead.id, now=now)
    leads.note_event(session, lead.id, "replied", "patient", now=now, data={"text_id": text_id})
    leads.show_last_event(session, lead.id, "replied", "patient", body[:160], now)
    leads.one_more_unread(session, lead.id, now)
    return True


def _phone(params: Mapping[str, str]) -> str:
    """E.164, or '' for a sender that is no number of ours."""
    try:
        return parse_phone(params.get("From", ""))
    except InvalidInput:
        return ""


def _says_stop(params: Mapping[str, str]) -> bool:
    word = params.get("Body", "").strip(" .!\"'\n").casefold()
    return params.get("OptOutType") == "STOP" or word in CARRIERS_STOPS


def _opt_out(session: Session, index: str, now: datetime) -> None:
    entry = compliance.LedgerEntry(index, "all", "revoke", "keyword", source="text message", verified=True)
    compliance.append(session, [entry], now)
    theirs = groups.with_phones(session, [index])
    messaging.cancel_patient_texts(session, index, theirs, "opted_out", by=None, now=now)


def take_in_status(
    app: App, posted: Delivery, ours: Mapping[str, str], params: Mapping[str, str], *, now: datetime
) -> None:
    """Record one verified status, or keep it. `ours` is the query of the callback's address: action and attempt."""
    try:
        _record(app, ours, params, now)
    except TROUBLE:
        raise
    except Exception as error:
        with app.db.write() as session:
            raw_id = new_id(now)
            store.keep(session, raw_id, STATUS, posted, now=now)
            store.conclude(session, raw_id, RawState.DEAD, error=NOT_RECORDED)
            stumbling.report(session, app.settings, STATUS, raw_id, error, now)


def _record(app: App, ours: Mapping[str, str], params: Mapping[str, str], now: datetime) -> None:
    try:
        delivery_status.record(app, ours.get("action", ""), ours.get("attempt", ""), params, now=now)
    except IntegrityError:  # two callbacks of one text at one moment: the other one is in
        delivery_status.record(app, ours.get("action", ""), ours.get("attempt", ""), params, now=now)


def read_again(session: Session, app: App, actor: Actor, raw_id: str, *, now: datetime) -> None:
    """Staff have a kept text or status read again. Raises Denied, NotFound, and whatever still stands against it."""
    require(actor, Permission.SEE_DEAD_LETTERS)
    raw = store.take(session, raw_id)
    params = dict(parse_qsl(raw.delivery.body.decode(errors="replace"), keep_blank_values=True))
    within = replace(app, db=app.db.within(session), shipped=app.reference)
    if raw.connector == TEXT:
        receive_text.receive(within, params, now=now, written_at=raw.received_at)
    elif raw.connector == STATUS:
        _record(within, dict(parse_qsl(raw.delivery.headers.get("query", ""))), params, now)
    else:
        raise LuxeError("This is a form, not a text: read it as one.")
    store.settle(session, raw.id, RawState.REPLAYED, by=actor.staff_id, now=now)
    audit.note(session, staff_id=actor.staff_id, action="text_read_again", subject=raw.id, now=now)
