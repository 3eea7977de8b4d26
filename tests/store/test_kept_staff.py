"""What a process keeps of everybody who works here is never older than the transaction that asks for it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.staff.store import people, push, rota
from tests.conftest import TestApp
from tests.factories import actor

WHO = "frontdesk"


def _who(session: Session) -> str:
    return actor(session, WHO).staff_id


def _member(session: Session, app: TestApp) -> people.PoolMember:
    mine = _who(session)
    return next(one for one in people.pool(session, app.clock.now()) if one.id == mine)


def _status(session: Session, app: TestApp) -> None:
    rota.set_status(session, _who(session), "break", None)


def _day(session: Session, app: TestApp) -> None:
    now = app.clock.now()
    rota.set_day(session, _who(session), now.date(), ["10:00-11:00"], by="test", now=now)


def _day_gone(session: Session, app: TestApp) -> None:
    rota.clear_day(session, _who(session), app.clock.now().date())


def _time_off(session: Session, app: TestApp) -> None:
    now = app.clock.now()
    span = (now, now + timedelta(hours=1))
    rota.add_time_off(session, _who(session), span, "", by="test", now=now)


def _by_hand(session: Session, app: TestApp) -> None:
    session.execute(text("UPDATE staff SET capacity = capacity + 1 WHERE username = :name"), {"name": WHO})


@pytest.mark.parametrize("change", [_status, _day, _time_off, _by_hand])
def test_whoever_asks_next_sees_what_changed(
    app: TestApp, change: Callable[[Session, TestApp], None]
) -> None:
    """A lead must not go to somebody who has just gone on a break, whoever wrote that down, in whatever way."""
    with app.db.read() as session:
        before = _member(session, app)
        assert _member(session, app) == before
    with app.db.write() as session:
        change(session, app)
        assert _member(session, app) != before
    with app.db.read() as session:
        assert _member(session, app) != before


def test_what_is_taken_away_is_seen_too(app: TestApp) -> None:
    with app.db.write() as session:
        _day(session, app)
    with app.db.read() as session:
        assert _member(session, app).days
    with app.db.write() as session:
        _day_gone(session, app)
    with app.db.read() as session:
        assert not _member(session, app).days


class Regret(Exception):
    """Whoever changed it thinks better of it."""


def _break_and_regret(app: TestApp) -> None:
    with app.db.write() as session:
        _status(session, app)
        assert _member(session, app).status == "break"
        raise Regret


def test_what_was_rolled_back_is_nobodys(app: TestApp) -> None:
    """What a transaction read of its own change goes with it."""
    with app.db.read() as session:
        before = _member(session, app)
    with pytest.raises(Regret):
        _break_and_regret(app)
    with app.db.read() as session:
        assert _member(session, app) == before
    with app.db.write() as session:
        _by_hand(session, app)
        assert _member(session, app).status == before.status


def test_a_browser_that_takes_alerts_is_known_at_once_and_one_that_went_is_not(app: TestApp) -> None:
    """Else an alert goes by a way that leads nowhere, or not by the one that its owner chose."""
    now = app.clock.now()

    def has_browser() -> bool:
        with app.db.read() as session:
            mine = _who(session)
            return next(one for one in people.colleagues(session) if one.id == mine).has_browser

    assert not has_browser()
    with app.db.write() as session:
        keys = {"p256dh": "p", "auth": "a"}
        push.keep(session, _who(session), "https://push.example.com/1", keys, "Chrome", now)
    assert has_browser()
    with app.db.write() as session:
        push.all_gone(session, _who(session), now)
    assert not has_browser()


def test_what_nobody_changed_is_not_read_again(app: TestApp) -> None:
    """A form asks three times who works here."""
    with app.db.read() as session:
        assert people.colleagues(session) is people.colleagues(session)
        assert rota.at(session, app.clock.now()) is rota.at(session, app.clock.now())
    with app.db.read() as session:
        first = people.colleagues(session)
    with app.db.write() as session:
        _status(session, app)
        assert people.colleagues(session) is not first
