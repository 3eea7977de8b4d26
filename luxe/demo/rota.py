"""What the demo's colleagues have planned beside their usual week: leave, a swapped shift, nights on call."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from core.domain.hours import A_DAY, at
from core.reference import Reference
from core.staff.store import rota

EVENING, MORNING = time(20), time(8)


def add(session: Session, reference: Reference, ids: dict[str, str], now: datetime) -> None:
    """This week and next, from today on, so that nothing of the history changes. `ids` by username."""
    zone, by = reference.clinic.zone, ids["manager"]
    today = now.astimezone(zone).date()
    friday = _next(today, 4)
    leave = (at(friday, time(), zone), at(friday + A_DAY, time(), zone))
    rota.add_time_off(session, ids["priya"], leave, "Wedding of a cousin", by=by, now=now)
    rota.set_day(session, ids["jordan"], friday, ["08:00-12:00", "14:00-20:00"], by=by, now=now)
    rota.set_day(session, ids["tess"], _next(today, 3), ["09:00-13:00", "14:00-19:00"], by=by, now=now)
    for late in ("tess", "manager"):  # so that nobody is at Westlake in the morning: the picture says so
        rota.set_day(session, ids[late], friday, ["11:00-19:00"], by=by, now=now)
    monday = today - timedelta(days=today.weekday())
    for week in (0, 1):
        nights = [monday + timedelta(days=7 * week + day) for day in range(5)]
        for night in nights:
            turn = (at(night, EVENING, zone), at(night + A_DAY, MORNING, zone))
            rota.add_on_call(session, ids["provider"], turn, by=by, now=now)


def _next(day: date, weekday: int) -> date:
    """The next such day, not this one: whoever looks at the demo today finds everybody at work."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)
