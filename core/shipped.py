"""What comes with the product: the files of `data/`, and what a clinic may edit of them, as it is drafted.

Each raises SettingsError, which names the file and the key, where one is broken.
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any, TypeVar

from core import reference_checks
from core.compliance.rules import TextingHours, parse_texting_hours
from core.domain.errors import SettingsError
from core.messaging.library import (
    BODY,
    GROUPS,
    NEUTRAL,
    SUBJECT,
    Catalogue,
    FaultyTemplate,
    parse_library_template,
)
from core.messaging.templates import Template
from core.messaging.variables import EMAIL, LANGUAGES
from core.sequences.rules.definition import Fault, FaultySequence, Sequence
from core.sequences.rules.reading import parse_sequence
from core.versions.rules import SHIPPED_NUMBER

T = TypeVar("T")


def read_toml(name: str) -> dict[str, Any]:
    """One file below `data/`, whether run from a checkout or installed."""
    return tomllib.loads((files("data") / name).read_text(encoding="utf-8"))


def read_data(name: str, parse: Callable[[dict[str, Any]], T]) -> T:
    """What `parse` makes of one file. Raises SettingsError, which names the file and the key, where it is broken."""
    try:
        raw = read_toml(name)
        for fault in reference_checks.faults(name, raw):
            raise SettingsError(f"data/{name}", fault)
        return parse(raw)
    except SettingsError:
        raise
    except Exception as error:
        raise SettingsError(f"data/{name}", in_words(error)) from error


def in_words(error: Exception) -> str:
    """The reader's own sentence; what only names a key is made one."""
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing" if error.args else "a key is missing"
    if isinstance(error, FileNotFoundError):
        return "the file is missing"
    if isinstance(error, TypeError | AttributeError):
        return f"a value has the wrong kind ({error})"
    return str(error) or type(error).__name__


@cache
def shipped_assignment() -> Mapping[str, Any]:
    """The assignment rules that come with the product, as they are drafted and published. Raises SettingsError."""
    return read_data("assignment_rules.toml", lambda raw: raw)


@cache
def shipped_templates() -> Mapping[str, Mapping[str, Any]]:
    """The templates that come with the product, by key, as they are drafted and published. Raises SettingsError."""
    found: dict[str, Mapping[str, Any]] = {}
    for group in GROUPS:
        found |= read_data(f"templates/{group}.toml", partial(_of_group, group))
    return found


def _of_group(group: str, raw: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    bodies: dict[str, Mapping[str, Any]] = {key: _template_body(group, entry) for key, entry in raw.items()}
    for key, body in bodies.items():
        try:
            parse_library_template(key, SHIPPED_NUMBER, body)
        except FaultyTemplate as faulty:
            first = faulty.faults[0]
            place = f", line {first.line}, column {first.column}" if first.line else ""
            raise ValueError(f"{key}.{first.field}{place}: {first.message}") from faulty
    return bodies


def _template_body(group: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    wordings = {
        language: {part: entry[language].get(part, "") for part in _parts(entry)}
        for language in LANGUAGES
        if language in entry
    }
    about = {name: entry.get(name, "") for name in ("title", "class", "purpose")}
    channel = {"channel": entry["channel"]} if "channel" in entry else {}
    return {**about, **channel, "group": group, "wordings": wordings}


def _parts(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return (SUBJECT, BODY, NEUTRAL) if entry.get("channel") == EMAIL else (BODY, NEUTRAL)


@cache
def shipped_catalogue() -> Catalogue:
    """The same, read: what a clinic uses that published none of its own."""
    return Catalogue(
        {key: parse_library_template(key, SHIPPED_NUMBER, body) for key, body in shipped_templates().items()}
    )


def wording_of(key: str) -> Template:
    """The English words that ship, for made-up histories and examples. Raises KeyError."""
    return shipped_catalogue()[key].safe["en"].template


@cache
def texting_hours() -> TextingHours:
    """When texts may go, by law and by our policy. Raises SettingsError."""
    return read_data("quiet_hours.toml", parse_texting_hours)


# In the order of the list: what brings somebody in, then what surrounds a visit, then what calls them back.
SEQUENCES = (
    "lead", "consultation", "abandoned_booking", "abandoned_link", "missed_call", "pre_treatment", "post_treatment",
    "reengagement",
)  # fmt: skip


@cache
def shipped_sequences() -> Mapping[str, Mapping[str, Any]]:
    """The sequences that come with the product, by key, as they are drafted and published. Raises SettingsError."""
    return {key: read_data(f"sequences/{key}.toml", lambda raw: raw) for key in SEQUENCES}


@cache
def shipped_plans() -> Mapping[str, Sequence]:
    """The same, read. Raises SettingsError."""
    return {key: _plan(key, body) for key, body in shipped_sequences().items()}


def _plan(key: str, body: Mapping[str, Any]) -> Sequence:
    try:
        return parse_sequence(key, SHIPPED_NUMBER, body)
    except FaultySequence as faulty:
        raise SettingsError(f"data/sequences/{key}.toml", said(faulty.faults[0], body)) from faulty


def said(fault: Fault, body: Mapping[str, Any]) -> str:
    """With the step's name where it is one's: `step minute-0: template: There is ...`."""
    first, _, rest = fault.field.partition(".")
    if first != "steps" or not rest:
        return f"{fault.field}: {fault.message}"
    number, _, field = rest.partition(".")
    return f"step {body['steps'][int(number)].get('name', number)}: {field}: {fault.message}"
