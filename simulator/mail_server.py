"""A mail server on loopback that keeps what it is given and delivers nothing (RFC 5321, as much as a client needs)."""

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from core.domain.clock import Clock
from simulator.faults import EmailFault, EmailFaultKind, Faults
from simulator.outbox import Outbox

LONGEST_LINE = 1 << 20
LONGEST_EMAIL = 10 << 20
PATH = re.compile(r"(?:FROM|TO):\s*<([^<>]*)>", re.IGNORECASE)
REPLIES = {
    EmailFaultKind.BOUNCE: "550 5.1.1 No such mailbox here",
    EmailFaultKind.DEFER: "451 4.7.1 Please come again later",
    EmailFaultKind.REFUSE: "554 5.7.1 Not wanted here",
}


class _Hangup(Exception):
    """The line is to be cut."""


@dataclass
class _Session:
    reader: StreamReader
    writer: StreamWriter
    sender: str = ""
    to: list[str] = field(default_factory=list)
    fault: EmailFault | None = None

    def met(self, kind: EmailFaultKind) -> bool:
        return self.fault is not None and self.fault.kind is kind

    async def say(self, reply: str) -> None:
        self.writer.write(f"{reply}\r\n".encode())
        await self.writer.drain()

    def forget(self) -> None:
        self.sender, self.to, self.fault = "", [], None


class MailServer:
    """`note` is told (address, reply) of every email that was offered."""

    def __init__(
        self, outbox: Outbox, faults: Faults, clock: Clock, note: Callable[[str, str], None]
    ) -> None:
        self._outbox = outbox
        self._faults = faults
        self._clock = clock
        self._note = note
        self._server: asyncio.Server | None = None
        self._verbs: dict[str, Callable[[_Session, str], Awaitable[None]]] = {
            "EHLO": self._hello,
            "HELO": self._hello,
            "MAIL": self._mail,
            "RCPT": self._recipient,
            "DATA": self._data,
            "RSET": self._reset,
            "NOOP": self._nothing,
            "QUIT": self._quit,
        }

    async def open(self, host: str, port: int) -> None:
        """Raises OSError where the port is taken."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=LONGEST_LINE)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        session = _Session(reader, writer)
        with suppress(_Hangup, ConnectionError, ValueError, asyncio.IncompleteReadError):
            await session.say("220 simulator, nothing is delivered")
            while line := await reader.readline():
                verb, _, rest = line.decode(errors="replace").strip().partition(" ")
                await self._verbs.get(verb.upper(), self._unknown)(session, rest)
        with suppress(ConnectionError):
            writer.close()

    async def _hello(self, session: _Session, _rest: str) -> None:
        await session.say("250-simulator\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")

    async def _mail(self, session: _Session, rest: str) -> None:
        session.forget()
        path = PATH.match(rest)
        session.sender = path[1] if path else ""
        await session.say("250 2.1.0 OK" if path else "501 5.1.7 Whose email is this?")

    async def _recipient(self, session: _Session, rest: str) -> None:
        path = PATH.match(rest)
        if path is None or not session.sender:
            await session.say("503 5.5.1 MAIL comes first")
            return
        session.fault = self._faults.take_for_email(path[1])
        if session.met(EmailFaultKind.BOUNCE) or session.met(EmailFaultKind.DEFER):
            await self._refuse(session, path[1])
            return
        session.to.append(path[1])
        await session.say("250 2.1.5 OK")

    async def _data(self, session: _Session, _rest: str) -> None:
        if not session.to:
            await session.say("503 5.5.1 RCPT comes first")
            return
        if session.met(EmailFaultKind.CLOSED):
            raise _Hangup
        await session.say("354 Go ahead")
        raw = await _content(session.reader)
        if session.met(EmailFaultKind.SLOW) and session.fault:
            await asyncio.sleep(session.fault.ms / 1000)
        if session.met(EmailFaultKind.REFUSE):
            await self._refuse(session, session.to[0])
            return
        await self._take(session, raw)

    async def _take(self, session: _Session, raw: bytes) -> None:
        try:
            for to in session.to:
                self._outbox.add(self._clock.now(), session.sender, to, raw)
                self._note(to, "250")
        except OSError:
            await session.say("452 4.3.1 No room left")
            return
        if session.met(EmailFaultKind.DROP):
            raise _Hangup
        session.forget()
        await session.say("250 2.0.0 Kept")

    async def _refuse(self, session: _Session, to: str) -> None:
        reply = REPLIES[session.fault.kind] if session.fault else "451"
        self._note(to, reply[:3])
        await session.say(reply)

    async def _reset(self, session: _Session, _rest: str) -> None:
        session.forget()
        await session.say("250 2.0.0 OK")

    async def _nothing(self, session: _Session, _rest: str) -> None:
        await session.say("250 2.0.0 OK")

    async def _quit(self, session: _Session, _rest: str) -> None:
        await session.say("221 2.0.0 Bye")
        raise _Hangup

    async def _unknown(self, session: _Session, _rest: str) -> None:
        await session.say("502 5.5.2 Not known here")


async def _content(reader: StreamReader) -> bytes:
    """Up to the line with a dot alone, the dots that were doubled made single."""
    lines: list[bytes] = []
    size = 0
    while (line := await reader.readuntil(b"\n")) != b".\r\n":
        size += len(line)
        if size > LONGEST_EMAIL:
            raise _Hangup
        lines.append(line[1:] if line.startswith(b".") else line)
    return b"".join(lines)
