"""Answers that only a misbehaving server gives: the line goes dead in the middle of a request.

An ASGI application can't reach its connection, so the server's protocol remembers each by its client address.
"""

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_open: dict[tuple[str, int], asyncio.Transport] = {}


class CuttableProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with its open connections on record."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client:
            _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client:
            _open.pop(self.client, None)
        super().connection_lost(exc)


class CutLine(Response):
    """No answer at all: the connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        client = scope.get("client")
        transport = _open.get((client[0], client[1])) if client else None
        if transport is None:
            raise RuntimeError("the line can be cut only under CuttableProtocol")
        transport.abort()
        # Wait until the server has noticed, or it would try to answer 500 in our place.
        while (await receive())["type"] != "http.disconnect":
            pass
