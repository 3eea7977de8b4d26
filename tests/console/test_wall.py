"""The wall display by its own link, and sessions that ask before they end."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from console import process, routes
from console.client import SIGNED_OUT
from console.sla_monitor import wall_page
from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.access import sign_in, wall_links
from core.flows.access.sign_in import SignedIn
from core.staff.rules import lifetimes
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.access.test_sign_in import PASSWORD, hashed


@pytest.fixture
def browser(app: TestApp) -> Iterator[TestClient]:
    process.use(app)
    with TestClient(Starlette(routes=[*routes.ROUTES, *wall_page.ROUTES])) as client:
        yield client
    process.use(None)


def make(app: TestApp, username: str = "manager", name: str = "Front desk", location: str = "") -> str:
    with app.db.write() as session:
        who = actor(session, username)
        return wall_links.make(session, app.reference, who, name, location, now=app.clock.now())


def signed_in(app: TestApp) -> SignedIn:
    with app.db.write() as session:
        session.execute(update(staff).values(password_hash=hashed(PASSWORD)))
    who = sign_in.sign_in(app, "frontdesk", PASSWORD, now=app.clock.now())
    assert isinstance(who, SignedIn)
    return who


def test_a_link_opens_the_wall_without_a_sign_in_and_tells_nobody_its_key(
    app: TestApp, browser: TestClient
) -> None:
    """The address is the key: neither caches nor referrers keep it, and no foreign page can frame it."""
    answer = browser.get(f"/wall/{make(app)}")
    assert answer.status_code == 200
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "sla_monitor/wall_page.js" in answer.text


def test_an_address_that_nobody_made_opens_nothing(app: TestApp, browser: TestClient) -> None:
    make(app)
    answer = browser.get("/wall/made-up")
    assert answer.status_code == 410
    assert "A manager makes a new one" in answer.text
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        browser.websocket_connect("/wall/made-up/live") as wire,
    ):
        wire.receive_text()
    assert closed.value.code == SIGNED_OUT


def test_a_revoked_link_opens_nothing_any_more(app: TestApp, browser: TestClient) -> None:
    """A screen that was given away goes dark; ending it twice says so."""
    token = make(app)
    with app.db.write() as session:
        who = actor(session, "manager")
        (link,) = wall_links.links(session, who)
        assert wall_links.revoke(session, who, link.id, now=app.clock.now()) == "Front desk"
        with pytest.raises(LostRace):
            wall_links.revoke(session, who, link.id, now=app.clock.now())
        assert wall_links.links(session, who) == []
    assert browser.get(f"/wall/{token}").status_code == 410
    assert wall_links.still_open(app, [link.token_hash]) == set()


def test_a_wall_outlives_the_hour_in_which_an_idle_session_ends(app: TestApp) -> None:
    """A television has no hand to move a mouse; a person's page without one is signed out."""
    token, who = make(app), signed_in(app)
    app.clock.advance(lifetimes(app.clock).idle + timedelta(minutes=1))
    assert sign_in.ends_at(app, [who.session_id], app.clock.now()) == {}
    assert wall_links.open_wall(app, token, app.clock.now()) is not None


def test_a_hand_on_the_page_keeps_the_session(app: TestApp) -> None:
    """Somebody who reads for an hour is working; the end moves with each sign of them."""
    who = signed_in(app)
    app.clock.advance(timedelta(minutes=59))
    ends = sign_in.stay(app, who.session_id, app.clock.now())
    assert ends == app.clock.now() + lifetimes(app.clock).idle
    app.clock.advance(timedelta(minutes=61))
    assert sign_in.stay(app, who.session_id, app.clock.now()) is None


@pytest.mark.parametrize("username", ["frontdesk", "marketing", "provider"])
def test_only_those_who_answer_for_it_make_links(app: TestApp, username: str) -> None:
    """Whoever has the address sees the board for as long as it stands."""
    with pytest.raises(Denied):
        make(app, username)


@pytest.mark.parametrize(("name", "location", "field"), [("  ", "", "name"), ("TV", "moon", "location")])
def test_a_link_says_which_screen_it_is_for(app: TestApp, name: str, location: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(app, name=name, location=location)
    assert refused.value.errors[0].field == field


def test_the_page_is_given_no_markup_by_a_name(app: TestApp, browser: TestClient) -> None:
    """What the page's data holds can't end its script element."""
    text = browser.get(f"/wall/{make(app, name='</script><b>x')}").text
    data = text.split('<script type="application/json" id="data">')[1].split("</script>")[0]
    assert json.loads(data)["wall"] is True
