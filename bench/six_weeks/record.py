"""What happened, written down as it happened and outside the product: what the judge goes by."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from core.adapters.fakes import FakeSms
from core.domain.ports import OutgoingText, SendResult
from core.flows.booking.links import PATH
from core.flows.sending.text_links import SHORT_PATH

CODE_OF_A_LINK = re.compile(rf"({PATH}|{SHORT_PATH})[\w-]+")


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


@dataclass(frozen=True)
class Taken:
    """A text that the provider took."""

    serial: int
    at: datetime
    to: str
    body: str
    action_id: str


@dataclass
class Record:
    """The story's own log. All lists are in the order of what happened; `bodies` are sequences as published."""

    serials: Iterator[int] = field(default_factory=lambda: count(1))
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
    taken: list[Taken] = field(default_factory=list)

    def next(self) -> int:
        """A number for what happens now: of two things at one moment the later one has the higher."""
        return next(self.serials)

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


def without_code(body: str) -> str:
    """A text without the codes of its links, which are drawn by chance: all else of two runs is the same."""
    return CODE_OF_A_LINK.sub(r"\1", body)


@dataclass
class Provider(FakeSms):
    """The provider, writing down what it took."""

    record: Record = field(default_factory=Record)

    def take(self, text: OutgoingText) -> SendResult:
        before = len(self.accepted)
        result = super().take(text)
        if len(self.accepted) > before:
            now = self.clock.now()
            self.record.taken.append(Taken(self.record.next(), now, text.to, text.body, text.action_id))
        return result
