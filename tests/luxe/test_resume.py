"""`luxe pause` and `luxe resume`: everything stops at once, and goes on only after a person has looked."""

import gc
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from core.domain.ids import new_id
from core.flows.sending import confirming_database
from core.messaging.actions import NewAction, Purpose
from core.messaging.store import planning as messaging
from core.messaging.tables import attempts, timed_actions
from core.operations import store as operations
from core.operations import store_stops
from luxe.backups import sealed_file
from tests.luxe.conftest import Luxe


def sent_once(luxe: Luxe) -> None:
    """A database that has sent: one attempt, one text overdue and of use, one overdue and too late."""
    app = luxe.open()
    now = app.clock.now()
    late = now - timedelta(hours=2)
    plans = [
        NewAction("sent", "text", late, Purpose.TRANSACTIONAL, phone="+14075550155"),
        NewAction("of-use", "text", late, Purpose.TRANSACTIONAL, phone="+14075550156"),
        NewAction(
            "too-late",
            "text",
            late,
            Purpose.TRANSACTIONAL,
            phone="+14075550157",
            useful_until=now - timedelta(hours=1),
        ),
    ]
    with app.db.write() as session:
        confirming_database.confirm(session, app, None, now=now)
        ids = messaging.plan_all(session, plans, now)
        session.execute(
            insert(attempts).values(id=new_id(now), action_id=ids["sent"], number=1, started_at=late)
        )
        session.execute(
            timed_actions.update()
            .where(timed_actions.c.id == ids["sent"])
            .values(state="sent", settled_at=late)
        )
    app.db.engine.dispose()


def stopped(luxe: Luxe) -> str:
    app = luxe.open()
    with app.db.read() as session:
        found = operations.gate(session).stopped
    app.db.engine.dispose()
    return found


def check(luxe: Luxe) -> bool:
    app = luxe.open()
    found = confirming_database.check(app, now=app.clock.now())
    app.db.engine.dispose()
    return found


def states(luxe: Luxe) -> dict[str, str]:
    app = luxe.open()
    with app.db.read() as session:
        c = timed_actions.c
        found = {row.key: row.state for row in session.execute(select(c.key, c.state))}
    app.db.engine.dispose()
    return found


def test_pause_and_resume_from_the_command_line(migrated: Luxe) -> None:
    done = migrated.run("pause", "--reason", "Wrong list")
    assert done.exit_code == 0, done.output
    assert stopped(migrated) == "sending_paused"
    status = migrated.run("status")
    assert "stopped (sending_paused)" in status.output
    assert "All sending is paused." in status.output
    assert "paused already" in migrated.run("pause").output
    resumed = migrated.run("resume", "--yes")
    assert "Wrong list" in resumed.output
    assert stopped(migrated) == ""
    assert "Nothing is stopped" in migrated.run("resume").output


@pytest.mark.parametrize("answer", ["no", "y", "", "YEA"])
def test_only_a_typed_yes_lets_texts_leave(migrated: Luxe, answer: str) -> None:
    migrated.run("pause")
    done = migrated.run("resume", answer=answer)
    assert done.exit_code == 1
    assert "Nothing was changed" in done.output
    assert stopped(migrated) == "sending_paused"
    assert migrated.run("resume", answer="yes").exit_code == 0
    assert stopped(migrated) == ""


def test_a_restored_backup_waits_for_a_person_who_is_told_what_would_leave(
    migrated: Luxe, tmp_path: Path
) -> None:
    """What the original sent after the backup was made, the restored one would send again."""
    sent_once(migrated)
    file = tmp_path / "copy.db"
    assert migrated.run("backup", str(file)).exit_code == 0
    done = migrated.run("restore", str(file), "--force")
    assert "luxe resume" in done.output
    assert stopped(migrated) == "not_confirmed"
    assert not check(migrated)
    asked = migrated.run("resume", answer="no")
    assert "Overdue: 1 texts would be sent" in asked.output
    assert "1 are dropped" in asked.output
    assert "--drop-overdue" in asked.output
    assert migrated.run("resume", answer="yes").exit_code == 0
    assert check(migrated)
    assert states(migrated) == {"sent": "sent", "of-use": "planned", "too-late": "planned"}


def test_a_backup_that_is_put_back_by_hand_sends_nothing_either(migrated: Luxe, tmp_path: Path) -> None:
    """Decrypted over the file in place it has the same name and the same inode: the backup itself says no."""
    sent_once(migrated)
    file = tmp_path / "copy.db"
    migrated.run("backup", str(file))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data-keys", "var"]
    app = migrated.open()
    copy = b"".join(sealed_file.read(file, app.db.keyring))
    app.db.engine.dispose()
    gc.collect()  # the command's own process would be over: its connection, and its log of writes with it
    assert not (migrated.home / "luxe.db-wal").exists()
    (migrated.home / "luxe.db").write_bytes(copy)
    assert stopped(migrated) == "not_confirmed"
    assert not check(migrated)


def test_overdue_texts_can_be_left_out(migrated: Luxe) -> None:
    sent_once(migrated)
    migrated.run("pause")
    done = migrated.run("resume", "--yes", "--drop-overdue")
    assert "2 overdue texts were left out" in done.output
    assert states(migrated) == {"sent": "sent", "of-use": "dropped", "too-late": "dropped"}


def test_a_copied_folder_sends_nothing(
    migrated: Luxe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database and its keys, copied to try something out: doctor and status say why it is silent."""
    sent_once(migrated)
    shutil.copytree(migrated.home, tmp_path / "elsewhere")
    monkeypatch.setenv("LUXE_HOME", str(tmp_path / "elsewhere"))
    assert "will stop: the database is in another place" in migrated.run("doctor").output
    assert not check(migrated)
    document = json.loads(migrated.run("status", "--json").output)
    assert (document["stopped"], document["confirmed"], document["ok"]) == ("not_confirmed", False, False)
    done = migrated.run("resume", "--yes")
    assert "What differs: the database is in another place" in done.output
    assert check(migrated)


def test_another_account_is_named_by_its_last_characters_only(
    migrated: Luxe, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_once(migrated)
    monkeypatch.setenv("LUXE_TWILIO_ACCOUNT_SID", "AC" + "0" * 28 + "beef")
    monkeypatch.setenv("LUXE_TWILIO_AUTH_TOKEN", "made-up")
    monkeypatch.setenv("LUXE_TWILIO_FROM", "+15125550199")
    assert not check(migrated)
    shown = migrated.run("resume", answer="no").output
    assert "account ...beef" in shown
    assert "another account, another sender" in shown
    assert "AC000" not in shown


def test_resume_starts_what_stopped_by_itself_after_showing_it(migrated: Luxe) -> None:
    app = migrated.open()
    now = app.clock.now()
    with app.db.write() as session:
        store_stops.stop(
            session, "error_rate", {"failed": 20, "of": 50, "where": "carriers"}, by=None, now=now
        )
        store_stops.stop(session, "template:lead_offer", {"filtered": 3, "of_last": 50}, by=None, now=now)
    app.db.engine.dispose()
    status = migrated.run("status").output
    assert "lead_offer" in status
    done = migrated.run("resume", "--yes")
    assert "carriers did not deliver 20" in done.output
    assert "template lead_offer" in done.output
    assert stopped(migrated) == ""
    assert "lead_offer" not in migrated.run("status").output


def test_demo_data_is_sent_from_where_it_was_made(migrated: Luxe) -> None:
    """It has made-up texts of the past, and must not wait for a person the first time it is looked at."""
    assert migrated.run("demo", "--patients", "20", "--months", "1").exit_code == 0
    assert check(migrated)


def test_a_backup_of_an_older_version_can_be_put_back(migrated: Luxe, tmp_path: Path) -> None:
    """It is migrated afterwards; what sent without ever having been confirmed asks first."""
    sent_once(migrated)
    app = migrated.open()
    with app.db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE switches DROP COLUMN stops"))
    app.db.engine.dispose()
    file = tmp_path / "old.db"
    migrated.run("backup", str(file))
    assert migrated.run("restore", str(file), "--force").exit_code == 0
