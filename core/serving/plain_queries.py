"""What stands raw in an address though it should be escaped, escaped: the framework raises where it is no UTF-8."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

BEYOND_ASCII = re.compile(rb"[^\x00-\x7f]")


def escaped(query: bytes) -> bytes:
    """The query of an address in ASCII."""
    return BEYOND_ASCII.sub(lambda found: b"%%%02X" % found[0][0], query)


class PlainQueries:
    """Wraps `app`, which then sees such queries as they should have been sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "query_string": escaped(scope["query_string"])}
        await self._app(scope, receive, send)
