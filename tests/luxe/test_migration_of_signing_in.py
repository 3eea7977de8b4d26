"""Accounts and sessions from before delays and second factors work on after the migration."""

from alembic import command
from sqlalchemy import text

from core.db.engine import Database
from core.db.migrate import alembic_config, migrate
from core.staff.store import provider

PERSON = text(
    "INSERT INTO staff (id, username, name, role, title, password_hash, must_change_password, email, active,"
    " failed_sign_ins, location, skills, seniority, accepts_leads, capacity, status, hours, alert_channels,"
    " created_at) VALUES (:id, :id, 'Maya', 'frontdesk', '', '!', false, :email, true, 5, '', '[]', 1, false, 8,"
    " 'available', '{}', '[]', '2026-11-23 15:00:00')"
)
SESSION = text(
    "INSERT INTO sessions (token_hash, staff_id, created_at, last_seen_at, expires_at) VALUES"
    " (:token, 'maya', '2026-11-23 15:00:00', '2026-11-23 15:00:00', '2026-11-24 03:00:00')"
)


def test_an_account_is_found_by_its_email_and_its_sessions_get_names(bare_db: Database) -> None:
    """Nobody is signed out by the update; an email that can't be read stops nothing."""
    with bare_db.engine.execution_options(luxe_write=True).begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")
        email = bare_db.keyring.encrypt(b"Maya@example.com", b"staff.email")
        connection.execute(PERSON, {"id": "maya", "email": email})
        connection.execute(PERSON, {"id": "damaged", "email": email[:-1] + b"?"})
        connection.execute(PERSON, {"id": "nobody", "email": None})
        for token in ("one", "two"):
            connection.execute(SESSION, {"token": token})
    assert migrate(bare_db).ready
    with bare_db.read() as session:
        assert [one.username for one in provider.by_email(session, "maya@example.com")] == ["maya"]
    with bare_db.engine.connect() as connection:
        ids = connection.execute(text("SELECT id FROM sessions")).scalars().all()
        assert len(set(ids)) == 2
        how = connection.execute(text("SELECT how, browser, confirmed_at FROM sessions")).all()
        assert {tuple(row) for row in how} == {("password", "", None)}


def test_it_can_be_taken_back(bare_db: Database) -> None:
    """Down to what was before, and up again."""
    assert migrate(bare_db).ready
    with bare_db.engine.execution_options(luxe_write=True).begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0013")
    assert migrate(bare_db).ready
