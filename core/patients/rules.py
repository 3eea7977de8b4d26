"""Where a patient probably is: state and time zones, from ZIP code and area code. Pure.

compliance.md A3: a ZIP code outranks an area code (people keep their number when they move); where a number may
stand in several zones, all are kept and a text must be allowed in each.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.phone import area_code

# First three digits of ZIP codes, inclusive, by state (US Postal Service, publication 65 in outline).
ZIP3 = (
    (5, 5, "NY"),
    (6, 9, "PR"),
    (10, 27, "MA"),
    (28, 29, "RI"),
    (30, 38, "NH"),
    (39, 49, "ME"),
    (50, 54, "VT"),
    (55, 55, "MA"),
    (56, 59, "VT"),
    (60, 69, "CT"),
    (70, 89, "NJ"),
    (100, 149, "NY"),
    (150, 196, "PA"),
    (197, 199, "DE"),
    (200, 205, "DC"),
    (206, 219, "MD"),
    (220, 246, "VA"),
    (247, 268, "WV"),
    (270, 289, "NC"),
    (290, 299, "SC"),
    (300, 319, "GA"),
    (320, 349, "FL"),
    (350, 369, "AL"),
    (370, 385, "TN"),
    (386, 397, "MS"),
    (398, 399, "GA"),
    (400, 427, "KY"),
    (430, 459, "OH"),
    (460, 479, "IN"),
    (480, 499, "MI"),
    (500, 528, "IA"),
    (530, 549, "WI"),
    (550, 567, "MN"),
    (570, 577, "SD"),
    (580, 588, "ND"),
    (590, 599, "MT"),
    (600, 629, "IL"),
    (630, 658, "MO"),
    (660, 679, "KS"),
    (680, 693, "NE"),
    (700, 714, "LA"),
    (716, 729, "AR"),
    (730, 749, "OK"),
    (750, 799, "TX"),
    (800, 816, "CO"),
    (820, 831, "WY"),
    (832, 838, "ID"),
    (840, 847, "UT"),
    (850, 865, "AZ"),
    (870, 884, "NM"),
    (885, 885, "TX"),
    (889, 898, "NV"),
    (900, 961, "CA"),
    (967, 968, "HI"),
    (970, 979, "OR"),
    (980, 994, "WA"),
    (995, 999, "AK"),
)


@dataclass(frozen=True)
class Whereabouts:
    """`zones` holds at least one IANA name; `state` is two letters or ''."""

    zones: tuple[str, ...]
    state: str


AreaCodes = Mapping[str, tuple[str, tuple[str, ...]]]  # area code -> (state, zones)


def state_of_zip(zip_code: str) -> str:
    """The state of a US ZIP code, or '' for none of ours."""
    if not zip_code[:3].isdecimal() or len(zip_code) < 3:
        return ""
    prefix = int(zip_code[:3])
    return next((state for low, high, state in ZIP3 if low <= prefix <= high), "")


def whereabouts(zip_code: str, phone: str, area_codes: AreaCodes, clinic_zone: str) -> Whereabouts:
    """Where to look up the hours for texts to this patient."""
    area_state, area_zones = area_codes.get(area_code(phone), ("", ()))
    zip_state = state_of_zip(zip_code)
    if zip_state and zip_state != area_state:
        zones = sorted({zone for state, zones in area_codes.values() if state == zip_state for zone in zones})
        return Whereabouts(tuple(zones) or (clinic_zone,), zip_state)
    return Whereabouts(area_zones or (clinic_zone,), zip_state or area_state)


def response_rate(texts_in: int, texts_out: int) -> float | None:
    """Texts answered of texts received, 0 to 1, or None before the first text."""
    return min(1.0, texts_in / texts_out) if texts_out else None
