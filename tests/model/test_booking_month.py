"""A clinic that is booked by link, by API and at the desk, with a waitlist: judged from outside, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bench.booking_month import judge, owed, turns
from bench.booking_month.judge import Facts, Label
from bench.booking_month.record import Diary, State, Waits
from bench.booking_month.run import run
from bench.simulated.people import Person
from bench.simulated.provider import Taken
from bench.simulated.schedulers import Trouble
from tests.conftest import TestApp
from tests.model.machine import prepare

SAME: dict[str, str] = {}  # the digest of the first database
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NOON = datetime(2027, 3, 3, 17, 0, tzinfo=UTC)  # a Wednesday in New York
VISIT_AT = NOON + 2 * DAY
ON_IT = "Fri Mar 5 at 12:00 PM"
CONFIRMED = f"Confirmed, Ana: your visit on {ON_IT} with Tess. Luxe"
REMINDER = "Ana, a reminder of your visit: Fri Mar 5, 12:00 PM. Luxe"
OFFER = "Luxe: a time opened: Fri Mar 5, 12:00 PM, Downtown, yours until 12:31 PM. Reply 1 to take it"
VISIT, OF_VISIT = "visit", Label("transactional", "pre_treatment")
NO_SEQUENCE = Label("transactional")


def test_a_week_of_bookings_breaks_no_promise_and_is_the_same_on_both_databases(app: TestApp) -> None:
    """Nobody hears of a visit that is not, everybody of one that is; offers go in turn; no two are in one slot."""
    prepare(app)
    trouble = Trouble(("A",) if app.db.is_sqlite else ("A", "B"), kills=6, busy=4)
    outcome = run(app, appointments=30, span=timedelta(days=7), seed=3, trouble=trouble)
    assert outcome.violations == {}
    assert outcome.booked > 20
    assert outcome.happened["texts taken over"] > 5
    assert {"confirmed", "reminder", "today", "moved", "off", "offer", "taken"} <= set(outcome.kinds)
    assert SAME.setdefault("digest", outcome.digest) == outcome.digest


def a_visit(
    diary: Diary, person: int = 0, at: datetime = VISIT_AT, since: datetime = NOON, **more: object
) -> State:
    facts: dict[str, object] = {
        "starts_at": at, "ends_at": at + 50 * MINUTE, "location": "downtown", "service": "hydrafacial",
        "resources": ("staff:tess", "room:room-1"), "stands": True,
    }  # fmt: skip
    return State(diary.next(), since, person, **(facts | more))  # type: ignore[arg-type]


def booked() -> Diary:
    """Ana's visit was booked at noon for two days later; she and Ben live in Florida."""
    diary = Diary()
    diary.visits[VISIT] = [a_visit(diary)]
    return diary


def facts(diary: Diary, *texts: tuple[int, timedelta, str, Label]) -> Facts:
    """With these texts, each to a person so long after noon."""
    people = [
        Person(number, name, "Abbot", f"+1407555015{number}", "FL", "America/New_York", family=False)
        for number, name in enumerate(("Ana", "Ben", "Cleo"))
    ]
    labels = {f"a{number}": label for number, (*_, label) in enumerate(texts)}
    for number, (person, after, body, _) in enumerate(texts):
        taken = Taken(diary.next(), NOON + after, people[person].phone, body, f"a{number}")
        diary.taken.append(taken)
    zones = {"downtown": ZoneInfo("America/New_York")}
    return Facts(diary, people, labels, zones, NOON + 4 * DAY)


def called_off(diary: Diary) -> None:
    diary.visits[VISIT].append(a_visit(diary, stands=False, since=NOON + MINUTE))


def moved(diary: Diary) -> None:
    diary.visits[VISIT].append(a_visit(diary, at=VISIT_AT + HOUR, since=NOON + MINUTE))


def stopped(diary: Diary) -> None:
    diary.said[0] = [(diary.next(), NOON, "STOP")]


def somebody_beside(diary: Diary) -> None:
    diary.visits["other"] = [a_visit(diary, person=1, at=VISIT_AT + 30 * MINUTE)]


def nothing(_diary: Diary) -> None:
    """All is as it was."""


WELCOME = "Welcome, Ana! Text HERE when you have arrived"
ONE = [(0, MINUTE, CONFIRMED, OF_VISIT)]


@pytest.mark.parametrize(
    ("happens", "texts", "found"),
    [
        (nothing, ONE, set()),
        (called_off, ONE, {"for a visit that is not"}),
        (moved, ONE, {"for a visit that is not"}),
        (moved, [(0, MINUTE, CONFIRMED.replace("12:00", "1:00"), OF_VISIT)], set()),
        (nothing, [(1, MINUTE, CONFIRMED, OF_VISIT)], {"for a visit that is not"}),
        (nothing, [(0, 2 * DAY + MINUTE, REMINDER, OF_VISIT)], {"for a visit that is past"}),
        (nothing, [(0, 10 * HOUR, REMINDER, OF_VISIT)], {"outside texting hours"}),
        (nothing, [(0, HOUR, WELCOME, OF_VISIT)], {"a welcome at another time"}),
        (nothing, [(0, HOUR, f"Ana, your visit on {ON_IT} is called off.", OF_VISIT)], {"called off, and it stands"}),
        (stopped, ONE, {"after STOP"}),
        (nothing, [*ONE, (0, 2 * MINUTE, CONFIRMED, OF_VISIT)], {"the same text twice"}),
        (
            nothing,
            [(0, number * HOUR, f"Hello {number}", NO_SEQUENCE) for number in range(4)],
            {"more than three in 24 hours"},
        ),
        (
            nothing,
            [(1, MINUTE, OFFER, NO_SEQUENCE), (1, HOUR, OFFER.replace("Fri", "Sat"), NO_SEQUENCE)],
            {"a second offer on one day"},
        ),
        (somebody_beside, [], {"two in one slot"}),
    ],
)  # fmt: skip
def test_the_judge_finds_each_text_that_should_not_have_gone(
    happens: Callable[[Diary], None], texts: list[tuple[int, timedelta, str, Label]], found: set[str]
) -> None:
    diary = booked()
    happens(diary)
    assert {kind for kind, _ in judge.violations(facts(diary, *texts))} == found


ALL = [
    (0, MINUTE, CONFIRMED, OF_VISIT),
    (
        0,
        MINUTE,
        REMINDER.replace("a reminder of your visit:", "your visit is") + " Please look at your notes",
        OF_VISIT,
    ),
    (0, DAY + MINUTE, REMINDER, OF_VISIT),
    (0, 2 * DAY - 4 * HOUR, "Ana, we look forward to seeing you: today 12:00 PM.", OF_VISIT),
    (0, 2 * DAY, WELCOME, OF_VISIT),
]
NAMES = ("no confirmed", "no prepare", "no reminder", "no today", "no check_in")


@pytest.mark.parametrize("gone", range(len(ALL)), ids=NAMES)
def test_the_judge_misses_each_text_that_is_owed(gone: int) -> None:
    """The reminder of 72 hours before is none: its moment had passed."""
    assert list(owed.missing(facts(booked(), *ALL))) == []
    rest = [text for number, text in enumerate(ALL) if number != gone]
    assert [kind for kind, _ in owed.missing(facts(booked(), *rest))] == [NAMES[gone]]


def test_what_a_known_rule_kept_back_is_not_owed() -> None:
    """Three texts went that day already; a text of another sequence went within two hours; the visit was called off."""
    three = [(0, number * MINUTE - HOUR, f"Hello {number}", NO_SEQUENCE) for number in range(3)]
    kinds = [kind for kind, _ in owed.missing(facts(booked(), *three))]
    assert "no confirmed" not in kinds
    near = (0, 2 * DAY - 3 * HOUR, "Hello", Label("transactional", "lead"))
    assert "no today" not in [kind for kind, _ in owed.missing(facts(booked(), near))]
    diary = booked()
    called_off(diary)
    assert list(owed.missing(facts(diary))) == []


def given_up() -> Diary:
    """Ana gave her time up; Ben waits for such a one, then Cleo."""
    diary = booked()
    called_off(diary)
    for person in (1, 2):
        diary.waits.append(Waits(diary.next(), person, "hydrafacial", "", "any", 60))
    return diary


BEN, CLEO = (1, 2 * MINUTE, OFFER, NO_SEQUENCE), (2, 3 * MINUTE, OFFER, NO_SEQUENCE)

OTHER_HOUR = (1, 2 * MINUTE, OFFER.replace("12:00", "2:00"), NO_SEQUENCE)


def passes(diary: Diary) -> None:
    diary.said[1] = [(diary.next(), NOON + 3 * MINUTE, "2")]


def is_booked(diary: Diary) -> None:
    diary.visits["other"] = [a_visit(diary, person=2)]


@pytest.mark.parametrize(
    ("happens", "texts", "found"),
    [
        (nothing, [BEN], set()),
        (nothing, [CLEO], {"before somebody's turn"}),
        (nothing, [BEN, CLEO], {"two are offered one time"}),
        (nothing, [BEN, (2, 33 * MINUTE, OFFER, NO_SEQUENCE)], set()),
        (nothing, [OTHER_HOUR], {"an offer of a time that nobody gave up"}),
        (is_booked, [BEN], {"an offer of a time that is taken"}),
    ],
)  # fmt: skip
def test_the_judge_finds_each_offer_out_of_turn(
    happens: Callable[[Diary], None], texts: list[tuple[int, timedelta, str, Label]], found: set[str]
) -> None:
    diary = given_up()
    happens(diary)
    assert {kind for kind, _ in turns.violations(facts(diary, *texts))} == found


def test_whoever_passed_is_followed_by_the_next_at_once() -> None:
    diary = given_up()
    facts(diary, BEN)
    passes(diary)
    assert list(turns.violations(facts(diary, CLEO))) == []
