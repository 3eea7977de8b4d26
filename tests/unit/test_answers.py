"""When an automatic answer stays unsent, and how a closed clinic says when it opens."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.domain.hours import LOOK_BACK, WeeklyHours, around_the_clock
from core.domain.phone import is_no_persons
from core.domain.wall import opening_words
from core.messaging.rules.answers import Night, Said, bar, echo

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
QUIET = Night(opted_out=False, in_danger=False, open=False, person_since=NOW - HOUR / 2)
NINE_TO_FIVE = WeeklyHours(NEW_YORK, dict.fromkeys(range(5), ((time(9), time(17)),)))


def said(minutes: float, answer: str = "help", *, action: str = "other", person: bool = False) -> Said:
    return Said(action, NOW - minutes * MINUTE, person, "" if person else answer)


@pytest.mark.parametrize(
    ("template", "before", "barred"),
    [
        ("help", [], False),
        ("help", [said(9.9)], True),
        ("help", [said(10)], False),
        ("resumed", [said(5, "safety_reply")], True),
        ("after_hours", [said(5, "help")], True),
        ("help", [said(5, "opt_out_confirmation")], False),  # carriers want HELP answered after a STOP
        ("help", [said(11), said(25), said(40)], True),
        ("help", [said(11), said(25), said(61)], False),
        ("help", [said(1, action="this")], False),  # its own earlier try
        ("help", [said(1, person=True)], False),
        ("opt_out_confirmation", [said(1), said(2), said(3)], False),
        ("safety_reply", [said(1), said(2), said(3)], False),
    ],
)
def test_no_two_answers_in_ten_minutes_nor_more_than_three_an_hour(
    template: str, before: list[Said], barred: bool
) -> None:
    """But for what protects the person."""
    assert echo(template, before, NOW, "this") == barred


@pytest.mark.parametrize(
    ("change", "before", "why"),
    [
        ({}, [], ""),
        ({"opted_out": True}, [], "opted_out"),
        ({"in_danger": True}, [], "in_danger"),
        ({"open": True}, [], "clinic_open"),
        ({}, [said(29, person=True)], "person_writes"),
        ({}, [said(31, person=True)], ""),
        ({}, [said(5)], "just_answered"),
    ],
)
def test_a_closed_clinic_is_silent_where_its_answer_would_be_wrong(
    change: dict[str, bool], before: list[Said], why: str
) -> None:
    night = Night(**{**QUIET.__dict__, **change})
    assert bar("after_hours", before, night, NOW) == why


@pytest.mark.parametrize(
    ("moment", "closed"),
    [
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), None),  # 10:00 on a Tuesday
        (
            datetime(2026, 11, 24, 22, 0, tzinfo=UTC),
            ("24T22:00", "25T14:00"),
        ),  # the second at which it closes
        (datetime(2026, 11, 25, 14, 0, tzinfo=UTC), None),  # the second at which it opens
        (datetime(2026, 11, 29, 3, 0, tzinfo=UTC), ("27T22:00", "30T14:00")),  # the whole weekend
    ],
)
def test_a_closed_stretch_reaches_from_closing_to_opening(
    moment: datetime, closed: tuple[str, str] | None
) -> None:
    found = NINE_TO_FIVE.closed_around(moment)
    assert (found and tuple(f"{at:%dT%H:%M}" for at in found)) == closed


def test_the_night_of_a_clock_change_is_one_stretch() -> None:
    """From Friday's closing to Monday's opening, with the hour that comes twice in it."""
    one, other = (NINE_TO_FIVE.closed_around(datetime(2026, 11, 1, hour, 30, tzinfo=UTC)) for hour in (5, 6))
    assert one == other == (datetime(2026, 10, 30, 21, tzinfo=UTC), datetime(2026, 11, 2, 14, tzinfo=UTC))


def test_what_never_opens_or_never_closes_has_no_closed_stretch() -> None:
    assert WeeklyHours(NEW_YORK, {}).closed_around(NOW) is None
    assert around_the_clock(NEW_YORK).closed_around(NOW) is None


def test_a_long_closing_begins_no_earlier_than_is_looked_back() -> None:
    away = {(NOW + timedelta(days=n)).date(): () for n in range(-20, 20)}
    found = WeeklyHours(NEW_YORK, NINE_TO_FIVE.windows, days=away).closed_around(NOW)
    assert found is not None
    assert found[0] == NOW - LOOK_BACK


@pytest.mark.parametrize(
    ("opens", "english", "spanish"),
    [
        ((2026, 11, 24, 20), "Tuesday at 3:00 PM", "el martes a las 3:00 PM"),
        ((2026, 11, 25, 18), "Wednesday at 1:00 PM", "el miercoles a la 1:00 PM"),
        ((2026, 11, 30, 14), "Monday at 9:00 AM", "el lunes a las 9:00 AM"),
        ((2026, 12, 1, 14), "Tuesday, Dec 1, at 9:00 AM", "el martes 1 de diciembre a las 9:00 AM"),
    ],
)
def test_the_opening_is_named_by_its_day(opens: tuple[int, ...], english: str, spanish: str) -> None:
    """With the date where the weekday alone could be taken for an earlier one."""
    moment = datetime(*opens, tzinfo=UTC)  # type: ignore[misc, arg-type]
    assert opening_words(moment, NEW_YORK, NOW) == english
    assert opening_words(moment, NEW_YORK, NOW, "es") == spanish


@pytest.mark.parametrize(
    ("sender", "machine"),
    [("72345", True), ("227263", True), ("LUXE", True), ("", True), ("+18005550155", True), ("+19005550155", True),
     ("+14075550155", False), ("+525555550155", False), ("+12425550155", False)],
)  # fmt: skip
def test_short_codes_and_services_are_machines_and_patients_abroad_are_not(
    sender: str, machine: bool
) -> None:
    assert is_no_persons(sender) == machine
