"""A real server on a port of its own: what comes too slowly, too large or too often is ended, everybody else served."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
import websockets

from core.domain.addresses import networks
from core.serving.crowd import Crowd
from core.serving.guarded import Limits, guarded
from tests.awaiting import result_of

QUICK = Limits(head_bytes=4_000, request_seconds=0.2)
PATIENT = Limits(head_bytes=4_000, request_seconds=30)
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
Talk = Callable[[int], Awaitable[Any]]


async def answers(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body and says its length; a socket is taken and kept until the other side ends it."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        return
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    text = str(size).encode()
    headers = [(b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def serve(talk: Talk, limits: Limits = PATIENT, crowd: Crowd | None = None) -> Any:
    """What `talk(port)` gives while the server runs."""

    async def run() -> Any:
        config = uvicorn.Config(
            answers,
            port=0,
            http=guarded(Crowd(0, 100, ()) if crowd is None else crowd, limits),
            lifespan="off",
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server._serve())
        while not server.started:
            await asyncio.sleep(0)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            async with asyncio.timeout(30):
                return await talk(port)
        finally:
            server.should_exit = True
            await running

    return result_of(run())


async def ask(port: int, *parts: bytes) -> bytes:
    """All that comes back until the server ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def test_half_a_request_is_ended() -> None:
    """Finding 18: half-sent requests were held for as long as their sender liked."""
    assert serve(lambda port: ask(port, HEAD), QUICK) == b""
    assert serve(lambda port: ask(port), QUICK) == b""


def test_half_a_body_is_ended() -> None:
    start = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"
    assert serve(lambda port: ask(port, start), QUICK) == b""


def test_a_second_request_that_stays_half_is_ended_too() -> None:
    """One whole request must not open the door for ever."""
    answer = serve(lambda port: ask(port, HEAD + b"\r\n", HEAD), QUICK)
    assert answer.count(b"200 OK") == 1


def test_a_head_that_does_not_end_is_refused() -> None:
    """Finding 7: headers had no limit, 300 MB on one socket."""
    whole = HEAD + b"X: " + b"a" * 5_000 + b"\r\n\r\n"
    assert b"431" in serve(lambda port: ask(port, whole))
    assert b"431" in serve(lambda port: ask(port, HEAD, b"X: " + b"a" * 5_000))
    assert b"431" in serve(lambda port: ask(port, b"GET /" + b"a" * 5_000))


def test_a_large_body_and_many_requests_on_one_connection_are_no_large_head() -> None:
    many = HEAD + b"X: " + b"a" * 1_500 + b"\r\n\r\n"
    last = (
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n" + b"b" * 100_000
    )
    answer = serve(lambda port: ask(port, many, many, many, many, last))
    assert answer.count(b"200 OK") == 5
    assert answer.endswith(b"100000")


def test_one_address_holds_no_more_than_its_share_and_gets_it_back() -> None:
    places = Crowd(2, 100, ())

    async def crowd(port: int) -> tuple[bytes, bytes]:
        first = await asyncio.open_connection("127.0.0.1", port)
        second = await asyncio.open_connection("127.0.0.1", port)
        for _, writer in (first, second):
            writer.write(HEAD)
        refused = await ask(port, HEAD + b"\r\n")
        first[1].write(b"\r\n")
        await first[0].readuntil(b"200 OK")
        for _, writer in (first, second):
            writer.close()
            await writer.wait_closed()
        while len(places):
            await asyncio.sleep(0)
        return refused, await ask(port, HEAD + b"Connection: close\r\n\r\n")

    refused, served = serve(crowd, crowd=places)
    assert refused == b""
    assert b"200 OK" in served


def test_a_proxy_is_not_counted() -> None:
    async def three(port: int) -> bytes:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        answer = await ask(port, HEAD + b"Connection: close\r\n\r\n")
        for _, writer in held:
            writer.close()
        return answer

    assert b"200 OK" in serve(three, crowd=Crowd(1, 100, networks("127.0.0.1")))


def test_a_socket_stays_open_and_is_counted_until_it_ends() -> None:
    """The limits are of a request: what became a socket has no end of its own, and still is a connection."""
    places = Crowd(2, 100, ())

    async def socket(port: int) -> bytes:
        async with websockets.connect(f"ws://127.0.0.1:{port}/") as held:
            # Begun later than the socket: when its time is over, the socket's would be too.
            assert await ask(port, HEAD) == b""
            await (await held.ping())
            other = await asyncio.open_connection("127.0.0.1", port)
            refused = await ask(port, HEAD + b"\r\n")
            other[1].close()
        while len(places):
            await asyncio.sleep(0)
        return refused

    assert serve(socket, QUICK, places) == b""
