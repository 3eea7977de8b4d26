"""How much at once: a flood from one address is slowed and bounded, and everybody else is served."""

import io
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from console import server
from console.gate.gate import Desk, Gate
from console.gate.limits import BURST, PATIENCE, Pace, Places
from console.gate.turns import Turns
from core.domain.addresses import networks, sender_of
from core.logs import configure_logs
from core.serving.crowd import Crowd
from core.serving.guarded import Limits
from core.serving.tally import Tally
from core.settings import Settings
from tests.awaiting import result_of

HERE, ELSEWHERE = "198.51.100.7", "203.0.113.9"


def test_an_office_s_browsers_are_served_at_once() -> None:
    """Several hundred that open their page together wait for nothing."""
    pace = Pace(300)
    assert [pace.wait(HERE, 4.0, now=0.0) for _ in range(300)] == [0.0] * 300


def test_a_flood_waits_for_its_turn_and_is_refused_only_when_that_is_far_off() -> None:
    """What is refused is not paid for: the flood's own next request is no worse off."""
    pace = Pace(10)
    asked = [pace.wait(HERE, 1.0, now=0.0) for _ in range(200)]
    served = [seconds for seconds in asked if seconds is not None]
    assert len(served) == 10 * (BURST + PATIENCE)
    assert max(served) == PATIENCE
    assert pace.wait(HERE, 1.0, now=0.1) is not None


def test_a_flood_costs_nobody_else_a_turn() -> None:
    """Limits are of an address; of version 6 of its network, all of which one attacker has."""
    pace = Pace(1)
    while pace.wait(HERE, 1.0, now=0.0) is not None:
        pass
    assert pace.wait(ELSEWHERE, 1.0, now=0.0) == 0.0
    assert sender_of("2001:db8::1") == sender_of("2001:db8::ffff:2") != sender_of("2001:db8:0:1::1")


def test_twenty_thousand_senders_empty_nobody_s_bucket() -> None:
    """Finding 19: who is limited stays so; the oldest are forgotten, not all."""
    pace = Pace(1, most=100)
    for number in range(1000):
        while number >= 990 and pace.wait(f"10.0.0.{number}", 1.0, now=0.0) is not None:
            pass
        pace.wait(f"10.0.0.{number}", 1.0, now=0.0)
    assert pace.wait("10.0.0.995", 1.0, now=0.0) is None


@dataclass
class Time:
    """A loop's own time: only waiting moves it, and where it stands still everybody comes at one moment."""

    waited: list[float] = field(default_factory=list)
    now: float = 0.0
    stands_still: bool = False

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += 0.0 if self.stands_still else seconds


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Time:
    """What turns see of their loop."""
    loop = Time()
    seen = SimpleNamespace(sleep=loop.sleep, get_running_loop=lambda: loop)
    monkeypatch.setattr("console.gate.turns.asyncio", seen)
    return loop


def test_strangers_pages_wait_and_those_who_work_do_not(loop: Time) -> None:
    """A hundred sign-in pages that run without end took the processor from everybody."""
    turns = Turns(300)

    async def story() -> None:
        for _ in range(200):
            await turns.run(HERE, "")
        assert loop.waited
        loop.waited.clear()
        await turns.run(ELSEWHERE, "")
        for _ in range(30):
            await turns.run(HERE, "maya")
        assert loop.waited == []

    result_of(story())


def test_all_strangers_together_have_a_share(loop: Time) -> None:
    """From many addresses, too; and each run is had in the end, none is lost."""
    turns = Turns(300)

    async def story() -> None:
        for number in range(400):
            await turns.run(f"10.0.{number}.1", "")
        assert loop.now == pytest.approx((400 - 20) / 20)

    result_of(story())


def test_whose_turn_is_too_far_off_asks_again_until_it_has_it(loop: Time) -> None:
    """What a page sent is never lost: sixty who come at once are promised a turn, the next one tries once more."""
    turns = Turns(300)

    async def story() -> None:
        loop.stands_still = True
        for _ in range(60):
            await turns.run(HERE, "")
        loop.stands_still = False
        await turns.run(HERE, "")

    result_of(story())
    assert loop.waited[-2:] == pytest.approx([PATIENCE, 0.1])


def test_an_office_that_signs_in_is_let_in_one_after_the_other(loop: Time) -> None:
    """Ten open their sign-in at the same moment, fifty more within five seconds; without limits, any number."""
    turns, unlimited, loop.stands_still = Turns(300), Turns(0), True

    async def story() -> None:
        for _ in range(60):
            await turns.run(HERE, "")
        assert loop.waited[0] == pytest.approx(0.1)
        assert max(loop.waited) == pytest.approx(5.0)
        loop.waited.clear()
        for _ in range(1000):
            await unlimited.run(HERE, "")
            await unlimited.run(HERE, "maya")

    result_of(story())
    assert loop.waited == []


@pytest.fixture
def log() -> io.StringIO:
    stream = io.StringIO()
    configure_logs("console", stream=stream)
    return stream


def test_places_are_given_back() -> None:
    """A page that is closed leaves its place, and nothing is kept of who has none."""
    places = Places()
    with places.taken({"a": 1, "b": 2}) as first, places.taken({"a": 1}) as second:
        assert (first, second) == (True, False)
    with places.taken({"a": 1}) as third:
        assert third
    assert len(places) == 0


async def behind(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers each request; on a socket says 'open' and then how many letters each message had."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        return await send({"type": "lifespan.shutdown.complete"})
    if scope["type"] == "http":
        body = await Request(scope, receive).body()
        return await PlainTextResponse(f"got {len(body)}")(scope, receive, send)
    page = WebSocket(scope, receive, send)
    await page.accept()
    await page.send_text("open")
    try:
        while True:
            await page.send_text(str(len(await page.receive_text())))
    except WebSocketDisconnect:
        return None


def gate(peer: str = HERE, session: str = "", **settings: Any) -> TestClient:
    ours = Settings(_env_file=None, **settings)
    desk = Desk(lambda: ours, lambda _: session, lambda _: True, lambda _: "", lambda: False)
    return TestClient(Gate(behind, desk), base_url="http://testserver", client=(peer, 50000))


def test_an_address_that_asks_for_too_much_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """429, after as much as it may have at once."""
    monkeypatch.setattr("console.gate.limits.PATIENCE", 0.0)
    client = gate(console_rate=1)
    assert [client.get("/").status_code for _ in range(7)] == [200] * 5 + [429] * 2


def test_no_limit_where_none_is_wanted() -> None:
    client = gate(console_rate=0)
    assert {client.get("/").status_code for _ in range(50)} == {200}


def opens(client: TestClient, path: str, **headers: str) -> bool:
    try:
        with client.websocket_connect(path, headers=headers) as page:
            return bool(page.receive_text() == "open")
    except WebSocketDisconnect:
        return False


def test_one_session_has_so_many_pages_and_no_more() -> None:
    """Finding 23: twenty sockets of one person slowed everybody's push to seconds."""
    client = gate(session="maya", console_pages=2)
    with client.websocket_connect("/live"), client.websocket_connect("/live"):
        assert not opens(client, "/live")
        assert opens(client, "/_stcore/stream")
    assert opens(client, "/live")


def test_each_wall_s_link_has_so_many_screens() -> None:
    """Finding 23: a link that got about is no way to any number of sockets."""
    client = gate(console_pages=1)
    with client.websocket_connect("/wall/abc/live"):
        assert not opens(client, "/wall/abc/live")
        assert opens(client, "/wall/def/live")


def test_an_address_has_so_many_sockets_and_others_theirs() -> None:
    """Signed in or not; behind a proxy each visitor is one of their own."""
    client = gate(peer="127.0.0.1", console_connections=10)
    held = [client.websocket_connect("/live", headers={"X-Forwarded-For": HERE}) for _ in range(10)]
    for one in held:
        one.__enter__()
    assert not opens(client, "/_stcore/stream", **{"X-Forwarded-For": HERE})
    assert opens(client, "/_stcore/stream", **{"X-Forwarded-For": ELSEWHERE})
    for one in held:
        one.__exit__(None, None, None)


def test_a_flood_is_one_line_a_minute(log: io.StringIO) -> None:
    """Finding 18: there was no line at all; ten thousand would be no better."""
    tally = Tally("connections_ended")
    for second in range(130):
        tally.note("late", float(second))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["late"] for line in lines] == [1, 60, 60]


class Held:
    """A connection in the crowd."""

    def __init__(self) -> None:
        self.ended = ""

    def cut(self, why: str) -> None:
        self.ended = why


def test_one_address_takes_only_its_own_places() -> None:
    """Finding 18: 1,200 half-sent requests of one address shut out everybody."""
    crowd = Crowd(each=3, most=100, trusted=networks("127.0.0.1"))
    assert [crowd.enter(Held(), HERE) for _ in range(5)] == [True] * 3 + [False] * 2
    assert crowd.enter(Held(), ELSEWHERE)
    assert all(crowd.enter(Held(), "127.0.0.1") for _ in range(10))  # a proxy speaks for many


def test_when_all_places_are_taken_whoever_keeps_waiting_makes_room() -> None:
    """Finding 18: behind a proxy, or from many addresses; a request that is there, and a socket, keep theirs."""
    crowd = Crowd(each=50, most=3, trusted=networks("127.0.0.1"))
    served, first, second, third = (Held() for _ in range(4))
    for one in (served, first, second):
        crowd.enter(one, "127.0.0.1")
    crowd.served(served)
    crowd.waits(first)  # its next request begins: it waits anew
    assert crowd.enter(third, "127.0.0.1")
    assert [one.ended for one in (served, first, second, third)] == ["", "", "made_room", ""]


def test_no_room_is_made_where_everybody_is_served() -> None:
    crowd = Crowd(each=50, most=2, trusted=networks("127.0.0.1"))
    for one in (Held(), Held()):
        crowd.enter(one, "127.0.0.1")
        crowd.served(one)
    assert not crowd.enter(Held(), ELSEWHERE)


Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """The console's server as it runs, over `behind`; the port."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(most: int = 100, **settings: Any) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        config = server.configured(behind, Settings(_env_file=None, **settings), most)
        ours = uvicorn.Server(config)
        thread = threading.Thread(target=ours.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        running.append((ours, thread))
        return int(listening.getsockname()[1])

    yield start
    for ours, thread in running:
        ours.should_exit = ours.force_exit = True
        thread.join(10)


def call(port: int, *, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0))


def answer(connection: socket.socket) -> bytes:
    """Everything until the server ends it; b'' where it was cut."""
    found = b""
    try:
        while part := connection.recv(65536):
            found += part
    except ConnectionResetError:
        return b""
    return found


UPGRADE = (
    b"GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PING = b"\x89\xfd\0\0\0\0" + b"x" * 125
GOOD = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    ],
    ids=["nothing", "half a line", "half a header", "half a body"],
)
def test_who_sends_half_a_request_is_not_waited_for(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, half: bytes
) -> None:
    """Finding 18: they held their connection for ever. A whole request is answered as always."""
    monkeypatch.setattr(server, "LIMITS", Limits(request_seconds=0.2))
    port = serve()
    with call(port) as slow, call(port) as quick:
        slow.sendall(half)
        quick.sendall(GOOD)
        assert b"200 OK" in answer(quick)
        assert answer(slow) == b""


def test_a_header_has_an_end(serve: Serve) -> None:
    """Finding 7: 300 MB of header on one socket were kept, in one line or in many."""
    port = serve()
    for line in (b"x" * 40_000, b"\r\nX-A: ".join([b"x" * 100] * 400)):
        with call(port) as greedy:
            greedy.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + line)
            assert answer(greedy).startswith(b"HTTP/1.1 431")


def test_several_requests_on_one_connection_each_have_their_header(serve: Serve) -> None:
    """The limit is of one header, not of all that a connection ever sends."""
    port = serve()
    head = b"GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + b"x" * 20_000
    with call(port) as patient:
        for _ in range(3):
            patient.sendall(head + b"\r\n\r\n")
            assert patient.recv(65536).startswith(b"HTTP/1.1 200")
        patient.sendall(head + b"\r\nConnection: close\r\n\r\n")
        assert answer(patient).startswith(b"HTTP/1.1 200")


def test_the_server_turns_away_more_than_an_address_s_share(serve: Serve) -> None:
    """Finding 18: of one address the eleventh is refused; another one is served meanwhile."""
    port = serve(console_connections=10)
    held = [call(port, source="127.0.0.2") for _ in range(10)]
    with call(port, source="127.0.0.2") as one_more, call(port, source="127.0.0.3") as other:
        other.sendall(GOOD)
        assert b"200 OK" in answer(other)
        assert answer(one_more) == b""
    for one in held:
        one.close()


def test_a_socket_keeps_its_place_and_gives_it_back(serve: Serve) -> None:
    """An open page counts as long as it is open; then the next one has its place."""
    port = serve(most=4, console_connections=10)  # half of all for one address: two
    address = f"ws://127.0.0.1:{port}/live"
    with connect(address, source_address=("127.0.0.2", 0)) as page:
        assert page.recv() == "open"
        with call(port, source="127.0.0.2") as second, call(port, source="127.0.0.2") as third:
            assert answer(third) == b""
            second.sendall(GOOD)
            assert b"200 OK" in answer(second)
    with connect(address, source_address=("127.0.0.2", 0)) as again:
        assert again.recv() == "open"


def test_whoever_reads_nothing_is_not_read_either(serve: Serve) -> None:
    """Each ping has an answer: of somebody who takes none they waited in memory, without end."""
    port, most = serve(), 64 * 1024 * 1024
    with call(port) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(UPGRADE)
        assert b"101 Switching" in deaf.recv(1024)
        deaf.settimeout(1)
        assert pinged(deaf, most) < most


def pinged(deaf: socket.socket, most: int) -> int:
    """How many bytes of pings the server takes before it lets them wait."""
    sent = 0
    with suppress(TimeoutError):
        while sent < most:
            sent += deaf.send(PING * 1000)
    return sent


def send_all(page: ClientConnection, parts: list[str]) -> None:
    """One message in parts; it may be refused while the rest is on its way."""
    page.send(parts)
    page.recv()


def test_a_message_that_is_too_large_is_not_even_put_together(serve: Serve) -> None:
    """Finding 7: in one frame or in many."""
    port = serve()
    with connect(f"ws://127.0.0.1:{port}/live") as page:
        assert page.recv() == "open"
        with pytest.raises(ConnectionClosed):
            send_all(page, ["x" * 100_000] * 4)
