"""Whose turn it is: requests by address, runs of pages by session, and those of strangers in small numbers."""

import asyncio

from console.gate.limits import PATIENCE, Pace

# Of an address's requests. A run takes some 6 ms of the one processor that all share, and many at once hold up the
# rest: what strangers start, two runs for each sign-in, goes one after the other and never holds up those who work.
STRANGERS_EACH, STRANGERS_IN_ALL = 1 / 30, 1 / 15
STRANGERS_BURST = 1.0
RUNS_EACH = 10.0  # a second for one session, in all of its pages
MESSAGES = 10.0  # a second on one socket; a hand on a page sends two or three
EVERYBODY = "everybody"


class Turns:
    """`rate`: requests a second for one address; 0 for no limit at all."""

    def __init__(self, rate: float) -> None:
        self._requests = Pace(rate)
        self._strangers = Pace(rate * STRANGERS_EACH, STRANGERS_BURST)
        self._all_strangers = Pace(rate * STRANGERS_IN_ALL, STRANGERS_BURST)
        self._sessions = Pace(RUNS_EACH if rate else 0)

    async def request(self, address: str, cost: float) -> bool:
        """Wait until an address may ask for this; False where that would be too long."""
        return await _turn(self._requests, address, cost)

    async def run(self, address: str, session_id: str) -> None:
        """Wait until a page may run, for as long as that takes: the message was taken, and is not lost."""
        if session_id:
            return await _in_time(self._sessions, session_id)
        await _in_time(self._strangers, address)
        await _in_time(self._all_strangers, EVERYBODY)


async def message(pace: Pace) -> None:
    """Wait until a socket may send another one."""
    await _in_time(pace, EVERYBODY)


async def _in_time(pace: Pace, key: str) -> None:
    while not await _turn(pace, key, 1.0):
        await asyncio.sleep(PATIENCE)


async def _turn(pace: Pace, key: str, cost: float) -> bool:
    seconds = pace.wait(key, cost, asyncio.get_running_loop().time())
    if seconds:
        await asyncio.sleep(seconds)
    return seconds is not None
