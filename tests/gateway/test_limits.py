"""How often one sender may knock."""

import asyncio

import pytest

import gateway.limits
from core.domain.addresses import sender_of
from gateway.limits import Buckets, Crowded, Turns


def test_a_burst_passes_then_waits_then_passes_again() -> None:
    """Ten a minute: ten at once, then one every six seconds."""
    moment = [0.0]
    limit = Buckets(10, 10 / 60, seconds=lambda: moment[0])
    assert [limit.wait("a") for _ in range(10)] == [0.0] * 10
    assert round(limit.wait("a"), 6) == 6
    moment[0] = 6.5
    assert limit.wait("a") == 0


def test_one_sender_does_not_use_up_anothers_share() -> None:
    """Each address has its own."""
    limit = Buckets(1, 1, seconds=lambda: 0.0)
    assert (limit.wait("a"), limit.wait("b")) == (0, 0)
    assert limit.wait("a") > 0


def test_zero_is_no_limit() -> None:
    """LUXE_FORM_RATE=0."""
    limit = Buckets(0, 0, seconds=lambda: 0.0)
    assert all(limit.wait("a") == 0 for _ in range(1000))


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    """Senders that rested are forgotten."""
    moment = [0.0]
    limit = Buckets(1, 1, seconds=lambda: moment[0])
    for number in range(60_000):
        moment[0] += 0.001
        limit.wait(str(number))
    assert len(limit._level) <= 20_000


def test_a_flood_of_addresses_frees_nobody_who_still_knocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding 19: 20,001 made-up senders emptied everybody's bucket."""
    monkeypatch.setattr(gateway.limits, "MOST_SENDERS", 100)
    limit = Buckets(1, 1, seconds=lambda: 0.0)
    assert limit.wait("knocks") == 0
    for number in range(1000):
        assert limit.wait(str(number)) == 0
        assert limit.wait("knocks") > 0
    assert limit.wait("999") > 0
    assert len(limit._level) <= 100


def test_a_home_with_a_network_of_its_own_is_one_sender() -> None:
    """Version 6 gives every home billions of addresses."""
    assert sender_of("2001:db8:1:2:3::4") == sender_of("2001:db8:1:2:ffff::1")
    assert sender_of("203.0.113.9") == "203.0.113.9"


def test_looking_whether_one_has_to_wait_costs_nothing() -> None:
    """So a right key uses up nothing of what wrong ones of its address have left."""
    moment = [0.0]
    limit = Buckets(2, 0.5, seconds=lambda: moment[0])
    assert [limit.rest("a") for _ in range(5)] == [0.0] * 5
    limit.wait("a")
    assert limit.rest("a") == 0
    limit.wait("a")
    assert (limit.rest("a"), limit.rest("b")) == (2, 0)
    moment[0] = 2.5
    assert limit.rest("a") == 0


def test_one_at_a_time_has_a_turn_one_waits_and_the_next_is_sent_away() -> None:
    """And whoever is done, or failed, makes room."""

    async def crowd() -> tuple[list[str], int]:
        turns, end, seen = Turns(1, 1), asyncio.Event(), []

        async def one(name: str) -> None:
            async with turns.turn():
                seen.append(name)
                await end.wait()
                raise ZeroDivisionError

        first, second = asyncio.create_task(one("first")), asyncio.create_task(one("second"))
        await asyncio.sleep(0)
        with pytest.raises(Crowded):
            await one("third")
        assert seen == ["first"]
        end.set()
        failed = await asyncio.gather(first, second, return_exceptions=True)
        async with turns.turn():
            return seen, len(failed)

    assert asyncio.run(crowd()) == (["first", "second"], 2)
