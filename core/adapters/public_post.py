"""One POST to an address that somebody else named: to the very address that was looked up and found public, without a
redirect; of the answer no more is read than its status and how long to wait. Whoever calls says how long it may take.
"""

import asyncio
from dataclasses import dataclass

from core.adapters.name_lookups import NameLookups
from core.adapters.public_connection import addresses_of, connected
from core.domain.push_endpoints import NOT_PUBLIC, Endpoint

MOST_HEADERS, MOST_LINE = 60, 8192
LONGEST_WAIT = 3600.0  # seconds: what a server asks for may be any number
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
    addresses = await addresses_of(endpoint, LOOKUPS)
    if addresses is None:
        raise OSError(NOT_PUBLIC)
    reader, writer = await connected(endpoint, addresses, MOST_LINE)
    try:
        writer.write(_request(endpoint, body, headers))
        await writer.drain()
        return await _answer(reader)
    finally:
        writer.transport.abort()  # nothing of the rest is of use, and no goodbye is waited for


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
