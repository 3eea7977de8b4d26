"""A simulator on a free port, the official client pointed at it, and a gateway that keeps what it is sent."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from core.domain.clock import SystemClock
from simulator.config import FormKey, SimulatorConfig
from simulator.main import build_server

ACCOUNT, TOKEN = "AC" + "1" * 32, "made-up-token"
CLINIC, HANNAH = "+15125550100", "+14075550114"


@dataclass
class Delivery:
    """One POST that reached the gateway."""

    path: str
    body: bytes
    headers: dict[str, str]

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Gateway:
    """Answers each POST with the next of `answers`, else 200 and empty TwiML; `pages` are what GET shows.

    A report that an earlier test left on its way names an earlier `turn`, and is not kept.
    """

    address: str = ""
    turn: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)

    def statuses(self) -> list[str]:
        posted = [delivery.params for delivery in self.deliveries if "/twilio/status" in delivery.path]
        return [params["MessageStatus"] for params in posted]


def client_at(address: str, token: str = TOKEN, timeout: float = 10) -> Client:
    """The official client with Twilio's address replaced."""
    client = Client(ACCOUNT, token, http_client=TwilioHttpClient(timeout=timeout))
    client.api.base_url = address
    return client


@dataclass
class Rig:
    """A running simulator, its configuration, and ways to reach it."""

    config: SimulatorConfig
    gateway: Gateway

    @property
    def address(self) -> str:
        return self.config.address

    @property
    def client(self) -> Client:
        return client_at(self.address)

    def control(self, path: str, **document: Any) -> Any:
        answer = requests.post(f"{self.address}/control/{path}", json=document, timeout=20)
        assert answer.ok, answer.text
        return answer.json()

    def messages(self) -> list[dict[str, Any]]:
        found = requests.get(f"{self.address}/control/messages", timeout=10).json()["messages"]
        assert isinstance(found, list)
        return found

    @property
    def callback(self) -> str:
        return f"{self.gateway.address}/twilio/status?action=act-1&attempt=2&turn={self.gateway.turn}"


def wait_for(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    """The first true value of `condition`; what it was last when the time is over."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    state = Gateway()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if "turn=" not in self.path or self.path.endswith(f"turn={state.turn}"):
                state.deliveries.append(Delivery(self.path, body, dict(self.headers)))
            self._answer(*(state.answers.pop(0) if state.answers else (200, "<Response/>")))

        def do_GET(self) -> None:
            page = state.pages.get(self.path)
            self._answer(200 if page else 404, page or "")

        def _answer(self, status: int, words: str) -> None:
            content = words.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    server.shutdown()


@pytest.fixture(scope="module")
def running(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    config = make_config(free_port(), gateway.address, tmp_path_factory.mktemp("home"))
    server = build_server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert wait_for(lambda: server.started)
    yield Rig(config, gateway)
    server.should_exit = True
    thread.join(10)


def make_config(port: int, gateway: str, home: Path) -> SimulatorConfig:
    return SimulatorConfig(
        port=port,
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        callback_base=gateway,
        inbound_url=f"{gateway}/twilio/inbound",
        home=home,
        from_number=CLINIC,
        clock=SystemClock(),
        form_keys={"generic": FormKey("key-1", "secret-1")},
        smtp_port=free_port(),
    )


@pytest.fixture
def rig(running: Rig) -> Rig:
    """The module's simulator, emptied, quick to deliver."""
    running.control("reset")
    running.gateway.turn += 1
    running.control("faults", sent_ms=5, delivered_ms=10)
    running.gateway.deliveries.clear()
    running.gateway.answers.clear()
    running.gateway.pages.clear()
    return running
