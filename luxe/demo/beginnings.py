"""How a made-up lead begins: the form, its facts, the consent, and who takes it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.leads.rules import Heat, heat
from luxe.demo import words
from luxe.demo.people import Person
from luxe.demo.stage import Member, Stage, phone_index
from luxe.demo.tale import Tale

ANSWERS = ("form_type", "treatment", "timeframe", "budget", "location", "campaign")
INTAKE_FORMS = ("medical_intake", "photo_upload", "pre_treatment")


@dataclass(frozen=True)
class Request:
    """What the form says."""

    form_type: str
    connector: str
    origin: words.Origin
    campaign: str
    treatment: str
    timeframe: str
    budget: str
    notes: str
    location: str


def ask(stage: Stage, location: str) -> Request:
    """Make up a form."""
    dice = stage.dice
    origin = words.origin(dice)
    form_type = words.weighted(dice, words.FORM_TYPES)
    return Request(
        form_type=form_type,
        connector="hosted" if form_type in INTAKE_FORMS else words.weighted(dice, words.CONNECTORS),
        origin=origin,
        campaign=dice.choice(origin.campaigns),
        treatment=words.weighted(dice, words.TREATMENTS),
        timeframe=words.weighted(dice, words.TIMEFRAMES) if form_type == "consultation_request" else "",
        budget=words.weighted(dice, words.BUDGETS) if form_type == "consultation_request" else "",
        notes=dice.choice(words.NOTES) if stage.chance(0.22) else "",
        location=location,
    )


def begin(
    stage: Stage,
    person: Person,
    patient_id: str,
    request: Request,
    number: int,
    at: datetime,
    *,
    barred: bool,
) -> Tale:
    """Everything that the accept flow does with a form."""
    submission_id, lead_id = stage.new_id(at), stage.new_id(at)
    treatment = stage.reference.treatments[request.treatment]
    warmth = _warmth(person, request, treatment.value_cents)
    index = phone_index(stage, person.phone)
    owner, trace = _assign(stage, request, treatment.group, at)
    _submission(stage, person, patient_id, submission_id, request, index, at)
    lead = {
        "id": lead_id,
        "number": number,
        "patient_id": patient_id,
        "submission_id": submission_id,
        "created_at": at,
        **{name: getattr(request, name) for name in ANSWERS},
        "notes": request.notes or None,
        "value_cents": treatment.value_cents,
        "temperature": warmth.temperature,
        "priority": warmth.priority,
        "source": request.origin.source,
        "medium": request.origin.medium,
        "phone": person.phone or None,
        "phone_index": index,
        "call_only": barred or index is None,
        "owner_id": owner.id,
        "assigned_at": at,
    }
    tale = Tale(stage, person, patient_id, index, lead_id, number, at, lead, owner)
    _opening_lines(tale, request, warmth, trace)
    return tale


def _warmth(person: Person, request: Request, value_cents: int) -> Heat:
    """As the product reckons it; the demo's people come for the first time."""
    said = bool(request.notes)
    return heat(
        request.form_type, request.timeframe, value_cents, vip=person.vip, returning=False, has_notes=said
    )


def _submission(
    stage: Stage,
    person: Person,
    patient_id: str,
    submission_id: str,
    request: Request,
    index: str | None,
    at: datetime,
) -> None:
    utm = {
        "utm_source": request.origin.utm,
        "utm_medium": request.origin.medium,
        "utm_campaign": request.campaign,
    }
    data = {
        "fields": {},
        "treatment": request.treatment,
        "timeframe": request.timeframe,
        "budget": request.budget,
        "notes": request.notes,
        "best_time": stage.dice.choice(words.BEST_TIMES),
        "heard_from": stage.dice.choice(words.HEARD),
        "referrer": "",
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "email": person.email,
        "zip": person.zip,
    }
    stage.add(
        "form_submissions",
        id=submission_id,
        connector=request.connector,
        external_id=stage.keyring.blind("external_id", f"{request.connector}\0demo-{submission_id}"),
        patient_id=patient_id,
        form_type=request.form_type,
        form_data=data,
        source=request.origin.source,
        utm_params={key: value for key, value in utm.items() if value},
        submitted_at=at - timedelta(seconds=0.3),
        received_at=at,
        phone_index=index,
    )


def _opening_lines(tale: Tale, request: Request, warmth: Heat, trace: dict[str, Any]) -> None:
    stage, at = tale.stage, tale.at
    detail = {
        "form_type": request.form_type,
        "source": request.origin.source,
        "score": list(warmth.reasons),
    }
    tale.event(at, "submitted", "patient", data=detail, shown=True)
    tale.event(at, "assigned", "automatic", data={"staff_id": tale.owner.id, "rule": trace["rule"]})
    if tale.lead["call_only"]:
        tale.event(
            at,
            "refused_text",
            "automatic",
            data={"reason": "opted_out" if tale.phone_index else "unreachable"},
        )
    stage.add("assignments", id=stage.new_id(at), lead_id=tale.id, staff_id=tale.owner.id, at=at, **trace)
    tale.milestone(
        at,
        "form_submitted",
        form_type=request.form_type,
        source=request.origin.source,
        campaign=request.campaign,
    )


RULES = {
    "injectables": "Injectables to the injectables desk",
    "senior_injectables": "Advanced injectables to senior coordinators",
    "laser": "Laser to the laser desk",
    "skin": "Skin and peels to the aesthetics desk",
    "body": "Skin and peels to the aesthetics desk",
    "coordination": "Coordinators by turn",
}


def _assign(stage: Stage, request: Request, group: str, at: datetime) -> tuple[Member, dict[str, Any]]:
    """Who takes it, as the rules would have it: trained, on shift, near, then whoever had fewest so far."""
    trained = [m for m in stage.cast if group in m.colleague.skills and m.colleague.title == "coordinator"]
    present = [m for m in trained if m.hours.is_open(at)]
    near = [m for m in present or trained if m.colleague.location == request.location]
    pool = near or present or trained
    chosen = min(pool, key=lambda m: (stage.turns.get(m.id, 0) * m.colleague.pace, m.id))
    stage.turns[chosen.id] = stage.turns.get(chosen.id, 0) + 1
    rule = RULES[group] if present else "Fallback: first one back with the skill"
    return chosen, {"rule": rule, "trace": _trace(stage, chosen, present, group)}


def _trace(stage: Stage, chosen: Member, present: list[Member], group: str) -> list[dict[str, Any]]:
    lines = [
        {
            "staff_id": chosen.id,
            "name": chosen.colleague.name,
            "chosen": True,
            "why": f"on shift, {stage.dice.randrange(1, 6)} of {chosen.colleague.capacity} open leads, next in turn"
            if chosen in present
            else "nobody fits the rule now; next best although not on shift",
        }
    ]
    for other in stage.cast:
        if other is not chosen:
            why = (
                f"not trained for {group.replace('_', ' ')}"
                if group not in other.colleague.skills
                else f"{stage.dice.randrange(7, 12)} open leads, more than {chosen.colleague.name}"
                if other in present
                else "not on shift"
            )
            lines.append({"staff_id": other.id, "name": other.colleague.name, "chosen": False, "why": why})
    return lines


def consent(tale: Tale, request: Request) -> dict[str, bool]:
    """The boxes of the form in the ledger; which of them were ticked. Empty without a phone."""
    stage = tale.stage
    if tale.phone_index is None:
        return {}
    ticked = {"transactional": stage.chance(0.97), "marketing": stage.chance(0.78)}
    ticked["transactional"] |= ticked["marketing"]
    for scope, given in ticked.items():
        wording = words.CONSENT[scope]
        stage.add(
            "consents",
            id=stage.new_id(tale.at),
            patient_id=tale.patient_id,
            phone_index=tale.phone_index,
            channel="sms",
            scope=scope,
            action="grant" if given and tale.may_text else "decline",
            method="web_form" if request.connector == "hosted" else "webhook",
            wording=wording,
            wording_sha256=_WORDING_HASHES[scope],
            version=words.CONSENT_VERSION,
            source=request.origin.source,
            page_url="https://luxe.example.com/consult",
            submission_id=tale.lead["submission_id"],
            ip=f"203.0.113.{stage.dice.randrange(1, 255)}",
            user_agent=words.USER_AGENT,
            signature_verified=request.connector in ("typeform", "generic"),
            at=tale.at,
        )
    return ticked if tale.may_text else {}


_WORDING_HASHES = {
    scope: hashlib.sha256(wording.encode()).hexdigest() for scope, wording in words.CONSENT.items()
}
