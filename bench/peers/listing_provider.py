"""bench.provider with a memory: its list shows what it accepted, as Twilio's does.

Only the crash measurement needs it: an engine that asks the provider before it repeats a text must get an answer.
"""

import asyncio
import itertools
import sys
import time
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

import uvloop

from bench import provider
from bench.peers.orders import SENDER

accepted: list[dict[str, object]] = []
numbers = itertools.count(1)


class ListingProvider(provider.Provider):
    """Answers texts like its parent, and the list of texts from memory."""

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"POST"):
            self._accept(body)
        elif head.startswith(b"GET") and b"/Messages" in head.split(b"\r\n", 1)[0]:
            self._list(head)
        else:
            super()._answer(head, body)

    def _accept(self, body: bytes) -> None:
        fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        text: dict[str, object] = {
            "sid": f"SM{next(numbers):032x}",
            "status": "queued",
            "to": fields.get("To", ""),
            "from": fields.get("From", SENDER),
            "messaging_service_sid": None,
            "body": fields.get("Body", ""),
            "direction": "outbound-api",
            "date_created": formatdate(usegmt=False),
            "date_sent": None,
            "date_updated": formatdate(usegmt=False),
            "error_code": None,
            "num_segments": "1",
            "num_media": "0",
        }
        accepted.append(text)
        provider.received.append((time.time(), fields.get("To", "")))
        asyncio.get_running_loop().call_later(self._latency, self._write, 201, text)

    def _list(self, head: bytes) -> None:
        query = parse_qs(urlsplit(head.split(b" ", 2)[1].decode()).query)
        to = query.get("To", [""])[0]
        found = [text for text in reversed(accepted) if not to or text["to"] == to]
        self._write(200, {"messages": found, "next_page_uri": None, "page": 0, "page_size": 1000, "uri": "/"})


async def serve(port: int, latency: float) -> None:
    """Answer until terminated."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: ListingProvider(latency), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
