"""What happened, written down as it happened and outside the product: what the judge goes by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bench.simulated.provider import Log


@dataclass(frozen=True)
class Happened:
    """Something that ends sequences of a lead: `cause` in the words of a sequence's `stops_on`."""

    serial: int
    at: datetime
    cause: str


@dataclass(frozen=True)
class Slot:
    """A visit as it stood from `serial` on; `starts_at` None where it stands no more."""

    serial: int
    starts_at: datetime | None


@dataclass(frozen=True)
class Ended:
    """Staff ended a group at that moment: whoever was under way in a sequence, of one version or of any."""

    serial: int
    at: datetime
    sequence: str
    version: int | None


@dataclass
class Record(Log):
    """The story's own log. All lists are in the order of what happened; `bodies` are sequences as published."""

    causes: dict[str, list[Happened]] = field(default_factory=dict)  # by lead
    slots: dict[str, list[Slot]] = field(default_factory=dict)  # by visit
    lead_of: dict[str, str] = field(default_factory=dict)  # by visit
    forms: dict[str, datetime] = field(default_factory=dict)  # by lead: when its form was sent
    opted_out: dict[str, list[tuple[int, bool]]] = field(
        default_factory=dict
    )  # by number: since when, or no more
    ended: list[Ended] = field(default_factory=list)
    out: dict[str, int] = field(default_factory=dict)  # by enrollment: since when it is over for one person
    skipped: dict[tuple[str, str], int] = field(default_factory=dict)  # (enrollment, step)
    bodies: dict[tuple[str, int], Mapping[str, Any]] = field(default_factory=dict)

    def cause(self, leads: Iterable[str], cause: str, at: datetime) -> None:
        serial = self.next()
        for lead in leads:
            self.causes.setdefault(lead, []).append(Happened(serial, at, cause))

    def uncause(self, lead: str, cause: str) -> None:
        """It was taken back: what it ended goes on."""
        mine = self.causes.get(lead, [])
        self.causes[lead] = [one for one in mine if one.cause != cause]

    def slot(self, visit: str, starts_at: datetime | None) -> None:
        self.slots.setdefault(visit, []).append(Slot(self.next(), starts_at))

    def opt(self, phone: str, *, out: bool) -> None:
        self.opted_out.setdefault(phone, []).append((self.next(), out))

    def stands(self, visit: str) -> datetime | None:
        """When a visit is, as of now; None where it is not."""
        slots = self.slots.get(visit)
        return slots[-1].starts_at if slots else None
