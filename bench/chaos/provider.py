"""The provider that judges: it speaks as much of Twilio's API as a text needs, misbehaves by a seed, and never dies.

`python -m bench.chaos.provider PORT '{"seed": 1}'`. What it accepted is written down before it is answered, so what it
says at `/accepted` is what reached a phone. A 500 is honest half of the time: the other half was accepted.
"""

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC
from email.utils import format_datetime
from typing import cast
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import uvloop

from bench.provider import content_length
from core.domain.clock import Clock, SystemClock, parse_clock


@dataclass(frozen=True)
class Behaviour:
    """Shares are of 1; times are real seconds. `down` cuts every line before anything is read."""

    seed: int = 1
    too_many: float = 0.02
    server_error: float = 0.02
    closed: float = 0.02
    dropped: float = 0.02
    answer_seconds: float = 0.06
    list_lag: float = 0.5
    callbacks: float = 0.1
    token: str = "simulator-token"
    down: bool = False


@dataclass(frozen=True)
class Accepted:
    """One text that reached a phone. `action` and `attempt` are what its callback's address carries."""

    sid: str
    action: str
    attempt: int
    to: str
    sender: str
    body: str
    at: float  # real seconds since 1970
    made: str  # product time as Twilio prints it


@dataclass
class Ledger:
    """What was accepted, how calls were answered, and how the next ones will be."""

    clock: Clock
    behaviour: Behaviour
    accepted: list[Accepted] = field(default_factory=list)
    by_number: dict[str, list[Accepted]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    errands: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.die = random.Random(self.behaviour.seed)
        self.numbers = itertools.count(1)

    def draw(self) -> str:
        """What happens to the next text."""
        drawn = self.die.random()
        for name in ("too_many", "server_error", "closed", "dropped"):
            drawn -= float(getattr(self.behaviour, name))
            if drawn < 0:
                return name
        return "accepted"

    def take(self, params: Mapping[str, str]) -> Accepted:
        ours = dict(parse_qsl(urlsplit(params.get("StatusCallback", "")).query))
        text = Accepted(
            sid=f"SM{next(self.numbers):032x}",
            action=ours.get("action", ""),
            attempt=int(ours.get("attempt", 0)),
            to=params["To"],
            sender=params.get("From", ""),
            body=params["Body"],
            at=time.time(),
            made=format_datetime(self.clock.now().astimezone(UTC)),
        )
        self.accepted.append(text)
        self.by_number.setdefault(text.to, []).append(text)
        if params.get("StatusCallback") and self.die.random() < self.behaviour.callbacks:
            self._spawn_report(text, params["StatusCallback"])
        return text

    def _spawn_report(self, text: Accepted, address: str) -> None:
        errand = asyncio.get_running_loop().create_task(report(text, address, self.behaviour.token))
        self.errands.add(errand)
        errand.add_done_callback(self.errands.discard)

    def listed(self, to: str) -> list[Accepted]:
        """Newest first; what was accepted a moment ago does not show yet."""
        until = time.time() - self.behaviour.list_lag
        return [text for text in reversed(self.by_number.get(to, [])) if text.at <= until][:100]

    def behave(self, changes: Mapping[str, object]) -> None:
        known = {one.name for one in fields(Behaviour)}
        self.behaviour = replace(self.behaviour, **{name: changes[name] for name in known & set(changes)})  # type: ignore[arg-type]


class Call(asyncio.Protocol):
    """One connection: HTTP/1.1 with keep-alive."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
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
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
            self._route(method, target, rest[:length].decode())

    def _route(self, method: str, target: str, body: str) -> None:
        match method, urlsplit(target).path:
            case "GET", "/accepted":
                self._write(200, [vars(text) for text in self._ledger.accepted])
            case "GET", "/count":
                self._write(200, {"accepted": len(self._ledger.accepted), "answers": self._ledger.answers})
            case "POST", "/behave":
                self._ledger.behave(json.loads(body))
                self._write(200, {})
            case _ if self._ledger.behaviour.down:
                self._ledger.answers["down"] += 1
                self._transport.abort()
            case "GET", _:
                self._list(target)
            case _:
                self._text(dict(parse_qsl(body)))

    def _list(self, target: str) -> None:
        self._ledger.answers["list"] += 1
        to = parse_qs(urlsplit(target).query).get("To", [""])[0]
        messages = [message(text) for text in self._ledger.listed(to)]
        self._write(
            200,
            {
                "messages": messages,
                "first_page_uri": target,
                "next_page_uri": None,
                "previous_page_uri": None,
                "page": 0,
                "page_size": 100,
                "start": 0,
                "end": max(0, len(messages) - 1),
                "uri": target,
            },
        )

    def _text(self, params: dict[str, str]) -> None:
        fate = self._ledger.draw()
        self._ledger.answers[fate] += 1
        if fate == "closed":
            self._transport.abort()
        elif fate == "too_many":
            self._later(429, refusal(20429, 429))
        elif fate == "server_error":
            if self._ledger.die.random() < 0.5:
                self._ledger.take(params)
            self._later(500, refusal(20500, 500))
        elif fate == "dropped":
            self._ledger.take(params)
            asyncio.get_running_loop().call_later(
                self._ledger.behaviour.answer_seconds, self._transport.abort
            )
        else:
            self._later(201, message(self._ledger.take(params)))

    def _later(self, status: int, document: object) -> None:
        asyncio.get_running_loop().call_later(
            self._ledger.behaviour.answer_seconds, self._write, status, document
        )

    def _write(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        head = (
            f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        if not self._transport.is_closing():
            self._transport.write(head.encode() + body)


def refusal(code: int, status: int) -> dict[str, object]:
    return {"code": code, "message": "Refused for now", "more_info": "", "status": status}


def message(text: Accepted) -> dict[str, object]:
    """The resource as Twilio describes it, so far as our client reads it."""
    return {
        "sid": text.sid,
        "status": "queued",
        "to": text.to,
        "from": text.sender,
        "messaging_service_sid": None,
        "body": text.body,
        "direction": "outbound-api",
        "date_created": text.made,
        "date_sent": None,
        "date_updated": text.made,
        "error_code": None,
        "error_message": None,
    }


async def report(text: Accepted, address: str, token: str) -> None:
    """Say 'sent' to the clinic, signed as Twilio signs; lost when nobody answers there."""
    params = {"MessageSid": text.sid, "MessageStatus": "sent", "To": text.to, "From": text.sender}
    said = address + "".join(f"{name}{params[name]}" for name in sorted(params))
    signature = base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()
    where, body = urlsplit(address), urlencode(params)
    request = (
        f"POST {where.path}?{where.query} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: {signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    await asyncio.sleep(0.1)
    try:
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(request.encode())
        await asyncio.wait_for(reader.read(200), 10)
        writer.close()
    except (OSError, TimeoutError):
        return


async def serve(port: int, settings: dict[str, object]) -> None:
    """Answer until terminated."""
    clock = settings.pop("clock", "")
    origin = cast(float, settings.pop("clock_origin", 0.0))
    ledger = Ledger(parse_clock(str(clock), origin) if clock else SystemClock(), Behaviour())
    ledger.behave(settings)
    ledger.die.seed(ledger.behaviour.seed)
    server = await asyncio.get_running_loop().create_server(lambda: Call(ledger), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}))
