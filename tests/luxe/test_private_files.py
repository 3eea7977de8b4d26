"""What the product keeps is readable by its own user alone (finding 16 of the November review)."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.luxe.conftest import Luxe
from tests.luxe.test_keys import add_patients
from tests.luxe.test_up import free_port

PROCESSES = ("gateway", "scheduler", "console", "simulator")


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """A machine's own: others may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(home: Path) -> dict[str, int]:
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    return found | {"": stat.S_IMODE(home.stat().st_mode)}


def closed(home: Path) -> bool:
    return all(not mode & 0o077 for mode in modes(home).values())


def open_up(home: Path) -> None:
    """As an earlier version left it."""
    home.chmod(0o755)
    for path in home.iterdir():
        path.chmod(0o644)


def test_what_a_command_makes_is_its_owners_alone(luxe: Luxe) -> None:
    """Finding 16: states, treatments, budgets and password hashes stood there for every user of the machine."""
    assert luxe.run("migrate").exit_code == 0
    assert luxe.run("seed").exit_code == 0
    assert {"luxe.db", "keyset.json"} <= modes(luxe.home).keys()
    assert closed(luxe.home), modes(luxe.home)


def test_what_an_earlier_version_left_open_is_closed_by_the_next_command(migrated: Luxe) -> None:
    """Finding 16: nobody has to know of it."""
    add_patients(migrated, 1)
    (migrated.home / "luxe.db-sealed").touch()
    (migrated.home / "audit-anchors.jsonl").touch()
    open_up(migrated.home)
    migrated.run("status")
    assert closed(migrated.home), modes(migrated.home)


def test_the_doctor_names_what_others_can_read_and_changes_nothing(migrated: Luxe) -> None:
    """Finding 16: 'ok' stood beside a database that everybody could read."""
    open_up(migrated.home)
    said = migrated.run("doctor").output
    assert f"run: chmod 700 {migrated.home}" in said
    assert f"run: chmod 600 {migrated.home / 'luxe.db'}" in said
    assert modes(migrated.home)["luxe.db"] == 0o644


def test_other_peoples_files_in_the_home_stay_as_they_are(migrated: Luxe) -> None:
    """A home that is shared with something else must not break it."""
    other = migrated.home / "site.conf"
    other.touch(mode=0o644)
    migrated.run("status")
    assert stat.S_IMODE(other.stat().st_mode) == 0o644


@pytest.mark.parametrize("name", PROCESSES)
def test_each_process_begins_privately(name: str, migrated: Luxe) -> None:
    """Finding 16: before it opens anything, whatever the service manager's umask is."""
    open_up(migrated.home)
    script = (
        "import os, sys, core.private_files as files\n"
        f"import {name}.{'__main__' if name == 'console' else 'main'} as process\n"
        "def stop(settings):\n"
        "    files.close_to_others(settings)\n"
        "    print(oct(os.umask(0)))\n"
        "    sys.stdout.flush()\n"
        "    os._exit(0)\n"
        "process.close_to_others = stop\n"
        "process.main()\n"
    )
    env = os.environ | {f"LUXE_{kind}_PORT": str(free_port()) for kind in ("GATEWAY", "CONSOLE", "SIMULATOR")}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "0o77"
    assert closed(migrated.home), modes(migrated.home)
