"""The hosted forms as `data/forms/` describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.flows.intake.vocabulary import Choice, choices
from core.reference import Reference, read_toml

SLUGS = ("lead-capture", "consultation-request")


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


def load_forms(reference: Reference) -> dict[str, HostedForm]:
    """Every hosted form by its slug. Raises KeyError or TypeError where a data file is broken."""
    consent = read_toml("forms/consent.toml")
    return {slug: _form(slug, read_toml(f"forms/{slug}.toml"), consent, reference) for slug in SLUGS}


def _form(slug: str, raw: Mapping[str, Any], consent: Mapping[str, Any], reference: Reference) -> HostedForm:
    clinic = reference.clinic
    words = {"legal_name": clinic.legal_name, "texts_a_month": clinic.texts_a_month}
    return HostedForm(
        slug=slug,
        form_type=raw["form_type"],
        title=raw["title"],
        lead=raw["lead"],
        submit=raw["submit"],
        fields=tuple(_field(entry, reference) for entry in raw["fields"]),
        boxes=tuple(
            Box(box["name"], box["scope"], box["wording"].format(**words)) for box in consent["boxes"]
        ),
        version=consent["version"],
        after=consent["after"],
    )


def _field(raw: Mapping[str, Any], reference: Reference) -> Field:
    entry = dict(raw)
    left_out = entry.pop("leave_out", [])
    options = choices(entry.pop("options"), reference) if "options" in entry else ()
    return Field(**entry, options=tuple(option for option in options if option.code not in left_out))
