"""The scheduler starts the nightly backup beside itself, and goes on sending."""

from dataclasses import dataclass, replace
from datetime import timedelta

from core.flows.upkeep import backing_up
from core.operations import store as operations
from scheduler.nightly_backup import NightlyBackup
from tests.conftest import TestApp

HOUR = timedelta(hours=1)


@dataclass
class FakeChild:
    """A process that ends when the test says so."""

    code: int | None = None

    def poll(self) -> int | None:
        return self.code


def test_one_runs_at_a_time_and_none_is_waited_for(app: TestApp) -> None:
    """A backup that takes longer than the hour until the next try is left in peace."""
    wanting = replace(app, settings=app.settings.model_copy(update={"backup_to": "/somewhere"}))
    children: list[FakeChild] = []

    def start() -> FakeChild:
        children.append(FakeChild())
        return children[-1]

    nightly, now = NightlyBackup(wanting, start), app.clock.now()
    nightly.tick(now)
    nightly.tick(now + 2 * HOUR)
    assert len(children) == 1
    children[0].code = 1
    nightly.tick(now + 3 * HOUR)
    assert len(children) == 2
    children[1].code = 0
    backing_up.made(wanting, now=now + 3 * HOUR)
    nightly.tick(now + 5 * HOUR)
    assert len(children) == 2


def test_one_that_ended_without_a_backup_is_remembered_until_a_good_one(app: TestApp) -> None:
    """A monitor and the admins hear of it; the exit code alone would be gone with the process."""
    wanting = replace(app, settings=app.settings.model_copy(update={"backup_to": "/somewhere"}))
    nightly, now = NightlyBackup(wanting, lambda: FakeChild(code=1)), app.clock.now()
    nightly.tick(now)
    nightly.tick(now + HOUR / 60)
    assert failing(app)
    backing_up.made(wanting, now=now + HOUR)
    assert not failing(app)


def failing(app: TestApp) -> bool:
    with app.db.read() as session:
        return operations.backups(session).are_failing
