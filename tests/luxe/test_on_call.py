"""`luxe status` and `luxe doctor`: what is wrong, and what to do about it."""

import json
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from core.db.data_keys import data_keys
from core.messaging.actions import NewAction, Purpose
from core.messaging.store import planning as messaging
from core.operations import store as operations
from core.reads import setup
from core.settings import Settings
from luxe import network
from luxe.demo import staff as demo_staff
from tests.luxe.conftest import Luxe
from tests.luxe.test_keys import add_patients

PROMISED = {
    "schema_version", "pending", "due", "overdue", "oldest_lag_seconds", "sending", "unknown", "failed_today",
    "sent_today", "schedulers", "dead_letters", "to_check",
}  # fmt: skip


def beat(luxe: Luxe) -> None:
    app = luxe.open()
    with app.db.write() as session:
        now = app.clock.now()
        operations.beat(session, "vm:1:ab", "scheduler", started_at=now, now=now)
    app.db.engine.dispose()


def test_status_has_every_figure_that_was_promised(migrated: Luxe) -> None:
    """Scripts of the person on call rely on these names."""
    document = json.loads(migrated.run("status", "--json").output)
    assert document.keys() >= PROMISED
    assert document["schema_version"] == document["schema_wanted"]
    assert document["pending"] == 0


def test_status_is_quiet_only_while_all_is_well(migrated: Luxe) -> None:
    """Exit code 0 means that nobody needs to get up."""
    without = migrated.run("status")
    assert without.exit_code == 1
    assert "no scheduler is running" in without.output
    beat(migrated)
    with_one = migrated.run("status")
    assert with_one.exit_code == 0, with_one.output
    assert "All is well." in with_one.output


def test_an_overdue_text_asks_for_a_hand_and_says_how_late_it_is(migrated: Luxe) -> None:
    """A scheduler that beats but does not send is found out."""
    beat(migrated)
    app = migrated.open()
    now = app.clock.now()
    late = NewAction(
        "k", "text", now - timedelta(minutes=10), Purpose.STAFF_ALERT, audience="staff", phone="+15125550101"
    )
    with app.db.write() as session:
        messaging.plan(session, late, now)
    app.db.engine.dispose()
    done = migrated.run("status", "--json")
    document = json.loads(done.output)
    assert done.exit_code == 1
    assert (document["pending"], document["due"], document["overdue"]) == (1, 1, 1)
    assert 600 <= document["oldest_lag_seconds"] < 700
    assert document["needs_a_hand"] == ["1 overdue"]


def test_commands_ask_for_the_schema_first(luxe: Luxe) -> None:
    """An empty database is no traceback."""
    done = luxe.run("status")
    assert done.exit_code == 1
    assert "luxe migrate" in done.output


def test_doctor_says_what_to_do_on_an_empty_machine(luxe: Luxe) -> None:
    """Each line is ok or names the next step."""
    done = luxe.run("doctor")
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert all(line.startswith(("ok ", "TO DO ")) for line in lines)
    assert any("run: luxe migrate" in line for line in lines)


def test_doctor_is_content_with_a_working_machine(
    migrated: Luxe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an admin, somebody who takes leads and hears of them, a scheduler and backups, nothing is left to do."""
    monkeypatch.setenv("LUXE_BACKUP_TO", str(tmp_path))
    assert migrated.run("backup").exit_code == 0
    beat(migrated)
    migrated.run("staff", "add", "chief", "--name", "Chief Admin", "--role", "admin")
    migrated.run("staff", "add", "maya", "--name", "Maya Torres", "--role", "frontdesk", "--leads")
    done = migrated.run("doctor")
    assert done.exit_code == 1
    assert "Maya Torres takes leads and no alert reaches them" in done.output
    assert "luxe staff set-phone maya" in done.output
    migrated.run("staff", "set-phone", "maya", "(302) 555-0140")
    done = migrated.run("doctor")
    assert done.exit_code == 0, done.output
    assert "http://127.0.0.1:8000/f/lead-capture" in done.output


def test_doctor_sees_that_few_files_may_be_open(migrated: Luxe, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding 18: with systemd's 1,024 open files one sender can hold them all."""
    monkeypatch.setattr("luxe.doctor.files.allowed", lambda: 1024)
    assert re.search(
        r"TO DO  open files +only 1,024 may be open; .*LimitNOFILE", migrated.run("doctor").output
    )
    monkeypatch.setattr("luxe.doctor.files.allowed", lambda: 4096)
    assert "ok     open files" in migrated.run("doctor").output


def test_doctor_and_the_empty_console_say_the_same_steps_in_the_same_order(migrated: Luxe) -> None:
    """Nobody who starts with an empty product has to guess what comes first."""
    app = migrated.open()
    with app.db.read() as session:
        steps = setup.read(session, app.settings, app.reference, app.clock.now())
    said = migrated.run("doctor").output
    places = [said.index(step.words) for step in steps]
    assert places == sorted(places)
    assert [step.about for step in steps if step.state is setup.State.TO_DO] == ["staff", "who takes leads"]


def test_doctor_sees_a_keyset_that_others_can_read(migrated: Luxe) -> None:
    """A copy with the wrong mode is a leak waiting."""
    os.chmod(migrated.home / "keyset.json", 0o644)
    assert "chmod 600" in migrated.run("doctor").output


def test_doctor_wants_https_before_real_texts(migrated: Luxe, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twilio's webhooks and patients' links can't reach this machine's own address."""
    monkeypatch.setenv("LUXE_TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("LUXE_TWILIO_AUTH_TOKEN", "made-up")
    monkeypatch.setenv("LUXE_TWILIO_FROM", "+15125550100")
    monkeypatch.setenv("LUXE_TWILIO_API_URL", "http://127.0.0.1:9")  # nobody answers there
    done = migrated.run("doctor")
    assert done.exit_code == 1
    assert "need https: set LUXE_PUBLIC_URL" in done.output
    assert "TO DO  Twilio account" in done.output


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials beside which nothing may be made up; nobody answers at their address."""
    monkeypatch.setenv("LUXE_TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("LUXE_TWILIO_AUTH_TOKEN", "made-up")
    monkeypatch.setenv("LUXE_TWILIO_FROM", "+15125550100")
    monkeypatch.setenv("LUXE_TWILIO_API_URL", "http://127.0.0.1:9")


@pytest.mark.usefixtures("real")
def test_doctor_asks_the_database_for_demo_accounts(migrated: Luxe) -> None:
    """Finding 28: made with LUXE_DEMO_PASSWORD they left no file behind, and nobody was warned."""
    app = migrated.open()
    with app.db.write() as session:
        demo_staff.add_missing(session, "no-password", app.clock.now())
    assert "demo accounts stand beside real credentials (abena, admin, " in migrated.run("doctor").output


@pytest.mark.usefixtures("real")
def test_doctor_wants_https_for_the_console_before_real_texts(
    migrated: Luxe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding 28: over http the session's cookie is not Secure, and whoever listens on the way has it."""
    monkeypatch.setenv("LUXE_CONSOLE_URL", "http://console.example.com")
    assert "TO DO  console" in migrated.run("doctor").output
    monkeypatch.setenv("LUXE_CONSOLE_URL", "https://console.example.com")
    assert "ok     console" in migrated.run("doctor").output


@pytest.mark.parametrize(
    ("address", "ok"),
    [
        ("postgresql+psycopg://luxe@db.example.com/luxe", False),
        ("postgresql+psycopg://luxe@db.example.com/luxe?sslmode=require", False),
        ("postgresql+psycopg://luxe@db.example.com/luxe?sslmode=verify-full", True),
        ("postgresql+psycopg://luxe@127.0.0.1/luxe", True),
        ("postgresql+psycopg:///luxe?host=/run/postgresql", True),
        ("sqlite:///luxe.db", True),
    ],
)
def test_doctor_wants_a_database_elsewhere_to_prove_itself(
    address: str, ok: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding 28: without TLS, or with any certificate at all, somebody on the way reads and changes everything."""
    monkeypatch.delenv("PGSSLMODE", raising=False)
    found = network.lines(Settings(database_url=address, _env_file=None))
    assert all(line.ok for line in found) == ok


def test_a_home_that_can_not_be_written_to_is_one_sentence(
    luxe: Luxe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Severity 1 of the November review: a read-only home was a traceback. Here a file stands where it should be."""
    taken = tmp_path / "taken"
    taken.touch()
    monkeypatch.setenv("LUXE_HOME", str(taken / "home"))
    done = luxe.run("migrate")
    assert done.exit_code == 78
    assert done.output.startswith("LUXE_HOME: ")
    assert len(done.output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("LUXE_CLOCK", "yesterday"), ("LUXE_GATEWAY_PORT", "99999"), ("LUXE_DATABASE_URL", "mysql://x")],
)
def test_a_wrong_setting_is_one_sentence_and_exit_code_78(
    luxe: Luxe, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Supervisors know that code: starting again does not help."""
    monkeypatch.setenv(name, value)
    done = luxe.run("migrate")
    assert done.exit_code == 78
    assert done.output.startswith(f"{name}: ")
    assert len(done.output.strip().splitlines()) == 1


def test_doctor_says_whether_copies_of_the_data_keys_hold_somebody_who_was_forgotten(
    migrated: Luxe, tmp_path: Path
) -> None:
    """Such a copy would open what every older backup has of them."""
    assert "no copy yet" in migrated.run("doctor").output
    add_patients(migrated, 1)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    assert migrated.run("backup", str(shelf / "monday")).exit_code == 0
    assert f"copied in {shelf} on" in migrated.run("doctor").output
    app = migrated.open()
    with app.db.write() as session:
        session.execute(delete(data_keys))
    app.db.engine.dispose()
    done = migrated.run("doctor")
    assert f"the copy in {shelf} holds 1 keys that were forgotten" in done.output
