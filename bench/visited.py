"""A server of ours while bench.hostile floods it: its process, a visitor who asks for a page again and again."""

import asyncio
import os
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

HERE = "127.0.0.1"
VISITOR = "127.0.0.3"
PROTOCOL = Subprotocol("streamlit")
PATIENCE = 20.0  # a visitor's
NOT_SERVED = (OSError, WebSocketException)  # no connection, cut off, too late, another answer than a page


@dataclass
class Seen:
    """What a visitor met, and what became of the hostile connections."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    ended: Counter[str] = field(default_factory=Counter)

    def words(self) -> str:
        if not self.seconds:
            return f"nobody was served, {self.failed} failed"
        in_order = sorted(self.seconds)
        p95 = in_order[min(len(in_order) - 1, round(len(in_order) * 0.95))]
        return (
            f"{len(in_order)} served, {self.failed} not; median {statistics.median(in_order) * 1000:.0f} ms, "
            f"95 % {p95 * 1000:.0f} ms, worst {in_order[-1] * 1000:.0f} ms"
        )


@dataclass(frozen=True)
class Target:
    """A server of ours: where it listens, its process, what a visitor does there and where bodies are sent."""

    name: str
    port: int
    pid: int
    page: str
    form: str
    visit: Callable[["Target"], Awaitable[None]]

    @property
    def megabytes(self) -> float:
        """What the process holds in memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def fetch(target: Target) -> None:
    """One page, as a browser asks for it. Raises where it is not given."""
    reader, writer = await asyncio.open_connection(HERE, target.port, local_addr=(VISITOR, 0))
    try:
        writer.write(f"GET {target.page} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
    finally:
        writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(answer[:40])


async def sign_in_page(target: Target) -> None:
    """The shell, then a socket on which the sign-in's script runs to its end."""
    await fetch(target)
    address = f"ws://{HERE}:{target.port}/_stcore/stream"
    async with connect(address, subprotocols=[PROTOCOL], local_addr=(VISITOR, 0), max_size=None) as page:
        await page.send(BackMsg(rerun_script=ClientState()).SerializeToString())
        message = ForwardMsg()
        while message.WhichOneof("type") != "script_finished":
            received = await page.recv()
            message.ParseFromString(received if isinstance(received, bytes) else received.encode())


async def visit(target: Target, seen: Seen, seconds: float) -> None:
    """Ask again and again, each time once the last was answered."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                await target.visit(target)
            seen.seconds.append(time.monotonic() - began)
        except NOT_SERVED:
            seen.failed += 1
        await asyncio.sleep(0.25)


def listener(port: int) -> int:
    """The process that listens on a port of this machine. Raises LookupError where none of ours does."""
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    inodes = {
        f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port
    }
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # it has ended meanwhile, or is another user's
            if os.readlink(link) in inodes:
                return int(link.parts[2])
    raise LookupError(f"nothing listens on port {port}")
