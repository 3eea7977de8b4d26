"""What a patient must never get, found in what the provider took and in the story's own log.

A text carries no name of its step, so that is read from its row: which step of which enrollment it was planned as; that
never changes. Nothing else is asked of the product: not what it believes to have sent, when, or why.
"""

import tomllib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.simulated import hours
from bench.simulated.people import Person
from bench.simulated.provider import Taken
from bench.six_weeks.record import Record, Slot

TEMPLATES = Path(__file__).resolve().parents[2] / "data" / "templates"
DAY, GAP, ANSWER = timedelta(hours=24), timedelta(hours=2), timedelta(minutes=10)
MOST_A_DAY = 3
BY_PEOPLE = ("manual",)
OWED = ("reply",)  # answers to what somebody wrote just now
NAMES_THE_TIME = {"booking_confirmed", "visit_reminder", "visit_prepare", "visit_today"}


@dataclass(frozen=True)
class Label:
    """What a text was planned as. `sequence` '' for what belongs to none."""

    purpose: str
    lead: str = ""
    enrollment: str = ""
    sequence: str = ""
    version: int = 0
    occurrence: str = ""
    visit: str = ""
    step: str = ""
    entered_at: datetime | None = None


@dataclass(frozen=True)
class Text:
    """A text with its label, and the step as its sequence's version writes it."""

    taken: Taken
    label: Label
    step: dict[str, Any]

    @property
    def automated(self) -> bool:
        return self.label.purpose not in (*BY_PEOPLE, *OWED)


Found = Iterator[tuple[str, Text]]


@dataclass
class Judge:
    """`people` by number; `clinic` is the zone on whose wall a visit is."""

    record: Record
    people: dict[str, Person]
    labels: dict[str, Label]
    clinic: ZoneInfo

    def violations(self) -> dict[str, list[str]]:
        """What went wrong, by its kind."""
        found: dict[str, list[str]] = defaultdict(list)
        texts = [self.text(one) for one in self.record.taken if one.to in self.people]
        looks: list[Callable[[list[Text]], Found]] = [
            self._twice, self._after_a_stop, self._at_night, self._too_many, self._too_close, self._no_such_slot,
            self._opted_out,
        ]  # fmt: skip
        for look in looks:
            for kind, text in look(texts):
                found[kind].append(self._words(text))
        return found

    def text(self, taken: Taken) -> Text:
        """What the provider took, with what it was planned as."""
        label = self.labels.get(taken.action_id, Label(""))
        steps = self.record.bodies.get((label.sequence, label.version), {}).get("steps", ())
        return Text(taken, label, next((step for step in steps if step["name"] == label.step), {}))

    def _words(self, text: Text) -> str:
        one, label = text.taken, text.label
        person = self.people[one.to]
        there = one.at.astimezone(ZoneInfo(person.zone))
        return (
            f"{one.at:%b %d %H:%M:%S} ({there:%a %H:%M} {person.state}) {label.sequence} v{label.version}"
            f" {label.step} to {person.number}, lead {label.lead}: {one.body[:60]}"
        )

    def _twice(self, texts: list[Text]) -> Found:
        seen: set[tuple[object, ...]] = set()
        for text in texts:
            label = text.label
            moved = label.visit and text.step.get("anchor") == "visit"
            slot = self._slot(text) if moved else None
            what = (text.taken.to, label.sequence, label.occurrence, label.step, slot and slot.starts_at)
            if label.sequence and what in seen:
                yield "a step twice", text
            seen.add(what)

    def _slot(self, text: Text) -> Slot | None:
        """The visit of a text as it stood when that was taken."""
        slots = self.record.slots.get(text.label.visit, [])
        at = bisect_left([slot.serial for slot in slots], text.taken.serial)
        return slots[at - 1] if at else None

    def _after_a_stop(self, texts: list[Text]) -> Found:
        for text in texts:
            label, serial = text.label, text.taken.serial
            if not label.sequence or label.entered_at is None:
                continue
            stops = self.record.bodies[label.sequence, label.version]["stops_on"]
            for one in self.record.causes.get(label.lead, ()):
                if one.cause in stops and one.at > label.entered_at and one.serial < serial:
                    yield f"a step after {one.cause}", text
                    break
            if self._was_ended(label, label.entered_at, serial):
                yield "a step after staff ended it", text

    def _was_ended(self, label: Label, entered_at: datetime, serial: int) -> bool:
        group = any(
            one.sequence == label.sequence
            and one.version in (None, label.version)
            and entered_at < one.at
            and one.serial < serial
            for one in self.record.ended
        )
        alone = self.record.out.get(label.enrollment, serial) < serial
        return group or alone or self.record.skipped.get((label.enrollment, label.step), serial) < serial

    def _at_night(self, texts: list[Text]) -> Found:
        for text in texts:
            if not text.automated or self._answers_at_once(text):
                continue
            person, marketing = self.people[text.taken.to], advertises(text)
            if not hours.may_go(text.taken.at, person.zone, person.state, marketing=marketing):
                yield "outside texting hours", text

    def _answers_at_once(self, text: Text) -> bool:
        sent_at = self.record.forms.get(text.label.lead)
        return text.label.purpose == "confirmation" and bool(sent_at and text.taken.at - sent_at <= ANSWER)

    def _too_many(self, texts: list[Text]) -> Found:
        for mine in self._by_number([text for text in texts if text.automated]):
            for at, text in enumerate(mine):
                if at >= MOST_A_DAY and text.taken.at - mine[at - MOST_A_DAY].taken.at < DAY:
                    yield "more than three in 24 hours", text

    def _too_close(self, texts: list[Text]) -> Found:
        for mine in self._by_number([text for text in texts if text.label.sequence]):
            for at, text in enumerate(mine):
                if text.step.get("lane") == "instant" or text.step.get("purpose") == "confirmation":
                    continue
                near = (one for one in mine[:at] if text.taken.at - one.taken.at < GAP)
                if any(one.label.sequence != text.label.sequence for one in near):
                    yield "two sequences within two hours", text

    def _by_number(self, texts: list[Text]) -> list[list[Text]]:
        found: dict[str, list[Text]] = defaultdict(list)
        for text in texts:
            found[text.taken.to].append(text)
        return list(found.values())

    def _no_such_slot(self, texts: list[Text]) -> Found:
        for text in texts:
            if text.label.sequence != "pre_treatment":
                continue
            slot = self._slot(text)
            if slot is None or slot.starts_at is None:
                yield "for a slot that no longer is", text
            elif text.step["template"] in NAMES_THE_TIME and not self._names(text.taken.body, slot.starts_at):
                yield "another time than the visit's", text

    def _names(self, body: str, starts_at: datetime) -> bool:
        local = starts_at.astimezone(self.clinic)
        day = f"{local:%a %b} {local.day}"
        hour = f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"
        return day in body and hour in body

    def _opted_out(self, texts: list[Text]) -> Found:
        for text in texts:
            said = [
                out
                for serial, out in self.record.opted_out.get(text.taken.to, ())
                if serial < text.taken.serial
            ]
            if said and said[-1] and text.label.purpose not in OWED:
                yield "after STOP", text


@cache
def _classes() -> dict[str, str]:
    read = [tomllib.loads(path.read_text()) for path in TEMPLATES.glob("*.toml")]
    return {key: entry.get("class", "") for one in read for key, entry in one.items()}


def advertises(text: Text) -> bool:
    """Whether it is marketing by its purpose or by its template's class."""
    return text.label.purpose == "marketing" or _classes().get(text.step.get("template", "")) == "marketing"
