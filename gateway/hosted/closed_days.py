"""What a day is called on which the clinic is closed: visitors read why it is shut beside its usual hours. Pure."""

from datetime import date, timedelta

MONDAY, THURSDAY, FRIDAY = 0, 3, 4
FIXED = {
    (1, 1): "New Year's Day",
    (7, 4): "Independence Day",
    (11, 11): "Veterans Day",
    (12, 24): "Christmas Eve",
    (12, 25): "Christmas Day",
    (12, 31): "New Year's Eve",
}
# (month, weekday) -> which one in the month, 0 for the last.
MOVING = {
    (1, MONDAY): (3, "Martin Luther King Jr. Day"),
    (2, MONDAY): (3, "Presidents' Day"),
    (5, MONDAY): (0, "Memorial Day"),
    (9, MONDAY): (1, "Labor Day"),
    (11, THURSDAY): (4, "Thanksgiving Day"),
}


def name_of(day: date) -> str:
    """The holiday that keeps a clinic closed on `day`, '' where it is none of the usual ones.

    A Friday before and a Monday after stand for a holiday at the weekend.
    """
    named = FIXED.get((day.month, day.day)) or _moving(day)
    if named:
        return named
    beside = {FRIDAY: day + timedelta(days=1), MONDAY: day - timedelta(days=1)}.get(day.weekday())
    return FIXED.get((beside.month, beside.day), "") if beside else ""


def _moving(day: date) -> str:
    which, name = MOVING.get((day.month, day.weekday()), (-1, ""))
    is_last = (day + timedelta(days=7)).month != day.month
    return name if which == (day.day + 6) // 7 or (which == 0 and is_last) else ""
