"""The gate before Streamlit: who may ask for what, from where, how much at once. Plain ASGI, a few microseconds."""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.gate import doors, headers
from console.gate.doors import Door
from console.gate.headers import Header
from console.gate.limits import Places
from console.gate.origin import same_origin, values
from console.gate.turns import Turns
from console.gate.watched import StreamlitWatched, Watched, page_asked_for, without_page
from core.domain.addresses import Network, sender_of
from core.serving.asking import asks
from core.serving.tally import Tally
from core.settings import Settings


@dataclass(frozen=True)
class Desk:
    """What the gate asks the console. `settings` only at the first request: the console builds its App at start-up."""

    settings: Callable[[], Settings]
    session_of: Callable[[Scope], str]  # the session that the cookie names, '' without one
    signed_in: Callable[[Scope], bool]  # whether it is open; asks the database, called in a thread
    owner_of: Callable[[str], str]  # the session whose page of Streamlit's this is, '' for nobody's
    provider: Callable[[], bool]  # whether staff may sign in by an identity provider, too


class Gate:
    """Wraps `app`. Settings are read once, at the first request."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk
        self._sockets = Places()
        self._refused = Tally("requests_refused")

    @cached_property
    def _settings(self) -> Settings:
        return self._desk.settings()

    @cached_property
    def _turns(self) -> Turns:
        return Turns(self._settings.console_rate)

    @cached_property
    def _trusted(self) -> tuple[Network, ...]:
        return self._settings.proxies

    @cached_property
    def _doors(self) -> tuple[Door, ...]:
        return (*doors.DOORS, *doors.PROVIDER) if self._desk.provider() else doors.DOORS

    @cached_property
    def _headers(self) -> tuple[Header, ...]:
        return headers.security_headers(https=self._settings.console.startswith("https://"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._request(self._seen(scope), receive, self._armoured(send))
        elif scope["type"] == "websocket":
            await self._socket(self._seen(scope), receive, send)
        else:
            await self._app(scope, receive, send)

    def _seen(self, scope: Scope) -> Scope:
        """The same with the address of whoever asks in place of a trusted proxy's."""
        return {**scope, "client": (asks(scope, self._trusted), 0)}

    def _armoured(self, send: Send) -> Send:
        async def armoured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": headers.completed(message.get("headers", ()), self._headers)}
            await send(message)

        return armoured

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = doors.door(scope["path"], self._doors)
        if door is None:
            return await refuse(send, 404)
        if scope["method"] not in door.methods:
            return await refuse(send, 405)
        if door.methods is doors.POST and not same_origin(scope["headers"]):
            return await refuse(send, 403)
        if not await self._turns.request(scope["client"][0], door.cost):
            self._note("too_fast")
            return await refuse(send, 429)
        body = await read(scope, receive, door.body)
        if body is None:
            return await refuse(send, 413)
        if door.signed_in and not await asyncio.to_thread(self._desk.signed_in, scope):
            return await refuse(send, 404)
        await self._app(scope, replayed(body, receive), send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = doors.socket_door(scope["path"])
        if door is None or not same_origin(scope["headers"]):
            # Streamlit would ask a server on the internet for its own address, and everybody waits meanwhile.
            self._note("from_elsewhere")
            return await send({"type": "websocket.close", "code": 1008})
        with self._sockets.taken(self._limits(scope)) as free:
            if not free or not await self._turns.request(scope["client"][0], door.cost):
                self._note("too_many_pages")
                return await send({"type": "websocket.close", "code": 1013})
            if door is doors.STREAM:
                await self._streamlit(scope, receive, send)
            else:
                seen = Watched(receive, send, door.body)
                await self._app(scope, seen.receive, seen.send)

    def _note(self, why: str) -> None:
        self._refused.note(why, asyncio.get_running_loop().time())

    def _limits(self, scope: Scope) -> dict[Hashable, int]:
        """Places of the address, and of the session at this very socket: a page has one of each."""
        limits: dict[Hashable, int] = {sender_of(scope["client"][0]): self._settings.console_connections}
        session_id = self._desk.session_of(scope)
        if session_id or scope["path"] not in doors.PATHS:  # each wall's link is a path of its own
            limits[session_id, scope["path"]] = self._settings.console_pages
        return limits

    async def _streamlit(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Streamlit's own socket: its messages are looked into, and each run has its turn."""
        session_id = self._desk.session_of(scope)
        if session_id and not await asyncio.to_thread(self._desk.signed_in, scope):
            session_id = ""

        async def turn() -> None:
            # Somebody who has signed in on this very page is in no cookie of this socket.
            await self._turns.run(scope["client"][0], session_id or self._desk.owner_of(seen.page_id))

        seen = StreamlitWatched(receive, send, doors.STREAM.body, turn)
        await self._app(self._own_page(scope), seen.receive, seen.send)

    def _own_page(self, scope: Scope) -> Scope:
        """A page is come back to only with the cookie of whoever it belongs to: its id alone must open nothing."""
        page_id = page_asked_for(scope["headers"])
        if not page_id:
            return scope
        session_id = self._desk.session_of(scope)
        mine = session_id != "" and self._desk.owner_of(page_id) == session_id
        return scope if mine else without_page(scope)


WORDS = {
    403: b"Not from here.",
    404: b"Not found.",
    405: b"Not this way.",
    413: b"Too much.",
    429: b"Too many requests. Wait a moment.",
}


async def refuse(send: Send, status: int) -> None:
    """A short answer, and the end of the connection: what is still on its way is not read."""
    body = WORDS[status]
    about = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": about})
    await send({"type": "http.response.body", "body": body})


async def read(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The body of a request, or None where it has more than `most` bytes; then no more than that was kept."""
    announced = values(scope["headers"], b"content-length")
    chunked = values(scope["headers"], b"transfer-encoding")
    if not announced and not chunked:
        return b""
    if not all(_fits(length, most) for length in announced) or (chunked and not most):
        return None
    found: bytes = b""
    while True:
        message = await receive()
        found += message.get("body", b"")
        if len(found) > most or message["type"] == "http.disconnect":
            return None
        if not message.get("more_body"):
            return found


def _fits(length: str, most: int) -> bool:
    """Python itself refuses to read a number of thousands of digits."""
    return length.isdecimal() and len(length) < 10 and int(length) <= most


def replayed(body: bytes, receive: Receive) -> Receive:
    """What was read already, then what comes after it: that the browser went."""
    waiting = [body]

    async def again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return again
