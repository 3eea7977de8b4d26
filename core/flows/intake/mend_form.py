"""Staff mend a form that could not be taken in: its fields beside what was sent, corrected, become a lead.

The corrected fields go through the same rules as every form. Consent comes only from what the form itself proves: the
boxes stay with it while the number is the one that the person gave; for another number nobody agreed to anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.errors import InvalidInput, LostRace, UnreadablePayload
from core.domain.roles import Actor, Permission, require
from core.flows.intake import unread_alert, unread_forms
from core.flows.intake.accept_submission import accept
from core.flows.intake.unread_forms import OpenForm
from core.flows.intake.vocabulary import vocabulary
from core.intake import choices, rules, store, text
from core.intake.connectors import EVERY
from core.intake.draft import Draft
from core.intake.labels import MENDABLE
from core.intake.store import UNHANDLED, Raw, RawState
from core.intake.whose import flat
from core.reference import Reference
from core.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FieldToMend:
    """One field as it could be read. `value` is a code where the clinic has one for it; `fault` is '' where there is
    none.
    """

    name: str
    label: str
    value: str
    fault: str


@dataclass(frozen=True)
class FormToMend:
    """What was sent, and the fields in the order in which to ask for them."""

    form: OpenForm
    fields: tuple[FieldToMend, ...]
    why: str


@dataclass(frozen=True)
class Mended:
    """`lead_id` is None for a test. `repeated`: the form was stored meanwhile. `may_text`: its boxes count."""

    submission_id: str
    lead_id: str | None
    repeated: bool
    may_text: bool


def open_to_mend(
    session: Session, reference: Reference, actor: Actor, raw_payload_id: str, *, now: datetime
) -> FormToMend:
    """Decrypt one form, note who looked, and read of it what can be read. Raises Denied and NotFound."""
    form = unread_forms.open_form(session, actor, raw_payload_id, now=now)
    raw = store.take(session, raw_payload_id)
    draft = _draft(raw)
    values, faults = _values(draft, reference), _faults(draft, reference, raw)
    fields = tuple(
        FieldToMend(name, label, values.get(name, ""), faults.get(name, ""))
        for name, label in MENDABLE.items()
    )
    return FormToMend(form, fields, raw.error)


def mend(
    session: Session,
    reference: Reference,
    settings: Settings,
    actor: Actor,
    raw_payload_id: str,
    fields: Mapping[str, str],
    *,
    now: datetime,
) -> Mended:
    """Make a lead of a kept form with `fields` (names of MENDABLE) in place of what was read; all of it is asked for.

    Raises Denied, NotFound, LostRace where somebody has handled it, and InvalidInput with every fault: then nothing has
    changed. Raises IntegrityError when the same form arrives at this moment: try again.
    """
    require(actor, Permission.SEE_DEAD_LETTERS)
    raw = store.take(session, raw_payload_id)
    if raw.state not in UNHANDLED:
        raise LostRace("Somebody has handled this form already. Your changes were not needed.")
    draft = _draft(raw)
    corrected = _corrected(draft, fields)
    keeps_number = _phone(corrected) == _phone(draft)
    if not keeps_number:
        corrected = replace(corrected, consents=())
    submission = rules.submission_of(corrected, vocabulary(reference), raw.received_at, strict=True)
    changed = sorted(_changed(draft, fields, reference))
    note = {"mended_by": actor.name, "mended": [MENDABLE[name] for name in changed]}
    submission = replace(submission, fields={**submission.fields, **note})
    accepted = accept(session, reference, settings, submission, raw_payload_id=raw.id, now=now)
    done = accepted.submission_id
    store.settle(session, raw.id, RawState.MENDED, by=actor.staff_id, now=now, submission_id=done)
    unread_alert.cancel(session, raw.id, by=actor.staff_id, now=now)
    detail = {"fields": changed}
    audit.note(session, staff_id=actor.staff_id, action="form_mended", subject=raw.id, detail=detail, now=now)
    may_text = keeps_number and any(given.ticked for given in submission.text_consents)
    return Mended(done, accepted.lead_id, accepted.repeated, may_text)


def _draft(raw: Raw) -> Draft:
    """What its connector reads of it now; an empty form, which proves nothing, where it can't.

    Raises UnreadablePayload for a text of a patient: nobody filled in a form.
    """
    connector = EVERY.get(raw.connector)
    if connector is None:
        raise UnreadablePayload("This is a text message, not a form. Have it read again, or dismiss it.")
    try:
        return connector.read(raw.delivery)
    except Exception as error:  # whatever it was that kept it from being read
        log.info("mended_by_hand", connector=raw.connector, error=type(error).__name__)
        return Draft(raw.connector, f"raw:{raw.id}")


def _corrected(draft: Draft, fields: Mapping[str, str]) -> Draft:
    others = {name: value for name, value in draft.answers.items() if name not in (*MENDABLE, "name")}
    given = {name: fields[name] for name in MENDABLE if fields.get(name, "").strip()}
    return replace(
        draft, answers=others | given, faults=(), form_type=rules.form_type_or_plain(draft.form_type)
    )


def _values(draft: Draft, reference: Reference) -> dict[str, str]:
    """What could be read, by our names; a choice as the clinic's code where it has one."""
    values = {name: text.paragraph(flat(draft.answers.get(name))) for name in MENDABLE}
    if not (values["first_name"] or values["last_name"]):
        full = text.words(flat(draft.answers.get("name")))
        values["first_name"], _, values["last_name"] = full.partition(" ")
    codes = choices.codes_of(draft.answers, vocabulary(reference))
    return values | {name: code for name, code in codes.items() if code}


def _changed(draft: Draft, fields: Mapping[str, str], reference: Reference) -> set[str]:
    before = _values(draft, reference)
    return {name for name in MENDABLE if fields.get(name, "").strip() != before[name]}


def _faults(draft: Draft, reference: Reference, raw: Raw) -> dict[str, str]:
    try:
        rules.submission_of(draft, vocabulary(reference), raw.received_at, strict=True)
    except InvalidInput as refused:
        named = {error.field: error.message for error in reversed(refused.errors)}
        return named | ({"first_name": named["name"]} if "name" in named else {})
    return {}


def _phone(draft: Draft) -> str:
    try:
        return rules.phone_of(text.words(flat(draft.answers.get("phone")))).e164
    except InvalidInput:
        return ""
