"""uvicorn with an end to waiting: what comes too slowly or too large is ended, whoever has too many is refused.

uvicorn ends only idle connections; one that sends half a request, or a header without end, it would hold for ever.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from core.serving.crowd import Crowd

# Its warning about each request that is none is a line of log for every knock: they are counted instead.
QUIET = logging.getLogger("uvicorn.guarded")
QUIET.setLevel(logging.ERROR)
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True)
class Limits:
    """What one request may take; seconds are real ones."""

    head_bytes: int = 32 * 1024
    request_seconds: float = 15.0  # for all of it to arrive, head and body
    answer_seconds: float = 120.0  # for its answer to be taken: a megabyte of charts over a poor line


class HeadTooLarge(Exception):
    """The lines before the body are more than is let in."""


class GuardedHttp(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, crowd: Crowd, limits: Limits, **options: Any) -> None:
        super().__init__(*args, **options)
        self.logger = QUIET
        self._crowd = crowd
        self._limits = limits
        self._timer: asyncio.TimerHandle | None = None
        self._lines = 0  # bytes of this request's head, as the parser hands them over
        self._head: int | None = (
            0  # bytes of a head that is not whole yet; None within a body or between requests
        )
        if self.ws_protocol_class:
            leave = partial(crowd.leave, self)
            self.ws_protocol_class = partial(GuardedSocket, leave=leave)  # type: ignore[assignment]

    # ---- the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        if not self._crowd.enter(self, self.client[0] if self.client else ""):
            return self.cut("too_many")
        self._within(self._limits.request_seconds, "late")

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.leave(self)
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        # What the parser holds back of a line that does not end is not handed to us: counted by what came.
        if self._head is not None and self._head > self._limits.head_bytes:
            self._too_large()

    def _too_large(self) -> None:
        if not self.transport.is_closing():
            self._crowd.ended.note("header_too_large", self.loop.time())
            self.transport.write(TOO_LARGE)
            self.transport.close()

    # ---- what the parser tells

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._lines = 0
        self._crowd.waits(self)
        if self._head is None:
            self._head = 0
        self._within(self._limits.request_seconds, "late")

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + 4)
        super().on_header(name, value)

    def _count(self, size: int) -> None:
        """What came in one piece with its body: the lines alone are counted."""
        self._lines += size
        if self._lines > self._limits.head_bytes:
            raise HeadTooLarge  # the parser stops, and the connection is answered and closed

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self.cycle and not self.cycle.response_complete:
            self._crowd.served(self)
            self._within(self._limits.answer_seconds, "not_taken")

    def on_response_complete(self) -> None:
        # The timer goes on: uvicorn closes what is idle, and such a connection waits until its answer was taken.
        self._crowd.waits(self)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        if self._lines > self._limits.head_bytes:
            return self._too_large()
        self._crowd.ended.note("malformed", self.loop.time())
        super().send_400_response(msg)

    def handle_websocket_upgrade(self) -> None:
        self._stop()
        self._crowd.served(self)
        super().handle_websocket_upgrade()

    # ---- time

    def cut(self, why: str) -> None:
        """End it now: what is still to be sent may never be taken."""
        self._stop()
        self._crowd.ended.note(why, self.loop.time())
        self.transport.abort()

    def _within(self, seconds: float, why: str) -> None:
        self._stop()
        self._timer = self.loop.call_later(seconds, self.cut, why)

    def _stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


def guarded(crowd: Crowd, limits: Limits) -> Any:
    """What uvicorn takes as `http`: all connections of one server share the crowd."""
    return partial(GuardedHttp, crowd=crowd, limits=limits)


class GuardedSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which gives its place back when it ends, and reads nothing while nothing is taken from it.

    Else each ping of somebody who never reads would add its answer to what waits for them, without end.
    """

    def __init__(self, *args: Any, leave: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._leave = leave

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_on()

    async def receive(self) -> Any:
        message = await self.queue.get()
        self._read_on()
        return message

    def _read_on(self) -> None:
        if self.read_paused and self.queue.empty() and self.writable.is_set() and not self.disconnected:
            self.read_paused = False
            self.transport.resume_reading()

    def keepalive_timeout(self) -> None:
        """Whoever answers no sign of life takes nothing either: a closing that waits for them would never end."""
        super().keepalive_timeout()
        self.transport.abort()
