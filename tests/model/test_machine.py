"""Whatever fails between any two commits: each text arrives once, or not at all and says why."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.flows.sending import reconciling
from core.messaging.store import attempt_results
from core.messaging.store.attempt_results import Settled
from core.messaging.tables import timed_actions
from tests.conftest import TestApp
from tests.model.machine import Sending, SlowList, Texting, prepare

EVERYWHERE = {
    "accepted", "busy", "taken, answer lost", "crashed with a hand", "thawed with answers", "taken over", "unconfirmed",
    "sending to unknown: unknown", "unknown to sent: adopted",
}  # fmt: skip


def explore(app: TestApp, machine: type[Sending], stories: int) -> Counter[str]:
    """Tell so many stories, the same ones in every run; what happened in all of them."""
    kept = prepare(app)
    seen: Counter[str] = Counter()
    bounds = settings(
        max_examples=stories,
        stateful_step_count=30,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    # Any maker of a machine will do; its annotation says less.
    run_state_machine_as_test(lambda: machine(app, kept, seen), settings=bounds)  # type: ignore[arg-type]
    return seen


@pytest.mark.parametrize("machine", [Sending, Texting])
def test_every_story_ends_well(app: TestApp, machine: type[Sending]) -> None:
    seen = explore(app, machine, 40 if app.db.is_sqlite else 8)
    assert not app.db.is_sqlite or set(seen) >= EVERYWHERE


def sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look-up believes that nothing was ever taken."""
    monkeypatch.setattr(SlowList, "blind", True)


def advertises_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Advertising whose fate is unknown is repeated like anything else."""
    monkeypatch.setattr(reconciling, "AT_MOST_ONCE", frozenset())


def believes_every_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result is written whoever brings it, and of whatever try."""
    original: Callable[..., list[Settled]] = attempt_results.settle

    def unfenced(session: Session, results: Sequence[Settled], now: datetime) -> list[Settled]:
        c = timed_actions.c
        rows = {row.id: row for row in session.execute(select(c.id, c.owner, c.attempts))}
        fenced = [
            replace(one, owner=rows[one.action_id].owner, attempt=rows[one.action_id].attempts)
            for one in results
        ]
        return original(session, fenced, now)

    monkeypatch.setattr(attempt_results, "settle", unfenced)


def calls_however_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler that was taken for dead comes back and calls what it had claimed before."""
    monkeypatch.setattr(Sending, "stale", timedelta.max)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (sees_nothing, "a text arrives once"),
        (advertises_again, "advertising in doubt is never handed over again by itself"),
        (believes_every_result, "a try's record is its own"),
        (calls_however_late, "a text arrives once|cancelled means cancelled"),
    ],
)
def test_a_product_with_a_fault_is_found_out(
    app: TestApp, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None], found: str
) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError, match=found):
        explore(app, Sending, 400)
