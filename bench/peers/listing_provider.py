"""A provider with a memory: its list shows what it accepted, as Twilio's does (`PORT LATENCY_MS`).

Only the crash measurement needs it: an engine that asks the provider before it repeats a text must get an answer.
"""

import asyncio
import itertools
import sys
import time
from email.utils import formatdate

from aiohttp import web

received: list[tuple[float, str]] = []
accepted: list[dict[str, object]] = []
numbers = itertools.count(1)
MESSAGES = "/2010-04-01/Accounts/{account}/Messages.json"


def application(latency: float) -> web.Application:
    """Answers each text after `latency` seconds; it counts from the moment when its request was read."""

    async def create(request: web.Request) -> web.Response:
        text = _text({name: str(value) for name, value in (await request.post()).items()})
        accepted.append(text)
        received.append((time.time(), str(text["to"])))
        await asyncio.sleep(latency)
        return web.json_response(text, status=201)

    async def listed(request: web.Request) -> web.Response:
        to = request.query.get("To")
        found = [text for text in reversed(accepted) if to in (None, text["to"])]
        return web.json_response(
            {"messages": found, "next_page_uri": None, "page": 0, "page_size": 1000, "uri": "/"}
        )

    async def show(_request: web.Request) -> web.Response:
        return web.json_response(received)

    app = web.Application()
    app.add_routes(
        [web.post(MESSAGES, create), web.get(MESSAGES, listed), web.get("/received", show)],
    )
    return app


def _text(fields: dict[str, str]) -> dict[str, object]:
    return {
        "sid": f"SM{next(numbers):032x}",
        "status": "queued",
        "to": fields["To"],
        "from": fields.get("From"),
        "messaging_service_sid": fields.get("MessagingServiceSid"),
        "body": fields["Body"],
        "direction": "outbound-api",
        "date_created": formatdate(),
        "date_sent": None,
        "date_updated": formatdate(),
        "error_code": None,
        "num_segments": "1",
        "num_media": "0",
    }


if __name__ == "__main__":
    web.run_app(
        application(float(sys.argv[2]) / 1000),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=None,
        print=None,
    )
