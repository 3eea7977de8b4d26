"""What the pages of the waitlist print: what somebody waits for, and the time that is offered to them. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from core.booking.catalogue import Service
from core.booking.store_offers import Freed, Offer
from core.booking.waitlist_rules import EXPIRED, NOTICES, OFFERED, PARTS, PASSED, TAKEN, Wanted
from core.domain.wall import clock_words
from core.reads.waitlist_page import OfferPage, WaitPage, Whom
from core.reference import Reference
from gateway.booking_page.answering import Visitor
from gateway.booking_page.moments import Wall
from gateway.booking_page.showing import Shown, frame
from gateway.booking_page.words import Say
from gateway.waitlist_page.words import speak

WAITLIST, OFFER = "waitlist", "offer"
ANY = "any"
DONE = ("joined", "changed", "left", "on_already", "not_on")
GONE = "gone"
A_DAY = date(2026, 1, 5)


@dataclass(frozen=True)
class Chip:
    """One box of several. `name` and `value` as the form sends them."""

    name: str
    value: str
    label: str
    checked: bool


def language_of(visitor: Visitor, whom: Whom) -> str:
    return visitor.asked.lang or whom.language or visitor.app.reference.clinic.language


def waiting(visitor: Visitor, page: WaitPage, sent: Wanted | None, fault: str) -> Shown:
    """`sent`: what a form asked for that was refused; `fault`: the key of words about it."""
    reference, language = visitor.app.reference, language_of(visitor, page.whom)
    tell = speak(language)
    wanted = sent or (page.entry.wanted if page.entry else _suggested(visitor, page))
    service = reference.bookable.services[page.service]
    done = visitor.asked.done
    values = {
        "tell": tell,
        "waits": page.entry is not None,
        "line": _line(reference, service, page, wanted, tell, language),
        "days": _days(reference, wanted, language),
        "places": _places(reference, wanted, tell),
        "parts": [Chip("part", one, tell(f"part_{one}"), wanted.part == one) for one in PARTS],
        "notices_": [
            Chip("notice", str(one), tell(f"notice_{one}"), wanted.notice == one) for one in NOTICES
        ],
        "provider": page.provider_id,
        "service": page.service,
        "rules": _rules(reference, page, tell),
        "before": tell(f"before_{page.before}") if page.before < 2 else tell("before", count=page.before),
        "stays": _stays(visitor, page, language, tell),
        "fault": tell(fault) if fault else "",
        "good": tell(done) if done in DONE and not fault else "",
    }
    return Shown("waitlist.html", frame(visitor.asked, language) | values)


def _suggested(visitor: Visitor, page: WaitPage) -> Wanted:
    """The day and the place from which somebody came here, else any day at their own place."""
    places = visitor.app.reference.clinic.locations
    day, where = visitor.asked.day, visitor.asked.where or page.lead.location
    days = (datetime.fromisoformat(day).weekday(),) if day else ()
    return Wanted(where if where in places else "", None, days)


def _line(
    reference: Reference, service: Service, page: WaitPage, wanted: Wanted, tell: Say, language: str
) -> str:
    """`HydraFacial, 50 min, Downtown, with anyone`."""
    places = reference.clinic.locations
    where = places[wanted.location].name if wanted.location in places else tell("any_place")
    who = tell("with_who", who=page.provider) if page.provider else tell("with_anyone")
    minutes = service.minutes_with(page.provider_id)
    return f"{service.name(language)}, {minutes} min, {where}, {who}"


def _days(reference: Reference, wanted: Wanted, language: str) -> list[Chip]:
    """Days on which any location is open."""
    spanish = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")
    english = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    names = spanish if language == "es" else english
    places = reference.clinic.locations.values()
    open_on = [day for day in range(7) if any(place.hours.windows.get(day) for place in places)]
    return [Chip(f"day{day}", "yes", names[day], day in wanted.days) for day in open_on]


def _places(reference: Reference, wanted: Wanted, tell: Say) -> list[Chip]:
    places = reference.clinic.locations
    if len(places) < 2:
        return []
    found = [Chip("place", slug, one.name, wanted.location == slug) for slug, one in places.items()]
    return [*found, Chip("place", ANY, tell("any_place").capitalize(), not wanted.location)]


def _rules(reference: Reference, page: WaitPage, tell: Say) -> str:
    rules = reference.bookable.rules
    if not page.whom.texts:
        return tell("no_texts")
    since, until = (_clock(wall) for wall in rules.offer_window)
    minutes = int(rules.offer.total_seconds()) // 60
    key = "rules_one" if rules.offers_a_day == 1 else "rules"
    return tell(key, count=rules.offers_a_day, since=since, until=until, minutes=minutes)


def _clock(wall: time) -> str:
    """`8 AM`; the day is none that is meant."""
    return clock_words(datetime.combine(A_DAY, wall), short=True)


def _stays(visitor: Visitor, page: WaitPage, language: str, tell: Say) -> str:
    visit = page.ahead
    if visit is None or visit.starts_at is None:
        return ""
    return tell("stays", when=_wall(visitor, visit.location, language).short(visit.starts_at))


def _wall(visitor: Visitor, place: str, language: str) -> Wall:
    zone = visitor.app.reference.clinic.location(place).hours.zone
    return Wall(zone, language, visitor.now)


def offered(visitor: Visitor, page: OfferPage, fault: str = "") -> Shown:
    """The offer as it stands. `fault` GONE: they wanted it, and somebody else has it."""
    language = language_of(visitor, page.whom)
    tell = speak(language)
    values: dict[str, Any] = {
        "tell": tell,
        "offer": page.offer,
        "ring": None,
        "take": "",
        "line": "",
        "where": "",
    }
    if page.offer is None or page.slot is None:
        values |= _nothing(page, tell)
    else:
        values |= _of_offer(visitor, page, page.offer, page.slot, tell, language, fault)
    values |= {"to_list": page.waits, "has_visit": page.ahead is not None}
    return Shown("offer.html", frame(visitor.asked, language) | values)


def _nothing(page: OfferPage, tell: Say) -> dict[str, Any]:
    return {"title": tell("none"), "words": tell("none_why" if page.waits else "none_off_why")}


def _said(tell: Say, key: str, **values: object) -> dict[str, Any]:
    return {"title": tell(key, **values), "words": tell(f"{key}_why", **values)}


def _of_offer(
    visitor: Visitor, page: OfferPage, offer: Offer, slot: Freed, tell: Say, language: str, fault: str
) -> dict[str, Any]:
    reference, wall = visitor.app.reference, _wall(visitor, slot.location, language)
    place = reference.clinic.location(slot.location)
    service = reference.bookable.services.get(page.service)
    when, line = wall.button(slot.starts_at), _service_line(service, page, language)
    head, date_words = wall.heading(wall.local(slot.starts_at).date())
    about = {
        "when": f"{head}, {date_words}, {wall.clock(slot.starts_at)}",
        "line": line,
        "where": f"{place.name}, {place.address}",
    }
    if fault == GONE:
        return _gone(page, tell)
    if offer.state == TAKEN and page.ahead and page.ahead.starts_at == slot.starts_at:
        return about | {"title": tell("have_it", when=when), "words": tell("have_it_why", line=place.name)}
    ends = offer.expires_at or visitor.now
    if offer.state == OFFERED and ends > visitor.now:
        return about | _standing(visitor, page, wall, when, ends, tell)
    if offer.state in (OFFERED, EXPIRED) and slot.starts_at > visitor.now:
        said = {"title": tell("over", clock=wall.clock(ends)), "words": tell("over_why", when=_capital(when))}
        return about | said | {"take": tell("take_if_free")}
    if offer.state == PASSED and page.waits and slot.starts_at > visitor.now:
        return about | _said(tell, "passed", when=when) | {"take": tell("take_if_free")}
    return _nothing(page, tell)


def _gone(page: OfferPage, tell: Say) -> dict[str, Any]:
    return {"title": tell("gone"), "words": tell("gone_why" if page.waits else "gone_left_why")}


def _standing(
    visitor: Visitor, page: OfferPage, wall: Wall, when: str, ends: datetime, tell: Say
) -> dict[str, Any]:
    """Buttons for each answer to the text, and the ring with what is left of the time."""
    name, rules = page.whom.first_name, visitor.app.reference.bookable.rules
    had = page.ahead.starts_at if page.ahead else None
    stays = tell("offer_stays", when=wall.short(had)) if had else tell("offer_keeps")
    return {
        "title": tell("offer", name=name) if name else tell("offer_nameless"),
        "words": "",
        "take": tell("take", when=when),
        "note": stays,
        "ring": {
            "seconds": max(0, int((ends - visitor.now).total_seconds())),
            "total": int(rules.offer.total_seconds()),
            "until": tell("until", clock=wall.clock(ends)),
            "minute": tell("minute_left"),
            "speed": visitor.app.clock.speed,
        },
    }


def _service_line(service: Service | None, page: OfferPage, language: str) -> str:
    """`HydraFacial, 50 min, $189, with Tess Holloway`."""
    if service is None or page.slot is None:
        return ""
    price = [f"${service.price_cents / 100:,.0f}"] if service.price_cents else []
    minutes = f"{service.minutes_with(page.slot.provider_id)} min"
    who = [speak(language)("with_who", who=page.provider)] if page.provider else []
    return ", ".join([service.name(language), minutes, *price, *who])


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
