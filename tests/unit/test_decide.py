"""The send decision, rule by rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messaging.actions import Purpose
from core.messaging.rules.send_hold_drop import (
    APART,
    CAP_WINDOW,
    Drop,
    Facts,
    Hold,
    Intent,
    Send,
    decide,
    retry_after,
)
from core.messaging.rules.statuses import moves_forward

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
INTENT = Intent(
    Purpose.MARKETING,
    "patient",
    NOW,
    NOW + timedelta(hours=6),
    ("not_contacted", "not_replied", "not_booked"),
)
FACTS = Facts(opens_at=NOW, may_inform=True, may_market=True)


def test_what_nothing_speaks_against_is_sent() -> None:
    assert decide(INTENT, FACTS, NOW) == Send()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"opted_out": True}, "opted_out"),
        ({"unreachable": True}, "unreachable"),
        ({"call_only": True}, "call_only"),
        ({"may_market": False}, "consent_missing"),
        ({"contacted": True}, "contacted"),
        ({"replied": True}, "replied"),
        ({"booked": True}, "booked"),
        ({"lead_state": "disqualified"}, "disqualified"),
    ],
)
def test_each_bar_drops_the_text_and_names_itself(change: dict[str, object], reason: str) -> None:
    assert decide(INTENT, replace(FACTS, **change), NOW) == Drop(reason)  # type: ignore[arg-type]


def test_a_text_is_held_until_the_hour_that_allows_it() -> None:
    morning = NOW + timedelta(hours=5)
    assert decide(INTENT, replace(FACTS, opens_at=morning), NOW) == Hold(morning, "quiet_hours")


def test_a_text_that_would_be_stale_by_then_is_dropped_at_once() -> None:
    assert decide(INTENT, replace(FACTS, opens_at=NOW + timedelta(hours=7)), NOW) == Drop(
        "too_late", "quiet_hours"
    )


def test_the_fourth_text_in_24_hours_waits_for_the_first_to_age() -> None:
    recent = (NOW - timedelta(hours=20), NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    assert decide(INTENT, replace(FACTS, recent=recent), NOW) == Hold(recent[0] + CAP_WINDOW, "daily_cap")


def test_two_texts_that_waited_for_the_same_morning_do_not_come_in_a_volley() -> None:
    """The second keeps its distance; a text at its planned time, however close to another, needs none."""
    just_now = (NOW - timedelta(seconds=3),)
    waited = replace(INTENT, planned_for=NOW - timedelta(hours=8), useful_until=NOW + timedelta(hours=1))
    assert decide(waited, replace(FACTS, recent=just_now), NOW) == Hold(just_now[0] + APART, "apart")
    assert decide(waited, replace(FACTS, recent=(NOW - APART,)), NOW) == Send()
    assert decide(replace(INTENT, planned_for=NOW), replace(FACTS, recent=just_now), NOW) == Send()


def test_a_person_may_write_beyond_the_cap_but_never_to_who_opted_out() -> None:
    manual = replace(INTENT, purpose=Purpose.MANUAL, conditions=(), useful_until=None)
    busy = replace(FACTS, recent=(NOW,) * 5, may_inform=False, may_market=False)
    assert decide(manual, busy, NOW) == Send()
    assert decide(manual, replace(busy, opted_out=True), NOW) == Drop("opted_out")


def test_the_answer_to_stop_goes_out_to_who_just_opted_out() -> None:
    answer = replace(INTENT, purpose=Purpose.REPLY)
    assert decide(answer, replace(FACTS, opted_out=True), NOW) == Send()


@given(
    st.builds(Facts, opens_at=st.just(NOW), opted_out=st.just(True)),
    st.sampled_from([p for p in Purpose if p is not Purpose.REPLY]),
)
def test_nothing_else_ever_reaches_who_opted_out(facts: Facts, purpose: Purpose) -> None:
    assert isinstance(decide(replace(INTENT, purpose=purpose), facts, NOW), Drop)


def test_waits_grow_and_respect_what_the_provider_asked_for() -> None:
    waits = [retry_after(attempt, None).total_seconds() for attempt in (1, 2, 3, 20)]
    assert waits == [2, 4, 8, 900]
    assert retry_after(1, 30).total_seconds() == 30


@pytest.mark.parametrize(
    ("rank", "status", "news"),
    [(4, "sent", True), (6, "sent", False), (9, "sent", False), (9, "failed", False), (6, "what", False)],
)
def test_a_status_moves_only_forward(rank: int, status: str, news: bool) -> None:
    assert moves_forward(rank, status) is news


def test_automation_waits_for_a_person_as_long_as_it_may_be_of_use() -> None:
    """Somebody may resume it before the pause ends: it is dropped when it is too late, and not a minute before."""
    friday = NOW + timedelta(days=3)
    waits = replace(FACTS, paused_until=friday)
    assert decide(INTENT, waits, NOW) == Hold(NOW + timedelta(hours=6), "automation_paused")
    assert decide(replace(INTENT, useful_until=None), waits, NOW) == Hold(friday, "automation_paused")
    too_late = NOW + timedelta(hours=6)
    assert decide(INTENT, waits, too_late) == Drop("too_late", "automation_paused")
    assert decide(INTENT, waits, friday) == Drop("too_late")


def test_a_pause_that_is_over_holds_nothing() -> None:
    assert decide(INTENT, replace(FACTS, paused_until=NOW), NOW) == Send()
