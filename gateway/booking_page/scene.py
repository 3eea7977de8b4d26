"""What every state of the page shares: whom it speaks to, in which words, of which service and place. Pure."""

from dataclasses import dataclass
from datetime import datetime

from core.booking.catalogue import Service
from core.booking.rules import change_until
from core.booking.store import Visit
from core.clinic import Location
from core.domain.hours import WeeklyHours
from core.domain.phone import show_phone
from core.flows.booking.by_link import may_change
from core.reads.booking_page import Page
from core.reference import Reference
from gateway.booking_page.asked import Asked
from gateway.booking_page.moments import Wall
from gateway.booking_page.words import Say, speak
from gateway.hosted.thanks import hours_lines


@dataclass(frozen=True)
class Scene:
    """One request for one person's page."""

    reference: Reference
    page: Page
    asked: Asked
    now: datetime
    speed: float = 1.0  # product seconds for each real one

    @property
    def language(self) -> str:
        return self.asked.lang or self.page.person.language or self.reference.clinic.language

    @property
    def say(self) -> Say:
        return speak(self.language)

    def place(self, slug: str) -> Location:
        return self.reference.clinic.location(slug)

    def wall(self, slug: str) -> Wall:
        return Wall(self.place(slug).hours.zone, self.language, self.now)

    def service(self, code: str) -> Service | None:
        return self.reference.bookable.services.get(code)

    def held_service(self) -> Service | None:
        return self.service(self.page.hold.service) if self.page.hold else None

    def provider(self, provider_id: str | None) -> str:
        """Their first name, '' for nobody that we know."""
        found = (one.first_name for one in self.page.times.providers if one.id == provider_id)
        return next(found, "")

    def named(self, key: str) -> str:
        """`Pick a time, Grace`, or the same without a name."""
        name = self.page.person.first_name
        return self.say(key, name=name) if name else self.say(f"{key}_nameless")

    def line(self, service: Service, provider_id: str = "", price_cents: int | None = None) -> str:
        """`HydraFacial, 50 min, $189`; a price that nobody set is not said."""
        cents = service.price_cents if price_cents is None else price_cents
        minutes = self.say("minutes", minutes=service.minutes_with(provider_id))
        return ", ".join([service.name(self.language), minutes, *([f"${cents / 100:,.0f}"] if cents else [])])

    def for_whom(self) -> str:
        """`For Grace K.`; '' for somebody whose number it is not. The digits that another browser is asked for stand on
        no page."""
        person = self.page.person
        name = f"{person.first_name} {person.initial}".strip()
        return self.say("for", name=name) if person.first_name else ""

    def free_until(self, starts_at: datetime, slug: str) -> str:
        """Until when a visit at that time may be moved by link: `Fri 8:30 AM`; '' where that has passed."""
        until = change_until(starts_at, self.reference.bookable.rules.change)
        return self.wall(slug).near(until) if until >= self.now else ""

    def may_change(self, visit: Visit) -> bool:
        return may_change(self.reference, visit, self.now)

    def foot(self, slug: str) -> list[str]:
        """Where the clinic is, when it is open, how long the link works."""
        clinic, place = self.reference.clinic, self.place(slug)
        works = self.wall(slug).month_day(self.page.link.expires_at.astimezone(place.hours.zone).date())
        return [
            f"{clinic.name}, {place.name}, {place.address}",
            *self._hours(place.hours),
            show_phone(clinic.phone),
            self.say("works_until", day=works),
        ]

    def _hours(self, hours: WeeklyHours) -> tuple[str, ...]:
        return hours_lines(hours, self.language)
