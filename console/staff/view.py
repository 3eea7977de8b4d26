"""Who works when as rows that browsers follow: people, locations with their gaps, the days of the week. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from core.app import App
from core.domain.hours import A_DAY, Span
from core.domain.roles import ROLE_NAMES, Actor, Permission, Role
from core.flows.staff.copying_week import Copied
from core.reads import staff
from core.reads.parts.alert_ways import Ways
from core.reads.staff import DayOfPerson, Person, PlaceWeek, Planned, Week
from core.reads.staff_forecast import Usual
from core.reference import Reference
from core.staff import profile_rules
from core.staff.coverage_rules import DayOfPlace
from core.staff.profile_rules import Profile
from core.staff.store.rota import Turn

EARLIEST, LATEST = 7 * 60, 20 * 60  # of the day's picture; it grows where somebody is on outside of it
WHOLE_DAY = 24 * 60

YEARS = range(2000, 2100)  # what the calendar reckons with: a day beyond it has no day before or after


def is_week(argument: str) -> bool:
    """Whether it is the date of a Monday, or '' for the present week."""
    if not argument:
        return True
    try:
        day = date.fromisoformat(argument)
        return day.weekday() == 0 and len(argument) == 10 and day.year in YEARS
    except ValueError:
        return False


def rows(app: App, session: Session, argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    zone = app.reference.clinic.zone
    day = date.fromisoformat(argument) if argument else now.astimezone(zone).date()
    return list(rows_of(staff.week(session, READER, app.reference, day, now=now), app.reference, zone))


def rows_of(week: Week, reference: Reference, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """The week itself, then people, then locations. Spans are [from, to] in minutes of the day's wall."""
    people = [person_row(one, reference, zone) for one in week.people]
    places = [place_row(one, zone) for one in week.places]
    first, last = _reach([*people, *places])
    days = [
        {"day": day.isoformat(), "from": millis(span[0]), "to": millis(span[1])} for day, span in week.days
    ]
    yield {"id": "week", "kind": "week", "days": days, "first": first, "last": last}
    for number, row in enumerate([*people, *places]):
        yield row | {"place": number}


def _reach(found: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """From when to when the picture of a day goes, in whole hours."""
    spans = [
        span
        for row in found
        for day in row["days"]
        for span in (day["shifts"] if "shifts" in day else day["open"])
    ]
    first = min([EARLIEST, *(start for start, _ in spans)])
    last = max([LATEST, *(end for _, end in spans)])
    return first // 60 * 60, -(-last // 60) * 60


def person_row(one: Person, reference: Reference, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": "person",
        "name": one.name,
        "role": ROLE_NAMES[Role(one.role)],
        "title": title_words(one.title),
        "at": reference.clinic.location(one.location).name,
        "slug": one.location,
        "active": one.active,
        "takes": one.accepts_leads,
        "gives": one.role == Role.PROVIDER,
        "load": one.load,
        "capacity": one.capacity,
        "told": one.told,
        "skills": [group_words(group) for group in one.skills],
        "languages": [profile_rules.LANGUAGES.get(code, code) for code in one.languages],
        "status": one.status,
        "until": millis(one.status_until),
        "weekly": {day: list(spans) for day, spans in one.weekly.items()},
        "days": [_day(day, zone) for day in one.days],
        "calls": [[millis(start), millis(end)] for start, end in one.calls],
        "ahead": [[millis(start), millis(end)] for start, end in one.ahead],
    }


def _day(day: DayOfPerson, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "planned": _walls(day.planned, day.day, zone),
        "shifts": _walls(day.shifts, day.day, zone),
        "own": day.own,
        "off": _walls(day.off, day.day, zone),
        "call": _walls(day.on_call, day.day, zone),
    }


def place_row(one: PlaceWeek, zone: ZoneInfo) -> dict[str, Any]:
    days = [_day_of_place(day, zone) for day in one.days]
    return {"id": f"place:{one.slug}", "kind": "place", "name": one.name, "slug": one.slug, "days": days}


def _day_of_place(day: DayOfPlace, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "open": _walls(day.open, day.day, zone),
        "gaps": _walls(day.gaps, day.day, zone),
    }


def _walls(spans: Iterable[Span], day: date, zone: ZoneInfo) -> list[list[int]]:
    return [[_wall(start, day, zone), _wall(end, day, zone)] for start, end in spans]


def _wall(moment: datetime, day: date, zone: ZoneInfo) -> int:
    """Minutes of the wall since the day began; 24:00 for the midnight at its end and what is after it."""
    local = moment.astimezone(zone)
    if local.date() >= day + A_DAY:
        return WHOLE_DAY
    return 0 if local.date() < day else local.hour * 60 + local.minute


def title_words(title: str) -> str:
    """'nurse_injector' as 'Nurse injector'."""
    words = title.replace("_", " ")
    return words[:1].upper() + words[1:]


def group_words(group: str) -> str:
    return group.replace("_", " ")


def settings(reference: Reference, actor: Actor, asked: str) -> dict[str, Any]:
    """What the component must know besides the rows. `asked`: the week that the address names, '' for the present."""
    groups = sorted({treatment.group for treatment in reference.treatments.values()})
    return {
        "me": actor.staff_id,
        "week": asked if is_week(asked) else "",
        "plans": actor.may(Permission.PLAN_SHIFTS),
        "manages": actor.may(Permission.MANAGE_STAFF),
        "places": [[place.slug, place.name] for place in reference.clinic.locations.values()],
        "roles": [[role.value, ROLE_NAMES[role]] for role in Role],
        "titles": [[title, title_words(title)] for title in profile_rules.TITLES],
        "groups": [[group, group_words(group)] for group in groups],
        "languages": [list(one) for one in profile_rules.LANGUAGES.items()],
        "genders": [list(one) for one in profile_rules.GENDERS.items()],
        "channels": [list(one) for one in profile_rules.CHANNELS.items()],
    }


def planned_value(found: Planned) -> dict[str, Any]:
    """What a drawer of one person shows beside their week."""
    return {"off": [_turn(one) for one in found.off], "call": [_turn(one) for one in found.on_call]}


def _turn(one: Turn) -> dict[str, Any]:
    return {"id": one.id, "from": millis(one.starts_at), "to": millis(one.ends_at), "note": one.note}


def usual_value(found: Sequence[Usual], zone: ZoneInfo) -> dict[str, dict[str, list[list[int]]]]:
    """By location and date: [from, to, forms] of each gap in which some usually come, in minutes of the day's wall."""
    told: dict[str, dict[str, list[list[int]]]] = {}
    for one in found:
        if round(one.forms):
            days = told.setdefault(one.slug, {})
            span = _walls([one.gap], one.day, zone)[0]
            days.setdefault(one.day.isoformat(), []).append([*span, round(one.forms)])
    return told


def copied_value(found: Sequence[Copied]) -> list[dict[str, Any]]:
    """What a copied week changes, in order."""
    return [
        {
            "name": one.name,
            "day": one.change.day.isoformat(),
            "before": list(one.change.before),
            "after": list(one.change.after),
            "conflict": one.change.conflict,
        }
        for one in found
    ]


def profile_value(found: Profile) -> dict[str, Any]:
    return asdict(found)


def ways_value(found: Ways) -> dict[str, Any]:
    """What an administrator sees of them beside the profile."""
    return {"able": list(found.able), "tool": found.tool, "browsers": [one.browser for one in found.browsers]}


TOPIC = Topic("staff", Permission.SEE_STAFF, rows, is_week)
