"""Quick wordings for the composer, filled in for one patient and the person who writes. Pure."""

from datetime import datetime
from typing import Any

from core.domain.phone import show_phone
from core.reference import Location, Reference


def filled(
    data: Reference, location: Location, first_name: str, staff: str, now: datetime
) -> list[dict[str, Any]]:
    """Each wording with its title, ready to be changed and sent."""
    clinic = data.clinic
    values = {
        "firstName": first_name,
        "staffName": staff.split()[0] if staff else clinic.short_name,
        "clinicName": clinic.name,
        "clinicShortName": clinic.short_name,
        "clinicPhone": show_phone(clinic.phone),
        "locationName": location.name,
        "address": location.address,
        "openToday": open_today(location, now),
    }
    return [
        {"key": key, "title": one.title, "body": one.template.render(values)}
        for key, one in data.quick_texts.items()
    ]


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
