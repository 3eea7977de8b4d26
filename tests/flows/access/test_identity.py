"""A restored backup or a copy sends nothing until a person confirms it."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from core.app import App
from core.audit.tables import audit_events
from core.db import seal
from core.db.engine import connect
from core.domain.ids import new_id
from core.flows.sending import confirming_database, pausing
from core.messaging.tables import attempts, timed_actions
from core.operations import store as operations
from core.reads.parts import sending_state
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in

PATIENT = "+14075550155"


def check(app: App) -> bool:
    return confirming_database.check(app, now=app.clock.now())


def stopped(app: App) -> str:
    with app.db.read() as session:
        return operations.gate(session).stopped


def confirm(app: App) -> bool:
    with app.db.write() as session:
        return confirming_database.confirm(session, app, None, now=app.clock.now())


def used(app: TestApp) -> TestApp:
    """A database from which a text has left."""
    assert check(app)
    take_in(app, submission())
    assert run_due(app) == 2
    return app


def with_settings(app: TestApp, **changes: str) -> TestApp:
    """The same database opened with other settings."""
    return replace(app, settings=app.settings.model_copy(update=changes))


def test_a_database_that_never_sent_binds_itself(app: TestApp) -> None:
    """The first start asks nobody anything, and every later one finds what it left."""
    assert check(app)
    assert check(used(app))
    assert stopped(app) == ""


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"twilio_account_sid": "AC" + "1" * 32}, "another account"),
        ({"twilio_from": "+15125550199"}, "another sender"),
    ],
)
def test_another_account_or_sender_stops_sending_until_it_is_confirmed(
    app: TestApp, change: dict[str, str], what: str
) -> None:
    other = with_settings(used(app), **change)
    assert not check(other)
    assert stopped(other) == "not_confirmed"
    with app.db.read() as session:
        assert what in confirming_database.differences(session, other)
    assert confirm(other)
    assert check(other)
    assert stopped(other) == ""


def test_a_copy_of_the_file_sends_nothing_and_the_original_goes_on(app: TestApp, tmp_path: Path) -> None:
    if not app.db.is_sqlite:
        pytest.skip("a file")
    used(app)
    with app.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(app.db.path, tmp_path / "copy.db")
    copy = replace(app, db=connect(f"sqlite:///{tmp_path / 'copy.db'}", app.db.keyring))
    app.clock.advance(timedelta(minutes=3))
    assert not check(copy)
    assert run_due(copy) == 0
    assert check(app)
    assert run_due(app) == 1
    assert confirm(copy)
    assert check(copy)
    copy.db.engine.dispose()


def test_an_older_copy_that_is_put_back_in_place_sends_nothing(app: TestApp, tmp_path: Path) -> None:
    """By hand, with no command of ours: the same name, the same inode, and texts that left since are planned again."""
    if not app.db.is_sqlite:
        pytest.skip("a file")
    kept = tmp_path / "kept.db"
    used(app)
    copy_file(app, app.db.path, kept)
    for _ in range(3):
        app.clock.advance(timedelta(minutes=11))
        assert check(app)
        run_due(app)
    copy_file(app, kept, app.db.path)
    assert not check(app)
    assert run_due(app) == 0
    with app.db.read() as session:
        assert "older file" in confirming_database.differences(session, app)[0]
    assert confirm(app)
    app.clock.advance(timedelta(minutes=11))
    assert check(app)


def copy_file(app: TestApp, source: Path, target: Path) -> None:
    """As an admin would with everything stopped: one file over the other."""
    with app.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    app.db.engine.dispose()
    shutil.copyfile(source, target)


def test_a_kill_while_the_seal_changes_is_no_reason_to_stop(app: TestApp) -> None:
    """Between the file beside the database and the commit either word may be the one that stands."""
    if not app.db.is_sqlite:
        pytest.skip("a file")
    used(app)
    (before,) = seal.accepted(app.db)
    seal.renew(app.db, before)  # written beside the database, and killed before the commit
    assert check(app)
    app.clock.advance(timedelta(minutes=11))
    assert check(app)
    (after,) = seal.accepted(app.db)
    assert after != before
    seal.keep(app.db, before, after)  # committed, and killed before the old word was taken away
    assert check(app)


def test_tables_that_were_put_back_into_the_same_server_send_nothing(app: TestApp) -> None:
    """A dump that somebody restores by hand makes the tables anew; a promoted standby has another timeline."""
    if app.db.is_sqlite:
        pytest.skip("a server")
    used(app)
    with app.db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE timed_actions RENAME TO put_aside"))
        connection.execute(text("CREATE TABLE timed_actions (LIKE put_aside)"))
    try:
        assert not check(app)
    finally:
        with app.db.engine.begin() as connection:
            connection.execute(text("DROP TABLE timed_actions"))
            connection.execute(text("ALTER TABLE put_aside RENAME TO timed_actions"))
    assert stopped(app) == "not_confirmed"


def test_a_database_that_sent_before_it_was_ever_bound_asks_first(app: TestApp) -> None:
    """What an older version left, or a backup of it: nobody can tell which."""
    take_in(app, submission())
    with app.db.write() as session:
        action = session.execute(select(timed_actions.c.id).limit(1)).scalar_one()
        now = app.clock.now()
        session.execute(insert(attempts).values(id=new_id(now), action_id=action, number=1, started_at=now))
    assert not check(app)
    assert run_due(app) == 0


def test_going_back_to_what_was_confirmed_is_no_confirmation(app: TestApp) -> None:
    """Two schedulers with different settings must not switch each other on and off."""
    other = with_settings(used(app), twilio_from="+15125550199")
    assert not check(other)
    assert not check(app)
    assert stopped(app) == "not_confirmed"


def test_a_second_scheduler_finds_it_stopped_and_does_not_say_so_again(app: TestApp) -> None:
    other = with_settings(used(app), twilio_from="+15125550199")
    assert [check(other), check(other), check(other)] == [False] * 3
    with app.db.read() as session:
        actions = session.execute(select(audit_events.c.action)).scalars().all()
    assert actions.count("sending_not_confirmed") == 1


def test_confirming_lifts_no_pause(app: TestApp) -> None:
    """Two reasons, two decisions: what a person stopped stays stopped."""
    with app.db.write() as session:
        pausing.pause(session, None, now=app.clock.now())
        confirming_database.unbind(session, now=app.clock.now())
    assert stopped(app) == "not_confirmed"
    assert confirm(app)
    assert not confirm(app)
    assert stopped(app) == "sending_paused"


def test_what_is_overdue_is_told_by_what_becomes_of_it(app: TestApp) -> None:
    """A person decides knowing how many would leave, and how many are of no use any more."""
    used(app)
    app.clock.advance(timedelta(hours=30))
    with app.db.read() as session:
        waiting = sending_state.waiting(session, app.clock.now())
        due = session.execute(
            select(timed_actions.c.id).where(
                timed_actions.c.state == "planned",
                timed_actions.c.due_at <= app.clock.now(),
                timed_actions.c.kind == "text",
            )
        ).all()
    assert waiting.overdue_to_drop > 0
    assert waiting.overdue_to_send + waiting.overdue_to_drop == len(due)
    assert waiting.last_sent_at == app.clock.now() - timedelta(hours=30)


def test_nothing_that_is_kept_tells_the_account(app: TestApp) -> None:
    check(app)
    with app.db.engine.connect() as connection:
        kept = str(
            connection.execute(text("SELECT value FROM switches WHERE name = 'not_confirmed'")).scalar()
        )
    assert app.settings.account_sid not in kept
    assert app.settings.sender not in kept
