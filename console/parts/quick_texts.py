"""Quick texts for a composer: those in use now, filled in for one patient and the person who writes. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.clinic import Clinic, Location
from core.domain.phone import show_phone
from core.messaging.quick_texts import QuickText

SCOPES = {"personal": "Only you", "team": "Team", "clinic": ""}


def filled(
    texts: Iterable[QuickText],
    clinic: Clinic,
    location: Location,
    first_name: str,
    staff: str,
    now: datetime,
) -> list[dict[str, Any]]:
    """Each wording with its title, ready to be changed and sent. `version` tells a composer when it is older."""
    values = values_for(clinic, location, first_name, staff, now)
    return [
        {
            "key": one.key,
            "version": one.template.version,
            "title": one.title,
            "scope": SCOPES.get(one.scope.whom, ""),
            "body": one.template.render(values),
        }
        for one in texts
    ]


def values_for(
    clinic: Clinic, location: Location, first_name: str, staff: str, now: datetime
) -> dict[str, str]:
    """Every variable that a quick text may have."""
    return {
        "firstName": first_name,
        "staffName": staff.split()[0] if staff else clinic.short_name,
        "clinicName": clinic.name,
        "clinicShortName": clinic.short_name,
        "clinicPhone": show_phone(clinic.phone),
        "locationName": location.name,
        "address": location.address,
        "openToday": open_today(location, now),
    }


def open_today(location: Location, now: datetime) -> str:
    """'8 AM to 8 PM', or 'not at all'."""
    zone = location.hours.zone
    spans = location.hours.on(now.astimezone(zone).date())
    if not spans:
        return "not at all"
    return " and ".join(
        f"{_clock(opens.astimezone(zone))} to {_clock(closes.astimezone(zone))}" for opens, closes in spans
    )


def _clock(local: datetime) -> str:
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes} {'AM' if local.hour < 12 else 'PM'}"
