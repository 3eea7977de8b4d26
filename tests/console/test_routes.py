"""The console's own routes: the cookie, where it may come from, and the components' files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from console import assets, process, routes
from console.client import SIGNED_OUT
from core.flows.access import known_browsers, sign_in
from core.flows.access.sign_in import SignedIn
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.access.test_sign_in import PASSWORD, hashed


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Routes add nothing that differs between databases."""
    return f"sqlite:///{tmp_path / 'luxe.db'}"


@pytest.fixture
def browser(app: TestApp) -> Iterator[TestClient]:
    process.use(app)
    with TestClient(Starlette(routes=routes.ROUTES), base_url="http://console.example.com") as client:
        yield client
    process.use(None)


@pytest.fixture
def who(app: TestApp) -> SignedIn:
    with app.db.write() as session:
        session.execute(update(staff).values(password_hash=hashed(PASSWORD)))
    answer = sign_in.sign_in(app, "frontdesk", PASSWORD, now=app.clock.now())
    assert isinstance(answer, SignedIn)
    return answer


def test_a_ticket_becomes_a_cookie_that_scripts_can_t_read(browser: TestClient, who: SignedIn) -> None:
    """HttpOnly and SameSite=Lax; the second use of the ticket is refused."""
    first = browser.post("/session", json={"ticket": who.ticket})
    again = browser.post("/session", json={"ticket": who.ticket})
    cookie = next(line for line in first.headers.get_list("set-cookie") if line.startswith("luxe_session="))
    assert (first.status_code, again.status_code) == (204, 403)
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_never_travels_in_the_clear(
    browser: TestClient, app: TestApp, who: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console's public address decides, for the proxy in front speaks plain HTTP with us."""
    monkeypatch.setitem(app.settings.__dict__, "console_url", "https://console.example.com")
    cookie = browser.post("/session", json={"ticket": who.ticket}).headers["set-cookie"]
    assert cookie.startswith("__Host-luxe_session=")
    assert "Secure" in cookie


def test_a_browser_that_signed_in_is_known_from_then_on(
    browser: TestClient, app: TestApp, who: SignedIn
) -> None:
    """Finding 8: its cookie outlives the session, no script can read it, and a second sign-in keeps it."""
    first = browser.post("/session", json={"ticket": who.ticket})
    cookie = next(line for line in first.headers.get_list("set-cookie") if line.startswith("luxe_browser="))
    value = browser.cookies["luxe_browser"]
    assert "HttpOnly" in cookie
    assert f"Max-Age={400 * 86_400}" in cookie
    assert known_browsers.known_to(app, value, "frontdesk")
    browser.post("/sign-out")
    again = sign_in.sign_in(app, "frontdesk", PASSWORD, now=app.clock.now())
    assert isinstance(again, SignedIn)
    browser.post("/session", json={"ticket": again.ticket})
    assert browser.cookies["luxe_browser"] == value


DEEP = b"[" * 100_000
HALF = b'{"ticket": "\\ud80b"}'  # of a character: fuzzing found that nothing could encode it


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'"x"', b'{"ticket": "made up"}', DEEP, HALF, b"\xff"])
def test_a_ticket_that_is_none_opens_nothing(browser: TestClient, body: bytes) -> None:
    """Garbage is answered, not stored. Severity 1: deep JSON too, which was a 500."""
    answer = browser.post("/session", content=body)
    assert answer.status_code in {400, 403}
    assert "set-cookie" not in answer.headers


def test_who_is_signed_in_is_asked_of_the_database(
    browser: TestClient, app: TestApp, who: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate asks before it hands out an export. Where the database is away nobody is, and the page can say so."""
    browser.post("/session", json={"ticket": who.ticket})
    pairs = [f"{name}={value}" for name, value in browser.cookies.items()]
    asks = HTTPConnection({"type": "http", "headers": [(b"cookie", "; ".join(pairs).encode())]})
    nobody = HTTPConnection({"type": "http", "headers": [(b"cookie", b"luxe_session=made-up")]})
    assert routes.signed_in(asks)
    assert not routes.signed_in(nobody)
    with monkeypatch.context() as away:
        away.setattr(sign_in, "watch", raises(OperationalError("select", {}, Exception())))
        assert not routes.signed_in(asks)
    sign_in.sign_out(app, who.session_id, app.clock.now())
    assert not routes.signed_in(asks)


def raises(error: Exception) -> Callable[..., None]:
    def call(*_: object) -> None:
        raise error

    return call


def test_another_site_s_page_is_refused(browser: TestClient, who: SignedIn) -> None:
    """Neither signing in nor out can be started from elsewhere."""
    foreign = {"Origin": "https://elsewhere.example.com"}
    assert browser.post("/session", json={"ticket": who.ticket}, headers=foreign).status_code == 403
    assert browser.post("/sign-out", headers=foreign).status_code == 403


def test_signing_out_revokes_the_session_behind_the_cookie(
    browser: TestClient, app: TestApp, who: SignedIn
) -> None:
    """A copy of the cookie is worth nothing afterwards."""
    browser.post("/session", json={"ticket": who.ticket})
    answer = browser.post("/sign-out")
    assert 'luxe_session=""' in answer.headers["set-cookie"]
    assert sign_in.resume(app, who.session_id, app.clock.now()) is None


def test_the_socket_is_closed_to_who_is_not_signed_in(browser: TestClient) -> None:
    """No rows without a session."""
    with browser.websocket_connect("/live") as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_text()
    assert closed.value.code == SIGNED_OUT


def test_the_socket_is_closed_to_other_sites(browser: TestClient, who: SignedIn) -> None:
    """A foreign page can't listen with somebody's cookie."""
    browser.post("/session", json={"ticket": who.ticket})
    foreign = {"Origin": "https://elsewhere.example.com"}
    connecting = browser.websocket_connect("/live", headers=foreign)
    with connecting as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_text()
    assert closed.value.code == routes.WRONG_ORIGIN


def test_a_file_of_today_s_version_is_kept_an_old_address_is_not(browser: TestClient) -> None:
    """Browsers never mix two versions, and an open page finds its files after an update."""
    current = browser.get(f"/luxe/{assets.version()}/parts/live.js")
    old = browser.get("/luxe/older/parts/live.js")
    assert "immutable" in current.headers["cache-control"]
    assert old.headers["cache-control"] == "no-store"
    assert old.text == current.text


@pytest.mark.parametrize(
    "path", ["../component.py", "parts/nothing.js", "component.py", "..%2f..%2fshell.py"]
)
def test_only_scripts_and_styles_are_served(browser: TestClient, path: str) -> None:
    """Nothing else of the package can be fetched."""
    assert browser.get(f"/luxe/{assets.version()}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "given"), [("/queue", "/"), ("/leeds?mine=1", "/?mine=1"), ("/healthz", "/")]
)
def test_an_address_of_no_page_leads_to_the_first_one(browser: TestClient, asked: str, given: str) -> None:
    """'queue' too: it stands at '/'. And so do the words that Streamlit would answer: nothing of it is left open."""
    answer = browser.get(asked, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, given)


@pytest.mark.parametrize("address", ["/sla", "/lead?lead=A-1042", "/favicon.png", "/sla/more"])
def test_the_pages_and_the_servers_own_addresses_are_left_alone(browser: TestClient, address: str) -> None:
    """Streamlit answers these, after our routes."""
    assert browser.get(address, follow_redirects=False).status_code == 404


def test_who_has_to_set_up_a_second_factor_first_gets_no_rows_and_no_files(
    browser: TestClient, app: TestApp, who: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session of a role that needs one is held back wherever it is asked for."""
    browser.post("/session", json={"ticket": who.ticket})
    cookie = f"luxe_session={browser.cookies['luxe_session']}".encode()
    asks = HTTPConnection({"type": "http", "headers": [(b"cookie", cookie)]})
    assert routes.signed_in(asks)
    monkeypatch.setitem(app.settings.__dict__, "totp_roles", "frontdesk")
    assert not routes.signed_in(asks)
    with browser.websocket_connect("/live") as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_text()
    assert closed.value.code == SIGNED_OUT
