"""One batch of made-up patients, told and encoded, in this process or in another."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import make_url
from sqlalchemy.dialects import postgresql, sqlite

from core.db.crypto import parse_keyset
from core.reference import load_reference
from luxe.demo.load import Encoded, Sheets, sealed_batch
from luxe.demo.people import make_person, usable_area_codes
from luxe.demo.stage import Stage, add_patient, make_cast
from luxe.demo.story import tell
from luxe.demo.tale import Tale

SETTLED = timedelta(minutes=20)  # younger forms belong to today's open leads


@dataclass(frozen=True)
class Plan:
    """What every batch of one demo needs; goes to other processes as it is."""

    database_url: str
    keyset: str
    clinic_timezone: str
    staff_ids: dict[str, str]
    seed: int
    now: datetime


@dataclass(frozen=True)
class Visit:
    """Patient number `person` sends forms at `moments`, which become leads of `numbers`."""

    person: int
    moments: tuple[datetime, ...]
    numbers: tuple[int, ...]


def tell_batch(plan: Plan, visits: list[Visit]) -> Encoded:
    """Rows of one batch, ready for the driver."""
    reference = load_reference(ZoneInfo(plan.clinic_timezone))
    keyring = parse_keyset(plan.keyset)
    dice = Random(f"{plan.seed}:{visits[0].person}")
    stage = Stage(reference, keyring, make_cast(plan.staff_ids, reference), plan.now, dice)
    codes = usable_area_codes(reference.area_codes)
    for visit in visits:
        _tell_patient(stage, visit, codes)
    module = sqlite if make_url(plan.database_url).get_backend_name() == "sqlite" else postgresql
    dialect = module.dialect()
    dialect.luxe_keyring = keyring
    return Sheets(dialect).encode(sealed_batch(keyring, stage.rows))


def _tell_patient(stage: Stage, visit: Visit, codes: tuple[str, ...]) -> None:
    location = stage.dice.choices(("downtown", "westlake"), (66, 34))[0]
    person = make_person(visit.person, codes, location, stage.dice, stage.now.date())
    first = visit.moments[0]
    patient_id = add_patient(stage, person, first, {"location": location})
    tales: list[Tale] = []
    for number, at in zip(visit.numbers, visit.moments, strict=True):
        barred = any(tale.lead["call_only"] for tale in tales)
        where = location if _settled(stage, location, at) else stage.reference.clinic.default_location
        tales.append(tell(stage, person, patient_id, where, number, at, barred=barred))
    stage.rows["patients"][-1] |= _summary(tales)


def _settled(stage: Stage, location: str, at: datetime) -> bool:
    """Whether that location was open long enough since to have answered."""
    opens = stage.reference.clinic.location(location).hours.next_open(at)
    return opens is not None and opens < stage.now - SETTLED


STATUS = {"booked_at": "converted", "qualified_at": "qualified", "contacted_at": "contacted"}


def _summary(tales: list[Tale]) -> dict[str, object]:
    """What a patient's row says once their stories are told."""
    leads = [tale.lead for tale in tales]
    reached = next((word for key, word in STATUS.items() if any(lead.get(key) for lead in leads)), "new")
    lost = leads[-1]["state"] == "disqualified"
    return {
        "updated_at": max(tale.last["last_event_at"] for tale in tales),
        "status": "disqualified" if lost and reached != "converted" else reached,
        "score": 40 if leads[-1]["temperature"] == "hot" else 20,
        "source": leads[0]["source"],
        "campaign": leads[0]["campaign"],
        "last_form_at": tales[-1].at,
        "last_contact_at": max(
            (lead["attempted_at"] for lead in leads if "attempted_at" in lead), default=None
        ),
        "last_response_at": max(
            (lead["responded_at"] for lead in leads if "responded_at" in lead), default=None
        ),
        "texts_out": sum(tale.texts_out for tale in tales),
        "texts_in": sum(tale.texts_in for tale in tales),
    }
