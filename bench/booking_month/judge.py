"""What must be true of the texts that the provider took: none for a visit that no longer is, none twice, none at night.

Beside the texts and the story's own log only two columns of each text's row are read, which never change: its purpose,
and whether it belonged to a sequence.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import combinations
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bench.booking_month.record import Diary, State
from bench.booking_month.words import NAME_THE_TIME, OF_A_VISIT, kind_of, names
from bench.simulated import hours
from bench.simulated.people import Person
from bench.simulated.provider import Taken, without_links

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MOST_A_DAY = 3
ANSWER = 10 * MINUTE
BY_HAND = ("reply", "manual")


class Label(NamedTuple):
    """What a text was planned as."""

    purpose: str
    sequence: str = ""


class Text(NamedTuple):
    """A text to a patient, with what it says."""

    taken: Taken
    person: Person
    kind: str
    label: Label

    @property
    def automated(self) -> bool:
        return self.label.purpose not in BY_HAND


Found = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Facts:
    """What judges go by. `zones`: of each location's wall."""

    diary: Diary
    people: Sequence[Person]
    labels: Mapping[str, Label]
    zones: Mapping[str, ZoneInfo]
    until: datetime

    @cached_property
    def texts(self) -> list[Text]:
        """Texts to patients, in order."""
        by_number = {one.phone: one for one in self.people}
        return [
            Text(one, by_number[one.to], kind_of(one.body), self.labels.get(one.action_id, Label("")))
            for one in self.diary.taken
            if one.to in by_number
        ]

    @cached_property
    def by_person(self) -> dict[int, list[Text]]:
        found: dict[int, list[Text]] = defaultdict(list)
        for one in self.texts:
            found[one.person.number].append(one)
        return found

    def names(self, taken: Taken, state: State) -> bool:
        return names(taken.body, state.starts_at, self.zones[state.location], taken.at)

    def may_go(self, person: Person, at: datetime) -> bool:
        return hours.may_go(at, person.zone, person.state, marketing=False)

    def capped(self, person: int, at: datetime) -> bool:
        """Whether three automated texts went to them in the day before."""
        mine = [one for one in self.by_person[person] if one.automated]
        return sum(at - DAY - ANSWER < one.taken.at <= at for one in mine) >= MOST_A_DAY


def in_words(text: Text) -> str:
    at = f"{text.taken.at:%b %d %H:%M:%S}"
    return f"{at} {text.kind} to {text.person.number} ({text.person.zone}): {text.taken.body[:90]}"


def violations(facts: Facts) -> Found:
    """What a patient must never get, and visits of one person, room or device at one time."""
    looks: list[Callable[[Facts, Text], str]] = [
        no_such_visit, called_off_still, at_night, too_many, after_a_stop, too_many_offers,
    ]  # fmt: skip
    for text in facts.texts:
        for look in looks:
            if why := look(facts, text):
                yield why, in_words(text)
    yield from twice(facts)
    yield from double_booked(facts.diary)


def no_such_visit(facts: Facts, text: Text) -> str:
    """A text of a visit needs one that stands, is still to come, and is at the time that the text names."""
    if text.kind not in (*OF_A_VISIT, "taken"):
        return ""
    mine = list(facts.diary.standing(text.taken.serial, text.person.number))
    if text.kind in NAME_THE_TIME:
        mine = [one for one in mine if facts.names(text.taken, one)]
    if not mine:
        return "for a visit that is not"
    if text.kind == "check_in":
        now = any(abs(one.starts_at - text.taken.at) <= HOUR and not one.here for one in mine)
        return "" if now else "a welcome at another time"
    return "" if any(one.starts_at >= text.taken.at for one in mine) else "for a visit that is past"


def called_off_still(facts: Facts, text: Text) -> str:
    """'Called off' is said of a visit that does not stand."""
    if text.kind != "off":
        return ""
    mine = facts.diary.standing(text.taken.serial, text.person.number)
    return "called off, and it stands" if any(facts.names(text.taken, one) for one in mine) else ""


def at_night(facts: Facts, text: Text) -> str:
    if not text.automated or _answers_a_form(facts, text):
        return ""
    marketing = text.label.purpose == "marketing"
    allowed = hours.may_go(text.taken.at, text.person.zone, text.person.state, marketing=marketing)
    return "" if allowed else "outside texting hours"


def _answers_a_form(facts: Facts, text: Text) -> bool:
    sent_at = facts.diary.forms.get(text.person.number)
    return text.label.purpose == "confirmation" and bool(sent_at and text.taken.at - sent_at <= ANSWER)


def too_many(facts: Facts, text: Text) -> str:
    if not text.automated:
        return ""
    mine = [one for one in facts.by_person[text.person.number] if one.automated]
    before = [one for one in mine if one.taken.serial < text.taken.serial]
    day_ago = text.taken.at - DAY
    return (
        "more than three in 24 hours" if sum(one.taken.at > day_ago for one in before) >= MOST_A_DAY else ""
    )


def after_a_stop(facts: Facts, text: Text) -> str:
    said = facts.diary.said.get(text.person.number, ())
    stopped = any(words == "STOP" and serial < text.taken.serial for serial, _, words in said)
    return "after STOP" if stopped and text.label.purpose != "reply" else ""


def too_many_offers(facts: Facts, text: Text) -> str:
    """One waitlist text a day of the clinic and person."""
    if text.kind != "offer":
        return ""
    zone = facts.zones["downtown"]
    same = [
        one
        for one in facts.by_person[text.person.number]
        if one.kind == "offer"
        and one.taken.serial < text.taken.serial
        and one.taken.at.astimezone(zone).date() == text.taken.at.astimezone(zone).date()
    ]
    return "a second offer on one day" if same else ""


def twice(facts: Facts) -> Found:
    """The same words again within an hour, with nothing changed in between."""
    for mine in facts.by_person.values():
        last: dict[str, Text] = {}
        for text in mine:
            words = without_links(text.taken.body)
            before = last.get(words)
            last[words] = text
            if before and text.taken.at - before.taken.at < HOUR and not _changed(facts, before, text):
                yield "the same text twice", in_words(text)


def _changed(facts: Facts, before: Text, text: Text) -> bool:
    serials = [
        state.serial
        for states in facts.diary.visits.values()
        for state in states
        if state.person == text.person.number
    ]
    serials += [serial for serial, _, _ in facts.diary.said.get(text.person.number, ())]
    return any(before.taken.serial < serial < text.taken.serial for serial in serials)


def double_booked(diary: Diary) -> Found:
    """Two visits that stood at one moment and want the same provider, room or device at the same time."""
    by_resource: dict[str, list[tuple[int, int, State]]] = defaultdict(list)
    for states in diary.visits.values():
        ends = [one.serial for one in states[1:]] + [10**12]
        for state, gone in zip(states, ends, strict=True):
            if state.stands:
                for resource in state.resources:
                    by_resource[resource].append((state.serial, gone, state))
    for resource, every in by_resource.items():
        for (began, gone, one), (other_began, other_gone, other) in combinations(every, 2):
            together = began < other_gone and other_began < gone
            if together and one.starts_at < other.ends_at and other.starts_at < one.ends_at:
                yield (
                    "two in one slot",
                    f"{resource} at {one.starts_at:%b %d %H:%M} and {other.starts_at:%H:%M}",
                )
