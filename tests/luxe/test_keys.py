"""Keys can be replaced without losing a value, while everything runs and however often one is interrupted."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, func, select, text, type_coerce, update

from core.db.crypto import rotated
from core.db.data_keys import data_keys, keys_for
from core.db.encrypted import Unreadable
from core.db.rotation import encrypted_tables, renew_all
from core.domain.ids import new_id
from core.patients.tables import patients
from tests.factories import put
from tests.luxe.conftest import Luxe
from tests.store.before_data_keys import as_before, set_back


def person(first_name: str, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(now), "created_at": now, "updated_at": now, "first_name": first_name, "last_name": "Reyes",
        "phone": "+14075550155", "zone": "America/New_York", "location": "downtown", "status": "new",
        "source": "website", "acquired_at": now,
    }  # fmt: skip


def add_patients(luxe: Luxe, count: int) -> None:
    app = luxe.open()
    now = app.clock.now()
    with app.db.write() as session:
        for i in range(count):
            put(session, patients, **person(f"Omar{i}", now))
    app.db.engine.dispose()


def names(luxe: Luxe) -> list[str]:
    app = luxe.open()
    with app.db.read() as session:
        found = list(session.execute(select(patients.c.first_name).order_by(patients.c.id)).scalars())
    app.db.engine.dispose()
    return found


def wrapped_by(luxe: Luxe) -> set[str]:
    """The keys that data keys are wrapped by."""
    app = luxe.open()
    with app.db.read() as session:
        ids = {bytes(value)[:4].hex() for value in session.execute(select(data_keys.c.wrapped)).scalars()}
    app.db.engine.dispose()
    return ids


def test_after_a_rotation_everything_reads_and_nothing_is_under_the_old_key(migrated: Luxe) -> None:
    """The new key covers every patient's; whoever had only the old one reads nothing new."""
    add_patients(migrated, 403)
    before = wrapped_by(migrated)
    done = migrated.run("keys", "rotate")
    assert done.exit_code == 0, done.output
    assert "data_keys: 200 rows" in done.output
    assert names(migrated) == [f"Omar{i}" for i in range(403)]
    assert wrapped_by(migrated).isdisjoint(before)
    assert (migrated.home / "keyset.json").stat().st_mode & 0o777 == 0o600


def test_a_rotation_that_was_interrupted_is_finished_by_the_next_one(migrated: Luxe) -> None:
    """A second run goes on with the same key instead of adding one more."""
    add_patients(migrated, 403)
    path = migrated.home / "keyset.json"
    path.write_text(rotated(path.read_text()))
    half = migrated.open()
    next(renew_all(half.db))
    half.db.engine.dispose()
    done = migrated.run("keys", "rotate")
    assert "finishing it" in done.output
    assert len(json.loads(path.read_text())["keys"]) == 2
    assert names(migrated) == [f"Omar{i}" for i in range(403)]
    migrated.run("keys", "rotate")
    assert len(json.loads(path.read_text())["keys"]) == 3


def test_a_process_that_runs_reads_and_writes_on_while_keys_are_rotated(migrated: Luxe) -> None:
    """Finding 25: it needs no restart, neither for what was wrapped anew nor for what it writes itself."""
    add_patients(migrated, 3)
    running = migrated.open()
    assert migrated.run("keys", "rotate").exit_code == 0
    add_patients(migrated, 1)
    with running.db.read() as session:
        found = session.execute(select(patients.c.first_name).order_by(patients.c.id)).scalars().all()
    assert found == ["Omar0", "Omar1", "Omar2", "Omar0"]
    with running.db.write() as session:
        keys_for(session, ["made by a process with the older key"])
    running.db.engine.dispose()
    assert migrated.run("keys", "rotate").exit_code == 0
    assert len(wrapped_by(migrated)) == 1


def test_what_can_not_be_read_is_named_and_passed_over(migrated: Luxe) -> None:
    """Finding 4: one damaged key does not keep the others from being rotated, now or the next time."""
    add_patients(migrated, 3)
    app = migrated.open()
    with app.db.write() as session:
        who = session.execute(select(func.min(patients.c.id))).scalar_one()
        session.execute(update(data_keys).where(data_keys.c.subject == who).values(wrapped=b"junk" * 20))
    app.db.engine.dispose()
    for _ in range(2):
        done = migrated.run("keys", "rotate")
        assert done.exit_code == 0, done.output
        assert f"key of {who} can't be read" in done.output
        assert "finishing it" not in done.output
    found = names(migrated)
    assert isinstance(found[0], Unreadable)
    assert found[1:] == ["Omar1", "Omar2"]


def test_a_rotation_seals_what_an_earlier_version_stored_and_takes_no_such_value_again(
    migrated: Luxe,
) -> None:
    """Finding 15: an old copy of a value, which is bound to no row, is worth nothing after it."""
    add_patients(migrated, 2)
    path = migrated.home / "keyset.json"
    older = json.loads(path.read_text())
    path.write_text(json.dumps({name: value for name, value in older.items() if name != "row_bound"}))
    app = migrated.open()
    set_back(app.db)
    assert names(migrated) == ["Omar0", "Omar1"]
    with app.db.read() as session:
        old_copy = as_before(session, patients, "first_name", "Mallory")
    app.db.engine.dispose()
    assert migrated.run("keys", "rotate").exit_code == 0
    assert names(migrated) == ["Omar0", "Omar1"]
    app = migrated.open()
    with app.db.write() as session:
        session.execute(update(patients).values(first_name=type_coerce(old_copy, LargeBinary)))
    app.db.engine.dispose()
    assert all(isinstance(name, Unreadable) for name in names(migrated))


def test_a_wrong_label_is_noticed(migrated: Luxe) -> None:
    """A value that was moved between columns is not taken."""
    add_patients(migrated, 1)
    app = migrated.open()
    with app.db.write() as session:
        session.execute(text("UPDATE patients SET first_name = last_name"))
    app.db.engine.dispose()
    assert isinstance(names(migrated)[0], Unreadable)


def test_every_encrypted_column_is_found() -> None:
    """New tables are covered without anybody listing them."""
    found = {(table.name, name) for table, names in encrypted_tables() for name in names}
    assert {("patients", "phone"), ("raw_payloads", "body"), ("form_submissions", "form_data")} <= found
    assert ("patients", "zone") not in found


def test_a_keyset_in_the_environment_is_not_rotated_behind_ones_back(
    migrated: Luxe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """We can't change an environment; the sentence says what to do."""
    monkeypatch.setenv("LUXE_KEYSET", Path(migrated.home / "keyset.json").read_text())
    done = migrated.run("keys", "rotate")
    assert done.exit_code == 78
    assert "LUXE_KEYSET" in done.output


def test_what_was_signed_before_a_rotation_is_still_good_and_after_three_no_more(migrated: Luxe) -> None:
    """A page that was open, a browser that is known: nobody notices. A key that leaked is worth nothing in the end."""
    app = migrated.open()
    signature = app.db.keyring.sign("browser", "one")
    app.db.engine.dispose()
    for good in (True, True, False):
        assert migrated.run("keys", "rotate").exit_code == 0
        now = migrated.open()
        assert now.db.keyring.signed("browser", "one", signature) is good
        assert now.db.keyring.sign("browser", "one") != signature
        now.db.engine.dispose()


def test_a_process_that_runs_accepts_what_another_signs_with_the_new_key(migrated: Luxe) -> None:
    running = migrated.open()
    assert migrated.run("keys", "rotate").exit_code == 0
    fresh = migrated.open()
    assert running.db.keyring.signed("browser", "two", fresh.db.keyring.sign("browser", "two"))
    assert not running.db.keyring.signed("browser", "two", "")
    assert not running.db.keyring.signed("browser", "two", "A" * 43)
    for app in (running, fresh):
        app.db.engine.dispose()
