"""Processes killed, frozen and cut off at random, in small; `python -m bench.chaos` is the same a thousand times."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.chaos import cluster
from bench.chaos.fleet import Nursery
from bench.chaos.run import Plan, run

pytestmark = pytest.mark.faults
SMALL = Plan(kills=6, texts=15, seed=27, list_lag=0.3, freeze_seconds=3.0, cut_seconds=3.0, settle_seconds=60)
needs_cluster = pytest.mark.skipif(not cluster.available(), reason="no initdb on this machine")


def test_killed_and_frozen_schedulers_lose_and_double_nothing(nursery: Nursery, tmp_path: Path) -> None:
    """On SQLite one works and one waits; a frozen one keeps its lease, and what it had in hand waits for it."""
    verdict, strikes = run(replace(SMALL, freeze=True), nursery, tmp_path)
    assert verdict.faults == 0, verdict
    assert strikes["frozen"] == 1
    assert verdict.at_provider > SMALL.kills


@pytest.mark.postgres
@needs_cluster
def test_killed_frozen_and_cut_off_they_lose_and_double_nothing(nursery: Nursery, tmp_path: Path) -> None:
    """The database server is killed as well; what a cut-off scheduler had in hand is taken over by the other."""
    verdict, strikes = run(replace(SMALL, postgres=True, freeze=True, cut_off=True), nursery, tmp_path)
    assert verdict.faults == 0, verdict
    assert strikes["frozen"] == strikes["cut_off"] == 1
    assert strikes["database"] == 2


def test_the_same_run_without_a_look_at_the_providers_list_finds_doubled_texts(
    nursery: Nursery, tmp_path: Path
) -> None:
    """The judge is no rubber stamp."""
    plan = replace(SMALL, kills=3, without="reconciliation", faults={"dropped": 0.3}, settle_seconds=10)
    verdict, _ = run(plan, nursery, tmp_path)
    assert verdict.doubled > 0
