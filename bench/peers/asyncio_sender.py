"""What engines on asyncio call for each text: one aiohttp session, as wide as there are slots."""

import os

import aiohttp

from bench.peers.orders import ACCOUNT, SLOTS, TOKEN, address, form

_sessions: list[aiohttp.ClientSession] = []


def _session() -> aiohttp.ClientSession:
    """Made by the first text: a session belongs to the loop that runs at that moment."""
    if not _sessions:
        connector = aiohttp.TCPConnector(limit=SLOTS)
        auth = aiohttp.BasicAuth(ACCOUNT, TOKEN)
        timeout = aiohttp.ClientTimeout(total=10)
        _sessions.append(aiohttp.ClientSession(connector=connector, auth=auth, timeout=timeout))
    return _sessions[0]


async def send(number: str, body: str) -> None:
    """Post one text. Raises RuntimeError where it was not accepted, aiohttp's ClientError where nobody answered."""
    async with _session().post(address(os.environ["PEER_API"]), data=form(number, body)) as answer:
        await answer.read()
        if answer.status != 201:
            raise RuntimeError(f"answered {answer.status}")
