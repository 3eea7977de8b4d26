"""Copies of the data keys: whole, readable by their owner only, and without anybody who was forgotten."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core.db import key_rows
from core.db.data_keys import data_keys, forget, keys_for
from core.flows.upkeep import key_copies
from core.flows.upkeep.key_copies import BrokenCopy
from tests.conftest import TestApp


def make_keys(app: TestApp, *subjects: str) -> None:
    with app.db.write() as session:
        keys_for(session, subjects)


def subjects_in(folder: Path) -> set[str]:
    return {row.subject for row in key_copies.read_copy(folder / key_copies.FILE)}


def folders(tmp_path: Path, *names: str) -> list[Path]:
    made = [tmp_path / name for name in names]
    for folder in made:
        folder.mkdir()
    return made


def test_a_copy_has_every_key_as_it_is_stored(app: TestApp, tmp_path: Path) -> None:
    (shelf,) = folders(tmp_path, "shelf")
    make_keys(app, "ana", "ben", "")
    path = key_copies.write_copy(app, shelf, now=app.clock.now())
    assert path.stat().st_mode & 0o777 == 0o600
    with app.db.read() as session:
        assert list(key_copies.read_copy(path)) == list(key_rows.every(session))
        stored = set(session.execute(select(data_keys.c.subject)).scalars())
    assert {"ana", "ben", ""} <= stored == subjects_in(shelf)
    assert key_copies.made_at(path) == app.clock.now()


def test_forgetting_reaches_every_copy_and_an_unreachable_one_is_named(app: TestApp, tmp_path: Path) -> None:
    """Only then is somebody forgotten: one that can't be written anew has to be dealt with by a person."""
    one, two, gone = folders(tmp_path, "one", "two", "gone")
    make_keys(app, "ana", "ben")
    for folder in (one, two, gone, one):
        key_copies.write_copy(app, folder, now=app.clock.now())
    (gone / key_copies.FILE).unlink()
    gone.rmdir()
    with app.db.write() as session:
        forget(session, ["ana"])
    held = {state.place: state.trouble for state in key_copies.states(app)}
    assert held == {
        str(one): "holds 1 keys that were forgotten",
        str(two): "holds 1 keys that were forgotten",
        str(gone): "is not there",
    }
    assert key_copies.rewrite_copies(app) == [str(gone)]
    assert "ana" not in subjects_in(one) | subjects_in(two)
    assert {state.trouble for state in key_copies.states(app) if state.place != str(gone)} == {""}
    assert sorted(path.name for path in one.iterdir()) == [key_copies.FILE]


def test_people_who_came_since_are_no_fault_of_a_copy(app: TestApp, tmp_path: Path) -> None:
    """Each backup writes a new copy; none of the older ones has anything of theirs."""
    (shelf,) = folders(tmp_path, "shelf")
    make_keys(app, "ana")
    key_copies.write_copy(app, shelf, now=app.clock.now())
    make_keys(app, "ben")
    assert [state.trouble for state in key_copies.states(app)] == [""]


def test_a_copy_that_is_not_whole_is_refused(app: TestApp, tmp_path: Path) -> None:
    (shelf,) = folders(tmp_path, "shelf")
    make_keys(app, "ana", "ben")
    path = key_copies.write_copy(app, shelf, now=app.clock.now())
    lines = path.read_text().splitlines(keepends=True)
    for spoiled in (lines[:-1], [*lines[:1], *lines[2:]], lines[:1], [*lines, lines[1]]):
        path.write_text("".join(spoiled))
        with pytest.raises(BrokenCopy, match="not whole"):
            list(key_copies.read_copy(path))
    for spoiled in ([], ["backup\n"], ['{"format": "another"}\n'], [lines[0], "{}\n", lines[-1]]):
        path.write_text("".join(spoiled))
        with pytest.raises(BrokenCopy):
            list(key_copies.read_copy(path))


def test_many_keys_go_through_in_parts(app: TestApp, tmp_path: Path) -> None:
    """More than one batch of statement and file; put into an empty table they are the same again."""
    (shelf,) = folders(tmp_path, "shelf")
    make_keys(app, *(f"patient {number}" for number in range(1203)))
    path = key_copies.write_copy(app, shelf, now=app.clock.now())
    with app.db.write() as session:
        before = list(key_rows.every(session))
        session.execute(data_keys.delete())
        key_rows.put_in(session, key_copies.read_copy(path))
        key_rows.put_in(session, key_copies.read_copy(path))
        assert list(key_rows.every(session)) == before


def test_a_copy_that_lags_behind_is_mended_by_itself(app: TestApp, tmp_path: Path) -> None:
    """Somebody was erased on another machine, or while the folder was out of reach: the scheduler looks each hour."""
    (shelf,) = folders(tmp_path, "shelf")
    make_keys(app, "ana", "ben")
    key_copies.write_copy(app, shelf, now=app.clock.now())
    with app.db.write() as session:
        forget(session, ["ana"])
    assert key_copies.mend(app) == 0
    assert "ana" not in subjects_in(shelf)
    written = (shelf / key_copies.FILE).stat().st_ino
    assert key_copies.mend(app) == 0
    assert (shelf / key_copies.FILE).stat().st_ino == written
    shelf.rename(tmp_path / "away")
    assert key_copies.mend(app) == 1
