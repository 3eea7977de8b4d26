"""`luxe audit verify`, and that what commands do stands in the trail."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text

from core.audit.tables import audit_events
from core.flows.upkeep import anchoring
from tests.luxe.conftest import Luxe


def add_staff(luxe: Luxe, username: str) -> None:
    done = luxe.run("staff", "add", username, "--name", "Made Up", "--role", "admin")
    assert done.exit_code == 0, done.output


def trail(luxe: Luxe) -> list[tuple[str, str]]:
    app = luxe.open()
    with app.db.read() as session:
        rows = session.execute(
            select(audit_events.c.action, audit_events.c.actor).order_by(audit_events.c.id)
        )
        found = [(row.action, row.actor.partition(":")[0]) for row in rows]
    app.db.engine.dispose()
    return found


def test_the_trail_is_whole_until_somebody_cuts_its_end_off(migrated: Luxe) -> None:
    for name in ("ana", "ben"):
        add_staff(migrated, name)
    done = migrated.run("audit", "verify")
    assert (done.exit_code, "whole: 2 rows" in done.output) == (0, True)
    app = migrated.open()
    with app.db.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_events_no_delete"))
        connection.execute(text("DELETE FROM audit_events WHERE number = 2"))
    app.db.engine.dispose()
    done = migrated.run("audit", "verify")
    assert done.exit_code == 1
    assert "had come to row 2, and ends with row 1" in done.output
    assert "TO DO  audit trail" in migrated.run("doctor").output


def test_what_commands_do_stands_in_the_trail_with_who_ran_them(migrated: Luxe, tmp_path: Path) -> None:
    add_staff(migrated, "ana")
    assert migrated.run("backup", str(tmp_path / "copy.db")).exit_code == 0
    assert migrated.run("keys", "rotate").exit_code == 0
    assert migrated.run("keys", "rotate-index").exit_code == 0
    assert migrated.run("pause", "--reason", "A test").exit_code == 0
    assert trail(migrated) == [
        ("staff_added", "command"),
        ("backed_up", "command"),
        ("keys_rotated", "command"),
        ("index_key_rotated", "command"),
        ("sending_paused", "command"),
    ]
    assert migrated.run("audit", "verify").exit_code == 0  # a new key writes reasons anew: they say the same


def test_a_backup_that_is_put_back_is_whole_although_more_had_been_written_down(
    migrated: Luxe, tmp_path: Path
) -> None:
    add_staff(migrated, "ana")
    migrated.run("backup", str(tmp_path / "copy.db"))
    add_staff(migrated, "ben")
    app = migrated.open()
    anchoring.anchor(app, now=app.clock.now())
    app.db.engine.dispose()
    assert migrated.run("restore", str(tmp_path / "copy.db"), "--force").exit_code == 0
    assert trail(migrated) == [("staff_added", "command"), ("restored", "command")]
    assert migrated.run("audit", "verify").exit_code == 0


@pytest.mark.parametrize("name", ["gateway", "scheduler", "console"])
def test_a_line_that_no_person_caused_names_the_process(name: str, migrated: Luxe) -> None:
    """'job' stood there for all of them, and nobody could tell a scheduler's line from one of the public gateway."""
    script = (
        "import os\n"
        "from core.app import build_app\n"
        "from core.audit import store as audit\n"
        f"import {name}.{'__main__' if name == 'console' else 'main'} as process\n"
        "def stop(settings):\n"
        "    app = build_app(settings)\n"
        "    with app.db.write() as session:\n"
        "        audit.note(session, action='tried', now=app.clock.now())\n"
        "    os._exit(0)\n"
        "process.close_to_others = stop\n"
        "process.main()\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    app = migrated.open()
    with app.db.read() as session:
        c = audit_events.c
        assert session.execute(select(c.actor).where(c.action == "tried")).scalars().all() == [name]
    app.db.engine.dispose()
