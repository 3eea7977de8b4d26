"""Reference data: the clinic, its wording, plans and targets, read once from `data/` and handed around."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core import reference_checks
from core.alerting.rules import Escalation, parse_escalation
from core.assignment.rules.definition import FaultyRules, RuleSet, parse_rules
from core.booking.catalogue import Catalogue as Bookable
from core.booking.catalogue import Service
from core.booking.catalogue_bodies import catalogue_of
from core.clinic import Clinic, parse_clinic
from core.compliance.rules import TextingHours
from core.conversation import lexicon
from core.conversation.rules.alarms import Alarms, parse_alarms
from core.domain.errors import InvalidInput, SettingsError
from core.domain.names import fold
from core.experiments.rules import guardrails
from core.intake.rules import FORM_TYPES
from core.leads.call_rules import Try, parse_plan
from core.messaging.actions import Purpose
from core.messaging.library import (
    CLASSES,
    Catalogue,
)
from core.messaging.quick_texts import parse_quick_text
from core.messaging.rules.lint.lexicon import parse_lexicon
from core.messaging.senders import SenderLimits, parse_senders
from core.operations.rules import Limits, parse_limits
from core.patients.likeness import GivenNames
from core.patients.rules import AreaCodes
from core.sequences.rules import soundness
from core.sequences.rules.definition import Sequence
from core.shipped import (
    in_words,
    read_data,
    said,
    shipped_catalogue,
    shipped_plans,
    shipped_sequences,
    texting_hours,
)
from core.sla.rules import Policy, parse_policies

T = TypeVar("T")
UNDECIDED = "consultation"


@dataclass(frozen=True)
class Treatment:
    """What a patient may want. `group` is the skill it needs; `value_cents` the usual first visit."""

    code: str
    label: str
    group: str
    value_cents: int
    labels: Mapping[str, str] = field(default_factory=dict)  # in other languages than English
    retired: bool = False  # offered no more; forms and leads of before are still understood


@dataclass(frozen=True, eq=False)
class Reference:
    """Everything that is data rather than code and that more than one story needs.

    Equal to itself alone: what is worked out from it may be kept under it.
    """

    clinic: Clinic
    treatments: Mapping[str, Treatment]
    treatment_names: Mapping[str, str]  # folded spelling -> code
    sequences: Mapping[str, Sequence]
    policies: tuple[Policy, ...]
    call_plan: tuple[Try, ...]
    texting_hours: TextingHours
    area_codes: AreaCodes
    limits: Limits
    guardrails: guardrails.Limits
    senders: Mapping[str, SenderLimits]
    given_names: GivenNames = field(repr=False)
    alarms: Alarms
    assignment: RuleSet
    escalation: Escalation
    bookable: Bookable

    def treatment_code(self, text: str) -> str:
        """The code for what a form calls a treatment, or '' where it is unknown to us."""
        return self.treatment_names.get(fold(text), "")

    def skill_for(self, service: Service) -> str:
        """What a provider must be good at to give a service; '' where anybody may."""
        known = self.treatments.get(service.treatment)
        return known.group if known and service.treatment != UNDECIDED else ""

    def treatment_label(self, code: str) -> str:
        known = self.treatments.get(code)
        return known.label if known else code.replace("_", " ")

    def treatment_name(self, code: str, language: str) -> str:
        """As a text prints it; '' for none of ours, and for who is not sure yet."""
        known = self.treatments.get(code)
        if known is None or code == UNDECIDED:
            return ""
        return known.labels.get(language) or known.label


def _read_words() -> None:
    """A broken word list is said when we start, not when somebody writes STOP."""
    try:
        lexicon.read_all()
    except lexicon.LexiconError as error:
        raise SettingsError("data/lexicon", str(error)) from error


@cache
def load_reference(zone: ZoneInfo) -> Reference:
    """Read the reference data for a clinic in `zone`, and see that its parts fit together. Raises SettingsError."""
    _read_words()
    treatments = read_data("treatments.toml", _treatments)
    reference = Reference(
        clinic=read_data("clinic.toml", lambda raw: parse_clinic(raw, zone)),
        treatments=treatments,
        treatment_names=read_data("treatments.toml", lambda raw: _spellings(raw, treatments)),
        sequences=shipped_plans(),
        policies=read_data("sla_policies.toml", parse_policies),
        call_plan=read_data("call_plan.toml", parse_plan),
        texting_hours=texting_hours(),
        area_codes=_area_codes(),
        limits=read_data("limits.toml", parse_limits),
        guardrails=read_data("experiments.toml", guardrails.parse_limits),
        senders=read_data("senders.toml", parse_senders),
        given_names=read_data("names.toml", _given_names),
        alarms=read_data("alarms.toml", parse_alarms),
        assignment=read_data("assignment_rules.toml", _assignment),
        escalation=read_data("escalation.toml", parse_escalation),
        bookable=_bookable(),
    )
    _check_together(reference, shipped_catalogue())
    # Read where they are used; what is broken in them is said when we start.
    read_data("retention.toml", dict)
    read_data("automation.toml", dict)
    read_data("lint.toml", parse_lexicon)
    read_data("templates/quick.toml", _quick_texts)
    return reference


def _check_together(found: Reference, templates: Iterable[str]) -> None:
    """Names in one file that lead into another. Raises SettingsError for the first that leads nowhere."""
    policies = [(policy.target, not policy.conditions) for policy in found.policies]
    around = sequences_around(shipped_catalogue(), found.sequences, found.texting_hours)
    faults = {
        **{
            f"sequences/{key}.toml": [
                said(fault, body) for fault in soundness.faults(found.sequences[key], around)
            ]
            for key, body in shipped_sequences().items()
        },
        "templates": reference_checks.template_faults(templates),
        "sla_policies.toml": reference_checks.policy_faults(policies),
        "clinic.toml": reference_checks.place_faults(found.clinic.locations, found.clinic.default_location),
    }
    for name, sentences in faults.items():
        for sentence in sentences:
            raise SettingsError(f"data/{name}", sentence)


def sequences_around(
    catalogue: Catalogue, sequences: Mapping[str, Sequence], hours: TextingHours
) -> soundness.Around:
    """What sequences may lead to: these templates, these sequences, and the hours that any patient could be texted."""

    def widest(purpose: str) -> soundness.Hours:
        week = hours.marketing if purpose == "marketing" else hours.transactional
        days = [soundness.minutes(window) for window in week.values()]
        return min(opens for opens, _ in days), max(closes for _, closes in days)

    messages = {
        key: soundness.Message(
            one.text_class, tuple(CLASSES[one.text_class]), one.purpose is Purpose.REPLY, one.channel
        )
        for key, one in catalogue.items()
    }
    return soundness.Around(messages, sequences, widest, frozenset(FORM_TYPES))


def _bookable() -> Bookable:
    parts = ("services", "resources", "packages", "rules")
    return catalogue_of(*(read_data(f"booking/{part}.toml", dict) for part in parts))


def _assignment(raw: Mapping[str, Any]) -> RuleSet:
    try:
        return parse_rules(raw)
    except FaultyRules as faulty:
        first = faulty.faults[0]
        raise ValueError(f"{first.field}: {first.message}") from faulty


def _quick_texts(raw: Mapping[str, Any]) -> None:
    for key, body in raw.items():
        try:
            parse_quick_text(key, 0, body)
        except InvalidInput as refused:
            raise ValueError(f"{key}: {refused.errors[0].message}") from refused


def _given_names(raw: Mapping[str, Any]) -> GivenNames:
    short = {name: frozenset(full) for name, full in raw["short"].items()}
    return GivenNames(short, frozenset(raw["known"]["names"].split()))


def _area_codes() -> dict[str, tuple[str, tuple[str, ...]]]:
    name = "area_codes.json"
    try:
        raw = json.loads((files("data") / name).read_text(encoding="utf-8"))
        return {code: (state, tuple(zones)) for code, (state, zones) in raw.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SettingsError(f"data/{name}", f"{in_words(error)}; make it anew from data/places") from error


def _treatments(raw: Mapping[str, Any]) -> dict[str, Treatment]:
    return {
        code: Treatment(code, entry["label"], entry["group"], entry["value"] * 100, entry.get("labels", {}))
        for code, entry in raw.items()
    }


def _spellings(raw: Mapping[str, Any], treatments: Mapping[str, Treatment]) -> dict[str, str]:
    names = {fold(spelling): code for code, entry in raw.items() for spelling in entry["also"]}
    names |= {fold(known.label): code for code, known in treatments.items()}
    return (
        names
        | {fold(code.replace("_", " ")): code for code in treatments}
        | {code: code for code in treatments}
    )
