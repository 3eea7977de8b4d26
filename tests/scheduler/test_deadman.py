"""The watcher outside hears of us only while texts really leave."""

from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from core.adapters.deadman import deadman
from core.flows.sending import dispatch
from core.flows.upkeep import heartbeat
from core.operations.tables import switches
from scheduler import deadman as job
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import OWNER, ROOM, take_in

SECOND = timedelta(seconds=1)
FIGURES = {"failed": 9, "of": 20, "where": "provider"}


class Heard:
    """A watcher that counts."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> bool:
        self.times += 1
        return True


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def watched(app: TestApp, heard: Heard) -> TestApp:
    """The App with a watcher, and a scheduler that lives."""
    settings = app.settings.model_copy(update={"deadman_url": SecretStr("https://watch.example.com/x")})
    heartbeat.beat(app, "s-1", started_at=app.clock.now(), now=app.clock.now())
    return replace(app, settings=settings, all_is_well=heard)


def test_it_is_told_while_all_is_well(watched: TestApp, heard: Heard) -> None:
    """One call for each tick."""
    assert job.ping(watched, now=watched.clock.now())
    assert heard.times == 1


def test_it_hears_nothing_when_texts_lie(watched: TestApp, heard: Heard) -> None:
    """The scheduler beats, but what is due does not leave."""
    take_in(watched, submission())
    now = watched.clock.advance(121 * SECOND)
    heartbeat.beat(watched, "s-1", started_at=now, now=now)
    assert not job.ping(watched, now=now)
    assert heard.times == 0


def test_it_hears_nothing_when_what_was_claimed_never_comes_back(watched: TestApp, heard: Heard) -> None:
    """Nothing is due any more, and the process beats: only the dispatcher hangs."""
    take_in(watched, submission())
    dispatch.step(watched, OWNER, [], ROOM, now=watched.clock.now())
    now = watched.clock.advance(121 * SECOND)
    heartbeat.beat(watched, "s-1", started_at=now, now=now)
    assert not job.ping(watched, now=now)
    assert heard.times == 0


def test_it_hears_nothing_without_a_beat_or_while_sending_is_stopped(watched: TestApp, heard: Heard) -> None:
    """A stop by a person is no reason to be quiet about it."""
    assert not job.ping(watched, now=watched.clock.now() + 16 * SECOND)
    with watched.db.write() as session:
        session.execute(
            insert(switches).values(
                name="error_rate", stops=True, value=FIGURES, changed_at=watched.clock.now()
            )
        )
    assert not job.ping(watched, now=watched.clock.now())
    assert heard.times == 0


def test_without_an_address_nobody_is_told(app: TestApp, heard: Heard) -> None:
    """The usual setting."""
    assert not job.ping(replace(app, all_is_well=heard), now=app.clock.now())
    assert heard.times == 0
    assert not deadman("")()


class Watcher(BaseHTTPRequestHandler):
    """Answers as its path says and notes what came."""

    asked: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Content-Length", "0")))
        self.send_response(int(self.path.rpartition("/")[2]))
        self.send_header("Location", "/elsewhere/200")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Quiet."""


def test_the_call_carries_nothing_and_goes_nowhere_else() -> None:
    """A redirect is not followed; a refusal or a closed door is told as not heard."""
    with HTTPServer(("127.0.0.1", 0), Watcher) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert deadman(f"{url}/secret/200")()
        assert not deadman(f"{url}/secret/302")()
        assert not deadman(f"{url}/secret/500")()
        server.shutdown()
    assert not deadman(f"{url}/secret/200")()
    assert Watcher.asked == [(f"/secret/{code}", "0") for code in (200, 302, 500)]
