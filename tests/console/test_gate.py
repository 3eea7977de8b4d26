"""The gate before Streamlit: what is let through to it, and what it never sees."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import (
    BackendOperationRequest,
    BackMsg,
    DeferredFileRequestPayload,
    InstallSkillsRequestPayload,
)
from streamlit.proto.Common_pb2 import FileURLsRequest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import Initialize, NewSession

from console import nav
from console.gate.doors import FRAME_BYTES, TICKET_BYTES
from console.gate.gate import Desk, Gate
from console.gate.turns import Turns
from console.gate.watched import PROTOCOLS, page_asked_for, without_page
from core.domain.addresses import networks
from core.serving.asking import address_of, known_address
from core.settings import Settings

HOST, ELSEWHERE = "console.example.com", "203.0.113.9"
STREAM = f"ws://{HOST}/_stcore/stream"
Make = Callable[..., TestClient]
MAYAS, SAMS = "page-of-maya", "page-of-sam"
OWNERS = {MAYAS: "maya", SAMS: "sam"}


def cookie(scope: Scope) -> str:
    """The session that the cookie names: here its very value."""
    return Headers(scope=scope).get("cookie", "").removeprefix("luxe_session=")


class Behind:
    """What stands behind the gate: remembers what reached it, and answers with what it was sent."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.address = ""
        self.protocols = ""
        self.page_id = ""
        self.heard: list[BackMsg] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen.append(scope["path"])
        self.address = scope["client"][0]
        if scope["type"] == "http":
            body = await Request(scope, receive).body()
            headers = {"X-Content-Type-Options": "own"} if scope["path"].startswith("/pictures/") else {}
            await PlainTextResponse(f"got {len(body)}", headers=headers)(scope, receive, send)
        else:
            await self._listen(WebSocket(scope, receive, send))

    async def _listen(self, socket: WebSocket) -> None:
        self.protocols = socket.headers.get("sec-websocket-protocol", "")
        await socket.accept()
        await socket.send_text("open")
        if self.page_id:
            begins = NewSession(initialize=Initialize(session_id=self.page_id))
            await socket.send_bytes(ForwardMsg(new_session=begins).SerializeToString())
        with suppress(WebSocketDisconnect):
            while socket.url.path.endswith("stream"):
                message = BackMsg()
                message.ParseFromString(await socket.receive_bytes())
                self.heard.append(message)
                await socket.send_text("heard")


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def at_the_gate(behind: Behind) -> Make:
    """A browser at the gate. `signed_in`: whether its cookie opens a session; `peer`: the address it comes from."""

    def make(
        *, signed_in: bool = False, provider: bool = False, peer: str = "198.51.100.7", **settings: Any
    ) -> TestClient:
        ours = Settings(_env_file=None, **settings)
        desk = Desk(
            lambda: ours, cookie, lambda _: signed_in, lambda page: OWNERS.get(page, ""), lambda: provider
        )
        gate = Gate(behind, desk)
        return TestClient(gate, base_url=f"http://{HOST}", client=(peer, 50000))

    return make


@pytest.fixture
def stranger(at_the_gate: Make) -> TestClient:
    return at_the_gate()


PAGES = [f"/{entry.url}" for entry in nav.ENTRIES]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        *PAGES,
        "/static/js/index.js",
        "/luxe/1/parts/live.js",
        "/favicon.png",
        "/wall/abc",
        "/_stcore/health",
    ],
)
def test_a_stranger_gets_what_the_sign_in_needs(stranger: TestClient, path: str) -> None:
    """The shell, scripts and styles; every page's address leads to the sign-in first."""
    assert stranger.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/script-health-check",
        "/_stcore/agent/openapi.json",
        "/_stcore/bidi-components/x/y.js",
        "/_stcore/message",
        "/component/x/index.html",
        "/app/static/x",
        "/media/0123.csv",
        "/pictures/0123",
        "/auth/login",
        "/oauth2callback",
        "/healthz/../_stcore/metrics",
        "/static/%2e%2e/%2e%2e/_stcore/metrics",
        "//_stcore/metrics",
        "/static/x%00.js",
        "/sla/_stcore/metrics",
    ],
)
def test_a_stranger_gets_nothing_else(stranger: TestClient, behind: Behind, path: str) -> None:
    """Findings 21 and severity 1: figures, exports and Streamlit's other routes are not there."""
    assert stranger.request("GET", f"http://{HOST}{path}").status_code == 404
    assert behind.seen == []


def test_the_way_to_an_identity_provider_is_there_only_where_one_is_set_up(
    at_the_gate: Make, behind: Behind
) -> None:
    """Then a stranger's sign-in needs it."""
    client = at_the_gate(provider=True)
    paths = ["/auth/login", "/oauth2callback"]
    assert [client.get(path).status_code for path in paths] == [200, 200]
    assert behind.seen == paths
    assert client.get("/_stcore/metrics").status_code == 404


def test_who_is_signed_in_gets_exports_but_not_the_server_s_figures(at_the_gate: Make) -> None:
    """An allow-list: what no page needs is open to nobody."""
    client = at_the_gate(signed_in=True)
    assert client.get("/media/0123.csv").status_code == 200
    assert client.get("/_stcore/metrics").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_no_file_is_taken(stranger: TestClient, behind: Behind, method: str) -> None:
    """Finding 7: no page asks for a file, so the upload route takes none, signed in or not."""
    answer = stranger.request(method, "/_stcore/upload_file/session/file", content=b"x" * 1000)
    assert answer.status_code in {404, 405}
    assert behind.seen == []


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example.com", "null", f"http://{HOST}:8080", "http://["]
)
@pytest.mark.parametrize("path", ["/_stcore/stream", "/live", "/wall/abc/live"])
def test_another_site_s_socket_never_reaches_streamlit(
    stranger: TestClient, behind: Behind, path: str, origin: str
) -> None:
    """Finding 3: Streamlit would ask a server on the internet for its own address, on everybody's time."""
    connecting = stranger.websocket_connect(f"ws://{HOST}{path}", headers={"Origin": origin})
    with pytest.raises(WebSocketDisconnect), connecting:
        pass
    assert behind.seen == []


@pytest.mark.parametrize("headers", [{}, {"Origin": f"https://{HOST}"}, {"Origin": f"http://{HOST.upper()}"}])
def test_our_own_page_s_socket_opens(stranger: TestClient, headers: dict[str, str]) -> None:
    """Through a proxy that speaks https with the browser, and for programs that name no page."""
    with stranger.websocket_connect(f"ws://{HOST}/_stcore/stream", headers=headers) as socket:
        assert socket.receive_text() == "open"


def test_a_socket_that_nobody_needs_is_not_there(stranger: TestClient, behind: Behind) -> None:
    """Sockets are on a list of their own."""
    connecting = stranger.websocket_connect("/_stcore/other")
    with pytest.raises(WebSocketDisconnect), connecting:
        pass
    assert behind.seen == []


@pytest.mark.parametrize("path", ["/session", "/sign-out"])
def test_another_site_starts_and_ends_no_session(stranger: TestClient, behind: Behind, path: str) -> None:
    """Nothing that changes something can be sent from elsewhere."""
    answer = stranger.post(path, headers={"Origin": "https://elsewhere.example.com"})
    assert answer.status_code == 403
    assert behind.seen == []


def test_a_ticket_fits_and_nothing_that_is_larger_does(stranger: TestClient, behind: Behind) -> None:
    """Finding 7: a body is read up to its limit, announced or in pieces of unknown number."""
    fits = b"x" * TICKET_BYTES
    assert stranger.post("/session", content=fits).text == f"got {TICKET_BYTES}"
    assert stranger.post("/session", content=iter([fits])).text == f"got {TICKET_BYTES}"
    assert stranger.post("/session", content=fits + b"x").status_code == 413
    assert stranger.post("/session", content=iter([fits, b"x"])).status_code == 413
    assert stranger.post("/sign-out", content=b"x").status_code == 413
    assert stranger.post("/session", headers={"Content-Length": "9" * 5000}).status_code == 413
    assert stranger.request("GET", "/", content=b"x").status_code == 413
    assert stranger.request("GET", "/", content=iter([b"x"])).status_code == 413
    assert behind.seen == ["/session", "/session"]


def test_every_answer_says_what_a_browser_may_do_with_it(stranger: TestClient) -> None:
    """Finding 21: no frame of others, no guessing of types, no address told to others; refusals too."""
    for path in ("/", "/_stcore/metrics"):
        headers = stranger.get(path).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "script-src 'self' blob: 'sha256-" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert "strict-transport-security" not in headers


def test_over_https_browsers_are_told_to_stay_there(at_the_gate: Make) -> None:
    """Finding 21: only where the console's public address is one."""
    headers = at_the_gate(console_url=f"https://{HOST}").get("/").headers
    assert headers["strict-transport-security"].startswith("max-age=")


def test_what_an_answer_says_itself_is_kept(at_the_gate: Make) -> None:
    """A picture's or the wall's own policy is stricter than the pages'."""
    headers = at_the_gate(signed_in=True).get("/pictures/0123").headers
    assert headers.get_list("x-content-type-options") == ["own"]


def test_only_a_trusted_proxy_says_who_asks(at_the_gate: Make, behind: Behind) -> None:
    """Finding 19: what anybody else writes into the header counts for nothing."""
    said = {"X-Forwarded-For": "203.0.113.9"}
    at_the_gate(peer="10.0.0.5").get("/", headers=said)
    assert behind.address == "10.0.0.5"
    at_the_gate(peer="10.0.0.5", trusted_proxies="10.0.0.0/8").get("/", headers=said)
    assert behind.address == "203.0.113.9"


def test_a_header_without_end_is_read_and_not_kept() -> None:
    """What is remembered of addresses stays small, whatever is written into the header."""
    before = known_address.cache_info().currsize
    trusted = networks("127.0.0.1")
    assert address_of("127.0.0.1", "1.2.3.4," * 1000 + ELSEWHERE, trusted) == ELSEWHERE
    assert known_address.cache_info().currsize == before


def rerun(text: str = "", where: str = "") -> bytes:
    """What a page sends when somebody typed `text` into a field."""
    message = BackMsg()
    message.rerun_script.query_string = where
    message.rerun_script.widget_states.widgets.add(id="field", string_value=text)
    return bytes(message.SerializeToString())


NOT_NEEDED = [
    BackMsg(clear_cache=True),
    BackMsg(set_run_on_save=True),
    BackMsg(load_git_info=True),
    BackMsg(debug_shutdown_runtime=True),
    BackMsg(debug_disconnect_websocket=True),
    BackMsg(file_urls_request=FileURLsRequest(request_id="1", file_names=["a"], session_id="x")),
    BackMsg(backend_operation_request=BackendOperationRequest(request_id="1")),
    BackMsg(
        backend_operation_request=BackendOperationRequest(
            request_id="1", install_skills=InstallSkillsRequestPayload()
        )
    ),
    BackMsg(),
]


@pytest.mark.parametrize("message", NOT_NEEDED, ids=lambda one: one.WhichOneof("type") or "nothing")
def test_what_no_page_needs_is_never_heard(stranger: TestClient, behind: Behind, message: BackMsg) -> None:
    """Finding 12: clear_cache emptied the caches of all. The page goes on: a later message is heard."""
    with stranger.websocket_connect(STREAM) as socket:
        assert socket.receive_text() == "open"
        socket.send_bytes(message.SerializeToString())
        socket.send_bytes(rerun("typed"))
        assert socket.receive_text() == "heard"
    assert [one.WhichOneof("type") for one in behind.heard] == ["rerun_script"]


FILE = BackendOperationRequest(request_id="1", deferred_file=DeferredFileRequestPayload(file_id="f"))


@pytest.mark.parametrize(
    "message",
    [BackMsg(app_heartbeat=True), BackMsg(stop_script=True), BackMsg(backend_operation_request=FILE)],
)
def test_what_a_page_needs_is_heard(stranger: TestClient, behind: Behind, message: BackMsg) -> None:
    """That it is still there, and that its own run may stop."""
    with stranger.websocket_connect(STREAM) as socket:
        socket.send_bytes(message.SerializeToString())
        assert [socket.receive_text() for _ in range(2)] == ["open", "heard"]
    assert behind.heard == [message]


def test_a_nul_in_a_field_is_another_sign(stranger: TestClient, behind: Behind) -> None:
    """Finding 27: PostgreSQL takes none, so that a stranger's user name with one was 235 lines of traceback."""
    with stranger.websocket_connect(STREAM) as socket:
        socket.send_bytes(rerun("front\0desk"))
        assert [socket.receive_text() for _ in range(2)] == ["open", "heard"]
    assert behind.heard[0].rerun_script.widget_states.widgets[0].string_value == "front\ufffddesk"


def sent_by_component(field: str, text: str) -> bytes:
    message = BackMsg()
    message.rerun_script.widget_states.widgets.add(id="board", **{field: text})
    return bytes(message.SerializeToString())


DEEP = ["[" * 101 + "]" * 101, '{"a":' * 101 + "1" + "}" * 101, "[" * 50_000, '["]]]]", ' * 101, "9" * 5000]
FLAT = [
    "[" * 100 + "]" * 100,
    "[" + ",".join(["[]"] * 5000) + "]",
    '"' + "[" * 5000 + '"',
    '["\\"' + "[" * 900 + '"]',
    "",
]


@pytest.mark.parametrize("field", ["json_value", "json_trigger_value"])
@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_what_streamlit_would_stumble_over_ends_the_socket(
    stranger: TestClient, behind: Behind, field: str, text: str
) -> None:
    """A component's JSON that is nested hundreds of times was an error of Streamlit's own, before any check of ours."""
    with stranger.websocket_connect(STREAM) as socket:
        assert socket.receive_text() == "open"
        socket.send_bytes(sent_by_component(field, text))
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert (closed.value.code, behind.heard) == (1002, [])


@pytest.mark.parametrize("text", FLAT, ids=range(len(FLAT)))
def test_much_that_is_not_deep_is_heard(stranger: TestClient, text: str) -> None:
    """A long table, brackets within words, as many levels as are allowed."""
    with stranger.websocket_connect(STREAM) as socket:
        socket.send_bytes(sent_by_component("json_value", text))
        assert [socket.receive_text() for _ in range(2)] == ["open", "heard"]


@pytest.mark.parametrize(
    ("sent", "code"), [(b"\xff\xff\xff", 1002), ("text", 1002), (rerun("x" * FRAME_BYTES), 1009)]
)
def test_a_message_that_is_none_ends_the_socket(
    stranger: TestClient, behind: Behind, sent: bytes | str, code: int
) -> None:
    """Finding 7: nothing that is too large, or no message at all, is read any further."""
    with stranger.websocket_connect(STREAM) as socket:
        assert socket.receive_text() == "open"
        socket.send({"type": "websocket.receive", "text" if isinstance(sent, str) else "bytes": sent})
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == code
    assert behind.heard == []


@pytest.mark.parametrize(
    ("cookie_of", "open_session", "shown", "session"),
    [
        ("", False, "page-of-nobody", ""),
        ("sam", False, "page-of-nobody", ""),  # a cookie that opens nothing is a stranger's
        ("sam", True, "page-of-nobody", "sam"),
        ("", False, MAYAS, "maya"),  # signed in on this very page, which no cookie of its socket says
    ],
)
def test_a_run_is_counted_by_whoever_works_on_the_page(
    at_the_gate: Make,
    behind: Behind,
    monkeypatch: pytest.MonkeyPatch,
    cookie_of: str,
    open_session: bool,
    shown: str,
    session: str,
) -> None:
    """An office that has signed in this morning is no crowd of strangers all day long."""
    counted: list[str] = []

    async def run(_self: Turns, _address: str, session_id: str) -> None:
        counted.append(session_id)

    monkeypatch.setattr(Turns, "run", run)
    behind.page_id = shown
    headers = {"Cookie": f"luxe_session={cookie_of}"} if cookie_of else {}
    with at_the_gate(signed_in=open_session).websocket_connect(STREAM, headers=headers) as socket:
        assert socket.receive_text() == "open"
        socket.receive_bytes()
        socket.send_bytes(rerun("typed"))
        assert socket.receive_text() == "heard"
    assert counted == [session]


@pytest.mark.parametrize(
    ("whose", "asked", "given"),
    [
        ("maya", MAYAS, f"streamlit, xsrf, {MAYAS}"),
        ("sam", MAYAS, "streamlit, xsrf"),
        ("", MAYAS, "streamlit, xsrf"),
        ("maya", "page-of-nobody", "streamlit, xsrf"),
        ("", "page-of-nobody", "streamlit, xsrf"),
        ("maya", "", "streamlit, xsrf"),
    ],
)
def test_a_page_is_come_back_to_only_by_whoever_it_belongs_to(
    stranger: TestClient, behind: Behind, whose: str, asked: str, given: str
) -> None:
    """Finding 11: Streamlit's session id took over a signed-in page, without a cookie or with another's."""
    named = f"streamlit, xsrf, {asked}" if asked else "streamlit, xsrf"
    headers = {"Sec-WebSocket-Protocol": named} | ({"Cookie": f"luxe_session={whose}"} if whose else {})
    with stranger.websocket_connect(STREAM, headers=headers) as socket:
        assert socket.receive_text() == "open"
    assert behind.protocols == given


def test_the_page_asked_for_is_found_however_the_header_is_split() -> None:
    """Finding 11: two header lines are one list, as servers read them."""
    split = [(PROTOCOLS, b"streamlit, xsrf"), (b"Sec-WebSocket-Protocol", MAYAS.encode())]
    assert page_asked_for(split) == MAYAS
    assert without_page({"headers": split})["headers"] == [(PROTOCOLS, b"streamlit, xsrf")]
