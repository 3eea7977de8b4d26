"""One POST to an address that somebody else named: to the very address that was looked up and found public, without a
redirect; of the answer no more is read than its status and how long to wait. Whoever calls says how long it may take.
"""

import asyncio
import ssl
from dataclasses import dataclass

from core.adapters.name_lookups import NameLookups
from core.domain.addresses import is_public
from core.domain.push_endpoints import NOT_PUBLIC, Endpoint

MOST_HEADERS, MOST_LINE = 60, 8192
LONGEST_WAIT = 3600.0  # seconds: what a server asks for may be any number
MOST_ADDRESSES = 4
LOOKUPS = NameLookups()
# What may become of a call: ValueError is an answer that is none.
LOST = (OSError, TimeoutError, EOFError, ValueError, asyncio.LimitOverrunError)


@dataclass(frozen=True)
class Answer:
    """`wait`: seconds that it asks for, None where it asks for none."""

    status: int
    wait: float | None


async def post(endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> Answer:
    """Raises LOST."""
    reader, writer = await _connected(endpoint, await _looked_up(endpoint))
    try:
        writer.write(_request(endpoint, body, headers))
        await writer.drain()
        return await _answer(reader)
    finally:
        writer.transport.abort()  # nothing of the rest is of use, and no goodbye is waited for


async def _connected(
    endpoint: Endpoint, addresses: list[str]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """To the first that answers, and no other than these. Raises OSError."""
    context = ssl.create_default_context() if endpoint.tls else None
    name = endpoint.host if endpoint.tls else None
    refused: OSError = OSError(NOT_PUBLIC)
    for address in addresses:
        try:
            return await asyncio.open_connection(
                address, endpoint.port, limit=MOST_LINE, ssl=context, server_hostname=name
            )
        except OSError as error:
            refused = error
    raise refused


async def _looked_up(endpoint: Endpoint) -> list[str]:
    """Its addresses. Raises OSError where any of them lies inside."""
    # Not the loop's own: `asyncio.run` waits for that to end, however long beyond the time that a call may take.
    addresses = await asyncio.wrap_future(LOOKUPS.ask(endpoint.host, endpoint.port))
    if not endpoint.listed and not all(map(is_public, addresses)):
        raise OSError(NOT_PUBLIC)
    return addresses[:MOST_ADDRESSES]


def _request(endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> bytes:
    host = endpoint.origin.partition("://")[2]
    lines = {"Host": host, "Content-Length": str(len(body)), "Connection": "close", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {endpoint.path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


async def _answer(reader: asyncio.StreamReader) -> Answer:
    """What else it says is read no further: it may be anything. Raises LOST."""
    version, _, rest = (await reader.readuntil(b"\n")).decode("latin-1").partition(" ")
    if not version.startswith("HTTP/1.") or not rest[:3].isdecimal():
        raise ValueError("no answer of HTTP")
    wait = None
    for _ in range(MOST_HEADERS):
        line = (await reader.readuntil(b"\n")).decode("latin-1").strip()
        if not line:
            break
        name, _, value = line.partition(":")
        if name.lower() == "retry-after" and value.strip().isdecimal():
            wait = min(float(value), LONGEST_WAIT)
    return Answer(int(rest[:3]), wait)
