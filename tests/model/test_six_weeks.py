"""A clinic in all seven sequences, with whatever may happen to patients and schedulers: judged from outside."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bench.simulated.people import Person
from bench.simulated.provider import Taken
from bench.simulated.schedulers import Trouble
from bench.six_weeks.judge import Judge, Label
from bench.six_weeks.record import Ended, Record
from bench.six_weeks.run import run
from core.shipped import shipped_sequences
from tests.conftest import TestApp
from tests.factories import follow_as_shipped
from tests.model.machine import prepare

WEEK = timedelta(weeks=1)
NEW_YORK = ZoneInfo("America/New_York")
PHONE = "+14075550155"
NOON = datetime(2026, 12, 2, 17, 0, tzinfo=UTC)  # a Wednesday in Florida
SAME: dict[str, str] = {}  # the digest of the first database


def test_a_week_of_a_clinic_breaks_no_promise_and_is_the_same_on_both_databases(app: TestApp) -> None:
    """No step twice, none after a stop, at night or for a time that is no more; three a day at most, and apart."""
    prepare(app)
    with app.db.write() as session:
        follow_as_shipped(session)
    trouble = Trouble(("A",) if app.db.is_sqlite else ("A", "B"), kills=6, busy=4)
    outcome = run(app, patients=60, span=WEEK, seed=1, trouble=trouble)
    assert outcome.violations == {}
    assert outcome.texts > 150
    assert outcome.happened["texts taken over"] > 10
    assert set(outcome.sequences) == set(shipped_sequences())
    assert SAME.setdefault("digest", outcome.digest) == outcome.digest


def world() -> Record:
    """One patient with a visit on December 4 at noon in New York."""
    record = Record(bodies={(key, 1): body for key, body in shipped_sequences().items()})
    record.slot("visit", NOON + timedelta(days=2))
    return record


def label(sequence: str, step: str, purpose: str = "transactional", lead: str = "lead") -> Label:
    visit = "visit" if sequence == "pre_treatment" else ""
    entered = NOON - timedelta(days=3)
    return Label(purpose, lead, f"e-{sequence}", sequence, 1, f"for-{sequence}", visit, step, entered)


def judged(record: Record, *texts: tuple[timedelta, Label, str]) -> set[str]:
    """What the judge finds in these texts, taken so long after noon."""
    labels: dict[str, Label] = {}
    for n, (after, planned_as, body) in enumerate(texts):
        labels[f"a{n}"] = planned_as
        record.taken.append(Taken(record.next(), NOON + after, PHONE, body, f"a{n}"))
    person = Person(0, "Ana", "Abbot", PHONE, "FL", "America/New_York", family=False)
    return set(Judge(record, {PHONE: person}, labels, NEW_YORK).violations())


SOON, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REMINDER = label("pre_treatment", "hours-48")
ON_TIME = "your visit is Fri Dec 4, 12:00 PM"
QUESTION = label("lead", "minute-2")


def stopped(record: Record) -> None:
    record.cause(["lead"], "reply", NOON)


def opted_out(record: Record) -> None:
    record.opt(PHONE, out=True)


def moved(record: Record) -> None:
    record.slot("visit", NOON + timedelta(days=3))


def called_off(record: Record) -> None:
    record.slot("visit", None)


def ended(record: Record) -> None:
    record.ended.append(Ended(record.next(), NOON, "lead", 1))


def nothing(_record: Record) -> None:
    """All is as it was."""


@pytest.mark.parametrize(
    ("happens", "texts", "found"),
    [
        (nothing, [(SOON, REMINDER, ON_TIME)], ""),
        (nothing, [(SOON, REMINDER, ON_TIME), (HOUR, REMINDER, ON_TIME)], "a step twice"),
        (stopped, [(SOON, QUESTION, "Hello")], "a step after reply"),
        (ended, [(SOON, QUESTION, "Hello")], "a step after staff ended it"),
        (opted_out, [(SOON, label("", "", "manual"), "Hello")], "after STOP"),
        (opted_out, [(SOON, label("", "", "reply"), "You are unsubscribed")], ""),
        (moved, [(SOON, REMINDER, ON_TIME)], "another time than the visit's"),
        (called_off, [(SOON, REMINDER, ON_TIME)], "for a slot that no longer is"),
        (nothing, [(9 * HOUR, QUESTION, "Hello")], "outside texting hours"),
        (nothing, [(SOON, QUESTION, "Hello"), (HOUR, REMINDER, ON_TIME)], "two sequences within two hours"),
        (nothing, [(SOON, QUESTION, "Hello"), (3 * HOUR, REMINDER, ON_TIME)], ""),
        (
            nothing,
            [(n * HOUR, label("", "", lead=f"l{n}"), "Hello") for n in range(4)],
            "more than three in 24 hours",
        ),
    ],
)
def test_the_judge_finds_each_broken_promise(
    happens: Callable[[Record], None], texts: list[tuple[timedelta, Label, str]], found: str
) -> None:
    record = world()
    happens(record)
    assert judged(record, *texts) == ({found} if found else set())
