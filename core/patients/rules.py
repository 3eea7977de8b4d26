"""Where a patient probably is: state and time zones, from ZIP code and area code. Pure.

compliance.md A3: a ZIP code outranks an area code (people keep their number when they move); where a patient may be in
several zones, all are kept and a text must be allowed in each.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.phone import area_code
from core.patients.zips import CERTAIN, SINGLE, STATES, certain_zone_of_zip, state_of_zip

# Where nothing is known of a number but its country, every zone of the mainland counts. Alaska and Hawaii have one area
# code each, with numbers left for years: a code that is new to us is not theirs.
ANYWHERE = (
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
)


@dataclass(frozen=True)
class Whereabouts:
    """`zones` holds at least one IANA name; `state` is two letters or ''."""

    zones: tuple[str, ...]
    state: str


AreaCodes = Mapping[str, tuple[str, tuple[str, ...]]]  # area code -> (state, zones)


def whereabouts(zip_code: str, phone: str, area_codes: AreaCodes, clinic_zone: str) -> Whereabouts:
    """Where to look up the hours for texts to this patient; without any number they are the clinic's.

    A ZIP code narrows the zones of its state only where its own is certain.
    """
    area_state, area_zones = area_codes.get(area_code(phone), ("", ANYWHERE))
    zip_state = state_of_zip(zip_code)
    if zip_state:
        certain = certain_zone_of_zip(zip_code)
        return Whereabouts((certain,) if certain else zones_of_state(zip_state, area_codes), zip_state)
    return Whereabouts(area_zones if phone else (clinic_zone,), area_state)


def also_at(known: Whereabouts, code: str, area_codes: AreaCodes) -> Whereabouts:
    """Where somebody is who also uses a number of area code `code`: here or there, whichever is narrower."""
    state, zones = area_codes.get(code, ("", ANYWHERE))
    return Whereabouts(tuple(sorted({*known.zones, *zones})), known.state or state)


def edition(area_codes: AreaCodes) -> str:
    """A name for these very tables: another one asks for patients to be placed anew."""
    tables = repr((sorted(area_codes.items()), ANYWHERE, STATES, SINGLE, CERTAIN))
    return hashlib.sha256(tables.encode()).hexdigest()[:16]


def zones_of_state(state: str, area_codes: AreaCodes) -> tuple[str, ...]:
    """Every zone of a state or territory, by those of its area codes; anywhere for none of ours."""
    zones = {
        zone for its_state, zones in area_codes.values() if state and its_state == state for zone in zones
    }
    return tuple(sorted(zones)) or ANYWHERE
