"""What a load balancer and an alarm read."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from core.db.engine import connect
from core.db.migrate import migrate
from core.domain.errors import SettingsError
from core.flows.sending import pausing
from core.flows.upkeep import backing_up, heartbeat
from gateway import main
from gateway.main import create_app
from tests.conftest import TestApp
from tests.factories import actor, add_staff
from tests.gateway.asking import Gateway


@pytest.fixture
def migrated(public_app: TestApp, tmp_path: Path) -> TestApp:
    """The App on a database that was migrated as a real one is."""
    database = connect(f"sqlite:///{tmp_path / 'migrated.db'}", public_app.db.keyring)
    migrate(database)
    return replace(public_app, db=database)


def test_the_process_lives(gateway: Gateway) -> None:
    """Without asking the database."""
    assert gateway.client.get("/healthz").status_code == 200


def test_ready_while_a_scheduler_beats_and_not_after(migrated: TestApp) -> None:
    """15 seconds of silence is a fault with words."""
    now = migrated.clock.now()
    heartbeat.beat(migrated, "s-1", started_at=now, now=now)
    client = TestClient(create_app(migrated))
    assert client.get("/readyz").status_code == 200
    migrated.clock.advance(timedelta(seconds=16))
    answer = client.get("/readyz")
    assert (answer.status_code, list(answer.json()["faults"])) == (503, ["scheduler"])


def test_what_waits_for_too_long_is_a_fault(migrated: TestApp) -> None:
    """A lead came, and nobody sends its texts."""
    now = migrated.clock.now()
    client = TestClient(create_app(migrated))
    gateway = Gateway(client, migrated)
    assert gateway.submit().status_code == 201
    later = migrated.clock.advance(timedelta(minutes=3))
    heartbeat.beat(migrated, "s-1", started_at=now, now=later)
    assert list(client.get("/readyz").json()["faults"]) == ["lag"]


def test_sending_that_was_stopped_is_a_fault_that_says_why(migrated: TestApp) -> None:
    """Whoever stopped it: texts don't leave. The process itself lives, and a name or a remark stays inside."""
    now = migrated.clock.now()
    heartbeat.beat(migrated, "s-1", started_at=now, now=now)
    with migrated.db.write() as session:
        add_staff(session, now)
        pausing.pause(session, actor(session, "manager"), "Wrong wording in use", now=now)
    client = TestClient(create_app(migrated))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["faults"]) == (
        503,
        {"sending": "All sending is paused. A person paused it."},
    )
    assert client.get("/healthz").status_code == 200


def test_a_missing_backup_is_a_warning_and_no_reason_to_stay_away(migrated: TestApp) -> None:
    """Forms are still taken in: a balancer that sent nobody here would lose them."""
    now = migrated.clock.now()
    heartbeat.beat(migrated, "s-1", started_at=now, now=now)
    wanting = replace(migrated, settings=migrated.settings.model_copy(update={"backup_to": "/somewhere"}))
    answer = TestClient(create_app(wanting)).get("/readyz")
    assert (answer.status_code, answer.json()["warnings"]) == (200, {"backups": "no backup was made yet"})
    backing_up.made(wanting, now=now)
    assert TestClient(create_app(wanting)).get("/readyz").json()["warnings"] == {}


def test_a_schema_of_another_version_is_a_fault(gateway: Gateway) -> None:
    """The tests' tables were never migrated."""
    answer = gateway.client.get("/readyz")
    assert (answer.status_code, list(answer.json()["faults"])) == (503, ["schema"])
    assert "luxe migrate" in answer.text


def test_the_gateway_does_not_start_on_another_schema(app: TestApp) -> None:
    """One sentence instead of a hundred failing requests."""
    with pytest.raises(SettingsError, match="luxe migrate"):
        main._refuse_other_schema(app)


def test_a_taken_port_is_one_sentence_that_names_the_setting() -> None:
    """Whoever starts it learns which setting to change."""
    door = main._open_door("127.0.0.1", 0)
    door.listen()
    try:
        with pytest.raises(SettingsError, match="LUXE_GATEWAY_PORT"):
            main._open_door("127.0.0.1", door.getsockname()[1])
    finally:
        door.close()


def test_the_gateway_shows_that_it_lives(gateway: Gateway) -> None:
    """A restore must not begin while it runs."""
    assert gateway.client.get("/healthz").status_code == 200
    gateway.client.get("/readyz")
    assert gateway.column("heartbeats.process") == ["gateway"]
