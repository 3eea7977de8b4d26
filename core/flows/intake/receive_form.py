"""A form reaches us: prove the sender, read it, and store all of it or keep it for a person.

Read from top to bottom. Nothing is stored for a sender that can't prove itself; of an authentic delivery nothing
is ever dropped: it becomes a submission, or its raw payload waits for staff as refused (a field has a fault) or
as a dead letter (it can't be read).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError

from core.app import App
from core.domain.errors import FieldError, InvalidInput, UnreadablePayload
from core.domain.ids import new_id
from core.flows.intake.accept_submission import accept
from core.flows.intake.vocabulary import vocabulary
from core.form_keys import FormKey
from core.intake import rules, store
from core.intake.connectors import BY_WEBHOOK, HOSTED, Connector
from core.intake.connectors.connector import same
from core.intake.draft import Delivery
from core.intake.store import RawState
from core.intake.submission import Submission
from core.reference import Reference

log = structlog.get_logger(__name__)
# The same delivery, or the first two forms of one new number, at the same moment: the second try meets the first.
TRIES = 4


class Verdict(StrEnum):
    """What became of a delivery."""

    STORED = "stored"
    REPEATED = "repeated"
    INVALID = "invalid"
    UNREADABLE = "unreadable"
    KEPT = "kept"  # unreadable too, but this vendor must hear of success
    UNKNOWN_CONNECTOR = "unknown_connector"
    WRONG_KEY = "wrong_key"
    WRONG_SIGNATURE = "wrong_signature"


@dataclass(frozen=True)
class Answer:
    """`submission_id` where one exists, `raw_id` where the payload waits for staff, `errors` where there are faults."""

    verdict: Verdict
    submission_id: str = ""
    raw_id: str = ""
    errors: tuple[FieldError, ...] = ()

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
    """Read and store one authentic delivery of a webhook. Raises KeyError for an unknown connector."""
    known = BY_WEBHOOK[connector]
    try:
        submission = read(app.reference, known, delivery, received_at=now)
    except UnreadablePayload as fault:
        return _dead_letter(app, known, delivery, fault, now)
    except InvalidInput as fault:
        return _refused(app, known, delivery, fault, now)
    return _store(app, known, delivery, submission, now)


def fill_in(app: App, delivery: Delivery, found: Sequence[FieldError], *, now: datetime) -> Answer:
    """Store one hosted form, unless it has faults: `found` by the page itself, or by the rules.

    A form with faults goes back to the person, who is still there, and is not kept.
    """
    try:
        submission = read(app.reference, HOSTED, delivery, received_at=now)
    except InvalidInput as fault:
        return Answer(Verdict.INVALID, errors=(*found, *fault.errors))
    if found:
        return Answer(Verdict.INVALID, errors=tuple(found))
    return _store(app, HOSTED, delivery, submission, now)


def trap(app: App, delivery: Delivery, field: str, *, now: datetime) -> None:
    """Keep a hosted form that a robot seems to have filled in: refused, but there when it was a person after all."""
    fault = InvalidInput.of(field, "This looks like a robot. Replay it if it is a person.")
    _refused(app, HOSTED, delivery, fault, now)


def read(
    reference: Reference, connector: Connector, delivery: Delivery, *, received_at: datetime
) -> Submission:
    """The submission in a delivery. Raises UnreadablePayload, and InvalidInput with every fault."""
    try:
        draft = connector.read(delivery)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        # A shape that the connector's code did not foresee is the vendor's news to staff, not a lost lead.
        log.warning("connector_stumbled", connector=connector.name, error=type(error).__name__)
        raise UnreadablePayload("The form has a shape that we do not know yet.") from error
    return rules.submission_of(draft, vocabulary(reference), received_at)


def _store(
    app: App, connector: Connector, delivery: Delivery, submission: Submission, now: datetime
) -> Answer:
    for tries_left in reversed(range(TRIES)):
        try:
            return _store_once(app, connector, delivery, submission, now)
        except InvalidInput as fault:
            return _refused(app, connector, delivery, fault, now)
        except IntegrityError:
            if not tries_left:
                raise
        except OperationalError:
            raise  # the database can't be written to: the sender tries again
        except Exception:
            _keep(app, connector, delivery, RawState.DEAD, "", "It was read, but could not be stored.", now)
            raise
    raise AssertionError("unreachable: the last try returns or raises")


def _store_once(
    app: App, connector: Connector, delivery: Delivery, submission: Submission, now: datetime
) -> Answer:
    raw_id = new_id(now)
    with app.db.write() as session:
        accepted = accept(session, app.reference, app.settings, submission, raw_payload_id=raw_id, now=now)
        done = accepted.submission_id
        # A repeat that says something else is kept as evidence; the same bytes again are not.
        if not accepted.repeated or not store.is_first_of(session, done, delivery.body):
            store.keep(
                session, raw_id, connector.name, delivery, RawState.ACCEPTED, submission_id=done, now=now
            )
    return Answer(Verdict.REPEATED if accepted.repeated else Verdict.STORED, submission_id=done)


def _dead_letter(
    app: App, connector: Connector, delivery: Delivery, fault: UnreadablePayload, now: datetime
) -> Answer:
    raw_id = _keep(app, connector, delivery, RawState.DEAD, "body", str(fault), now)
    verdict = Verdict.KEPT if connector.accepts_garbage else Verdict.UNREADABLE
    return Answer(verdict, raw_id=raw_id, errors=(FieldError("body", str(fault)),))


def _refused(
    app: App, connector: Connector, delivery: Delivery, fault: InvalidInput, now: datetime
) -> Answer:
    first = fault.errors[0]
    raw_id = _keep(app, connector, delivery, RawState.REFUSED, first.field, first.message, now)
    return Answer(Verdict.INVALID, raw_id=raw_id, errors=tuple(fault.errors))


def _keep(
    app: App,
    connector: Connector,
    delivery: Delivery,
    state: RawState,
    field: str,
    error: str,
    now: datetime,
) -> str:
    with app.db.write() as session:
        twin = store.waiting_twin(session, connector.name, delivery.body, now)
        if twin:
            return twin
        raw_id = new_id(now)
        store.keep(session, raw_id, connector.name, delivery, state, now=now, error_field=field, error=error)
    log.info("form_kept_for_staff", connector=connector.name, state=state.value, field=field, raw_id=raw_id)
    return raw_id


def _refusal(verdict: Verdict, field: str, message: str) -> Answer:
    return Answer(verdict, errors=(FieldError(field, message),))
