"""One open page on the live socket. One that reads too slowly is dropped, and takes a snapshot when it is back."""

import asyncio
from typing import Protocol

from core.domain.roles import Actor

SEND_SECONDS = 10.0
WAITING_MESSAGES = 32
SIGNED_OUT = 4401
TOO_SLOW = 4429


class Wire(Protocol):
    """The part of a WebSocket that is used to speak."""

    async def send_text(self, data: str) -> None: ...

    async def close(self, code: int = 1000, reason: str | None = None) -> None: ...


class Client:
    """One open page. Messages wait in a short queue; when it is full the page is dropped."""

    def __init__(
        self,
        wire: Wire,
        session_id: str,
        actor: Actor,
        only: frozenset[str] = frozenset(),
        address: str = "",
    ) -> None:
        """`only` names the topics that this page may follow at all; empty for every topic of its role."""
        self.session_id = session_id
        self.actor = actor
        self.only = only
        self.address = address
        self.following: set[str] = set()
        self.closing: int | None = None
        self._wire = wire
        self._waiting: asyncio.Queue[str] = asyncio.Queue(WAITING_MESSAGES)
        self._dropped = asyncio.Event()

    def offer(self, text: str) -> None:
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.drop(TOO_SLOW)

    def drop(self, code: int) -> None:
        self.closing = self.closing or code
        self._dropped.set()

    async def speak(self) -> None:
        """Send what waits until dropped; then close with the reason."""
        sending = asyncio.create_task(self._send())
        dropped = asyncio.create_task(self._dropped.wait())
        try:
            await asyncio.wait({sending, dropped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, dropped):
                task.cancel()
            await asyncio.gather(sending, dropped, return_exceptions=True)
        await self._wire.close(self.closing or TOO_SLOW)

    async def _send(self) -> None:
        while True:
            text = await self._waiting.get()
            # Not wait_for: Python 3.11's forgets a cancellation that comes when the sending has just ended.
            async with asyncio.timeout(SEND_SECONDS):
                await self._wire.send_text(text)
