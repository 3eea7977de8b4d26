"""A provider that costs next to nothing: answers every text after a fixed wait and notes when its request was read.

Run as its own process, so that it does not share the sender's interpreter:
`python -m bench.provider PORT LATENCY_MS [LIMIT_A_SECOND]`.
"""

import asyncio
import itertools
import json
import sys
import time
from typing import cast
from urllib.parse import unquote

import uvloop

received: list[tuple[float, str]] = []
refused: list[float] = []
numbers = itertools.count(1)


class Provider(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, just as much of it as a text needs."""

    def __init__(self, latency: float, limit: int) -> None:
        self._latency = latency
        self._limit = limit
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, rest = self._buffer.partition(b"\r\n\r\n")
            length = content_length(head)
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            self._answer(head, rest[:length])

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET /received"):
            self._write(200, received)
        elif head.startswith(b"GET /count"):
            self._write(200, len(received))
        elif head.startswith(b"GET /refused"):
            self._write(200, len(refused))
        elif head.startswith(b"DELETE /received"):
            received.clear()
            self._write(200, [])
        elif head.startswith(b"GET"):
            self._write(200, {"messages": [], "next_page_uri": None, "page": 0, "page_size": 50, "uri": "/"})
        else:
            # As cheap as it can be: it shares two cores with what is measured.
            to = unquote(body.partition(b"To=")[2].partition(b"&")[0].decode())
            now = time.time()
            if self._limit and len(received) >= self._limit and received[-self._limit][0] > now - 1:
                refused.append(now)
                self._write(429, {"code": 20429, "message": "Too Many Requests", "status": 429})
                return
            received.append((now, to))
            asyncio.get_running_loop().call_later(
                self._latency, self._write, 201, _message(next(numbers), to)
            )

    def _write(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        head = (
            f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        if not self._transport.is_closing():
            self._transport.write(head.encode() + body)


def content_length(head: bytes) -> int:
    """What a request's head says of its body, in bytes; 0 where it says nothing."""
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def _message(number: int, to: str) -> dict[str, object]:
    return {
        "sid": f"SM{number:032x}",
        "status": "queued",
        "to": to,
        "direction": "outbound-api",
        "error_code": None,
    }


async def serve(port: int, latency: float, limit: int) -> None:
    """Answer until terminated; `limit` texts in any second, 0 for no limit."""
    server = await asyncio.get_running_loop().create_server(
        lambda: Provider(latency, limit), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000, int((sys.argv[3:] or ["0"])[0])))
