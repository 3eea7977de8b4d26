"""What every story of the demo shares: the cast, the clinic's data, the dice, and the rows written so far."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from core.db.crypto import Keyring
from core.domain.hours import WeeklyHours, parse_window
from core.domain.names import fold
from core.patients.rules import whereabouts
from core.reference import Reference
from luxe.demo.load import Rows, make_id
from luxe.demo.people import Person
from luxe.demo.staff import COLLEAGUES, Colleague, hours_of

KEEP_ACTIONS = timedelta(days=45)  # how far back 'why sent, why not' reaches in made-up history


@dataclass(frozen=True)
class Member:
    """A colleague who takes leads, with their id in this database."""

    id: str
    colleague: Colleague
    hours: WeeklyHours

    @property
    def first_name(self) -> str:
        return self.colleague.name.split()[0]


@dataclass
class Stage:
    """One batch of stories. The same seed and `now` tell the same stories."""

    reference: Reference
    keyring: Keyring
    cast: tuple[Member, ...]
    now: datetime
    dice: Random
    rows: Rows = field(default_factory=lambda: defaultdict(list))
    turns: dict[str, int] = field(default_factory=dict)

    def new_id(self, moment: datetime) -> str:
        return make_id(moment, self.dice)

    def add(self, table: str, **values: Any) -> None:
        self.rows[table].append(values)

    def later(self, moment: datetime, median_minutes: float, spread: float = 0.9) -> datetime:
        """Some time after `moment`: half of all within `median_minutes`, with a long tail."""
        return moment + timedelta(minutes=median_minutes * self.dice.lognormvariate(0, spread))

    def chance(self, probability: float) -> bool:
        return self.dice.random() < probability


def make_cast(ids: dict[str, str], reference: Reference) -> tuple[Member, ...]:
    """Everybody who accepts leads. `ids` by username."""
    return tuple(
        Member(ids[person.username], person, _hours(person, reference))
        for person in COLLEAGUES
        if person.accepts_leads
    )


def _hours(person: Colleague, reference: Reference) -> WeeklyHours:
    place = reference.clinic.location(person.location).hours
    windows = {
        int(day): tuple(parse_window(span) for span in spans) for day, spans in hours_of(person).items()
    }
    return place.of_somebody(windows)


def add_patient(stage: Stage, person: Person, at: datetime, values: dict[str, Any]) -> str:
    """Write a patient with all indexes; their id. `values` are the columns that the story decided."""
    patient_id = stage.new_id(at)
    blind = stage.keyring.blind
    where = whereabouts(person.zip, person.phone, stage.reference.area_codes, stage.reference.clinic.zone.key)
    name = f"{fold(person.first_name)} {fold(person.last_name)}"
    stage.add(
        "patients",
        id=patient_id,
        created_at=at,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone or None,
        phone_index=phone_index(stage, person.phone),
        email=person.email or None,
        email_index=blind("email", person.email) if person.email else None,
        birth_date=person.born.isoformat() if person.born else None,
        name_birth_index=blind("name_birth", f"{name} {person.born.isoformat()}") if person.born else None,
        zip=person.zip or None,
        zone=",".join(where.zones),
        state=where.state,
        vip=person.vip,
        acquired_at=at,
        **values,
    )
    return patient_id


def phone_index(stage: Stage, phone: str) -> str | None:
    return stage.keyring.blind("phone", phone) if phone else None
