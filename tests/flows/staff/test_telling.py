"""Somebody decides how they are told: browsers, chat tool, order; what they enter stands nowhere in plain sight."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.alerting.tables import alerts
from core.audit.tables import audit_events
from core.domain.errors import Denied, InvalidInput, LostRace, NotFound
from core.flows.access import keeping_accounts
from core.flows.staff import closing, telling
from core.reads import my_account
from core.reads import staff as staff_read
from core.staff import rules
from core.staff.alert_rules import Colleague, next_way, ways, with_push
from core.staff.store import people, push
from core.staff.tables import push_subscriptions
from tests.access.examples import NOBODY
from tests.conftest import TestApp
from tests.flows.notifying import KEYS, SLACK
from tests.flows.staffing import do, rows, who

ENDPOINT = "https://push.example.com/send/secret-of-maya"


def turn_on(app: TestApp, by: str = "frontdesk", endpoint: str = ENDPOINT, **keys: str) -> None:
    do(app, telling.turn_on, app.settings, who(app, by), endpoint, KEYS | keys, "Chrome on Windows")


def of(app: TestApp, username: str) -> Colleague:
    with app.db.read() as session:
        return next(one for one in people.colleagues(session) if one.id == who(app, username).staff_id)


def trail(app: TestApp) -> list[Any]:
    return [(row.action, row.detail) for row in rows(app, audit_events)]


def test_a_browser_comes_first_for_what_is_routine_and_what_is_urgent_goes_as_before(app: TestApp) -> None:
    """Nobody sees a screen that they have left."""
    turn_on(app)
    maya = of(app, "frontdesk")
    assert (ways(maya), ways(maya, urgent=True)) == (("push", "sms"), ("sms", "push"))
    with app.db.read() as session:
        [browser] = push.addresses(session, maya.id)
        [shown] = my_account.read(
            session, who(app, "frontdesk"), rules.lifetimes(app.clock), now=app.clock.now()
        ).ways.browsers
    assert (browser.endpoint, browser.p256dh) == (ENDPOINT, KEYS["p256dh"])
    assert (shown.mark, shown.browser) == (push.marked(ENDPOINT), "Chrome on Windows")


def test_at_a_shared_desk_a_browser_shows_the_alerts_of_who_asked_last(app: TestApp) -> None:
    turn_on(app, "frontdesk")
    turn_on(app, "jordan")
    assert (of(app, "frontdesk").has_browser, of(app, "jordan").has_browser) == (False, True)
    turn_on(app, "jordan")
    assert len([row for row in rows(app, push_subscriptions) if row.gone_at is None]) == 1


def test_neither_endpoint_nor_key_nor_a_chat_tools_address_lies_open(app: TestApp) -> None:
    turn_on(app)
    do(app, telling.set_chat, app.settings, who(app, "frontdesk"), who(app, "frontdesk").staff_id, SLACK)
    with app.db.read() as session:
        stored = session.execute(text("SELECT endpoint, browser_keys FROM push_subscriptions")).all()
        kept = session.execute(text("SELECT chat_address FROM staff WHERE chat_address IS NOT NULL")).all()
    seen = repr(stored) + repr(kept) + repr(trail(app))
    assert len(stored) == len(kept) == 1
    for secret in ("secret-of-maya", "cccDDD333", KEYS["p256dh"]):
        assert secret not in seen


@pytest.mark.parametrize(
    ("endpoint", "keys"),
    [
        ("https://10.0.0.5/x", {}),
        ("http://push.example.com/x", {}),
        ("javascript:alert(1)", {}),
        (ENDPOINT, {"p256dh": "short"}),
        (ENDPOINT, {"auth": ""}),
        (ENDPOINT, {"auth": "\N{SNOWMAN}"}),
    ],
)
def test_what_is_no_browser_is_refused(app: TestApp, endpoint: str, keys: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        turn_on(app, endpoint=endpoint, **keys)
    assert rows(app, push_subscriptions) == []


def test_one_removes_ones_own_browser_and_nobody_elses(app: TestApp) -> None:
    turn_on(app)
    [kept] = rows(app, push_subscriptions)
    with pytest.raises(LostRace):
        do(app, telling.remove_browser, who(app, "jordan"), kept.id)
    do(app, telling.remove_browser, who(app, "frontdesk"), kept.id)
    assert not of(app, "frontdesk").has_browser
    with pytest.raises(LostRace):
        do(app, telling.remove_browser, who(app, "frontdesk"), kept.id)


def test_nobody_has_browsers_without_end(app: TestApp) -> None:
    for number in range(telling.MOST_BROWSERS):
        turn_on(app, endpoint=f"{ENDPOINT}/{number}")
    with pytest.raises(InvalidInput, match="At most"):
        turn_on(app, endpoint=f"{ENDPOINT}/new")
    turn_on(app, endpoint=f"{ENDPOINT}/0")  # one that is there already is no new one


def test_an_administrator_connects_a_chat_tool_and_nobody_else_for_others(app: TestApp) -> None:
    maya = who(app, "frontdesk").staff_id
    do(app, telling.set_chat, app.settings, who(app, "admin"), maya, SLACK)
    assert of(app, "frontdesk").chat_address == SLACK
    assert list(of(app, "frontdesk").alert_channels) == ["sms", "chat"]
    with pytest.raises(Denied):
        do(app, telling.set_chat, app.settings, who(app, "jordan"), maya, "")
    with pytest.raises(InvalidInput) as refused:
        do(app, telling.set_chat, app.settings, who(app, "admin"), maya, "exec://secret")
    assert "secret" not in str(refused.value)
    do(app, telling.set_chat, app.settings, who(app, "admin"), maya, "")
    assert of(app, "frontdesk").chat_address is None
    with pytest.raises(NotFound):
        do(app, telling.set_chat, app.settings, who(app, "admin"), NOBODY, SLACK)


def test_who_leaves_takes_no_alerts_along(app: TestApp) -> None:
    """Not when the account is opened again either: the browser may be somebody else's by then."""
    turn_on(app)
    maya = who(app, "frontdesk").staff_id
    do(app, telling.set_chat, app.settings, who(app, "admin"), maya, SLACK)
    do(app, closing.close, app.reference, app.settings, who(app, "admin"), maya)
    do(app, keeping_accounts.set_active, who(app, "admin"), maya, active=True)
    assert (of(app, "frontdesk").has_browser, of(app, "frontdesk").chat_address) == (False, None)


def test_the_order_is_ones_own_and_names_known_ways_once(app: TestApp) -> None:
    maya = who(app, "frontdesk")
    do(app, telling.set_ways, maya, ["email", "sms"], ["sms"])
    assert (ways(of(app, "frontdesk")), ways(of(app, "frontdesk"), urgent=True)) == (
        ("email", "sms"),
        ("sms", "email"),
    )
    for wrong, urgent in (([], []), (["pigeon"], []), (["sms", "sms"], []), (["sms"], ["pigeon"])):
        with pytest.raises(InvalidInput):
            do(app, telling.set_ways, maya, wrong, urgent)


def test_a_test_is_refused_where_the_way_leads_nowhere(app: TestApp) -> None:
    maya = who(app, "frontdesk")
    with pytest.raises(InvalidInput, match="No browser"):
        do(app, telling.send_test, app.settings, maya, maya.staff_id, "push")
    with pytest.raises(Denied):
        do(app, telling.send_test, app.settings, maya, who(app, "jordan").staff_id, "sms")


@pytest.mark.parametrize("way", ["sms", "email", "pigeon"])
def test_nobody_sends_themselves_texts_or_emails_by_a_message_that_no_page_offers(
    app: TestApp, way: str
) -> None:
    maya = who(app, "frontdesk")
    with pytest.raises(InvalidInput, match="Only push and chat"):
        do(app, telling.send_test, app.settings, maya, maya.staff_id, way)
    assert rows(app, alerts) == []


def test_an_administrator_tries_a_colleagues_phone_and_no_email(app: TestApp) -> None:
    admin, maya = who(app, "admin"), who(app, "frontdesk").staff_id
    do(app, telling.send_test, app.settings, admin, maya, "sms")
    with pytest.raises(InvalidInput):
        do(app, telling.send_test, app.settings, admin, maya, "email")
    assert [row.channel for row in rows(app, alerts)] == ["sms"]


def test_tests_come_to_an_end_and_are_there_again_after_an_hour(app: TestApp) -> None:
    """For a person, whoever presses."""
    turn_on(app)
    maya = who(app, "frontdesk")
    for by in [maya, who(app, "admin")] * (telling.MOST_TESTS // 2):
        do(app, telling.send_test, app.settings, by, maya.staff_id, "push")
        app.clock.advance(timedelta(minutes=1))
    for by in (maya, who(app, "admin")):
        with pytest.raises(InvalidInput, match="10 tests were sent within the hour"):
            do(app, telling.send_test, app.settings, by, maya.staff_id, "push")
    app.clock.advance(timedelta(hours=1))
    do(app, telling.send_test, app.settings, maya, maya.staff_id, "push")
    assert len(rows(app, alerts)) == telling.MOST_TESTS + 1


def test_an_administrator_sees_which_ways_lead_to_somebody_and_no_address(app: TestApp) -> None:
    turn_on(app)
    with app.db.read() as session:
        found = staff_read.ways(session, who(app, "admin"), who(app, "frontdesk").staff_id)
    assert list(found.able) == ["sms", "email", "push"]
    assert "secret-of-maya" not in repr(found)


PERSON = Colleague("m", "Maya Torres", "frontdesk", "+15125550171", ["sms"], email="m@example.com")


def test_what_was_not_chosen_comes_last_and_what_leads_nowhere_never() -> None:
    person = Colleague(
        **{
            **vars(PERSON),
            "alert_channels": ["push", "chat"],
            "urgent_channels": ["sms"],
            "has_browser": True,
        }
    )
    assert ways(person) == ("push", "sms")
    assert ways(person, urgent=True) == ("sms", "push")
    assert next_way(person, ["push", "sms"]) == "email"
    assert next_way(person, ["push", "sms", "email"]) == ""
    assert with_push(person) == (["push", "chat"], ["sms"])
    assert with_push(PERSON) == (["push", "sms"], ["sms"])
