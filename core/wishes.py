"""What somebody outside asks for, in their own words, as the wish that free times are looked up by.

Raises InvalidInput that names the field as the booking API does: treatment, location, provider, date, time.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.booking.catalogue import Service
from core.domain.errors import InvalidInput
from core.domain.names import fold
from core.free_times import Times, Wish
from core.reference import Reference
from core.staff.store.treating import Provider

ANYONE = frozenset({"", "any", "anyone", "no preference"})
LONGEST_WORD = 100
FURTHEST = timedelta(days=400)


def service_of(reference: Reference, asked: str) -> Service:
    """By the code of a service, or of a treatment however a form spells it. Raises InvalidInput(treatment)."""
    if not asked.strip():
        raise InvalidInput.of("treatment", f"What is it to be? One of: {_offered(reference)}.")
    bookable = reference.bookable
    exact = next((one for one in bookable.online() if asked.strip() in (one.code, one.label)), None)
    code = reference.treatment_code(asked[:LONGEST_WORD].replace("-", " "))
    found = exact or next(iter(bookable.for_treatment(code)), None) if exact or code else None
    if found is None:
        raise InvalidInput.of("treatment", f"This can't be booked online. One of: {_offered(reference)}.")
    return found


def _offered(reference: Reference) -> str:
    return ", ".join(one.code for one in reference.bookable.online())


def location_of(reference: Reference, asked: str) -> str:
    """By its code or name; '' where nothing is asked for. Raises InvalidInput(location)."""
    wanted = fold(asked[:LONGEST_WORD])
    places = reference.clinic.locations
    found = next((slug for slug, one in places.items() if wanted in (fold(slug), fold(one.name))), None)
    if wanted and found is None:
        raise InvalidInput.of("location", f"There is no such location. One of: {', '.join(places)}.")
    return found or ""


def provider_of(providers: Sequence[Provider], asked: str) -> Provider | None:
    """By id or name, the first name where nobody else has it; None for anyone. Raises InvalidInput(provider)."""
    wanted = fold(asked[:LONGEST_WORD])
    if wanted in ANYONE:
        return None
    named = [one for one in providers if asked == one.id or wanted == fold(one.name)]
    found = named or [one for one in providers if wanted == fold(one.first_name)]
    if len(found) != 1:
        words = "Several are called so; give the id" if found else "Nobody of this name gives treatments here"
        raise InvalidInput.of("provider", f"{words}, or 'any'.")
    return found[0]


def wish_of(times: Times, service: Service, location: str, provider: Provider | None) -> Wish:
    """`location` '' is the provider's, else the clinic's usual one. Raises InvalidInput(provider)."""
    where = location or (times.place_of(provider).slug if provider else "")
    where = where or times.reference.clinic.default_location
    wish = Wish(service, where, provider.id if provider else "")
    if provider and not times.able(wish):
        others = ", ".join(one.name for one in times.able(Wish(service, where)))
        words = f"{provider.name} does not give this there. Choose {others or 'another location'}, or 'any'."
        raise InvalidInput.of("provider", words)
    return wish


def day_of(asked: str, today: date, field: str = "date") -> date:
    """'2026-12-01'. Raises InvalidInput with that field."""
    try:
        found = date.fromisoformat(asked.strip())
    except ValueError:
        raise InvalidInput.of(field, "Write a day as 2026-12-01.") from None
    if not abs(found - today) <= FURTHEST:
        raise InvalidInput.of(field, "Choose a day within the next year.")
    return found


def moment_of(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """That time on the location's wall, in UTC; the earlier one where clocks go back and it comes twice.

    Raises InvalidInput(time), also for one that the wall skips where clocks go forward.
    """
    wall = datetime.combine(day, _clock(clock))
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != wall:
        words = f"Clocks go forward in that night: there is no {wall:%H:%M} on {day}. Choose another time."
        raise InvalidInput.of("time", words)
    return moment


def _clock(asked: str) -> time:
    try:
        found = time.fromisoformat(asked.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo or found.second or found.microsecond:
        raise InvalidInput.of("time", "Write the time of day at the location as 14:30.")
    return found
