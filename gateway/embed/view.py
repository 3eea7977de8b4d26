"""The widget's page as it is drawn: what for, where, with whom, six days, and the time that is held."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core import free_times
from core.booking import store_holds as holds
from core.booking.catalogue import Service
from core.booking.store_holds import WIDGET, Hold
from core.free_times import Slot, Times, Wish
from core.reads import free_slots
from core.reference import Reference
from gateway.embed import days, words
from gateway.embed.asked import Asked, offered
from gateway.embed.days import Choice, Day

NOTED = 7  # so many days, the first free time of a place or a person is said


@dataclass(frozen=True)
class Offer:
    """One thing to book, in the list."""

    code: str
    name: str
    about: str
    chosen: bool


@dataclass(frozen=True)
class HeldTime:
    """The time that is held for whoever looks. `left`: seconds, 0 where it ran out: theirs if it is still free."""

    when: str
    about: str
    until: str
    left: int
    whole: int
    button: str
    change: str


@dataclass(frozen=True)
class View:
    """All of it."""

    offers: Sequence[Offer]
    unsure: Offer | None
    unsure_link: str
    places: Sequence[Choice]
    people: Sequence[Choice]
    days: Sequence[Day]
    closed: str
    later: str
    earlier: str
    next_free: str
    next_link: str
    held: HeldTime | None


def view(session: Session, reference: Reference, asked: Asked, service: Service, now: datetime) -> View:
    """What is free now."""
    hours = reference.clinic.location(asked.location).hours
    zone = hours.zone
    shown = days.open_days(hours, asked.first or now.astimezone(zone).date())
    until = days.midnight(shown[-1] + days.A_DAY, zone) if shown else now
    soon = free_times.read(session, reference, now, now + NOTED * days.A_DAY, now)
    wish = wish_of(soon, asked, service)
    since = max(now, days.midnight(shown[0], zone)) if shown else now
    times = free_times.read(session, reference, since, until, now)
    in_view = times.free(wish, once=True)
    here = soon.free(Wish(service, asked.location))
    firsts = {slug: _first(soon, Wish(service, slug)) for slug in reference.clinic.locations}
    held = of_widget(session, asked.hold_id)
    names = {one.id: one.first_name for one in times.providers}
    here_held = held if held and (held.service, held.location) == (service.code, asked.location) else None
    later = _next_free(session, reference, wish, until, now) if not in_view else None
    return View(
        offers=[_offer(one, asked) for one in offered(reference)],
        unsure=(unsure := _unsure(reference, asked)),
        unsure_link=asked.link(treatment=unsure.code, provider="") if unsure else "",
        places=days.places(reference, asked, firsts, now),
        people=days.people(soon, asked, here, wish, now),
        days=days.columns(
            asked, in_view, shown, names, zone, here_held, now, reference.bookable.rules.last_few
        ),
        closed=days.closed_between(hours, shown, asked.language),
        later=_later(reference, asked, shown, now),
        earlier=asked.link(**{"from": ""}) if asked.first else "",
        next_free=words.short_moment(later, zone, asked.language) if later else "",
        next_link=asked.link(**{"from": later.astimezone(zone).date().isoformat()}) if later else "",
        held=held_time(reference, held, names, asked.language, now) if held else None,
    )


def _first(times: Times, wish: Wish) -> Slot | None:
    """Looked for in the next two days before in all that was read: most are found at once."""
    for until in (min(times.until, times.now + 2 * days.A_DAY), times.until):
        found = replace(times, until=until).free(wish, once=True)
        if found:
            return found[0]
    return None


def wish_of(times: Times, asked: Asked, service: Service) -> Wish:
    """Anyone, where who is asked for does not give it there."""
    wish = Wish(service, asked.location, asked.provider)
    return wish if not asked.provider or times.able(wish) else Wish(service, asked.location)


def of_widget(session: Session, hold_id: str) -> Hold | None:
    """A stranger's hold, also one that ran out."""
    found = holds.find(session, hold_id) if hold_id else None
    return found if found and found.kind == WIDGET and not found.lead_id else None


def _next_free(
    session: Session, reference: Reference, wish: Wish, since: datetime, now: datetime
) -> datetime | None:
    found = free_slots.first_from(session, reference, wish, since, now)
    return found.starts_at if found else None


def _later(reference: Reference, asked: Asked, shown: Sequence[date], now: datetime) -> str:
    """The address of the days behind these, as far as may be booked."""
    if not shown or shown[-1] + days.A_DAY > now.date() + timedelta(days=reference.bookable.rules.ahead):
        return ""
    return asked.link(**{"from": (shown[-1] + days.A_DAY).isoformat()})


def _offer(service: Service, asked: Asked) -> Offer:
    return Offer(
        service.code,
        service.name(asked.language),
        about(service, asked.language),
        asked.service is not None and service.code == asked.service.code,
    )


def about(service: Service, language: str) -> str:
    """`50 min, $189`."""
    said = words.words_in(language)
    price = dollars(service.price_cents) if service.price_cents else said["free"].lower()
    return f"{service.minutes} {said['minutes']}, {price}"


def dollars(cents: int) -> str:
    return f"${cents // 100:,}" + (f".{cents % 100:02}" if cents % 100 else "")


def _unsure(reference: Reference, asked: Asked) -> Offer | None:
    """A talk first, for who does not know."""
    talks = [one for one in offered(reference) if one.kind == "consultation"]
    return next((_offer(one, asked) for one in talks if one != asked.service), None)


def held_time(
    reference: Reference, held: Hold, names: dict[str, str], language: str, now: datetime
) -> HeldTime:
    said = words.words_in(language)
    where = reference.clinic.location(held.location)
    zone = where.hours.zone
    local = held.starts_at.astimezone(zone)
    clock = words.clock(held.starts_at, zone)
    return HeldTime(
        when=words.short_moment(held.starts_at, zone, language),
        about=said["held"].format(who=names.get(held.provider_id, ""), where=where.name),
        until=said["until"].format(time=words.clock(held.expires_at, zone)),
        left=max(0, round((held.expires_at - now).total_seconds())),
        whole=round((held.expires_at - held.created_at).total_seconds()),
        button=said["book"].format(day=words.day_name(local.date(), language), time=clock),
        change=change_words(reference, held.starts_at, zone, language, now),
    )


def change_words(
    reference: Reference, starts_at: datetime, zone: ZoneInfo, language: str, now: datetime
) -> str:
    """Until when it may be changed, '' where that has passed."""
    last = starts_at - reference.bookable.rules.change
    if last <= now:
        return ""
    day = words.day_name(last.astimezone(zone).date(), language, short=True)
    moment = f"{day} {words.clock(last, zone)}"
    return words.words_in(language)["change"].format(moment=moment)
