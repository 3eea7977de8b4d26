"""What a call costs: our HTTP client beside the official one, synchronous and asynchronous, and aiohttp.

`python -m bench.clients [--slots 64 200]`: 4,000 texts each against a provider that answers in 60 ms, in turn, three
rounds; calls a second and CPU in ms a call, the clients' own process only.
"""

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

import aiohttp
import uvloop
from requests.adapters import HTTPAdapter
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bench import stage
from core.adapters.twilio import TwilioSms
from core.domain.ports import OutgoingText
from core.settings import Settings

CALLS, LATENCY_MS, ROUNDS = 4000, 60, 3
ACCOUNT, TOKEN, SENDER = "AC" + "5" * 32, "simulator-token", "+15125550100"
CALLBACK = "http://127.0.0.1:8000/twilio/status"
Send = Callable[[int], Coroutine[Any, Any, object]]


def number(turn: int) -> str:
    return f"+1212555{100 + turn % 100:04d}"


async def _all(send: Send, slots: int) -> None:
    turns = iter(range(CALLS))

    async def worker() -> None:
        for turn in turns:
            await send(turn)

    await asyncio.gather(*(worker() for _ in range(slots)))


async def ours(port: int, slots: int) -> None:
    """The product's adapter."""
    sms = TwilioSms(Settings(_env_file=None, twilio_api_url=f"http://127.0.0.1:{port}"))
    await _all(lambda turn: sms.send(OutgoingText("id", 1, number(turn), f"Hello {turn}")), slots)
    await sms.aclose()


async def plain_aiohttp(port: int, slots: int) -> None:
    """aiohttp by itself."""
    url = f"http://127.0.0.1:{port}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    headers = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN)}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=slots), headers=headers) as session:

        async def send(turn: int) -> None:
            form = {"To": number(turn), "From": SENDER, "Body": f"Hello {turn}", "StatusCallback": CALLBACK}
            async with session.post(url, data=form) as answer:
                await answer.json()

        await _all(send, slots)


async def official_async(port: int, slots: int) -> None:
    """The official client over its own aiohttp transport, its pool as wide as the slots."""
    transport = AsyncTwilioHttpClient()
    transport.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=slots))
    client = Client(ACCOUNT, TOKEN, http_client=transport)
    client.api.base_url = f"http://127.0.0.1:{port}"

    async def send(turn: int) -> object:
        return await client.messages.create_async(
            to=number(turn), from_=SENDER, body=f"Hello {turn}", status_callback=CALLBACK
        )

    await _all(send, slots)
    await transport.close()


def official(port: int, slots: int) -> None:
    """The official client in threads, its pool as wide as the slots."""
    transport = TwilioHttpClient(timeout=10)
    transport.session.mount("http://", HTTPAdapter(pool_maxsize=slots, pool_block=True))
    client = Client(ACCOUNT, TOKEN, http_client=transport)
    client.api.base_url = f"http://127.0.0.1:{port}"

    def send(turn: int) -> None:
        client.messages.create(to=number(turn), from_=SENDER, body=f"Hello {turn}", status_callback=CALLBACK)

    with ThreadPoolExecutor(slots) as pool:
        list(pool.map(send, range(CALLS)))


CLIENTS = {
    "ours": ours,
    "aiohttp": plain_aiohttp,
    "official, asynchronous": official_async,
    "official": official,
}


def run_one(name: str, port: int, slots: int) -> None:
    """In a process of its own: print calls a second and CPU in ms a call."""
    client: Any = CLIENTS[name]
    cpu, began = time.process_time(), time.monotonic()
    if name == "official":
        client(port, slots)
    else:
        uvloop.run(client(port, slots))
    seconds = time.monotonic() - began
    print(CALLS / seconds, (time.process_time() - cpu) / CALLS * 1000)


def main() -> None:
    """Print a line for each client and number of slots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, nargs="*", default=[64, 200])
    parser.add_argument("--one", nargs=2, metavar=("CLIENT", "PORT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return run_one(options.one[0], int(options.one[1]), options.slots[0])
    port = stage.free_port()
    with (
        stage.home() as folder,
        stage.process("bench.provider", str(port), str(LATENCY_MS), env={}, log=folder / "log"),
    ):
        stage.wait_until("the provider", lambda: stage.answers(f"http://127.0.0.1:{port}/count"))
        for slots in options.slots:
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in CLIENTS}
            for _ in range(ROUNDS):
                for name, results in found.items():
                    results.append(_in_a_process(name, port, slots))
                    stage.forget(port)
            for name, results in found.items():
                rate, cpu = (median(values) for values in zip(*results, strict=True))
                bound = slots / LATENCY_MS * 1000
                print(f"{slots} slots, {name}: {rate:.0f} a second of {bound:.0f}, {cpu:.3f} ms", flush=True)
    return None


def _in_a_process(name: str, port: int, slots: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.clients", "--slots", str(slots), "--one", name, str(port)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.split()
    return float(said[0]), float(said[1])


if __name__ == "__main__":
    main()
