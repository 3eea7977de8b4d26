"""POST over kept-alive HTTP/1.1 connections: asyncio for the sockets, httptools for the parsing, and nothing else.

It exists for one difference that general clients blur and a text depends on: a request that was certainly never
sent, against one whose answer was lost. It never repeats a request. Figures beside other clients: bench/RESULTS.md.
"""

import asyncio
import ssl
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import httptools

CONNECT_SECONDS = 3.0  # part of the time between a claim and the end of its call
IDLE_SECONDS = 15.0  # well under the minute after which servers close a kept connection


@dataclass(frozen=True)
class Answer:
    """Status, body and the Retry-After header's text, empty where there was none."""

    status: int
    body: bytes
    retry_after: str


class NotSent(Exception):
    """No connection could be made: the request never left."""


class AnswerLost(Exception):
    """The request may have arrived; its answer did not. The message is a word for the log."""


class Connection(asyncio.Protocol):
    """One socket; one request at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: asyncio.Future[Answer] | None = None
        self.idle_since = 0.0
        self.usable = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.usable = True

    def post(self, request: bytes, seconds: float) -> asyncio.Future[Answer]:
        """Write a request; the future's exception is AnswerLost."""
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._retry_after = ""
        self._waiting = self._loop.create_future()
        self._timer = self._loop.call_later(seconds, self._lose, "timeout")
        self._transport.write(request)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        if self._waiting is None:
            return self.close()  # an answer that nobody asked for: this connection can't be trusted
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._lose("malformed answer")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._lose("connection closed")

    def close(self) -> None:
        self.usable = False
        self._transport.close()

    def _lose(self, why: str) -> None:
        self.close()
        if self._waiting is not None:
            self._timer.cancel()
            if not self._waiting.done():
                self._waiting.set_exception(AnswerLost(why))
            self._waiting = None

    # httptools calls these while it reads an answer.

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after":
            self._retry_after = value.decode("latin-1")

    def on_body(self, part: bytes) -> None:
        self._body.append(part)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() < 200:  # 'go on', 'early hints': the answer itself is still to come
            self._body, self._retry_after = [], ""
            return
        waiting, self._waiting = self._waiting, None
        self._timer.cancel()
        self.idle_since = self._loop.time()
        if not self._parser.should_keep_alive():
            self.close()
        if waiting is not None and not waiting.done():
            answer = Answer(self._parser.get_status_code(), b"".join(self._body), self._retry_after)
            waiting.set_result(answer)


class HttpClient:
    """Connections to one address, as many as requests are under way, the warmest first. Belongs to one event loop."""

    def __init__(self, address: str, headers: dict[str, str], seconds: float) -> None:
        """`address` is scheme, host and port; `headers` go with every request; `seconds` bound each call."""
        parts = urlsplit(address)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        lines = {"Host": parts.netloc, **headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._seconds = seconds
        self._idle: list[Connection] = []

    async def post(self, path: str, form: str) -> Answer:
        """Send an encoded form once. Raises NotSent, AnswerLost."""
        body = form.encode("ascii")
        request = (
            f"POST {path} HTTP/1.1\r\n{self._head}"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection = self._kept() or await self._connect()
        answer = await connection.post(request.encode("latin-1") + body, self._seconds)
        if connection.usable:
            self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Close what is kept."""
        while self._idle:
            self._idle.pop().close()

    def _kept(self) -> Connection | None:
        loop = asyncio.get_running_loop()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and loop.time() - connection.idle_since < IDLE_SECONDS:
                return connection
            connection.close()
        return None

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await loop.create_connection(
                    lambda: Connection(loop), self._host, self._port, ssl=self._tls
                )
        except (OSError, TimeoutError) as error:
            raise NotSent(type(error).__name__) from error
        return connection
