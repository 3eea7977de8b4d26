"""When sending stops by itself."""

from typing import Any

import pytest

from core.operations import alarms, rules
from core.operations.rules import Fingerprint, Trip
from core.operations.store import STOPS
from core.shipped import read_toml

LIMITS = rules.parse_limits(read_toml("limits.toml"))


@pytest.mark.parametrize("share", [0, -0.1, 1.5, 40])
def test_a_limit_that_could_never_or_would_always_stop_is_refused(share: float) -> None:
    raw = read_toml("limits.toml")
    with pytest.raises(ValueError, match="share"):
        rules.parse_limits(raw | {"errors": raw["errors"] | {"share": share}})


@pytest.mark.parametrize(
    ("failed", "of", "stops"),
    [(8, 20, True), (7, 20, False), (19, 19, False), (20, 50, True), (19, 50, False)],
)
def test_two_in_five_of_at_least_twenty_is_too_many(failed: int, of: int, stops: bool) -> None:
    results = [True] * failed + [False] * (of - failed)
    assert (rules.error_trip(LIMITS, "carriers", results) is not None) == stops


def test_a_look_that_finds_few_failures_can_stop_there() -> None:
    """The cheap first question must never hide what the full one would find."""
    fewest = LIMITS.fewest_errors
    assert rules.error_trip(LIMITS, "carriers", [True] * fewest + [False] * (20 - fewest))
    assert rules.error_trip(LIMITS, "carriers", [True] * (fewest - 1) + [False] * (21 - fewest)) is None
    most = LIMITS.most_texted(10)
    assert rules.opt_out_trip(LIMITS, 10, most)
    assert rules.opt_out_trip(LIMITS, 10, most + 1) is None


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        *((name, {}) for name in STOPS[:2]),
        ("error_rate", {"failed": 20, "of": 50, "where": "carriers"}),
        ("error_rate", {"failed": 20, "of": 50, "where": "provider"}),
        ("opt_out_rate", {"opt_outs": 12, "texted": 190}),
        ("spend_limit", {"segments": 20_000, "dollars": 166.0}),
        ("template:lead_offer", {"filtered": 3, "of_last": 50}),
    ],
)
def test_every_stop_says_what_it_is_and_what_to_do(name: str, figures: dict[str, Any]) -> None:
    words = alarms.words(name, figures)
    assert words.title
    assert "luxe resume" in words.what_to_do
    assert all(str(f"{value:,}" if isinstance(value, int) else "") in words.why for value in figures.values())


def test_every_reason_that_stops_everything_has_words() -> None:
    assert set(alarms.WORDS) == set(STOPS)


def test_what_a_rule_tells_is_what_its_words_need() -> None:
    trips: list[Trip | None] = [
        rules.template_trip(LIMITS, "lead_offer", 3),
        rules.error_trip(LIMITS, "provider", [True] * 20),
        rules.opt_out_trip(LIMITS, 10, 100),
        rules.spend_trip(LIMITS, 20_000, 0),
    ]
    for trip in trips:
        assert trip
        assert alarms.words(trip.name, trip.figures).why


def test_a_fingerprint_names_what_differs() -> None:
    here = Fingerprint("a", "s", "p")
    assert here.differs_from(here) == ()
    assert here.differs_from(Fingerprint("a", "s2", "p2")) == ("sender", "place")
