"""The policy that every page comes with, as a browser keeps it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.browser.conftest import Console, sign_in_by_form
from tests.browser.profiles import violations

pytestmark = pytest.mark.browser
RUNS = "document.body.dataset.ran = 'yes'"
INJECTED = """([address, lines]) => {
  const inline = document.createElement("script");
  inline.textContent = lines;
  const foreign = document.createElement("script");
  foreign.src = address;
  const picture = document.createElement("img");
  picture.setAttribute("onerror", lines);
  picture.src = "/luxe/nothing.png";
  document.body.append(inline, foreign, picture);
}"""


@pytest.fixture
def bare(chromium: Browser) -> Iterator[Page]:
    """A page that may try what is forbidden."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def test_no_page_needs_more_than_the_policy_allows(page: Page, console: Console) -> None:
    """Finding 21: pages open under the strict policy, their charts and components work, nothing is refused.

    That is asserted where the page ends, for every test of a browser: `test_every_page` opens all of them.
    """
    lead = console.add_lead()
    sign_in_by_form(page, console, "admin")
    for address in ("/", "/sla", "/experiments", f"/lead?lead={lead}"):
        page.goto(console.url + address)
        page.get_by_test_id("stMain").get_by_role("heading").first.wait_for()
        page.get_by_text("Live,").wait_for()
        page.wait_for_timeout(500)  # rows come by push, charts after their script
    page.goto(f"{console.url}/sources")
    page.locator(".js-plotly-plot .main-svg").first.wait_for()


def test_a_script_that_was_slipped_in_does_not_run(bare: Page, console: Console) -> None:
    """Finding 21: neither lines within the page, nor an element's handler, nor another server's file."""
    refused = violations(bare)
    asked: list[str] = []
    bare.route("https://elsewhere.example.com/**", lambda route: asked.append(route.request.url))
    sign_in_by_form(bare, console)
    bare.evaluate(INJECTED, ["https://elsewhere.example.com/x.js", RUNS])
    bare.wait_for_timeout(1000)
    assert bare.evaluate("() => document.body.dataset.ran || 'no'") == "no"
    assert asked == []
    assert len(refused) == 3


@pytest.fixture
def elsewhere(console: Console) -> Iterator[str]:
    """The address of another site, whose page holds the console in a frame."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{console.url}/"></iframe>'.encode())

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()


def test_the_console_opens_in_no_other_page_s_frame(bare: Page, elsewhere: str) -> None:
    """Finding 21: nobody's click on another page lands on a button of ours."""
    refused = violations(bare)
    bare.goto(elsewhere)
    bare.wait_for_timeout(1500)
    assert [frame.url for frame in bare.frames] == [elsewhere, "chrome-error://chromewebdata/"]
    assert "frame-ancestors" in refused[0]


def test_what_a_page_exports_opens_for_nobody_without_a_session(page: Page, console: Console) -> None:
    """Severity 1: the address of an export is no key; with the cookie it is saved as always."""
    console.add_lead()
    sign_in_by_form(page, console, "manager", path="/sources")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export CSV").click()
    address = saved.value.url
    assert page.request.get(address).status == 200
    assert "/media/" in address
    stranger: BrowserContext = page.context.browser.new_context()  # type: ignore[union-attr]
    assert stranger.request.get(address).status == 404
    stranger.close()


def page_id(frames: list[bytes]) -> str:
    """The id by which Streamlit knows the page that these messages went to."""
    for data in frames:
        message = ForwardMsg()
        message.ParseFromString(data)
        if message.HasField("new_session"):
            return str(message.new_session.initialize.session_id)
    return ""


def test_the_id_of_a_page_opens_it_for_nobody_else(page: Page, console: Console) -> None:
    """Finding 11: with the id and no cookie one gets a page of one's own, and the page it belongs to stays."""
    frames: list[bytes] = []

    def heard(data: bytes | str) -> None:
        frames.append(data if isinstance(data, bytes) else data.encode())

    def listen(socket: WebSocket) -> None:
        if socket.url.endswith("/_stcore/stream"):
            socket.on("framereceived", heard)

    page.on("websocket", listen)
    console.add_lead(first_name="Ines", last_name="Roth")
    sign_in_by_form(page, console)
    taken = page_id(frames)
    address = f"{console.url.replace('http', 'ws')}/_stcore/stream"
    with connect(address, subprotocols=[Subprotocol(one) for one in ("streamlit", "x", taken)]) as socket:
        socket.send(BackMsg(rerun_script=ClientState()).SerializeToString())
        first = socket.recv(timeout=10)
    assert isinstance(first, bytes)
    assert page_id([first]) not in {"", taken}
    page.get_by_role("link", name="SLA monitor").click()
    page.get_by_role("heading", name="SLA monitor").wait_for()
