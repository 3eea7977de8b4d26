"""A manager plans when people work: weekly shifts, a date's own, time off, who is on call. Each is a line of the trail.

Time off and a date's own hours end by themselves; what is planned changes nothing of the leads that somebody has. While
they are away alerts about these go to who is there (`core.staff.alert_rules`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.flows.staff import noting
from core.staff import plan_rules
from core.staff.store import accounts, rota
from core.staff.store.accounts import Account


def set_week(
    session: Session,
    actor: Actor,
    staff_id: str,
    hours: Mapping[str, Sequence[str]],
    *,
    now: datetime,
    origin: str = "",
) -> str:
    """Their shifts of every week, weekday ("0" Monday) to windows; their name. Raises Denied, NotFound, and
    InvalidInput naming each wrong day (hours.0 to hours.6)."""
    person = _person(session, actor, staff_id)
    rota.set_week(session, staff_id, plan_rules.week(hours))
    noting.note(session, actor.staff_id, "shifts_set", person.username, origin, now)
    return person.name


def set_weekday(
    session: Session,
    actor: Actor,
    staff_id: str,
    weekday: int,
    windows: Sequence[str],
    *,
    now: datetime,
    origin: str = "",
) -> str:
    """Their shifts of one weekday (0 Monday), every week; their name. Raises Denied, NotFound, InvalidInput(hours)."""
    person = _person(session, actor, staff_id)
    if weekday not in range(7):
        raise InvalidInput.of("hours", f"There is no weekday {weekday}; Monday is 0 and Sunday 6.")
    spans = plan_rules.periods(windows)
    rota.set_week(session, staff_id, rota.week_of(session, staff_id) | {str(weekday): spans})
    noting.note(session, actor.staff_id, "shifts_set", person.username, origin, now, weekday=weekday)
    return person.name


def set_day(
    session: Session,
    actor: Actor,
    staff_id: str,
    day: date,
    windows: Sequence[str],
    *,
    now: datetime,
    origin: str = "",
) -> str:
    """The shifts of one date, none for a day off; their name. Raises Denied, NotFound, InvalidInput(hours)."""
    person = _person(session, actor, staff_id)
    rota.set_day(session, staff_id, day, plan_rules.periods(windows), by=actor.staff_id, now=now)
    noting.note(session, actor.staff_id, "shift_day_set", person.username, origin, now, day=day.isoformat())
    return person.name


def clear_day(
    session: Session, actor: Actor, staff_id: str, day: date, *, now: datetime, origin: str = ""
) -> str:
    """The date is as its weekday again; their name. Raises Denied, NotFound, and LostRace where it is so already."""
    person = _person(session, actor, staff_id)
    if not rota.clear_day(session, staff_id, day):
        raise LostRace("This date has the usual hours already.")
    noting.note(
        session, actor.staff_id, "shift_day_cleared", person.username, origin, now, day=day.isoformat()
    )
    return person.name


def add_time_off(
    session: Session,
    actor: Actor,
    staff_id: str,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    *,
    now: datetime,
    origin: str = "",
) -> str:
    """Time off, taken out of all shifts; its id. Raises Denied, NotFound, InvalidInput(to, note)."""
    person = _person(session, actor, staff_id)
    span, words = plan_rules.leave(starts_at, ends_at, now), plan_rules.note(note)
    made = rota.add_time_off(session, staff_id, span, words, by=actor.staff_id, now=now)
    noting.note(
        session, actor.staff_id, "time_off_added", person.username, origin, now, **_dates(starts_at, ends_at)
    )
    return made


def remove_time_off(session: Session, actor: Actor, turn_id: str, *, now: datetime, origin: str = "") -> str:
    """They work as usual; their name. Raises Denied, and LostRace where somebody was faster."""
    require(actor, Permission.PLAN_SHIFTS)
    person = _whose(session, rota.remove_time_off(session, turn_id), "This time off is gone already.")
    noting.note(session, actor.staff_id, "time_off_removed", person.username, origin, now)
    return person.name


def add_on_call(
    session: Session,
    actor: Actor,
    staff_id: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    origin: str = "",
) -> str:
    """A turn on call, whatever their shifts say; its id. Raises Denied, NotFound, InvalidInput(to, staff_id)."""
    person = _person(session, actor, staff_id)
    if not accounts.phone(session, staff_id):
        words = f"{person.name} has no phone number, so nobody could reach them. Enter one first."
        raise InvalidInput.of("staff_id", words)
    span = plan_rules.turn(starts_at, ends_at, now)
    made = rota.add_on_call(session, staff_id, span, by=actor.staff_id, now=now)
    noting.note(
        session, actor.staff_id, "on_call_added", person.username, origin, now, **_dates(starts_at, ends_at)
    )
    return made


def remove_on_call(session: Session, actor: Actor, turn_id: str, *, now: datetime, origin: str = "") -> str:
    """End or take back a turn; whose it was. Raises Denied, and LostRace where somebody was faster."""
    require(actor, Permission.PLAN_SHIFTS)
    person = _whose(session, rota.remove_on_call(session, turn_id), "This turn is gone already.")
    noting.note(session, actor.staff_id, "on_call_removed", person.username, origin, now)
    return person.name


def _person(session: Session, actor: Actor, staff_id: str) -> Account:
    require(actor, Permission.PLAN_SHIFTS)
    return accounts.by_id(session, staff_id)


def _whose(session: Session, staff_id: str | None, gone: str) -> Account:
    if staff_id is None:
        raise LostRace(gone)
    return accounts.by_id(session, staff_id)


def _dates(starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    return {"from": starts_at.isoformat(timespec="minutes"), "to": ends_at.isoformat(timespec="minutes")}
