"""The key by which people are found is replaced: who said STOP stays stopped, who was known is known."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from core.app import App
from core.compliance import store as compliance
from core.compliance.tables import phone_standing
from core.db.crypto import with_new_seal
from core.db.key_check import key_checks
from core.db.migrate import migrate
from core.domain.errors import SettingsError
from core.flows.conversation import receive_text
from core.flows.intake.accept_submission import accept
from core.flows.leads import calls
from core.flows.upkeep import heartbeat
from core.leads.tables import leads
from core.patients.store import profiles
from core.patients.tables import patients
from core.reads import lead_queue
from tests.factories import actor, add_staff, submission
from tests.luxe.conftest import Luxe

PHONE = "+14075550155"


@pytest.fixture
def clinic(luxe: Luxe, bare_url: str, monkeypatch: pytest.MonkeyPatch) -> Luxe:
    """A patient who came by a form and said STOP, on each kind of database."""
    monkeypatch.setenv("LUXE_DATABASE_URL", bare_url)
    app = luxe.open()
    migrate(app.db)
    app.db.engine.dispose()
    return with_patient(luxe)


@pytest.fixture
def small(migrated: Luxe) -> Luxe:
    """The same on SQLite alone."""
    return with_patient(migrated)


def with_patient(luxe: Luxe) -> Luxe:
    app = luxe.open()
    with app.db.write() as session:
        add_staff(session, app.clock.now())
    come(app)
    heard = {"MessageSid": f"SM{1:032x}", "From": PHONE, "To": "+15125550100", "Body": "STOP"}
    receive_text.receive(app, heard, now=app.clock.now())
    app.db.engine.dispose()
    return luxe


def come(app: App) -> bool:
    """The form; whether it had come before."""
    with app.db.write() as session:
        form = submission(external_id="form-1", phone=PHONE)
        return accept(
            session, app.reference, app.settings, form, raw_payload_id=None, now=app.clock.now()
        ).repeated


def known(luxe: Luxe) -> dict[str, Any]:
    """What the product still knows of the patient by their number, their name and their form."""
    app = luxe.open()
    try:
        with app.db.read() as session:
            index = profiles.phone_index(session, PHONE) or ""
            found = {
                "stopped": compliance.standing(session, index).opted_out_at is not None,
                "searched": len(lead_queue.search(session, actor(session, "manager"), PHONE).rows),
                "by number": session.execute(
                    select(func.count()).where(patients.c.phone_index == index)
                ).scalar(),
            }
        return found | {"same form": come(app)}
    finally:
        app.db.engine.dispose()


EVERYTHING = {"stopped": True, "searched": 1, "by number": 1, "same form": True}


def indexes(luxe: Luxe) -> list[str]:
    app = luxe.open()
    with app.db.read() as session:
        found = [
            *session.execute(select(phone_standing.c.phone_index)).scalars(),
            *session.execute(select(leads.c.phone_index)).scalars(),
            *session.execute(select(key_checks.c.fingerprint)).scalars(),
        ]
    app.db.engine.dispose()
    return found


def test_who_said_stop_stays_stopped_and_everybody_is_found_however_often(clinic: Luxe) -> None:
    """And nothing is left that whoever had the earlier keys could look somebody up by."""
    before = indexes(clinic)
    assert known(clinic) == EVERYTHING
    for _ in range(2):
        done = clinic.run("keys", "rotate-index")
        assert done.exit_code == 0, done.output
        assert known(clinic) == EVERYTHING
    assert set(before).isdisjoint(indexes(clinic))
    assert len(json.loads((clinic.home / "keyset.json").read_text())["index_seals"]) == 2


def test_a_number_without_a_patient_is_known_too(clinic: Luxe) -> None:
    """Of somebody who was erased only the fingerprint is left, and it still bars every text."""
    app = clinic.open()
    with app.db.write() as session:
        session.execute(update(patients).values(phone_index=None, phone=None))
        session.execute(update(leads).values(phone_index=None))
    app.db.engine.dispose()
    assert clinic.run("keys", "rotate-index").exit_code == 0
    assert known(clinic)["stopped"]


def test_one_that_was_interrupted_changes_nothing_and_the_next_goes_on_with_its_key(small: Luxe) -> None:
    path = small.home / "keyset.json"
    path.write_text(with_new_seal(path.read_text()))
    assert known(small) == EVERYTHING
    assert small.run("keys", "rotate-index").exit_code == 0
    assert known(small) == EVERYTHING
    assert len(json.loads(path.read_text())["index_seals"]) == 1


def test_it_is_refused_while_anything_runs(small: Luxe) -> None:
    """A process that looks people up by the earlier key would find nobody, and text who said STOP."""
    app = small.open()
    now = app.clock.now()
    heartbeat.beat(app, "gateway:1", started_at=now, now=now, process="gateway")
    done = small.run("keys", "rotate-index")
    assert done.exit_code == 1
    assert "Stop everything, then try again." in done.output
    heartbeat.goodbye(app, "gateway:1", now=now)
    app.db.engine.dispose()
    assert small.run("keys", "rotate-index").exit_code == 0


def test_a_process_that_slipped_in_between_learns_of_it_before_it_works(small: Luxe) -> None:
    early = small.open()
    assert small.run("keys", "rotate-index").exit_code == 0
    now = early.clock.now()
    heartbeat.beat(early, "scheduler:1", started_at=now, now=now)
    with early.db.read() as session:
        assert compliance.standing(session, profiles.phone_index(session, PHONE) or "").opted_out_at
    early.db.engine.dispose()


def test_a_keyset_from_before_is_refused_in_words(small: Luxe) -> None:
    """Whoever stole it, or put an old copy back, opens nothing with it."""
    path = small.home / "keyset.json"
    stolen = path.read_text()
    assert small.run("keys", "rotate-index").exit_code == 0
    newer = path.read_text()
    path.write_text(stolen)
    with pytest.raises(SettingsError, match="other keys than this database"):
        small.open()
    path.write_text(newer)
    assert known(small) == EVERYTHING


def test_a_database_from_before_keys_were_checked_is_found_under_none(small: Luxe) -> None:
    """An old backup beside a keyset with newer seals: everybody in it is still who they were."""
    path = small.home / "keyset.json"
    path.write_text(with_new_seal(path.read_text()))
    app = small.open()
    with app.db.write() as session:
        session.execute(delete(key_checks))
    app.db.engine.dispose()
    assert known(small) == EVERYTHING


def test_what_a_wrong_number_closed_is_opened_again_after_it(small: Luxe) -> None:
    """Taking back the call lifts the bar, under whatever key the number stands by now."""
    app = small.open()
    with app.db.write() as session:
        session.execute(update(phone_standing).values(opted_out_at=None))
        session.execute(update(leads).values(call_only=False))
        lead_id = session.execute(select(leads.c.id)).scalar_one()
        desk = actor(session, "frontdesk")
        call = calls.log(
            session, app.reference, desk, lead_id, "wrong_number", now=app.clock.now(), confirmed=True
        ).call_id
    app.db.engine.dispose()
    assert small.run("keys", "rotate-index").exit_code == 0
    app = small.open()
    with app.db.write() as session:
        calls.undo(session, app.reference, desk, call, now=app.clock.now())
        index = profiles.phone_index(session, PHONE) or ""
        assert compliance.standing(session, index).unreachable_at is None
        assert session.execute(select(leads.c.call_only)).scalar_one() is False
    app.db.engine.dispose()


def test_a_process_with_other_keys_than_the_database_ends(
    small: Luxe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would find nobody, and text who said STOP; a supervisor starts it anew with the right ones."""
    told: list[int] = []
    monkeypatch.setattr("os.kill", lambda _pid, number: told.append(number))
    app = small.open()
    with app.db.write() as session:
        session.execute(update(key_checks).values(fingerprint="0" * 32))
    heartbeat.SignsOfLife(app, "console").beat(app.clock.now())
    app.db.engine.dispose()
    assert told == [signal.SIGTERM]


def test_a_backup_from_before_can_be_put_back(small: Luxe, tmp_path: Path) -> None:
    """Older seals stay in the keyset: which one lies over a database it says itself."""
    file = tmp_path / "backup"
    assert small.run("backup", str(file)).exit_code == 0
    assert small.run("keys", "rotate-index").exit_code == 0
    assert small.run("restore", str(file), "--force").exit_code == 0
    assert known(small) == EVERYTHING
