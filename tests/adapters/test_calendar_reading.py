"""Calendars of others: what is busy in them, and what of them is refused, by a process that has nothing to lose."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.adapters import calendar_reading
from core.adapters.calendar_reading import busy_times
from core.domain.feeds import WORDS, FeedTrouble
from core.domain.hours import Span
from core.domain.ports import Frame

CHICAGO = ZoneInfo("America/Chicago")
FRAME = Frame(
    CHICAGO, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 20, tzinfo=UTC), "@luxe.example.com"
)
VTIMEZONE = """BEGIN:VTIMEZONE
TZID:Custom
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0100
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def calendar(*events: str, head: str = "") -> bytes:
    made = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{made}END:VCALENDAR\n"
    return whole.replace("\n", "\r\n").encode()


def event(start: str, *more: str, uid: str = "a@b") -> str:
    return "\n".join([f"UID:{uid}", f"DTSTART{start}", *more])


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=CHICAGO).astimezone(UTC)


def read(*events: str, head: str = "") -> list[Span]:
    return busy_times(calendar(*events, head=head), FRAME)


def why(content: bytes) -> str:
    with pytest.raises(FeedTrouble) as refused:
        busy_times(content, FRAME)
    assert refused.value.why in WORDS
    return refused.value.why


def test_an_appointment_is_busy_in_whatever_way_its_time_is_written() -> None:
    assert read(event(":20260303T150000Z", "DTEND:20260303T160000Z")) == [(wall(3, 9), wall(3, 10))]
    named = event(";TZID=America/New_York:20260303T100000", "DURATION:PT90M")
    assert read(named) == [(wall(3, 9), wall(3, 10, 30))]
    floating = event(":20260303T090000", "DTEND:20260303T093000")
    assert read(floating) == [(wall(3, 9), wall(3, 9, 30))]
    own_zone = event(";TZID=Custom:20260303T160000", "DTEND;TZID=Custom:20260303T170000")
    assert read(own_zone, head=VTIMEZONE) == [(wall(3, 9), wall(3, 10))]


def test_a_whole_day_is_busy_on_the_wall_of_the_location() -> None:
    assert read(event(";VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260305")) == [(wall(3, 0), wall(5, 0))]
    assert read(event(";VALUE=DATE:20260308")) == [(wall(8, 0), wall(9, 0))]  # of 23 hours
    assert wall(9, 0) - wall(8, 0) == timedelta(hours=23)


def test_what_takes_no_time_is_not_busy() -> None:
    end = "DTEND:20260303T160000Z"
    assert read(event(":20260303T150000Z", end, "TRANSP:TRANSPARENT")) == []
    assert read(event(":20260303T150000Z", end, "STATUS:CANCELLED")) == []
    assert read(event(":20260303T150000Z")) == []
    assert read(event(":20260303T150000Z", "DTEND:20260303T140000Z")) == []


def test_our_own_visits_that_come_back_do_not_block_their_provider() -> None:
    ours = event(":20260303T150000Z", "DTEND:20260303T160000Z", uid="v1@luxe.example.com")
    assert read(ours) == []


def test_what_repeats_keeps_its_time_on_the_wall_where_clocks_change() -> None:
    weekly = event(";TZID=America/Chicago:20250106T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE")
    starts = [start for start, _ in read(weekly)]
    assert starts == [wall(day, 9) for day in (2, 4, 9, 11, 16, 18)]


def test_a_series_ends_by_its_date_or_its_number() -> None:
    until = event(":20260302T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260304T150000Z")
    count = event(":20260302T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3")
    assert read(until) == read(count)
    assert len(read(count)) == 3
    wall_until = event(
        ";TZID=America/Chicago:20260302T200000", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260305T020000Z"
    )
    assert len(read(wall_until)) == 3  # 8 in the evening of the 4th is the 5th in UTC
    whole = event(";VALUE=DATE:20260302", "RRULE:FREQ=DAILY;UNTIL=20260304")
    assert read(whole) == [(wall(2, 0), wall(5, 0))]


def test_what_departs_from_a_series_takes_the_place_of_its_turn() -> None:
    series = event(
        ";TZID=America/Chicago:20260302T090000",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=4",
        "EXDATE;TZID=America/Chicago:20260303T090000",
        "RDATE;TZID=America/Chicago:20260310T120000",
    )
    moved = event(
        ";TZID=America/Chicago:20260304T140000",
        "DURATION:PT1H",
        "RECURRENCE-ID;TZID=America/Chicago:20260304T090000",
    )
    off = event(
        ";TZID=America/Chicago:20260305T090000",
        "DURATION:PT1H",
        "RECURRENCE-ID;TZID=America/Chicago:20260305T090000",
        "STATUS:CANCELLED",
    )
    assert [start for start, _ in read(series, moved, off)] == [wall(2, 9), wall(4, 14), wall(10, 12)]


def test_stretches_that_overlap_are_one_and_end_with_what_is_looked_at() -> None:
    one = event(":20260303T150000Z", "DURATION:PT2H", uid="1@x")
    other = event(":20260303T160000Z", "DURATION:PT2H", uid="2@x")
    assert read(one, other) == [(wall(3, 9), wall(3, 12))]
    long = event(":20260220T150000Z", "DTEND:20260401T150000Z")
    assert read(long) == [(FRAME.since, FRAME.until)]


def test_a_series_since_long_ago_costs_no_more_than_a_new_one() -> None:
    old = event(":19010107T150000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;INTERVAL=2")
    days = {start.weekday() for start, _ in read(old)}
    assert days == {0}


def test_words_and_years_past_are_passed_over() -> None:
    """A large calendar is mostly both."""
    old = [event(f":2019{1 + n % 12:02d}01T150000Z", "DURATION:PT1H", uid=f"{n}@x") for n in range(12_000)]
    words = event(":20260303T150000Z", "DTEND:20260303T160000Z", f"DESCRIPTION:{'words ' * 200}")
    assert read(*old, words) == [(wall(3, 9), wall(3, 10))]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("FREQ=SECONDLY", "too_often"),
        ("FREQ=MINUTELY;COUNT=1000000000", "too_often"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=" + ",".join(map(str, range(60))) + ";BYSECOND="
         + ",".join(map(str, range(60))), "too_often"),
        ("FREQ=NONSENSE", "no_calendar"),
    ],
)  # fmt: skip
def test_a_rule_without_measure_is_refused(rule: str, told: str) -> None:
    assert why(calendar(event(":20260303T150000Z", "DURATION:PT1S", f"RRULE:{rule}"))) == told


def test_a_billion_turns_since_the_year_one_end_in_an_answer() -> None:
    """Counted from its beginning, a series can't be cut short; the limit is what ends it."""
    endless = event(":00010101T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=1000000000")
    assert why(calendar(endless)) == "too_often"


def test_too_much_work_is_ended_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_reading, "SECONDS", 0.01)
    assert why(calendar(event(":20260303T150000Z", "DURATION:PT1H"))) == "too_hard"


def test_more_entries_than_anybody_has_are_refused() -> None:
    many = [event(":20260303T150000Z", "DURATION:PT1H", uid=f"{n}@x") for n in range(10_001)]
    assert why(calendar(*many)) == "too_many"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Sign in</html>",
        b"\x1f\x8b\x08\x00",
        calendar(event(":99999999T999999Z", "DURATION:PT1H")),
        calendar(event(":20260303T150000Z", "DURATION:P999999999999D")),
        calendar("DTSTART:20260303T150000Z\nDTEND;VALUE=DATE:nonsense"),
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 50,
        b"BEGIN:VCALENDAR\r\nX:" + b"x" * 200_000,
        calendar(event(":20260303T150000Z", "DURATION:PT1H"))[:-60],
    ],
)
def test_what_is_broken_is_no_calendar_or_says_nothing(content: bytes) -> None:
    """A damaged entry ends in a word, or is left out: never in an error that nobody understands."""
    assert said(content) in ([], "no_calendar")


def said(content: bytes) -> list[Span] | str:
    """What is busy, or why nothing can be told."""
    try:
        return busy_times(content, FRAME)
    except FeedTrouble as refused:
        return refused.why
