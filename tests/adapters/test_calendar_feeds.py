"""Calendars fetched: within seconds and megabytes, from public addresses alone, however the other side behaves."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pytest

from core.adapters import calendar_feeds
from core.adapters.calendar_feeds import CalendarFeeds
from core.domain.feeds import ELSEWHERE, FeedTrouble, parse_feed

HERE = "127.0.0.1"
CONTENT = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
Answering = Callable[[socket.socket, bytes], object]


class Server:
    """One socket that answers as the test says; it keeps what it was asked."""

    def __init__(self, answering: Answering) -> None:
        self._socket = socket.create_server((HERE, 0))
        self.asked: list[bytes] = []
        self._answering = answering
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{HERE}:{self._socket.getsockname()[1]}/secret/basic.ics?x=1"

    def close(self) -> None:
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                try:
                    request = connection.recv(65_536)
                    self.asked.append(request)
                    self._answering(connection, request)
                except OSError:
                    pass


@contextmanager
def serving(answering: Answering) -> Iterator[Server]:
    server = Server(answering)
    yield server
    server.close()


def says(status: str, body: bytes = b"", **headers: str) -> Answering:
    names = {"Content-Length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in names.items() if value)
    return lambda connection, _: connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)


def trouble(url: str, **more: float) -> str:
    known = {"seconds": 5.0, **more}
    with pytest.raises(FeedTrouble) as refused:
        CalendarFeeds((HERE,), known["seconds"], int(more.get("most", 100_000))).fetch(url, "")
    return refused.value.told


def test_a_calendar_comes_with_its_mark() -> None:
    with serving(says("200 OK", CONTENT, ETag='"v1"', Content_Type="text/calendar")) as server:
        found = CalendarFeeds((HERE,)).fetch(server.url, "")
    assert (found.content, found.etag) == (CONTENT, '"v1"')
    assert server.asked[0].startswith(b"GET /secret/basic.ics?x=1 HTTP/1.1\r\n")
    assert b"If-None-Match" not in server.asked[0]


def test_what_has_not_changed_is_not_sent_again() -> None:
    with serving(says("304 Not Modified", ETag='"v1"')) as server:
        found = CalendarFeeds((HERE,)).fetch(server.url, '"v1"')
    assert found.content is None
    assert b'If-None-Match: "v1"\r\n' in server.asked[0]


def test_it_comes_in_pieces_or_without_its_length() -> None:
    pieces = b"1\r\nB\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(CONTENT) - 1, CONTENT[1:])
    chunked = says("200 OK", b"", Content_Length="", Transfer_Encoding="chunked")

    def answer(connection: socket.socket, request: bytes) -> None:
        chunked(connection, request)
        for at in range(0, len(pieces), 7):
            connection.sendall(pieces[at : at + 7])

    with serving(answer) as server:
        assert CalendarFeeds((HERE,)).fetch(server.url, "").content == CONTENT
    with serving(lambda connection, _: connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + CONTENT)) as server:
        assert CalendarFeeds((HERE,)).fetch(server.url, "").content == CONTENT


def test_what_is_huge_is_refused_by_its_word_and_by_its_bytes() -> None:
    with serving(says("200 OK", b"", Content_Length="100001")) as server:
        assert trouble(server.url) == "too_large"
    with serving(
        lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000)
    ) as server:
        assert trouble(server.url) == "too_large"
    with serving(lambda c, _: c.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000)) as server:
        assert trouble(server.url) in ("too_large", "silent")


def test_what_is_slow_ends_in_time_however_it_trickles() -> None:
    def trickles(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            connection.sendall(b"x")
            threading.Event().wait(0.02)

    with serving(trickles) as server:
        assert trouble(server.url, seconds=0.3) == "too_slow"
    with serving(lambda _c, _r: threading.Event().wait(2)) as server:
        assert trouble(server.url, seconds=0.3) == "too_slow"


def test_what_is_cut_off_or_no_answer_at_all_says_that_nobody_answers() -> None:
    with serving(says("200 OK", CONTENT[:5], Content_Length="1000")) as server:
        assert trouble(server.url) == "silent"
    with serving(lambda connection, _: connection.sendall(b"SSH-2.0-OpenSSH\r\n")) as server:
        assert trouble(server.url) == "silent"
    with serving(lambda _c, _r: None) as server:
        closed = server.url
    assert trouble(closed) == "silent"


def test_a_refusal_says_by_which_status() -> None:
    with serving(says("404 Not Found")) as server:
        assert trouble(server.url) == "refused 404"


def test_what_came_packed_is_not_opened() -> None:
    with serving(says("200 OK", b"\x1f\x8b", Content_Encoding="gzip")) as server:
        assert trouble(server.url) == "packed"


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("https://10.0.0.5/cal.ics", "inside"),
        ("https://[::1]/cal.ics", "inside"),
        ("https://169.254.169.254/latest/meta-data", "inside"),
        ("https://intranet/cal.ics", "inside"),
        ("http://calendar.example.com/cal.ics", "astray"),
        ("file:///etc/passwd", "astray"),
        ("gopher://calendar.example.com/", "astray"),
    ],
)
def test_a_redirect_to_a_place_inside_is_not_followed(to: str, told: str) -> None:
    with serving(says("302 Found", Location=to)) as server:
        assert trouble(server.url) == told


def test_one_that_sends_us_round_ends() -> None:
    with serving(says("302 Found", Location="/again")) as server:
        assert trouble(server.url) == "astray"
    assert len(server.asked) == calendar_feeds.HOPS + 1


def test_a_redirect_is_followed_where_it_may_be() -> None:
    with (
        serving(says("200 OK", CONTENT)) as there,
        serving(says("301 Moved Permanently", Location=there.url)) as server,
    ):
        assert CalendarFeeds((HERE,)).fetch(server.url, "").content == CONTENT


class Names:
    """Names that lie where the test says, the second time elsewhere."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    def ask(self, _host: str, _port: int) -> "Future[list[str]]":
        self.asked += 1
        found: Future[list[str]] = Future()
        found.set_result(self._answers.pop(0))
        return found


def test_a_name_that_lies_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_feeds, "LOOKUPS", Names(["203.0.114.9", "127.0.0.1"]))
    assert trouble("https://calendar.example.com/a.ics") == "inside"


def test_a_name_is_looked_up_once_so_that_it_can_not_turn_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the very address that was found public."""
    names, went = Names(["203.0.114.9"], [HERE]), list[str]()

    async def connect(address: str, *_arguments: object, **_options: object) -> None:
        went.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(calendar_feeds, "LOOKUPS", names)
    monkeypatch.setattr(asyncio, "open_connection", connect)
    assert trouble("https://calendar.example.com/a.ics") == "silent"
    assert (went, names.asked) == (["203.0.114.9"], 1)


@pytest.mark.parametrize(
    "text",
    [
        "http://calendar.example.com/a.ics",
        "ftp://calendar.example.com/a.ics",
        "https://user:word@calendar.example.com/",
        "calendar",
        "",
        "https://calendar.example.com/" + "a" * 2000,
    ],
)
def test_only_an_https_address_is_taken(text: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        parse_feed(text)


@pytest.mark.parametrize(
    "host", ["localhost", "10.1.2.3", "192.168.0.1", "[fd00::1]", "printer.local", "nas"]
)
def test_an_address_inside_is_refused_when_it_is_typed(host: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - its words are compared
        parse_feed(f"https://{host}/a.ics")
    assert str(refused.value) == ELSEWHERE


def test_an_address_as_a_calendar_program_shows_it_is_taken() -> None:
    assert (
        parse_feed(" webcal://p01.calendar.example.com/x?y=1 ").origin == "https://p01.calendar.example.com"
    )
