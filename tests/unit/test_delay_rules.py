"""The rules of waiting after failures, as they are written down."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.addresses import sender_of
from core.staff import browser_rules
from core.staff import delay_rules as rules
from core.staff.delay_rules import BRAKES, Count

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_every_count_is_remembered_longer_than_its_longest_wait() -> None:
    """Else a guesser who waits would always begin anew."""
    assert [kind for kind, brake in BRAKES.items() if brake.quiet <= brake.most] == []


def test_the_longest_of_several_waits_holds() -> None:
    """A short one does not end a long one."""
    counts = {"pair": Count(4, NOW), "name": Count(25, NOW)}
    assert rules.held_until(counts, NOW, span) == NOW + timedelta(seconds=60)


def test_a_wait_is_over_at_its_very_end() -> None:
    """Who is told five seconds waits five, not six."""
    counts = {"pair": Count(3, NOW)}
    assert rules.held_until(counts, NOW + timedelta(seconds=5), span) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_what_tells_one_visitor_from_another(address: str, network: str) -> None:
    """All of an IPv4 address, what a subscriber is given of IPv6."""
    assert sender_of(address) == network


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/142.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Firefox/145.0", "Firefox on Mac"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_called_as_its_owner_knows_it(agent: str, words: str) -> None:
    assert browser_rules.named(agent) == words
