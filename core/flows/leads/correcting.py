"""Staff correct what we know of a patient and what they asked for. What it was before is kept, with who changed it.

Consent belongs to a number: a corrected one carries none over, and nothing that was planned goes to the old one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.errors import InvalidInput, LostRace, NotFound
from core.domain.ids import new_id
from core.domain.phone import dial_phone, split_dialled
from core.domain.roles import Actor, Permission, require
from core.flows.intake import recognising
from core.flows.leads import correcting_number
from core.flows.leads.lead_by_hand import check_request
from core.flows.leads.staff_action import open_for_work
from core.intake import rules
from core.intake.findings import Findings
from core.leads.store import household as lead_household
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.patients.store import corrections
from core.patients.store import profiles as patients
from core.patients.store.corrections import Change
from core.reference import Reference

PERSON = ("first_name", "last_name", "email", "date_of_birth", "zip", "language")
REQUEST = ("treatment", "timeframe", "budget", "notes")
NUMBER = "phone"
COLUMNS = {"date_of_birth": "birth_date"}
MATCHED = frozenset({"first_name", "last_name", "email", "date_of_birth", NUMBER})
# The button shows for ten seconds; the rest is for a slow line. Later a correction is corrected like anything else.
UNDO = timedelta(minutes=1)


@dataclass(frozen=True)
class Corrected:
    """`batch` names the correction for its undo, '' where nothing was different. `stopped`: texts to the old number.

    `call_only`: nothing is texted to the new number until consent is recorded for it.
    """

    batch: str = ""
    fields: tuple[str, ...] = ()
    stopped: int = 0
    call_only: bool = False


def correct(
    session: Session,
    reference: Reference,
    actor: Actor,
    lead_id: str,
    wanted: Mapping[str, str],
    *,
    now: datetime,
) -> Corrected:
    """Change fields of a lead and its patient: those of PERSON, REQUEST and NUMBER that `wanted` names.

    Raises InvalidInput with every fault by its field, LostRace where a form with this number comes in right now.
    """
    lead = open_for_work(session, actor, lead_id)
    checked = _checked(reference, wanted, now)
    before = _present(session, lead, checked)
    changed = {name: value for name, value in checked.items() if value != before[name]}
    _keep_a_name(before | changed, changed)
    if not changed:
        return Corrected()
    try:
        detail, stopped = _write(session, reference, actor, lead, changed, now)
    except IntegrityError as error:
        raise LostRace(
            "A form with this number came in at this moment. Look at it, then try again."
        ) from error
    batch = new_id(now)
    changes = [Change(name, before[name], value) for name, value in changed.items()]
    corrections.keep(session, batch, lead.patient_id, lead_id, changes, detail, by=actor.staff_id, now=now)
    corrections.resolve_conflicts(
        session, lead.patient_id, [COLUMNS.get(name, name) for name in changed], now
    )
    _tell(session, actor, lead, "corrected", batch, changed, now)
    if MATCHED & set(changed):
        recognising.look_again(session, reference.given_names, lead.patient_id, now)
    call_only = NUMBER in changed and leads.get(session, lead_id).call_only
    return Corrected(batch, tuple(changed), stopped, call_only)


def undo(session: Session, reference: Reference, actor: Actor, batch: str, *, now: datetime) -> None:
    """Take a correction back at once. Raises LostRace when it is too late, or somebody changed it since."""
    require(actor, Permission.WORK_LEADS)
    kept = corrections.of_batch(session, batch)
    if not kept:
        raise NotFound("This correction does not exist.")
    first = kept[0]
    lead = open_for_work(session, actor, first.lead_id)
    if now - first.at > UNDO:
        raise LostRace("It is too late to take this back. Correct it again instead.")
    became = {change.field: change.became for change in kept}
    if _present(session, lead, became) != became or not corrections.undo(
        session, batch, by=actor.staff_id, now=now
    ):
        raise LostRace("This was changed again meanwhile. Correct it instead.")
    was = {change.field: change.was for change in kept}
    old_number = was.pop(NUMBER, None)
    _write(session, reference, actor, lead, was, now)
    if old_number is not None:
        number = split_dialled(old_number)
        correcting_number.put_back(session, reference, actor, lead, number, first.detail, first.at, now)
    corrections.open_conflicts(session, lead.patient_id, first.at)
    _tell(session, actor, lead, "correction_undone", batch, became, now)


def _checked(reference: Reference, wanted: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What was typed, as we keep it. Raises InvalidInput with every fault."""
    found = Findings()
    checked: dict[str, str] = {}
    for name, value in wanted.items():
        reader = READERS.get(name)
        if reader is None:
            raise InvalidInput.of(name, "This can't be corrected here.")
        checked[name] = found.read(partial(reader, reference, value.strip(), now), "")
    found.refuse()
    return checked


def _name(field: str) -> Callable[[Reference, str, datetime], str]:
    def read(_reference: Reference, value: str, _now: datetime) -> str:
        return "".join(rules.names_of({field: value}))

    return read


def _choice(field: str) -> Callable[[Reference, str, datetime], str]:
    def read(reference: Reference, value: str, _now: datetime) -> str:
        check_request(reference, {field: value})
        return value

    return read


def _born(_reference: Reference, value: str, now: datetime) -> str:
    born = rules.birth_date_of(value, now.date())
    return born.isoformat() if born else ""


def _phone(_reference: Reference, value: str, _now: datetime) -> str:
    """With its extension as a `tel:` link has it: one text, as history keeps it."""
    phone = rules.phone_of(value)
    if not phone.e164:
        raise InvalidInput.of("phone", "A number can be corrected, not taken away. Enter the right one.")
    return dial_phone(phone.e164, phone.extension)


def _zip(_reference: Reference, value: str, _now: datetime) -> str:
    if value and not rules.zip_of(value):
        raise InvalidInput.of("zip", "Enter a ZIP code of five digits, or leave it out.")
    return rules.zip_of(value)


READERS: dict[str, Callable[[Reference, str, datetime], str]] = {
    "first_name": _name("first_name"),
    "last_name": _name("last_name"),
    "phone": _phone,
    "email": lambda _reference, value, _now: rules.email_of(value),
    "date_of_birth": _born,
    "zip": _zip,
    **{name: _choice(name) for name in ("language", *REQUEST)},
}


def _keep_a_name(whole: Mapping[str, str], changed: Mapping[str, str]) -> None:
    both = [whole.get(name) for name in ("first_name", "last_name")]
    if (
        {"first_name", "last_name"} <= set(whole)
        and set(changed) & {"first_name", "last_name"}
        and not any(both)
    ):
        raise InvalidInput.of("first_name", "Enter a name, or what you know of it.")


def _present(session: Session, lead: LeadBrief, names: Mapping[str, str]) -> dict[str, str]:
    """The present values of some fields."""
    person = patients.identity(session, lead.patient_id) | corrections.language(session, lead.patient_id)
    request = lead_household.request(session, lead.id)
    known: dict[str, Any] = {
        **person,
        **request,
        "date_of_birth": person["birth_date"],
        NUMBER: _dialled(lead),
    }
    return {name: known[name] or "" for name in names}


def _dialled(lead: LeadBrief) -> str:
    return dial_phone(lead.phone, lead.extension or "") if lead.phone else ""


def _write(
    session: Session,
    reference: Reference,
    actor: Actor,
    lead: LeadBrief,
    changed: Mapping[str, str],
    now: datetime,
) -> tuple[dict[str, Any], int]:
    """Write what changed; (what an undo of the number needs, how many texts to the old one were stopped)."""
    person = {COLUMNS.get(name, name): changed[name] for name in PERSON if name in changed}
    language = person.pop("language", None)
    if language is not None:
        patients.touch(session, lead.patient_id, now, language=language)
    if person:
        names = {"first_name", "last_name"}
        kept = {name: value if name in names else value or None for name, value in person.items()}
        whole = patients.identity(session, lead.patient_id) | kept
        patients.set_identity(session, lead.patient_id, whole, kept, now)
    request = {name: changed[name] for name in REQUEST if name in changed}
    if request:
        leads.change(session, lead.id, now, **_with_value(session, reference, lead, request))
    if NUMBER not in changed:
        return {}, 0
    return correcting_number.move(session, reference, actor, lead, split_dialled(changed[NUMBER]), now)


def _with_value(
    session: Session, reference: Reference, lead: LeadBrief, request: Mapping[str, str]
) -> dict[str, Any]:
    """Another treatment is worth something else, unless staff have entered what this one is worth."""
    values: dict[str, Any] = dict(request)
    if "treatment" in request:
        was = reference.treatments.get(lead.treatment)
        if lead_household.value_of(session, lead.id) == (was.value_cents if was else 0):
            becomes = reference.treatments.get(request["treatment"])
            values["value_cents"] = becomes.value_cents if becomes else 0
    if "notes" in request:
        values["notes"] = request["notes"] or None
    return values


def _tell(
    session: Session,
    actor: Actor,
    lead: LeadBrief,
    kind: str,
    batch: str,
    changed: Mapping[str, str],
    now: datetime,
) -> None:
    """The timeline and the audit trail name the fields, never their values."""
    data = {"fields": sorted(changed), "batch": batch}
    leads.note_event(session, lead.id, kind, "staff", now=now, staff_id=actor.staff_id, data=data)
    audit.note(session, staff_id=actor.staff_id, action=kind, subject=lead.patient_id, detail=data, now=now)
