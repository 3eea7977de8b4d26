"""A socket seen through the gate: each message is looked at before anybody behind it gets it."""

from collections.abc import Awaitable, Callable, Iterable

from starlette.types import Message, Receive, Scope, Send

from console.gate import frames, turns
from console.gate.limits import Pace
from console.gate.origin import Header, values

PROTOCOLS = b"sec-websocket-protocol"
MALFORMED, TOO_BIG = 1002, 1009


class Watched:
    """`receive` and `send` for what stands behind the gate. A message over `most` bytes ends the socket.

    Who sends too fast is read more slowly, and loses nothing.
    """

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive = receive
        self._send = send
        self._most = most
        self._closed = False
        self._pace = Pace(turns.MESSAGES)

    async def receive(self) -> Message:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            if len(message.get("bytes") or message.get("text") or b"") > self._most:
                return await self._close(TOO_BIG)
            await turns.message(self._pace)
            try:
                kept = await self.sifted(message)
            except frames.Malformed:
                return await self._close(MALFORMED)
            if kept is not None:
                return kept

    async def sifted(self, message: Message) -> Message | None:
        """The message as it may go on, None for one that is left out. Raises Malformed."""
        return message

    async def send(self, message: Message) -> None:
        if not self._closed:
            await self._send(message)

    async def _close(self, code: int) -> Message:
        self._closed = True
        await self._send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}


class StreamlitWatched(Watched):
    """Streamlit's socket. `turn` is awaited before a message goes on; `page_id` is known once Streamlit has said it."""

    def __init__(self, receive: Receive, send: Send, most: int, turn: Callable[[], Awaitable[None]]) -> None:
        super().__init__(receive, send, most)
        self._turn = turn
        self.page_id = ""

    async def sifted(self, message: Message) -> Message | None:
        data = message.get("bytes")
        if data is None:
            raise frames.Malformed
        kept = frames.kept(data)
        if kept is None:
            return None
        await self._turn()
        return {**message, "bytes": kept}

    async def send(self, message: Message) -> None:
        if not self.page_id and message["type"] == "websocket.send":
            self.page_id = frames.page_of(message.get("bytes") or b"")
        await super().send(message)


def page_asked_for(headers: Iterable[Header]) -> str:
    """The id of the page that a browser wants to come back to; '' for none. The third of the protocols it names."""
    named = _protocols(headers)
    return named[2] if len(named) > 2 else ""


def without_page(scope: Scope) -> Scope:
    """The same as if no page had been asked for: Streamlit then begins a new one."""
    named = ", ".join(_protocols(scope["headers"])[:2])
    others = [header for header in scope["headers"] if header[0].lower() != PROTOCOLS]
    return {**scope, "headers": [*others, (PROTOCOLS, named.encode("latin-1"))]}


def _protocols(headers: Iterable[Header]) -> list[str]:
    return [name.strip() for name in ",".join(values(headers, PROTOCOLS)).split(",")]
