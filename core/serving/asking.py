"""Who asks, for all that comes after: the address that a trusted proxy forwarded stands in the scope. Pure ASGI."""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any

from core.domain.addresses import Network, client_address, is_trusted

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]
FORWARDED, PROTOCOL = b"x-forwarded-for", b"x-forwarded-proto"
SECURE = {"http": "https", "ws": "wss"}
USUAL_LETTERS = 100  # of what a chain of proxies says
known_address = lru_cache(4096)(client_address)  # a page asks a hundred times from one address


def address_of(peer: str, forwarded: str, trusted: tuple[Network, ...]) -> str:
    """Who asks. A header that is longer than any real one is read, and not kept: it would fill the memory."""
    ask = known_address if len(forwarded) < USUAL_LETTERS else client_address
    return ask(peer, forwarded, trusted)


def asks(scope: Scope, trusted: tuple[Network, ...]) -> str:
    """The address behind a request or a socket; '' where there is none."""
    peer = (scope.get("client") or ("", 0))[0]
    return address_of(peer, _all(scope, FORWARDED), trusted)


class WhoAsks:
    """Sets `client` and `scheme` of a request by what its proxies say, where they are trusted.

    uvicorn's own takes whatever stands in the header for an address; `proxy_headers=False` leaves it out.
    """

    def __init__(self, app: Application, trusted: tuple[Network, ...]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        peer = scope.get("client")
        if peer and is_trusted(peer[0], self._trusted):
            scope["client"] = (asks(scope, self._trusted), peer[1])
            if _all(scope, PROTOCOL).rpartition(",")[2].strip() in SECURE.values():
                scope["scheme"] = SECURE.get(scope["scheme"], scope["scheme"])
        await self._app(scope, receive, send)


def _all(scope: Scope, wanted: bytes) -> str:
    """A header that came more than once is one list; '' where it did not come."""
    return b",".join(value for name, value in scope["headers"] if name.lower() == wanted).decode("latin-1")
