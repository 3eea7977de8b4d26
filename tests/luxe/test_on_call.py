"""`luxe status` and `luxe doctor`: what is wrong, and what to do about it."""

import json
import os
from datetime import timedelta

import pytest

from core.messaging.actions import NewAction, Purpose
from core.messaging.store import planning as messaging
from core.operations import store as operations
from tests.luxe.conftest import Luxe

PROMISED = {
    "schema_version", "pending", "due", "overdue", "oldest_lag_seconds", "sending", "unknown", "failed_today",
    "sent_today", "schedulers", "dead_letters",
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


def test_doctor_is_content_with_a_working_machine(migrated: Luxe) -> None:
    """With an admin and a scheduler nothing is left to do, and addresses are there to be pasted."""
    beat(migrated)
    migrated.run("staff", "add", "chief", "--name", "Chief Admin", "--role", "admin")
    done = migrated.run("doctor")
    assert done.exit_code == 0, done.output
    assert "http://127.0.0.1:8000/f/lead-capture" in done.output


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
