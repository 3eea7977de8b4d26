"""Reference data: the clinic, its wording, plans and targets, read once from `data/` and handed around."""

import json
import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from core.compliance.legal_holidays import LegalHolidays
from core.compliance.rules import TextingHours, parse_texting_hours
from core.conversation.rules.alarms import Alarms, parse_alarms
from core.domain.hours import WeeklyHours, Window, parse_window
from core.domain.names import fold
from core.leads.call_rules import Try, parse_plan
from core.messaging.senders import SenderLimits, parse_senders
from core.messaging.templates import Template, parse_template
from core.operations.rules import Limits, parse_limits
from core.patients.likeness import GivenNames
from core.patients.rules import AreaCodes
from core.sequences.rules import Sequence, parse_sequence
from core.sla.rules import Policy, parse_policies

TEMPLATE_VARIABLES = frozenset(
    {
        "firstName",
        "clinicName",
        "clinicShortName",
        "clinicPhone",
        "staffName",
        "callBy",
        "leadRef",
        "leadUrl",
        "dueTime",
        "taskTitle",
        "digestSpan",
        "leadCount",
        "onTime",
        "bookedCount",
        "waitingCount",
        "failedCount",
        "consoleUrl",
    }
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Location:
    """One site of the clinic. `zips` are the leading digits of the ZIP codes nearest to it."""

    slug: str
    name: str
    address: str
    zips: tuple[str, ...]
    hours: WeeklyHours


@dataclass(frozen=True)
class Treatment:
    """What a patient may want. `group` is the skill it needs; `value_cents` the usual first visit."""

    code: str
    label: str
    group: str
    value_cents: int


@dataclass(frozen=True)
class Clinic:
    """The practice."""

    name: str
    legal_name: str
    short_name: str
    phone: str  # E.164
    website: str
    texts_a_month: int
    zone: ZoneInfo
    locations: Mapping[str, Location]
    default_location: str

    def location(self, slug: str) -> Location:
        """The named location, or the default one where `slug` names none."""
        return self.locations.get(slug) or self.locations[self.default_location]

    def nearest(self, zip_code: str) -> Location:
        """The location whose list of ZIP prefixes names this code best, else the default one."""
        matches = [
            (len(z), where) for where in self.locations.values() for z in where.zips if zip_code.startswith(z)
        ]
        return (
            max(matches, key=lambda match: match[0])[1]
            if matches and zip_code
            else self.locations[self.default_location]
        )


@dataclass(frozen=True, eq=False)
class Reference:
    """Everything that is data rather than code and that more than one story needs.

    Equal to itself alone: what is worked out from it may be kept under it.
    """

    clinic: Clinic
    treatments: Mapping[str, Treatment]
    treatment_names: Mapping[str, str]  # folded spelling -> code
    templates: Mapping[str, Template]
    sequences: Mapping[str, Sequence]
    policies: tuple[Policy, ...]
    call_plan: tuple[Try, ...]
    texting_hours: TextingHours
    area_codes: AreaCodes
    limits: Limits
    senders: Mapping[str, SenderLimits]
    given_names: GivenNames = field(repr=False)
    alarms: Alarms

    def treatment_code(self, text: str) -> str:
        """The code for what a form calls a treatment, or '' where it is unknown to us."""
        return self.treatment_names.get(fold(text), "")

    def treatment_label(self, code: str) -> str:
        known = self.treatments.get(code)
        return known.label if known else code.replace("_", " ")


def read_toml(name: str) -> dict[str, Any]:
    """One file below `data/`, whether run from a checkout or installed."""
    return tomllib.loads((files("data") / name).read_text(encoding="utf-8"))


@cache
def load_reference(zone: ZoneInfo) -> Reference:
    """Read the reference data for a clinic in `zone`. Raises KeyError or ValueError where a data file is broken."""
    treatments = _treatments()
    return Reference(
        clinic=_clinic(zone),
        treatments=treatments,
        treatment_names=_spellings(treatments),
        templates=_templates(),
        sequences={"lead": parse_sequence("lead", read_toml("sequences/lead.toml"))},
        policies=parse_policies(read_toml("sla_policies.toml")),
        call_plan=parse_plan(read_toml("call_plan.toml")),
        texting_hours=parse_texting_hours(read_toml("quiet_hours.toml")),
        area_codes=_area_codes(),
        limits=parse_limits(read_toml("limits.toml")),
        senders=parse_senders(read_toml("senders.toml")),
        given_names=_given_names(),
        alarms=parse_alarms(read_toml("alarms.toml")),
    )


def _given_names() -> GivenNames:
    raw = read_toml("names.toml")
    short = {name: frozenset(full) for name, full in raw["short"].items()}
    return GivenNames(short, frozenset(raw["known"]["names"].split()))


def _templates() -> dict[str, Template]:
    raw = read_toml("templates/texts.toml")
    return {
        key: parse_template(key, entry["version"], entry["purpose"], entry["body"], TEMPLATE_VARIABLES)
        for key, entry in raw.items()
    }


def _area_codes() -> dict[str, tuple[str, tuple[str, ...]]]:
    raw = json.loads((files("data") / "area_codes.json").read_text(encoding="utf-8"))
    return {code: (state, tuple(zones)) for code, (state, zones) in raw.items()}


def _clinic(zone: ZoneInfo) -> Clinic:
    raw = read_toml("clinic.toml")
    closed = LegalHolidays(only=frozenset(raw["closed_holidays"]))
    days = {date.fromisoformat(day): _windows(spans) for day, spans in raw["days"].items()}
    locations = {entry["slug"]: _location(entry, zone, closed, days) for entry in raw["locations"]}
    names = ("name", "legal_name", "short_name", "phone", "website", "texts_a_month", "default_location")
    return Clinic(**{name: raw[name] for name in names}, zone=zone, locations=locations)


def _location(
    entry: dict[str, Any], zone: ZoneInfo, closed: Container[date], days: Mapping[date, tuple[Window, ...]]
) -> Location:
    windows = {WEEKDAYS.index(day): _windows(spans) for day, spans in entry["hours"].items()}
    hours = WeeklyHours(zone, windows, closed, days)
    return Location(entry["slug"], entry["name"], entry["address"], tuple(entry["zips"]), hours)


def _windows(spans: list[str]) -> tuple[Window, ...]:
    return tuple(parse_window(text, over_midnight=True) for text in spans)


def _treatments() -> dict[str, Treatment]:
    raw = read_toml("treatments.toml")
    return {
        code: Treatment(code, entry["label"], entry["group"], entry["value"] * 100)
        for code, entry in raw.items()
    }


def _spellings(treatments: Mapping[str, Treatment]) -> dict[str, str]:
    raw = read_toml("treatments.toml")
    names = {fold(spelling): code for code, entry in raw.items() for spelling in entry["also"]}
    names |= {fold(known.label): code for code, known in treatments.items()}
    return (
        names
        | {fold(code.replace("_", " ")): code for code in treatments}
        | {code: code for code in treatments}
    )
