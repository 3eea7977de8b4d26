"""A webhook through a real socket: signed so that its receiver can tell, and no receiver can harm us."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from core.adapters import public_post
from core.adapters.webhooks import SignedWebhooks
from core.domain.ports import Hook, Outcome, SendResult
from core.domain.signed_hooks import HEADER, TOLERANCE, is_signed, signature
from tests.adapters.test_web_push import Service, served

SECRET = "whsec_made-up"
BODY = json.dumps({"id": "e1", "type": "booking.created", "data": {"location": "Añasco"}}, ensure_ascii=False)


def send(url: str, *, seconds: float = 5.0, allowed: tuple[str, ...] = ("127.0.0.1",)) -> SendResult:
    """In a thread of its own, as the scheduler has it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(SignedWebhooks(allowed, seconds).send, Hook(url, SECRET, BODY)).result()


def send_to(service: Service) -> SendResult:
    return send(f"http://127.0.0.1:{service.port}/hook?key=k")


def test_its_receiver_can_tell_that_it_is_ours_and_whole() -> None:
    with served(Service(204)) as service:
        result = send_to(service)
        assert (result.outcome, result.code) == (Outcome.ACCEPTED, 204)
        [(path, headers, body)] = service.asked
    assert path == "/hook?key=k"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == json.loads(BODY)
    signed, now = headers[HEADER], int(time.time())
    assert is_signed(SECRET, signed, body, now)
    assert not is_signed("whsec_another", signed, body, now)
    assert not is_signed(SECRET, signed, body + b" ", now)
    assert not is_signed(SECRET, signed, body, now + TOLERANCE + 60)


def test_the_signature_is_what_the_page_says() -> None:
    """HMAC-SHA256 of '<t>.<body>' in hex; worked out by openssl, which is not ours."""
    expected = "1ce900a5c0f144027e401504171ef942b19df06a2f16baa860cacb27047b7ec8"
    found = signature("whsec_made-up", 1764000000, b'{"id":"e1"}')
    assert found == f"t=1764000000,v1={expected}"


@pytest.mark.parametrize(
    "header", ["", "t=1,v1=", "v1=00,t=1", f"t=1764000000,v1={'0' * 64}", "t=x,v1=" + "a" * 64]
)
def test_what_is_no_signature_of_ours_is_none(header: str) -> None:
    assert not is_signed(SECRET, header, BODY.encode(), 1764000000)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 410, 429, 500, 503])
def test_only_a_2xx_has_taken_it(status: int) -> None:
    with served(Service(status)) as service:
        result = send_to(service)
    assert (result.outcome, result.code) == (Outcome.RETRY, status)


def test_a_redirect_is_not_followed() -> None:
    """A receiver must not have us knock at doors inside."""
    with served(Service(200)) as inside:
        door = {"Location": f"http://127.0.0.1:{inside.port}/admin"}
        with served(Service(307, headers=door)) as service:
            assert send_to(service).detail == "a redirect"
        assert inside.asked == []


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 9000 + b"\r\n\r\n", b"SSH-2.0-OpenSSH_9.6\r\n", b"\x00" * 20000,
        b"HTTP/1.1 ", b"HTTP/1.1 2x0 OK\r\n\r\n",
    ],
)  # fmt: skip
def test_an_answer_that_is_none_has_not_taken_it(raw: bytes) -> None:
    with served(Service(raw=raw)) as service:
        assert send_to(service).outcome is Outcome.RETRY


def test_a_huge_answer_is_not_read() -> None:
    """Its first line says all that we want to know."""
    with endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"x" * 65536) as (port, written):
        assert send(f"http://127.0.0.1:{port}/").outcome is Outcome.ACCEPTED
    assert sum(written) < 64_000_000


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_receiver_that_never_answers_is_given_up_after_its_seconds(first: bytes) -> None:
    """Also one that sends a letter now and then."""
    with endless(first, b"X", pause=0.05) as (port, _):
        result = send(f"http://127.0.0.1:{port}/", seconds=0.4)
    assert (result.outcome, result.detail) == (Outcome.RETRY, "TimeoutError")


@contextmanager
def endless(first: bytes, then: bytes, pause: float = 0.0) -> Iterator[tuple[int, list[int]]]:
    """A receiver that never ends its answer: (its port, how many bytes it could write)."""
    written: list[int] = []
    over = threading.Event()

    def answer(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(first)
            while not over.wait(pause):
                try:
                    written.append(connection.send(then))
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=(server,))
        thread.start()
        yield server.getsockname()[1], written
        over.set()
        thread.join()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "https://10.0.0.5/x", "http://hooks.example.com/", "file:///etc/passwd"]
)
def test_an_address_that_is_not_allowed_is_not_called(url: str) -> None:
    """Whatever stood in the row: it is read again at each try."""
    result = send(url, allowed=())
    assert (result.outcome, result.detail) == (Outcome.RETRY, "address not allowed")


def test_a_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up as a public name, it points to a machine inside by the time that we call."""
    with served(Service()) as service:
        asked = public_post.LOOKUPS.ask
        monkeypatch.setattr(public_post.LOOKUPS, "ask", lambda _host, port: asked("127.0.0.1", port))
        result = send(f"https://hooks.example.com:{service.port}/x", allowed=())
        assert (result.outcome, result.detail) == (Outcome.RETRY, "lies at no public address")
        assert service.asked == []


def test_nobody_there_is_no_error_of_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}/").outcome is Outcome.RETRY
