"""What the rules see: a lead that wants an owner, and the people who may be given it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

MANAGER, TEAM_LEAD = "manager", "team_lead"
AWAY_WORDS = {"break": "on break", "busy": "busy", "off_duty": "off duty"}


@dataclass(frozen=True)
class Candidate:
    """A member of staff as the rules see them. `last_assigned` is a sortable moment in ISO form, '' for never.

    `turn` counts the leads that came to them by turn (`turns`), each over `weight`. `missed_out`: off the rotation,
    because two leads in a row were not looked after in time. Without `skills` they are trained for everything.
    """

    staff_id: str
    name: str
    role: str
    title: str
    skills: frozenset[str]
    seniority: int
    location: str
    on_shift: bool
    status: str
    open_leads: int
    capacity: int
    last_assigned: str
    languages: frozenset[str] = frozenset()
    weight: int = 1
    turn: int = 0
    on_call: bool = False
    missed_out: bool = False


@dataclass(frozen=True)
class Wanted:
    """What a lead asks of its owner. `group` is the treatment's skill, '' when unknown; `at` the moment on its wall.

    `provider` is who treated the patient last, '' for nobody. `distance`: how far each location is from where they
    live, as far as ZIP codes tell; empty without one.
    """

    group: str
    location: str
    value_cents: int
    vip: bool
    form_type: str
    treatment: str = ""
    priority: int = 3
    language: str = ""
    source: str = ""
    zip: str = ""
    referral: bool = False
    at: time = time(12)
    provider: str = ""
    distance: Mapping[str, float] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()  # who had it already, when it goes on to somebody else


def is_referral(heard_from: str, source: str) -> bool:
    """Whether somebody sent them, by what they wrote where they heard of us."""
    said = f"{heard_from} {source}".casefold()
    return any(word in said for word in ("referr", "friend", "family", "amig", "familia", "recomend"))


def distances(zip_code: str, places: Mapping[str, tuple[str, ...]]) -> Mapping[str, float]:
    """How far from a ZIP code each location is, by the ZIP prefixes nearest to it: fewer common digits is farther.

    What is left equal is told by how far the numbers lie apart, which within a region is roughly the way on the road.
    """
    if not zip_code:
        return {}
    return {slug: min((_apart(zip_code, one) for one in zips), default=9.0) for slug, zips in places.items()}


def _apart(zip_code: str, prefix: str) -> float:
    common = next(
        (at for at, (a, b) in enumerate(zip(zip_code, prefix, strict=False)) if a != b),
        min(len(zip_code), len(prefix)),
    )
    if not (zip_code[:3].isdecimal() and prefix[:3].isdecimal()):
        return 9.0
    return 5 - common + abs(int(zip_code[:3]) - int(prefix[:3])) / 10_000


def wall(moment: datetime) -> time:
    """The time of day of a moment that is on the right wall already."""
    return moment.time().replace(tzinfo=None)
