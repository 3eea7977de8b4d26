"""What a dry run says, the engine does: step by step, to the minute, for the same reasons.

`LUXE_DRY_RUNS=2000` plays so many cases in place of the few that the suite can wait for.
"""

import os

import pytest

from core.flows.sequences.dry_run import Backdrop, dry_run_all
from core.flows.sequences.pieces import Outcome
from core.sequences.rules.reading import parse_sequence
from core.shipped import shipped_catalogue
from tests.conftest import TestApp
from tests.flows.sequences.cases import Case, case
from tests.flows.sequences.engine import Became, Engine, Steps

CASES = int(os.environ.get("LUXE_DRY_RUNS", "60"))
PARTS = 2  # for two workers of the suite


def said(app: TestApp, one: Case) -> Steps:
    """By the dry run."""
    made = {key: parse_sequence(key, 1, body) for key, body in one.bodies.items()}
    backdrop = Backdrop(app.reference, shipped_catalogue(), {**app.reference.sequences, **made})
    begins = [(begin.plan, begin.anchors) for begin in one.begins]
    outcomes = dry_run_all(begins, one.person, one.events, backdrop)
    return {(outcome.sequence, outcome.step): _became(outcome) for outcome in outcomes}


def _became(outcome: Outcome) -> Became:
    reason = outcome.reason if outcome.decision == "drop" else ""
    waits = tuple((wait.reason, wait.sequence) for wait in outcome.waited_for)
    return Became(outcome.decision, reason, outcome.at, waits)


def differences(one: Case, dry: Steps, done: Steps) -> list[str]:
    """A sentence each. Who may be called only has no text planned: the dry run says why none goes."""
    opts_out = any(event.what == "opt_out" for event in one.events)
    is_call_only = opts_out or not one.person.consent or not one.person.phone.textable
    unplanned = {key for key in dry.keys() - done.keys() if is_call_only and dry[key].decision == "drop"}
    return [
        f"{key}: said {dry.get(key)}, done {done.get(key)}"
        for key in sorted((dry.keys() | done.keys()) - unplanned)
        if dry.get(key) != done.get(key)
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_step_goes_when_and_is_dropped_why_the_dry_run_says(app: TestApp, part: int) -> None:
    found = {}
    for seed in range(part, CASES, PARTS):
        one = case(seed, app.reference.sequences)
        found[seed] = differences(one, said(app, one), Engine(app, one, seed).play())
    assert not {seed: sentences for seed, sentences in found.items() if sentences}
