"""Which times are free: shifts, opening hours and what is taken of a stretch of time, read once and asked often.

`read` is one look at the database; all else is worked out from it, for any service, provider and location.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy.orm import Session

from core.booking import availability
from core.booking import store_feeds as feeds
from core.booking import store_reservations as reservations
from core.booking.availability import Candidate, Length, Search, moment
from core.booking.catalogue import DEVICE, ROOM, Service
from core.clinic import Location
from core.domain.hours import Span
from core.reference import Reference
from core.staff import shift_rules
from core.staff.store import rota, treating
from core.staff.store.treating import Provider

EDGE = timedelta(hours=12)  # what is kept around a visit, and a shift that began the evening before


@dataclass(frozen=True)
class Wish:
    """What somebody would like. `provider_id` '' is anyone; `language` and `gender` order or narrow who that may be."""

    service: Service
    location: str
    provider_id: str = ""
    language: str = ""
    gender: str = ""


class Slot(NamedTuple):
    """One time that is free. `ends_at` is the visit's own end, without what is kept around it."""

    starts_at: datetime
    ends_at: datetime
    provider_id: str
    location: str


@dataclass(frozen=True)
class Times:
    """Everything of a stretch of time that availability is made of."""

    reference: Reference
    since: datetime
    until: datetime
    now: datetime
    providers: Sequence[Provider]
    shifts: Mapping[str, Sequence[Span]]  # by provider
    taken: Mapping[str, Sequence[Span]]  # by resource, 'staff:<id>', 'room:<code>', 'device:<code>'

    def able(self, wish: Wish) -> list[Provider]:
        """Who may give it there, whom the wish suits best first."""
        skill = self.reference.skill_for(wish.service)
        found = [one for one in self.providers if self._may(one, wish, skill)]
        speaks = wish.language or self.reference.clinic.language
        return sorted(found, key=lambda one: (speaks not in one.languages, one.seniority, one.name, one.id))

    def _may(self, one: Provider, wish: Wish, skill: str) -> bool:
        return (
            self.place_of(one).slug == wish.location
            and wish.provider_id in ("", one.id)
            and (not skill or skill in one.skills)
            and one.seniority >= wish.service.seniority
            and wish.gender in ("", one.gender)
        )

    def place_of(self, provider: Provider) -> Location:
        return self.reference.clinic.location(provider.location)

    def length(self, service: Service, provider_id: str) -> Length:
        """What a visit takes with this provider, and what is kept around it."""
        after = self.reference.bookable.after_minutes(service)
        return Length(service.minutes_with(provider_id), service.before, after)

    def pools(self, service: Service, location: str) -> list[list[str]]:
        """Of each of these one is needed."""
        wanted = ((ROOM, service.room), (DEVICE, service.device))
        of_type = self.reference.bookable.of_type
        return [
            [f"{kind}:{one.code}" for one in of_type(kind, type_, location)]
            for kind, type_ in wanted
            if type_
        ]

    def free(self, wish: Wish, *, by_staff: bool = False, once: bool = False) -> list[Slot]:
        """Times that are free, in order; with anyone, one for each provider, whom it suits best first. `once`: each
        time with that one alone.

        Staff are not bound by how long before a patient must book.
        """
        places = self.reference.clinic.locations
        if wish.location not in places:
            return []
        candidates = self._candidates(wish)
        found = availability.openings(self.search(wish, by_staff=by_staff), candidates)
        if once:
            found = [next(same) for _, same in groupby(found, key=itemgetter(0))]
        minutes = {one.id: timedelta(minutes=one.length.visit) for one in candidates}
        return [
            Slot(at := moment(minute), at + minutes[provider], provider, wish.location)
            for minute, provider in found
        ]

    def first(self, wish: Wish) -> Slot | None:
        """The first of `free`."""
        candidates = self._candidates(wish) if wish.location in self.reference.clinic.locations else []
        found = availability.first(self.search(wish), candidates) if candidates else None
        if found is None:
            return None
        visit = next(one.length.visit for one in candidates if one.id == found.provider_id)
        return Slot(
            found.starts_at, found.starts_at + timedelta(minutes=visit), found.provider_id, wish.location
        )

    def fits(self, wish: Wish, starts_at: datetime, *, by_staff: bool = False) -> list[Slot]:
        """The same of one moment, on the wall's steps or not: with whom it is free."""
        candidates = self._candidates(wish) if wish.location in self.reference.clinic.locations else []
        found = availability.fitting(self.search(wish, by_staff=by_staff), candidates, starts_at)
        return [
            Slot(starts_at, starts_at + timedelta(minutes=one.length.visit), one.id, wish.location)
            for one in found
        ]

    def _candidates(self, wish: Wish) -> list[Candidate]:
        return [
            Candidate(one.id, self.shifts.get(one.id, ()), self.length(wish.service, one.id))
            for one in self.able(wish)
        ]

    def search(self, wish: Wish, *, by_staff: bool = False) -> Search:
        rules = self.reference.bookable.rules
        earliest = self.now if by_staff else self.now + self.reference.bookable.notice_of(wish.service)
        furthest = self.until if by_staff else min(self.until, self.now + timedelta(days=rules.ahead))
        hours = self.reference.clinic.location(wish.location).hours
        return Search(
            since=max(self.since, earliest),
            until=furthest,
            hours=_until(hours.spans_from(self.since), self.until),
            pools=self.pools(wish.service, wish.location),
            taken=self.taken,
            zone=hours.zone,
            step=rules.step,
        )


def read(session: Session, reference: Reference, since: datetime, until: datetime, now: datetime) -> Times:
    """All that is known of the time between `since` and `until`."""
    providers = treating.providers(session)
    plans = {one.id: one for one in rota.rotas(session, since - EDGE, until + EDGE)}
    taken = _with(
        reservations.spans(session, since - EDGE, until + EDGE, now),
        feeds.busy(session, since - EDGE, until + EDGE),
    )
    shifts = {
        one.id: _until(
            shift_rules.shifts(plans[one.id], reference.clinic.location(one.location).hours, since), until
        )
        for one in providers
        if one.id in plans
    }
    return Times(reference, since, until, now, providers, shifts, taken)


def _with(taken: Mapping[str, list[Span]], busy: Mapping[str, list[Span]]) -> dict[str, list[Span]]:
    """What is kept here, and when providers are busy elsewhere: in order, where both are."""
    return {**taken, **{name: sorted([*taken.get(name, ()), *spans]) for name, spans in busy.items()}}


def alike(reference: Reference, code: str, span: timedelta, provider_id: str) -> list[str]:
    """Services that fit a time which one service gave free: that one, and those of its skill that take as long with
    this provider."""
    freed = reference.bookable.services.get(code)
    skill = reference.skill_for(freed) if freed else None
    return [
        one.code
        for one in reference.bookable.offered()
        if one is freed
        or (timedelta(minutes=one.minutes_with(provider_id)) == span and reference.skill_for(one) == skill)
    ]


def _until(spans: Iterable[Span], until: datetime) -> list[Span]:
    return list(takewhile(lambda span: span[0] < until, spans))
