"""A form reaches us: prove the sender, keep what it sent, read it, and make a lead of it or let it wait for a person.

Read from top to bottom. Nothing is stored for a sender that can't prove itself. Of an authentic delivery nothing is
ever dropped: its bytes are written before anything looks into them, then they are read, and accepted under a savepoint
of the same transaction. Whatever raises there (the reader, the rules, a statement that the database refuses) is undone
up to the savepoint, the bytes stay, and they wait for staff as refused (a field has a fault) or as a dead letter; where
it was our own fault, an alarm says so.

One transaction and one commit, on purpose: two would double the time until the sender's answer, and would save nothing.
What is not committed is not answered either, so its sender knows that we do not have it, and sends it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from core.app import App
from core.db.engine import savepoint
from core.db.trouble import DATABASE_TROUBLE, was_deadlock
from core.domain.errors import FieldError, InvalidInput, UnreadablePayload
from core.domain.ids import new_id
from core.flows.intake import check_alert, stumbling, unread_alert, weighing
from core.flows.intake.accept_submission import accept, refuse_minors
from core.flows.intake.vocabulary import vocabulary
from core.flows.intake.weighing import Weighed
from core.form_keys import FormKey
from core.intake import rules, store, store_knocks
from core.intake.connectors import BY_WEBHOOK, HOSTED, Connector
from core.intake.connectors.connector import same
from core.intake.draft import Delivery
from core.intake.store import RawState
from core.intake.submission import SetAside, Submission
from core.intake.suspicion_rules import Page, written
from core.reference import Reference

log = structlog.get_logger(__name__)
# The same delivery, or the first two forms of one new number, at the same moment: the second try meets the first.
TRIES = 4
DAMAGED = "It came damaged, or in a shape that we do not know yet."
STUMBLED = "We could not take it in: a fault of ours. Nothing of it is lost."


class Verdict(StrEnum):
    """What became of a delivery."""

    STORED = "stored"
    REPEATED = "repeated"
    INVALID = "invalid"
    UNREADABLE = "unreadable"
    HELD = "held"  # could be read, and waits for a person: it looks as if none had sent it
    KEPT = "kept"  # not taken in either, but its sender hears of success: this vendor must, or it was our own fault
    UNKNOWN_CONNECTOR = "unknown_connector"
    WRONG_KEY = "wrong_key"
    WRONG_SIGNATURE = "wrong_signature"


@dataclass(frozen=True)
class Answer:
    """`submission_id` where one exists, `raw_id` where the payload waits for staff, `errors` where there are faults.

    `set_aside` are fields of a stored form that could not be used.
    """

    verdict: Verdict
    submission_id: str = ""
    raw_id: str = ""
    errors: tuple[FieldError, ...] = ()
    set_aside: tuple[SetAside, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.verdict in (Verdict.STORED, Verdict.REPEATED)


def authenticate(
    keys: Mapping[str, FormKey], connector: str, key: str, delivery: Delivery
) -> Delivery | Answer:
    """The delivery, marked as verified where its signature was checked; the refusal where it proves nothing."""
    known = BY_WEBHOOK.get(connector)
    if known is None:
        words = f"There is no connector of this name. Use one of: {', '.join(BY_WEBHOOK)}."
        return _refusal(Verdict.UNKNOWN_CONNECTOR, "connector", words)
    expected = keys.get(connector)
    if expected is None or not same(key, expected.key):
        words = "The key in the address is not right. Copy the address that 'luxe doctor' shows."
        return _refusal(Verdict.WRONG_KEY, "key", words)
    if known.verify is None or not expected.secret:
        return delivery
    if not known.verify(delivery.body, delivery.headers, expected.secret):
        words = "The signature does not fit the body. Sign the raw bytes with the secret that 'luxe doctor' shows."
        return _refusal(Verdict.WRONG_SIGNATURE, "signature", words)
    return replace(delivery, verified=True)


def take_in(app: App, connector: str, delivery: Delivery, *, now: datetime) -> Answer:
    """Keep, read and store one authentic delivery of a webhook. Raises KeyError for an unknown connector."""
    return _take(app, BY_WEBHOOK[connector], delivery, now)


def fill_in(
    app: App, delivery: Delivery, found: Sequence[FieldError], page: Page, *, now: datetime
) -> Answer:
    """Store one hosted form, unless it has faults: `found` by the page itself, or by the rules.

    A form with faults goes back to the person, who is still there, and is not kept. One that looks as if nobody had
    sent it (`page` says how it came) waits for a person of ours.
    """
    if found:
        return Answer(Verdict.INVALID, errors=(*found, *_further_faults(app, delivery, now)))
    try:
        return _take(app, HOSTED, delivery, now, page, strict=True)
    except InvalidInput as fault:
        return Answer(Verdict.INVALID, errors=tuple(fault.errors))


def _further_faults(app: App, delivery: Delivery, now: datetime) -> Sequence[FieldError]:
    """What the rules find besides: one answer names all. Where they stumble, the page's own faults are enough."""
    try:
        read(app.reference, HOSTED, delivery, received_at=now, strict=True)
    except InvalidInput as fault:
        return fault.errors
    except UnreadablePayload:
        return ()
    return ()


def read(
    reference: Reference,
    connector: Connector,
    delivery: Delivery,
    *,
    received_at: datetime,
    strict: bool = False,
) -> Submission:
    """The submission in a delivery. Raises UnreadablePayload, and InvalidInput with every fault (see rules)."""
    draft = connector.read(delivery)
    return rules.submission_of(draft, vocabulary(reference), received_at, strict=strict)


@dataclass(frozen=True)
class _Kept:
    """A delivery whose bytes are written, under this id."""

    raw_id: str
    connector: Connector
    delivery: Delivery
    now: datetime


def _take(
    app: App,
    connector: Connector,
    delivery: Delivery,
    now: datetime,
    page: Page | None = None,
    *,
    strict: bool = False,
) -> Answer:
    """The one transaction. Raises InvalidInput, and keeps nothing, where `strict` and a field has a fault.

    What came by a `page` of ours is weighed; a sender with a key is not.
    """
    with app.db.write() as session:
        kept = _keep(session, connector, delivery, now)
        try:
            submission = read(app.reference, connector, delivery, received_at=now, strict=strict)
            return _store(session, app, kept, submission, page)
        except InvalidInput as fault:
            if strict:
                raise
            return _refused(session, app, kept, fault)
        except UnreadablePayload as fault:
            return _dead_letter(session, app, kept, fault)
        except DATABASE_TROUBLE:
            raise  # nothing can be written at all: the sender hears of it, and tries again
        except Exception as error:
            return _stumbled(session, app, kept, error)


def _keep(session: Session, connector: Connector, delivery: Delivery, now: datetime) -> _Kept:
    raw_id = new_id(now)
    store.keep(session, raw_id, connector.name, delivery, now=now)
    return _Kept(raw_id, connector, delivery, now)


def _store(session: Session, app: App, kept: _Kept, submission: Submission, page: Page | None) -> Answer:
    for tries_left in reversed(range(TRIES)):
        try:
            with savepoint(session):
                if page is None:
                    return _store_once(session, app, kept, submission)
                return _weigh_and_store(session, app, kept, submission, page)
        except (IntegrityError, OperationalError) as error:
            again = isinstance(error, IntegrityError) or was_deadlock(error)
            if not (again and tries_left):
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def _weigh_and_store(session: Session, app: App, kept: _Kept, submission: Submission, page: Page) -> Answer:
    refuse_minors(submission, kept.now)
    weighed = weighing.weigh(session, app.settings, submission, page, kept.delivery.ip, kept.now)
    if weighed.reasons:
        return _hold(session, app, kept, submission, weighed)
    answer = _store_once(session, app, kept, submission, texts=not weighed.is_full)
    if answer.verdict is Verdict.STORED:
        weighing.note_accepted(session, weighed, kept.now)
    return answer


def _hold(session: Session, app: App, kept: _Kept, submission: Submission, weighed: Weighed) -> Answer:
    """Let it wait, unless it is the second delivery of one that was taken in, or that waits or was looked at."""
    accepted, held = store_knocks.earlier(session, submission.connector, submission.external_id)
    if accepted:
        return _store_once(session, app, kept, submission)
    if held:
        store.withdraw(session, kept.raw_id)
        return Answer(Verdict.HELD)
    weighing.note_held(session, weighed, submission, kept.now)
    store.conclude(session, kept.raw_id, RawState.TO_CHECK, error=written(weighed.reasons))
    check_alert.plan(session, app.reference.clinic, now=kept.now)
    log.info("form_held", raw_id=kept.raw_id, why=[reason.code for reason in weighed.reasons])
    return Answer(Verdict.HELD, raw_id=kept.raw_id)


def _store_once(
    session: Session, app: App, kept: _Kept, submission: Submission, *, texts: bool = True
) -> Answer:
    accepted = accept(
        session,
        app.reference,
        app.settings,
        submission,
        raw_payload_id=kept.raw_id,
        now=kept.now,
        texts=texts,
    )
    done = accepted.submission_id
    if not accepted.repeated:
        return Answer(Verdict.STORED, submission_id=done, set_aside=submission.set_aside)
    if store.is_first_of(session, done, kept.delivery.body):
        store.withdraw(session, kept.raw_id)
    else:  # a repeat that says something else is evidence
        store.conclude(session, kept.raw_id, RawState.ACCEPTED, submission_id=done)
    return Answer(Verdict.REPEATED, submission_id=done, set_aside=submission.set_aside)


def _dead_letter(session: Session, app: App, kept: _Kept, fault: UnreadablePayload) -> Answer:
    told = FieldError("body", str(fault))  # in the words of who builds forms; staff read them in plain ones
    raw_id = _let_wait(session, kept, RawState.DEAD, FieldError("body", DAMAGED))
    unread_alert.plan(session, app.reference.clinic, raw_id, now=kept.now)
    verdict = Verdict.KEPT if kept.connector.accepts_garbage else Verdict.UNREADABLE
    return Answer(verdict, raw_id=raw_id, errors=(told,))


def _refused(session: Session, app: App, kept: _Kept, fault: InvalidInput) -> Answer:
    raw_id = _let_wait(session, kept, RawState.REFUSED, fault.errors[0])
    unread_alert.plan(session, app.reference.clinic, raw_id, now=kept.now)
    return Answer(Verdict.INVALID, raw_id=raw_id, errors=tuple(fault.errors))


def _stumbled(session: Session, app: App, kept: _Kept, error: Exception) -> Answer:
    """Our own fault: the sender hears that we have it, which is true, and staff are called."""
    raw_id = _let_wait(session, kept, RawState.DEAD, FieldError("", STUMBLED))
    stumbling.report(session, app.settings, kept.connector.name, raw_id, error, kept.now)
    return Answer(Verdict.KEPT, raw_id=raw_id)


def _let_wait(session: Session, kept: _Kept, state: RawState, why: FieldError) -> str:
    """Let the bytes wait for a person; the id of the row that waits, an earlier one where the sender tries again."""
    connector = kept.connector.name
    twin = store.waiting_twin(session, connector, kept.delivery.body, kept.now)
    if twin:
        store.withdraw(session, kept.raw_id)
        return twin
    store.conclude(session, kept.raw_id, state, error_field=why.field, error=why.message)
    log.info(
        "form_kept_for_staff", connector=connector, state=state.value, field=why.field, raw_id=kept.raw_id
    )
    return kept.raw_id


def _refusal(verdict: Verdict, field: str, message: str) -> Answer:
    return Answer(verdict, errors=(FieldError(field, message),))
