"""Before the first lead: when somebody is told of one, by whatever way, and when nobody is."""

from typing import Any

import pytest
from sqlalchemy import select, update

from core.db.prepared import UpdateOne
from core.reads import setup
from core.reads.setup import State, Step
from core.staff.store import push
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.notifying import KEYS, SLACK

TAKES = staff.c.accepts_leads


def alerts(app: TestApp) -> list[Step]:
    with app.db.read() as session:
        steps = setup.read(session, app.settings, app.reference, app.clock.now())
        return [step for step in steps if step.about == "alerts"]


def nobody_but(app: TestApp, **values: Any) -> str:
    """No alert leads to anybody, but to one who takes leads; their id."""
    with app.db.write() as session:
        session.execute(update(staff).values(phone=None, email=None, chat_address=None))
        one = str(session.execute(select(staff.c.id).where(TAKES).order_by(staff.c.id).limit(1)).scalar_one())
        UpdateOne(staff).run(session, one, **values)
    return one


@pytest.mark.parametrize(
    "values",
    [
        {"phone": "+15125550140"},
        {"email": "front@example.com", "alert_channels": ["email"]},
        {"chat_address": SLACK, "alert_channels": ["chat"]},
    ],
    ids=["text", "email", "chat"],
)
def test_one_who_is_told_by_any_way_is_enough_and_the_others_are_named(
    app: TestApp, values: dict[str, Any]
) -> None:
    """Nobody needs a phone number where an email, a push or a chat tool reaches them."""
    nobody_but(app, **values)
    done, *others = alerts(app)
    assert done.state is State.DONE
    assert done.words.startswith("1 of ")
    assert {step.state for step in others} == {State.LATER}
    assert all("no alert reaches them" in step.words for step in others)


def test_a_browser_that_shows_alerts_is_enough(app: TestApp) -> None:
    one = nobody_but(app, alert_channels=["push"])
    assert {step.state for step in alerts(app)} == {State.TO_DO}
    with app.db.write() as session:
        push.keep(session, one, "https://push.example.com/1", KEYS, "Firefox", app.clock.now())
    assert alerts(app)[0].state is State.DONE


def test_an_address_that_they_did_not_choose_to_be_told_at_is_none(app: TestApp) -> None:
    """Staff have an email address to reset a password by; alerts go there only where they want them."""
    nobody_but(app, email="front@example.com", alert_channels=["sms"])
    assert {step.state for step in alerts(app)} == {State.TO_DO}


def test_where_everybody_is_told_nothing_is_left_to_say(app: TestApp) -> None:
    assert [step.words for step in alerts(app)] == [setup.EVERYBODY_TOLD]


def test_where_nobody_takes_leads_that_is_what_is_missing(app: TestApp) -> None:
    with app.db.write() as session:
        session.execute(update(staff).values(accepts_leads=False))
    assert alerts(app) == []
