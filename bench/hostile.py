"""Thousands of hostile connections for a minute, and how everybody else fares: memory and answer times.

    python -m bench.hostile                                            # a console of its own
    python -m bench.hostile --console-port 8501 --gateway-port 8000    # what runs already on this machine

Half-sent requests, headers without end, bodies that are too large and sockets from another site, in equal parts, from
one address of the loopback network, and on the console a hundred sign-in pages that run without end. From another
address a visitor asks for a page, and on the console runs the sign-in. Only to this machine, bounded in number and
time, each connection in what it sends and how long it holds. `--source 127.0.0.1` attacks as if through a proxy on
this machine, whose visitors no accept can tell apart.
"""

import argparse
import asyncio
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench import stage
from bench.visited import HERE, NOT_SERVED, PROTOCOL, Seen, Target, fetch, listener, sign_in_page, visit
from core.db.migrate import migrate

FILES = 12_000  # of ours, of which hostile connections take at most
OPEN_AT_ONCE = 8_000
HOLD_SECONDS = 40.0
PIECE = b"x" * 65_536
PIECES = 32  # 2 MB of a header or a body, where anybody takes so much
CALM_SECONDS = 10.0
BUSY_PAGES = 100


Send = Callable[[asyncio.StreamWriter, Target], Awaitable[None]]


async def half(writer: asyncio.StreamWriter, target: Target) -> None:
    writer.write(f"GET {target.page} HTTP/1.1\r\nHost: x\r\nX-Slow: ".encode())


async def big_header(writer: asyncio.StreamWriter, target: Target) -> None:
    writer.write(f"GET {target.page} HTTP/1.1\r\nHost: x\r\nX-Big: ".encode())
    await pieces(writer)


async def big_body(writer: asyncio.StreamWriter, target: Target) -> None:
    head = f"POST {target.form} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: 300000000\r\n\r\n".encode())
    await pieces(writer)


async def foreign_socket(writer: asyncio.StreamWriter, _target: Target) -> None:
    writer.write(
        b"GET /_stcore/stream HTTP/1.1\r\nHost: x\r\nOrigin: https://elsewhere.example.com\r\n"
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )


async def pieces(writer: asyncio.StreamWriter) -> None:
    for _ in range(PIECES):
        writer.write(PIECE)
        await writer.drain()


async def busy_page(port: int, source: str, end: float) -> None:
    """A sign-in page that asks to be run anew, a hundred times a second."""
    address = f"ws://{HERE}:{port}/_stcore/stream"
    again = BackMsg(rerun_script=ClientState()).SerializeToString()
    with suppress(*NOT_SERVED):  # the server may end it, which is what it is for
        async with connect(address, subprotocols=[PROTOCOL], local_addr=(source, 0), max_size=None) as page:
            listening = asyncio.create_task(deaf(page))
            while time.monotonic() < end:
                await asyncio.wait_for(page.send(again), 5)
                await asyncio.sleep(0.01)
            listening.cancel()


async def deaf(page: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for _ in page:
            pass


KINDS: tuple[Send, ...] = (half, big_header, big_body, foreign_socket)


async def attack(target: Target, number: int, source: str, room: asyncio.Semaphore, seen: Seen) -> None:
    """One hostile connection: send, then hold it until the server ends it."""
    kind = KINDS[number % len(KINDS)]
    async with room:
        try:
            reader, writer = await asyncio.open_connection(HERE, target.port, local_addr=(source, 0))
        except OSError:
            seen.ended["not let in"] += 1
            return
        how = "ended by the server"
        try:
            async with asyncio.timeout(HOLD_SECONDS):
                await kind(writer, target)
                while await reader.read(65_536):
                    pass
        except TimeoutError:
            how = f"held for {HOLD_SECONDS:.0f} s"
        except OSError:
            pass  # reset while we wrote: an end by the server as well
        except asyncio.CancelledError:  # the minute is over: `flood` waits for this to be counted
            how = "still open at the end"
        seen.ended[f"{kind.__name__}, {how}"] += 1
        writer.transport.abort()


async def sample(target: Target, found: list[float]) -> None:
    while True:
        found.append(target.megabytes)
        await asyncio.sleep(0.5)


async def flood(target: Target, count: int, seconds: float, source: str, seen: Seen) -> None:
    """`count` hostile connections, spread evenly over `seconds`."""
    room, under_way = asyncio.Semaphore(OPEN_AT_ONCE), set[asyncio.Task[None]]()
    began = time.monotonic()
    for number in range(count):
        task = asyncio.create_task(attack(target, number, source, room, seen))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        await asyncio.sleep(max(0.0, began + (number + 1) * seconds / count - time.monotonic()))
    for task in list(under_way):
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


async def measure(target: Target, count: int, seconds: float, source: str) -> bool:
    """Print how it was before, during and after; whether every visitor was served."""
    calm, storm, memory = Seen(), Seen(), list[float]()
    await visit(target, calm, CALM_SECONDS)
    before = target.megabytes
    sampling = asyncio.create_task(sample(target, memory))
    began = time.monotonic()
    end = began + seconds
    busy = [
        busy_page(target.port, source, end) for _ in range(BUSY_PAGES if target.visit is sign_in_page else 0)
    ]
    await asyncio.gather(flood(target, count, seconds, source, storm), visit(target, storm, seconds), *busy)
    took = time.monotonic() - began
    await asyncio.sleep(CALM_SECONDS)
    sampling.cancel()
    print(f"{target.name}: {count:,} hostile connections in {took:.0f} s from {source}")
    print(f"  visitor before   {calm.words()}")
    print(f"  visitor during   {storm.words()}")
    print(
        f"  memory           {before:.0f} MB before, {max(memory):.0f} MB at most, {target.megabytes:.0f} MB after"
    )
    for what, number in sorted(storm.ended.items()):
        print(f"  {number:6,} {what}")
    sys.stdout.flush()
    return bool(storm.seconds) and not storm.failed


def console(port: int) -> Target:
    return Target("console", port, listener(port), "/", "/session", sign_in_page)


def gateway(port: int) -> Target:
    return Target("gateway", port, listener(port), "/f/lead-capture", "/f/lead-capture", fetch)


@contextmanager
def own_console() -> Iterator[int]:
    """A console on an empty database; its port."""
    with stage.home() as folder:
        env = stage.settings_env(folder, stage.free_port())
        app = stage.app_in(env)
        migrate(app.db)
        port = int(env["LUXE_CONSOLE_PORT"])
        with stage.process("console", env=env, log=folder / "console.log"):
            stage.wait_until(
                "the console answers", lambda: stage.answers(f"http://{HERE}:{port}/_stcore/health")
            )
            yield port


def more_files() -> None:
    """As many as this needs and the system lets us have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main() -> int:
    """0 where every visitor was served."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--console-port", type=int, default=0)
    parser.add_argument("--gateway-port", type=int, default=0)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--source", default="127.0.0.2", help="an address of the loopback network")
    asked = parser.parse_args()
    more_files()

    def run(target: Target) -> bool:
        return asyncio.run(measure(target, asked.connections, asked.seconds, asked.source))

    targets = [console(asked.console_port)] if asked.console_port else []
    targets += [gateway(asked.gateway_port)] if asked.gateway_port else []
    if targets:
        served = [run(target) for target in targets]
        return int(not all(served))
    with own_console() as port:
        return int(not run(console(port)))


if __name__ == "__main__":
    sys.exit(main())
