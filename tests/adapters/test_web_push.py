"""Our side of a push service: what arrives, who it says it is from, and what its answers mean, over a real socket."""

import json
import socket
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from core.adapters import public_post
from core.adapters.web_push import WebPush, judge, private_key, public_key
from core.domain.ports import GONE, Browser, Notice, Outcome, SendResult
from core.settings import Settings

SEED, AUTH = b"s" * 32, b"a" * 16
NOTICE = Notice(
    "New lead", "New lead A-1042, first contact due 10:05", "https://luxe.example.com/a/x.y", "A-1042",
    urgent=True, useful_for=600,
)  # fmt: skip


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Service:
    """A push service: answers as it is told, keeps what it was sent."""

    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""  # instead of an answer
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    def browser(self, path: str = "/push/secret") -> Browser:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Browser("b1", f"http://127.0.0.1:{self.port}{path}", text(point), text(AUTH))

    def read(self) -> dict[str, object]:
        """What the browser would see."""
        words = http_ece.decrypt(
            self.asked[-1][2], private_key=self.key, auth_secret=AUTH, version="aes128gcm"
        )
        found: dict[str, object] = json.loads(words)
        return found


@contextmanager
def served(service: Service) -> Iterator[Service]:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.asked.append((self.path, dict(self.headers), body))
            if service.raw:
                self.wfile.write(service.raw)
                return
            self.send_response(service.status)
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Sender(WebPush):
    """In a thread of its own, as the scheduler has it: a loop may be running in this one, of a browser's tests."""

    def send(self, browser: Browser, notice: Notice) -> SendResult:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(super().send, browser, notice).result()


def adapter(**changes: object) -> WebPush:
    known = {"push_hosts": "127.0.0.1", "push_contact": "mailto:it@example.com"} | changes
    return Sender(Settings(_env_file=None, **known), SEED, seconds=2.0)  # type: ignore[arg-type]


def test_only_the_browser_can_read_it_and_it_names_no_patient() -> None:
    with served(Service()) as service:
        result = adapter().send(service.browser(), NOTICE)
        assert (result.outcome, result.code) == (Outcome.ACCEPTED, 201)
        path, headers, body = service.asked[0]
        assert path == "/push/secret"
        assert b"A-1042" not in body
        assert service.read() == {
            "title": NOTICE.title,
            "body": NOTICE.body,
            "url": NOTICE.url,
            "tag": "A-1042",
            "urgent": True,
        }
        assert (headers["TTL"], headers["Urgency"]) == ("600", "high")
        assert headers["Content-Encoding"] == "aes128gcm"


def test_a_push_service_hears_that_two_are_about_one_lead_and_not_about_which() -> None:
    with served(Service()) as service:
        other = Notice("x", "y", NOTICE.url, "A-1043", urgent=False, useful_for=60)
        for notice in (NOTICE, NOTICE, other):
            adapter().send(service.browser(), notice)
        first, again, another = (headers["Topic"] for _, headers, _ in service.asked)
        assert first == again != another
        assert len(first) <= 32
        assert not any("A-1042" in f"{headers}" for _, headers, _ in service.asked)


def test_it_is_signed_by_the_key_that_browsers_know_us_by_for_this_service_alone() -> None:
    with served(Service()) as service:
        push = adapter()
        push.send(service.browser(), NOTICE)
        signed = service.asked[0][1]["Authorization"]
        assert Vapid02.verify(signed)
        assert f"k={push.public_key}" in signed.replace(", ", ",")
        claims = json.loads(urlsafe_b64decode(signed.partition("t=")[2].split(".")[1] + "=="))
        assert claims["aud"] == f"http://127.0.0.1:{service.port}"
        assert claims["sub"] == "mailto:it@example.com"


def test_the_key_is_always_the_same_and_a_setting_names_another() -> None:
    """A browser takes pushes of the key alone that it was given: another one would silence everybody."""
    assert adapter().public_key == adapter().public_key == public_key(private_key(SEED))
    assert len(urlsafe_b64decode(adapter().public_key + "=")) == 65
    assert adapter(push_key=text(b"k" * 32)).public_key == public_key(private_key(b"k" * 32))


@pytest.mark.parametrize(
    ("status", "outcome", "gone"),
    [
        (201, Outcome.ACCEPTED, False),
        (404, Outcome.REFUSED, True),
        (410, Outcome.REFUSED, True),
        (400, Outcome.REFUSED, False),
        (413, Outcome.REFUSED, False),
        (429, Outcome.RETRY, False),
        (500, Outcome.RETRY, False),
        (302, Outcome.REFUSED, False),
    ],
)
def test_what_the_answers_of_a_push_service_mean(status: int, outcome: Outcome, gone: bool) -> None:
    with served(Service(status, {"Retry-After": "7", "Location": "http://127.0.0.1:1/inside"})) as service:
        result = adapter().send(service.browser(), NOTICE)
        assert (result.outcome, result.status == GONE) == (outcome, gone)
        assert len(service.asked) == 1  # nothing leads it elsewhere
        assert result.retry_after == (7.0 if outcome is Outcome.RETRY else None)


@pytest.mark.parametrize("raw", [b"HTTP/1.1", b"\xff\xfe\n\n", b"SSH-2.0-x\r\n", b"HTTP/1.1 2x1 x\r\n\r\n"])
def test_what_is_no_answer_is_tried_again(raw: bytes) -> None:
    with served(Service(raw=raw)) as service:
        assert adapter().send(service.browser(), NOTICE).outcome is Outcome.RETRY


def test_one_that_never_answers_costs_a_few_seconds() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    browser = Service(port=silent.getsockname()[1]).browser()
    quick = Sender(Settings(push_hosts="127.0.0.1", _env_file=None), SEED, seconds=0.2)
    with silent:
        assert quick.send(browser, NOTICE).outcome is Outcome.RETRY


def test_words_without_end_are_cut_to_what_a_push_service_takes() -> None:
    with served(Service()) as service:
        long = Notice("t" * 500, "\N{SNOWMAN}" * 9000, NOTICE.url, "x", urgent=False, useful_for=60)
        assert adapter().send(service.browser(), long).outcome is Outcome.ACCEPTED
        assert len(service.asked[0][2]) <= 4096


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/x",
        "https://127.0.0.1/x",
        "https://10.0.0.5/x",
        "https://[::1]/x",
        "https://[::ffff:169.254.169.254]/x",
        "https://localhost/x",
        "https://printer.local/x",
        "https://user@push.example.com/x",
        "ftp://push.example.com/x",
        "https://push.example.com/x y",
        "https://push.example.com/\r\nHost: inside",
        "",
    ],
)
def test_no_address_inside_is_ever_asked(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_post, "connected", _never)
    result = adapter(push_hosts="").send(Service().browser().__class__("b", endpoint, *_keys()), NOTICE)
    assert (result.outcome, result.status) == (Outcome.REFUSED, GONE)


async def _never(*_arguments: object) -> None:
    raise AssertionError("it was asked")


def _keys() -> tuple[str, str]:
    browser = Service().browser()
    return browser.p256dh, browser.auth


def test_a_public_name_that_turns_out_to_lie_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The very addresses that were looked at are connected to: a name that changes in between changes nothing."""
    monkeypatch.setattr(public_post, "connected", _never)
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.216.34", "192.168.1.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", _looks_up(found))
    result = adapter(push_hosts="").send(Browser("b", "https://push.example.com/x", *_keys()), NOTICE)
    assert (result.outcome, result.detail) == (Outcome.RETRY, "lies at no public address")


def _looks_up(found: Sequence[object]) -> Callable[..., Sequence[object]]:
    def getaddrinfo(*_arguments: object, **_options: object) -> Sequence[object]:
        return found

    return getaddrinfo


def test_a_name_server_that_does_not_answer_costs_a_few_seconds_and_not_its_own_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And asks once for a name, however often the push is tried meanwhile."""
    answer, asked = threading.Event(), []

    def slow(*arguments: object, **_options: object) -> Sequence[object]:
        asked.append(arguments)
        answer.wait(10)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    quick = Sender(Settings(_env_file=None), SEED, seconds=0.1)
    for _ in range(2):
        result = quick.send(Browser("b", "https://slow.example.com/x", *_keys()), NOTICE)
        assert (result.outcome, result.detail, answer.is_set()) == (Outcome.RETRY, "TimeoutError", False)
    assert len(asked) == 1
    assert "name-lookup" in {thread.name for thread in threading.enumerate()}
    answer.set()


def test_a_browser_without_keys_is_gone() -> None:
    result = adapter().send(Browser("b", "http://127.0.0.1:9/x", "none", "none"), NOTICE)
    assert (result.outcome, result.status) == (Outcome.REFUSED, GONE)


@pytest.mark.parametrize(
    ("asked", "wait"), [("9" * 30, 3600.0), ("9" * 4000, 3600.0), ("-1", None), ("0", 0.0)]
)
def test_no_push_service_asks_for_more_than_an_hour(asked: str, wait: float | None) -> None:
    with served(Service(429, {"Retry-After": asked})) as service:
        assert adapter().send(service.browser(), NOTICE).retry_after == wait


def test_a_service_that_asks_us_to_wait_says_for_how_long() -> None:
    assert judge(503, 30.0).retry_after == 30.0
    assert judge(410, 30.0).retry_after is None
