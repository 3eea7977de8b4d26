"""Keys are read as they are needed: a list of any length, in any order, is read whole and with few questions."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from core.db import data_keys
from core.patients.store import namesakes, profiles
from core.patients.tables import patients
from tests.conftest import TestApp
from tests.factories import put
from tests.luxe.test_keys import person

PEOPLE = 60


@pytest.fixture
def fresh(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> TestApp:
    """A process that has read nothing yet, and holds few keys at a time."""
    with app.db.write() as session:
        for number in range(PEOPLE):
            put(session, patients, **person(f"Omar{number}", app.clock.now() + timedelta(minutes=number)))
    monkeypatch.setattr(data_keys, "NEIGHBOURS", 16)
    data_keys.keys_of_dialect(app.db.engine.dialect).clear()
    return app


@pytest.mark.parametrize("newest_first", [True, False])
def test_more_people_than_keys_are_held_in_memory_are_all_read(
    fresh: TestApp, monkeypatch: pytest.MonkeyPatch, newest_first: bool
) -> None:
    """Making room for a key threw it out again, and its patient's name could not be read."""
    monkeypatch.setattr(data_keys, "MOST", 10)
    order = patients.c.id.desc() if newest_first else patients.c.id
    with fresh.db.read() as session:
        found = session.execute(select(patients.c.first_name).order_by(order)).scalars().all()
    assert sorted(found) == sorted(f"Omar{number}" for number in range(PEOPLE))


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_list_asks_for_its_keys_by_the_dozen(fresh: TestApp, newest_first: bool) -> None:
    """Read from the newest on, each patient's key was asked for by itself: a search of 100,000 took minutes."""
    asked: list[str] = []

    @event.listens_for(data_keys.keys_of_dialect(fresh.db.engine.dialect)._engine, "before_cursor_execute")
    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        asked.append(statement)

    order = patients.c.id.desc() if newest_first else patients.c.id
    with fresh.db.read() as session:
        session.execute(select(patients.c.first_name).order_by(order)).all()
    of_keys = [statement for statement in asked if "data_keys" in statement]
    assert 0 < len(of_keys) <= 2 * (PEOPLE // 8 + 1)


def test_a_planned_query_asks_for_all_its_keys_at_once(fresh: TestApp) -> None:
    """A page of a hundred people, met in any order, is one question more."""
    asked: list[str] = []
    keys = data_keys.keys_of_dialect(fresh.db.engine.dialect)
    event.listen(keys._engine, "before_cursor_execute", lambda **_: asked.append("by itself"), named=True)
    with fresh.db.read() as session:
        assert len(list(namesakes.everybody(session))) == PEOPLE
    assert asked == []


def test_a_planned_query_for_one_person_reads_no_keys_of_others(fresh: TestApp) -> None:
    """The dispatcher meets each new patient once: their neighbours' keys doubled what a form's text cost it."""
    keys = data_keys.keys_of_dialect(fresh.db.engine.dialect)
    with fresh.db.read() as session:
        one = (
            session.execute(select(patients.c.id).order_by(patients.c.id).offset(PEOPLE // 2))
            .scalars()
            .first()
        )
        brief = profiles.briefs(session, [one or ""])[one or ""]
    assert brief.first_name == f"Omar{PEOPLE // 2}"
    assert len(keys._known) == 1
