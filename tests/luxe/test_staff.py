"""Accounts from the command line."""

import re

import bcrypt
from sqlalchemy import insert, select

from core.domain.ids import new_id
from core.staff.store import provider
from core.staff.tables import second_factors, sessions, staff
from tests.factories import put
from tests.luxe.conftest import Luxe

ADD = ("staff", "add", "lena", "--name", "Lena Ortiz", "--role", "frontdesk")


def hash_of(luxe: Luxe, username: str) -> tuple[str, str, bool, bool]:
    app = luxe.open()
    with app.db.read() as session:
        c = staff.c
        statement = select(c.id, c.password_hash, c.must_change_password, c.active).where(
            c.username == username
        )
        row = session.execute(statement).one()
    app.db.engine.dispose()
    return row.id, row.password_hash, row.must_change_password, row.active


def test_a_new_colleague_gets_a_password_that_works_once_shown(migrated: Luxe) -> None:
    """The printed password opens the account, and must be changed."""
    done = migrated.run(*ADD, "--phone", "512-555-0190", "--skill", "injectables", "--leads")
    assert done.exit_code == 0, done.output
    password = re.search(r"with: (\S+)", done.output)
    assert password
    _, stored, must_change, active = hash_of(migrated, "lena")
    assert bcrypt.checkpw(password[1].encode(), stored.encode())
    assert must_change
    assert active


def test_a_taken_username_and_wrong_values_are_refused_in_words(migrated: Luxe) -> None:
    """Each wrong value is named, with what would be right."""
    assert migrated.run(*ADD).exit_code == 0
    again = migrated.run(*ADD)
    assert again.exit_code == 1
    assert "'lena' is taken" in again.output
    wrong = migrated.run("staff", "add", "Le na", "--name", "Lena", "--role", "boss", "--skill", "magic")
    assert wrong.exit_code == 1
    for field in ("username", "role", "skills"):
        assert f"{field}: " in wrong.output
    assert "frontdesk" in wrong.output


def test_a_new_password_ends_every_session(migrated: Luxe) -> None:
    """Whoever sits on a stolen cookie is out the moment the password is reset."""
    migrated.run(*ADD)
    staff_id, before, _, _ = hash_of(migrated, "lena")
    app = migrated.open()
    now = app.clock.now()
    with app.db.write() as session:
        session.execute(
            insert(sessions).values(
                token_hash="0" * 64,
                id="s",
                staff_id=staff_id,
                created_at=now,
                last_seen_at=now,
                expires_at=now,
            )
        )
    assert migrated.run("staff", "reset-password", "lena").exit_code == 0
    with app.db.read() as session:
        assert session.execute(select(sessions.c.revoked_at)).scalar_one() is not None
    app.db.engine.dispose()
    assert hash_of(migrated, "lena")[1] != before


def test_a_disabled_colleague_is_listed_as_such(migrated: Luxe) -> None:
    """The list says who can sign in."""
    migrated.run(*ADD)
    assert migrated.run("staff", "disable", "lena").exit_code == 0
    assert re.search(r"lena\s+Lena Ortiz\s+frontdesk.*disabled", migrated.run("staff", "list").output)
    assert hash_of(migrated, "lena")[3] is False


def test_an_unknown_username_is_a_sentence(migrated: Luxe) -> None:
    """No traceback for a typing slip."""
    done = migrated.run("staff", "disable", "nobody")
    assert done.exit_code == 1
    assert "Nobody has the username 'nobody'" in done.output


def test_a_lost_phone_is_helped_with_where_the_system_runs(migrated: Luxe) -> None:
    """For the only admin: without a second factor the password alone opens the account again."""
    migrated.run(*ADD)
    staff_id = hash_of(migrated, "lena")[0]
    app = migrated.open()
    now = app.clock.now()
    with app.db.write() as session:
        values = {"staff_id": staff_id, "secret": "made-up", "made_at": now, "confirmed_at": now}
        put(session, second_factors, id=new_id(now), **values)
    done = migrated.run("staff", "reset-second-factor", "lena")
    assert (done.exit_code, "by password alone" in done.output) == (0, True)
    with app.db.read() as session:
        assert session.execute(select(second_factors)).all() == []
    app.db.engine.dispose()
    assert "has no second factor" in migrated.run("staff", "reset-second-factor", "lena").output


def test_the_address_at_the_identity_provider_is_set_and_taken_away(migrated: Luxe) -> None:
    """It is what finds the account; what is no address is refused in words."""
    migrated.run(*ADD)
    assert "is not an email address" in migrated.run("staff", "set-email", "lena", "lena at home").output
    assert migrated.run("staff", "set-email", "lena", "lena@example.com").exit_code == 0
    app = migrated.open()
    with app.db.read() as session:
        assert [one.username for one in provider.by_email(session, "Lena@example.com")] == ["lena"]
    assert migrated.run("staff", "set-email", "lena", "").exit_code == 0
    with app.db.read() as session:
        assert provider.by_email(session, "lena@example.com") == []
    app.db.engine.dispose()
