"""The product never works with keys that its database was not written with (finding 4 of the November review)."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

import console.__main__ as console_process
import gateway.main as gateway_process
import scheduler.main as scheduler_process
from console import process
from core.db.crypto import Keyring, new_keyset, parse_keyset, rotated
from core.db.engine import Database, connect
from core.db.key_check import key_checks, prove_keys
from core.db.migrate import migrate
from core.domain.errors import SettingsError
from core.patients.tables import patients
from tests.factories import put
from tests.luxe.conftest import Luxe
from tests.luxe.test_keys import add_patients, names, person
from tests.luxe.test_up import free_port

OTHER = "LUXE_KEYSET: holds other keys than this database was written with"
PROCESSES = {
    "gateway": gateway_process.main,
    "scheduler": scheduler_process.main,
    "console": console_process.main,
}
COMMANDS = (
    ("migrate",),
    ("seed",),
    ("status",),
    ("pause",),
    ("keys", "rotate"),
    ("audit", "verify"),
    ("staff", "list"),
    ("backup", "copy.db"),
    ("up", "--no-demo"),
)


@pytest.fixture
def in_use(migrated: Luxe, monkeypatch: pytest.MonkeyPatch) -> Luxe:
    """A home with patients, from which any process may be started in this one."""
    add_patients(migrated, 2)
    monkeypatch.setattr(process, "_app", None)
    for module in (gateway_process, scheduler_process, console_process):
        monkeypatch.setattr(module, "configure_logs", lambda _process: None)
    monkeypatch.setattr(sys, "setswitchinterval", lambda _seconds: None)
    monkeypatch.setattr(gateway_process, "_open_door", _went_on)
    monkeypatch.setattr(scheduler_process, "run", _went_on)
    monkeypatch.setattr(console_process, "free", _went_on)
    for name in ("GATEWAY", "CONSOLE", "SIMULATOR"):
        monkeypatch.setenv(f"LUXE_{name}_PORT", str(free_port()))
    return migrated


def _went_on(*_anything: object) -> None:
    raise AssertionError("it went on under other keys")


def keyset(luxe: Luxe) -> Path:
    return luxe.home / "keyset.json"


@pytest.mark.parametrize("name", PROCESSES)
@pytest.mark.parametrize("lost", [True, False])
def test_no_process_starts_without_the_right_keys(
    name: str, lost: bool, in_use: Luxe, capsys: pytest.CaptureFixture[str]
) -> None:
    """Finding 4: one sentence, the code that no restart mends, no new keys, and the right ones work afterwards."""
    kept = keyset(in_use).read_text()
    keyset(in_use).unlink()
    if not lost:
        keyset(in_use).write_text(new_keyset())
    assert PROCESSES[name]() == 78
    said = capsys.readouterr().err.strip()
    assert said.startswith("LUXE_KEYSET: there is no file" if lost else OTHER)
    assert "\n" not in said
    assert keyset(in_use).exists() is not lost
    keyset(in_use).write_text(kept)
    assert names(in_use) == ["Omar0", "Omar1"]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_touches_data_under_other_keys(words: tuple[str, ...], in_use: Luxe) -> None:
    """Finding 4: a command under other keys would write what nobody can read, and rotate what is right away."""
    keyset(in_use).write_text(new_keyset())
    throwaway, before = keyset(in_use).read_text(), (in_use.home / "luxe.db").read_bytes()
    done = in_use.run(*words)
    assert done.exit_code == 78, done.output
    assert done.output.startswith(OTHER)
    assert keyset(in_use).read_text() == throwaway
    assert (in_use.home / "luxe.db").read_bytes() == before


def test_the_doctor_says_that_the_keys_are_lost_or_wrong(in_use: Luxe) -> None:
    """Finding 4: 'ok keys' beside an unreadable database sent the person on call away."""
    keyset(in_use).write_text(new_keyset())
    wrong = in_use.run("doctor")
    assert wrong.exit_code == 1
    assert OTHER in wrong.output
    assert "ok     schema" not in wrong.output
    keyset(in_use).unlink()
    lost = in_use.run("doctor")
    assert "there is no file" in lost.output
    assert "ok     keys" not in lost.output
    assert not keyset(in_use).exists()


def test_keys_are_made_for_a_database_that_holds_nothing(luxe: Luxe) -> None:
    """The first start needs no hand."""
    assert luxe.run("migrate").exit_code == 0
    assert luxe.run("seed").exit_code == 0
    assert json.loads(keyset(luxe).read_text())["keys"]


def test_an_older_keyset_than_the_last_rotation_is_refused(in_use: Luxe) -> None:
    """Finding 4: it opens nothing that was stored since."""
    before = keyset(in_use).read_text()
    assert in_use.run("keys", "rotate").exit_code == 0
    keyset(in_use).write_text(before)
    assert in_use.run("status").exit_code == 78


def test_a_rotation_that_has_just_begun_is_no_reason_to_stop(in_use: Luxe) -> None:
    """The keyset holds one key more than the database has seen."""
    keyset(in_use).write_text(rotated(keyset(in_use).read_text()))
    assert names(in_use) == ["Omar0", "Omar1"]


def test_an_upgrade_with_other_keys_is_not_blessed(
    bare_db: Database, bare_url: str, keyring: Keyring
) -> None:
    """Finding 4: where no key has been proved yet, what is stored must be readable before anything is bound."""
    migrate(bare_db)
    with bare_db.write() as session:
        session.execute(delete(key_checks))
        put(session, patients, **person("Omar", datetime.now(UTC)))
    stranger = connect(bare_url, parse_keyset(new_keyset()))
    with pytest.raises(SettingsError, match="other keys"):
        migrate(stranger)
    stranger.engine.dispose()
    with bare_db.read() as session:
        assert session.execute(select(func.count()).select_from(key_checks)).scalar() == 0
    migrate(bare_db)
    prove_keys(bare_db)
    with bare_db.read() as session:
        assert session.execute(select(key_checks.c.fingerprint)).scalars().all() == [
            keyring.blind("key_check", "luxe follow-up")
        ]
