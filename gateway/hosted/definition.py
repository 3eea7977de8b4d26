"""The hosted forms as `data/forms/` describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.flows.intake.vocabulary import Choice, choices
from core.intake.submission import TEXTS
from core.reference import Reference
from core.shipped import read_data

SLUGS = ("lead-capture", "consultation-request", "booking-request")


@dataclass(frozen=True)
class Field:
    """One question. `kind`: text, tel, email, select, radio, textarea. `compact` puts short options side by side."""

    name: str
    label: str
    kind: str
    required: bool = False
    missing: str = ""
    options: tuple[Choice, ...] = ()
    empty: str = ""
    autocomplete: str = ""
    max_length: int = 200
    hint: str = ""
    placeholder: str = ""
    compact: bool = False


@dataclass(frozen=True)
class Box:
    """A consent box with the exact words that are kept with the form."""

    name: str
    scope: str
    wording: str
    channel: str = TEXTS


@dataclass(frozen=True)
class HostedForm:
    """One page. `version` names the wording of its boxes."""

    slug: str
    form_type: str
    title: str
    lead: str
    submit: str
    fields: tuple[Field, ...]
    boxes: tuple[Box, ...]
    version: str
    after: str

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True)
class _Consent:
    """The boxes below every form."""

    boxes: tuple[Box, ...]
    version: str
    after: str


@lru_cache(maxsize=8)  # worked out anew only after something was published
def load_forms(reference: Reference) -> dict[str, HostedForm]:
    """Every hosted form by its slug. Raises SettingsError, which names the file, where one is broken."""
    consent = read_data("forms/consent.toml", lambda raw: _consent(raw, reference))
    return {slug: _read(slug, consent, reference) for slug in SLUGS}


def _consent(raw: Mapping[str, Any], reference: Reference) -> _Consent:
    clinic = reference.clinic
    words = {"legal_name": clinic.legal_name, "texts_a_month": clinic.texts_a_month}
    boxes = (
        Box(box["name"], box["scope"], box["wording"].format(**words), box.get("channel", TEXTS))
        for box in raw["boxes"]
    )
    return _Consent(tuple(boxes), raw["version"], raw["after"])


def _read(slug: str, consent: _Consent, reference: Reference) -> HostedForm:
    return read_data(f"forms/{slug}.toml", lambda raw: _form(slug, raw, consent, reference))


def _form(slug: str, raw: Mapping[str, Any], consent: _Consent, reference: Reference) -> HostedForm:
    return HostedForm(
        slug=slug,
        form_type=raw["form_type"],
        title=raw["title"],
        lead=raw["lead"],
        submit=raw["submit"],
        fields=tuple(_field(entry, reference) for entry in raw["fields"]),
        boxes=consent.boxes,
        version=consent.version,
        after=consent.after,
    )


def _field(raw: Mapping[str, Any], reference: Reference) -> Field:
    entry = dict(raw)
    left_out = entry.pop("leave_out", [])
    options = choices(entry.pop("options"), reference) if "options" in entry else ()
    return Field(**entry, options=tuple(option for option in options if option.code not in left_out))
