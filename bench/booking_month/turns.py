"""Offers of freed times: of a time that is free, to one person at a time, in the order of the list.

An offer's words name time and place, not with whom: where two providers' times of one hour came free, both count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bench.booking_month.judge import MINUTE, Facts, Found, Text, in_words
from bench.booking_month.record import Diary, State, Waits
from bench.booking_month.words import hour

OFFER = 30 * MINUTE
IN_HAND = 12 * MINUTE  # so long a text may be with a scheduler that died
NOTICE = 60 * MINUTE
NOON = 12
LOCATIONS = {"Downtown": "downtown", "Westlake": "westlake"}


@dataclass(frozen=True)
class Freed:
    """A provider's time that was given up at `serial`."""

    serial: int
    at: datetime
    was: State

    @property
    def provider(self) -> str:
        return self.was.resources[0]


def freed(diary: Diary) -> Iterator[Freed]:
    """Times that visits had before they were moved or called off, early enough to be offered."""
    for states in diary.visits.values():
        for was, now in pairwise(states):
            gone = not now.stands or (now.starts_at, now.resources) != (was.starts_at, was.resources)
            if was.stands and gone and was.starts_at > now.at + NOTICE:
                yield Freed(now.serial, now.at, was)


def violations(facts: Facts) -> Found:
    """Offers of what is not free, two at a time of one time, and before somebody's turn."""
    slots, offers = list(freed(facts.diary)), [one for one in facts.texts if one.kind == "offer"]
    for text in offers:
        mine = [slot for slot in slots if _offered(facts, slot, text)]
        free = [slot for slot in mine if _is_free(facts, slot, text)]
        if not mine:
            yield "an offer of a time that nobody gave up", in_words(text)
        elif not free:
            yield "an offer of a time that is taken", in_words(text)
        elif len(_live(facts, offers, text)) >= len({slot.provider for slot in free}):
            yield "two are offered one time", in_words(text)
        elif not any(_in_turn(facts, offers, slot, text) for slot in free):
            yield "before somebody's turn", in_words(text)


def _offered(facts: Facts, slot: Freed, text: Text) -> bool:
    """Whether these words offer this time."""
    before, location = slot.serial < text.taken.serial, slot.was.location
    there = any(words in text.taken.body for words, slug in LOCATIONS.items() if slug == location)
    return before and there and facts.names(text.taken, slot.was)


def _is_free(facts: Facts, slot: Freed, text: Text) -> bool:
    meets = (
        slot.provider in one.resources
        and one.starts_at < slot.was.ends_at
        and one.ends_at > slot.was.starts_at
        for one in facts.diary.standing(text.taken.serial)
    )
    return slot.was.starts_at > text.taken.at and not any(meets)


def _live(facts: Facts, offers: list[Text], text: Text) -> list[Text]:
    """Offers of the same time that others had when this one went, and had not answered."""
    return [one for one in offers if one is not text and _same_time(one, text) and _stood(facts, one, text)]


def _same_time(one: Text, other: Text) -> bool:
    return _time_of(one) == _time_of(other)


def _time_of(text: Text) -> str:
    return text.taken.body.partition("opened")[2].partition(", yours")[0]


def _stood(facts: Facts, one: Text, at: Text) -> bool:
    """Until when it is theirs, its words say: a text that a dying scheduler had in its hand comes late."""
    earlier = one.taken.serial < at.taken.serial and at.taken.at < _deadline(facts, one)
    return earlier and not _answered(facts, one, at.taken.serial)


def _deadline(facts: Facts, offer: Text) -> datetime:
    """The last moment within the length of an offer at which the wall shows what it says."""
    place = next(slug for words, slug in LOCATIONS.items() if words in offer.taken.body)
    said, ends = offer.taken.body.partition("yours until ")[2], offer.taken.at + OFFER
    whole = ends.replace(second=0, microsecond=0)
    minutes = (whole - number * MINUTE for number in range(int(OFFER / MINUTE) + 1))
    return next((one for one in minutes if said.startswith(hour(one.astimezone(facts.zones[place])))), ends)


def _answered(facts: Facts, offer: Text, before: int) -> bool:
    said = facts.diary.said.get(offer.person.number, ())
    return any(offer.taken.serial < serial < before for serial, _, _ in said)


def _in_turn(facts: Facts, offers: list[Text], slot: Freed, text: Text) -> bool:
    """Nobody who joined before them, whom it suits and whom a text could reach, was passed over."""
    serial = text.taken.serial
    theirs = _places(facts.diary, slot.was.service, serial, text.person.number)
    if not theirs:
        return False
    ahead = (one for one in _places(facts.diary, slot.was.service, serial) if one.serial < theirs[0].serial)
    return not any(_was_due(facts, offers, slot, one, text) for one in ahead)


def _places(diary: Diary, service: str, serial: int, person: int | None = None) -> list[Waits]:
    return [
        one
        for one in diary.waits
        if one.service == service
        and person in (None, one.person)
        and one.serial < serial < diary.left.get(one.serial, serial + 1)
    ]


def _was_due(facts: Facts, offers: list[Text], slot: Freed, one: Waits, text: Text) -> bool:
    return (
        _suits(facts, slot, one, text.taken.at)
        and not _has_visit(facts.diary, slot, one, text.taken.serial)
        and not _was_asked(facts, offers, one, text)
        and _can_be_texted(facts, one, text.taken.at)
    )


def _suits(facts: Facts, slot: Freed, one: Waits, at: datetime) -> bool:
    local = slot.was.starts_at.astimezone(facts.zones[slot.was.location])
    part = {"any": True, "morning": local.hour < NOON, "afternoon": local.hour >= NOON}[one.part]
    late = slot.was.starts_at - at < timedelta(minutes=one.notice)
    return one.location in ("", slot.was.location) and part and not late and slot.was.person != one.person


def _has_visit(diary: Diary, slot: Freed, one: Waits, serial: int) -> bool:
    """Sooner, of another service, or at that hour."""
    return any(
        mine.starts_at <= slot.was.starts_at or mine.service != one.service or mine.here
        for mine in diary.standing(serial, one.person)
    )


def _was_asked(facts: Facts, offers: list[Text], one: Waits, text: Text) -> bool:
    """For this time already; or today or just now for another one, whichever of those two texts came first."""
    theirs = [other for other in offers if other.person.number == one.person]
    return any(
        other.taken.serial < text.taken.serial
        if _same_time(other, text)
        else other.taken.at <= text.taken.at + IN_HAND and _keeps_from_more(facts, other, text)
        for other in theirs
    )


def _keeps_from_more(facts: Facts, other: Text, text: Text) -> bool:
    """An offer of that day of the clinic, or one that stands."""
    zone = facts.zones["downtown"]
    same_day = other.taken.at.astimezone(zone).date() == text.taken.at.astimezone(zone).date()
    return same_day or _stood(facts, other, text)


def _can_be_texted(facts: Facts, one: Waits, at: datetime) -> bool:
    person = facts.people[one.person]
    stopped = any(words == "STOP" and when <= at for _, when, words in facts.diary.said.get(one.person, ()))
    local = at.astimezone(ZoneInfo(person.zone))
    in_our_hours = 8 <= local.hour < 20
    return facts.may_go(person, at) and in_our_hours and not facts.capped(one.person, at) and not stopped
