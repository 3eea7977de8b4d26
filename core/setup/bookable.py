"""What can be booked as the clinic published it, laid over what ships: its parts of core/in_use.py."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from core.booking import catalogue_bodies
from core.booking.catalogue import Catalogue
from core.booking.catalogue_bodies import Body
from core.domain.reading import Problem
from core.reference import Reference
from core.shipped import read_toml
from core.versions import store
from core.versions.rules import InUse, in_use

SERVICES, RESOURCES, PACKAGES, RULES = "services", "resources", "packages", "booking_rules"
KINDS = (SERVICES, RESOURCES, PACKAGES, RULES)  # each has one key, its own
_FILES = {SERVICES: "services", RESOURCES: "resources", PACKAGES: "packages", RULES: "rules"}


@cache
def shipped(kind: str) -> Mapping[str, Body]:
    """The body that ships, under its key."""
    return {kind: read_toml(f"booking/{_FILES[kind]}.toml")}


def body_in_use(session: Session, kind: str) -> Body:
    return in_use(shipped(kind), store.published(session, kind))[kind].body


def read(kind: str, body: Body) -> tuple[Any, list[Problem]]:
    """What a body of that kind says, and everything that is wrong with it."""
    readers = {
        SERVICES: catalogue_bodies.read_services,
        RESOURCES: catalogue_bodies.read_resources,
        PACKAGES: catalogue_bodies.read_packages,
        RULES: catalogue_bodies.read_rules,
    }
    return readers[kind](body)


def problems(kind: str, body: Body) -> list[Problem]:
    return read(kind, body)[1]


def lay_over(kind: str, reference: Reference, own: list[InUse]) -> Reference:
    """The clinic's own of one kind. Raises ValueError where it can't be read."""
    body = in_use({}, own).get(kind)
    if body is None:
        return reference
    found, faults = read(kind, body.body)
    if faults:
        raise ValueError(f"{faults[0].field}: {faults[0].message}")
    return replace(reference, bookable=_with(reference.bookable, kind, found))


def _with(before: Catalogue, kind: str, found: Any) -> Catalogue:
    laid = {kind: catalogue_bodies.by_code(found)} if kind != RULES else {"rules": found}
    return replace(before, **laid)


def shown(kind: str, body: Body) -> dict[str, str]:
    """A body as people read it, by label: what two versions are compared by."""
    if kind == RULES:
        return {name: str(value) for name, value in body.items()}
    return {kind.capitalize(): "\n".join(_line(entry) for entry in body.get(kind, ()))}


def _line(entry: Mapping[str, Any]) -> str:
    return "; ".join(
        f"{name} {_said(value)}" for name, value in entry.items() if value not in ("", None, [], {})
    )


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    return ", ".join(map(str, value)) if _is_list(value) else str(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str)
