"""The console: its own routes through its gate, its push, the frames of Streamlit's socket, every action."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from streamlit.proto.BackMsg_pb2 import BackMsg

from bench.fuzz import bodies, lived_in, strange
from bench.fuzz.actions import Acting
from bench.fuzz.stage import Asgi, app_in
from bench.fuzz.target import Target, Wrong
from console import media, process, routes
from console.client import Client
from console.gate import frames
from console.gate.gate import Desk, Gate
from console.live import Hub
from console.sla_monitor import wall_page
from console.topics import TOPICS
from core.app import App
from core.domain.roles import Actor
from core.flows.access.sign_in import SignedIn
from core.serving.plain_queries import PlainQueries

Request = tuple[str, str, list[tuple[str, str]], bytes]
PATHS = ("/", "/session", "/sign-out", "/luxe/1/parts/dom.js", "/luxe/1/lead/lead.css", "/media/1",
    "/pictures/1", "/wall/abc", "/queue", "/lead",
         "/static/x.js", "/_stcore/health", "/_stcore/upload_file", "/live", "/favicon.png", "/oauth2callback",
         "/component/x")  # fmt: skip
HEADERS = ("cookie", "origin", "host", "content-length", "transfer-encoding", "x-forwarded-for", "user-agent",
    "content-type",
           "sec-fetch-site", "range", "if-none-match", "referer", "authorization")  # fmt: skip


def targets(folder: Path) -> Iterator[Target]:
    """All over one App that some forms have come to."""
    app = app_in(folder)
    settings = app.settings.model_copy(update={"console_rate": 1_000_000, "console_topics": 1_000})
    app = replace(app, settings=settings)
    process.use(app)
    lived_in.live_in(app)
    people = lived_in.signed_in(app)
    known = lived_in.ids_of(app)
    server = Asgi(Gate(_routes(), _desk()))
    cookie = f"luxe_session={people['frontdesk'].ticket}"
    yield Target("doors", 2, partial(_request, cookie), partial(_ask, server))
    live = _Live(app, people)
    yield Target("live", 2, partial(_topics, known["lead"]), live.hear)
    yield Target("frames", 8, _frame, _sift)
    acting = Acting(app, people, known)
    yield Target("actions", 4, acting.message, acting.act)


def _routes() -> Starlette:
    return Starlette(
        routes=[*routes.ROUTES, *media.ROUTES, *wall_page.ROUTES], middleware=[Middleware(PlainQueries)]
    )


def _desk() -> Desk:
    return Desk(
        settings=lambda: process.current_app().settings,
        session_of=lambda scope: routes.session_of(HTTPConnection(scope)),
        signed_in=lambda scope: routes.signed_in(HTTPConnection(scope)),
        owner_of=lambda _page: "",
        provider=lambda: False,
    )


def _request(cookie: str, rng: Random) -> Request:
    path = rng.choice(PATHS) if rng.random() < 0.85 else f"/{strange.text(rng)}"
    path = strange.bent(rng, path) if rng.random() < 0.2 else path
    method = (
        "POST" if path in ("/session", "/sign-out") else rng.choice(("GET", "GET", "HEAD", "POST", "\xff"))
    )
    body = b""
    if method == "POST":
        body = bodies.as_json(rng, strange.mutated(rng, {"ticket": "abc"}))[:1500]
        body = bodies.broken(rng, body) if rng.random() < 0.2 else body
    headers = {
        name: bodies.header(rng, "luxe_session=a; luxe_browser=b") for name in HEADERS if rng.random() < 0.12
    }
    headers = {
        "host": "localhost:8501",
        "origin": "http://localhost:8501",
        "content-length": str(len(body)),
        "cookie": cookie,
    } | headers
    query = f"?{bodies.header(rng).replace('#', '')}" if rng.random() < 0.3 else ""
    return method, quote(path.encode("utf-8", "surrogatepass")) + query, list(headers.items()), body


def _ask(server: Asgi, made: Request) -> None:
    method, target, headers, body = made
    if server.ask(method, target, headers, body).status >= 500:
        raise Wrong("answered with an error of ours")


def _topics(lead_ids: list[str], rng: Random) -> tuple[str, str]:
    """A message as a page sends it, and the name of who does."""
    names = [topic.name for topic in TOPICS]
    arguments = (*lead_ids, "downtown", "", "running_late")
    keys = [
        rng.choice(names)
        + rng.choice((":", ":", "", "::"))
        + rng.choice((rng.choice(arguments), strange.text(rng)))
        for _ in range(rng.randrange(1, 5))
    ]
    message: Any = {"follow": keys, "unfollow": keys[:1], "active": rng.random() < 0.2}
    message = strange.mutated(rng, message) if rng.random() < 0.5 else message
    text = json.dumps(message, ensure_ascii=rng.random() < 0.5)
    return (strange.bent(rng, text) if rng.random() < 0.1 else text), rng.choice(lived_in.ROLES)


class _Wire:
    """A browser that says one thing, and hears what comes."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def send_text(self, data: str) -> None:
        data.encode()
        self.heard.append(data)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """It is closed."""


class _Live:
    """The push: what a page asks to follow is read as the hub reads it, for what every role may see."""

    def __init__(self, app: App, people: dict[str, SignedIn]) -> None:
        self._app, self._people = app, people
        self._loop = asyncio.new_event_loop()

    def hear(self, made: tuple[str, str]) -> None:
        self._loop.run_until_complete(self._hear(*made))

    async def _hear(self, text: str, name: str) -> None:
        hub = Hub(self._app, TOPICS)
        who = self._people[name]
        wire = _Wire()
        client = Client(wire, who.session_id, Actor(who.actor.staff_id, who.actor.name, who.actor.role))
        hub.join(client)
        message = routes._parsed(text)
        for key in routes._keys(message.get("follow")):
            hub.follow(client, key)
        for feed in list(hub._feeds.values()):
            rows, _ = hub._read(feed)
            hub._message(feed, "all", rows.values(), []).encode()
        for key in routes._keys(message.get("unfollow")):
            hub.unfollow(client, key)
        hub.leave(client)
        hub._readers.shutdown(wait=False)


def _frame(rng: Random) -> bytes:
    """A message of Streamlit's page with strange words in it, or with broken bytes."""
    message = BackMsg()
    kind = rng.random()
    if kind < 0.7:
        for _ in range(rng.randrange(4)):
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id = _word(rng)
            which = rng.choice(
                (
                    "string_value",
                    "json_value",
                    "json_trigger_value",
                    "bool_value",
                    "int_value",
                    "double_value",
                )
            )
            number = {
                "bool_value": True,
                "int_value": rng.randrange(-(2**63), 2**63),
                "double_value": float("nan"),
            }
            setattr(widget, which, number.get(which, _word(rng)))
        message.rerun_script.query_string = _word(rng)
        message.rerun_script.page_script_hash = _word(rng)
    elif kind < 0.8:
        message.app_heartbeat = True
    else:
        setattr(message, rng.choice(("clear_cache", "stop_script", "set_run_on_save", "load_git_info")), True)
    data = bytes(message.SerializeToString())
    return bodies.broken(rng, data) if rng.random() < 0.5 else data


def _word(rng: Random) -> str:
    return strange.text(rng).encode(errors="replace").decode()


def _sift(data: bytes) -> None:
    """Kept, left out, or malformed; what is kept has no NUL in what somebody typed."""
    frames.page_of(data)
    try:
        kept = frames.kept(data)
    except frames.Malformed:
        return
    if kept is not None:
        message = BackMsg()
        message.ParseFromString(kept)
        if any("\0" in widget.string_value for widget in message.rerun_script.widget_states.widgets):
            raise Wrong("a NUL went through the gate")
