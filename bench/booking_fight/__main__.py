"""200 people fight for 50 times for a minute, by the API and by their own pages, while gateways are killed.

    python -m bench.booking_fight [--seconds 60] [--people 200] [--postgres ADDRESS] [--blind] [--no-constraint]

`--blind`: the gateways don't see what is taken, so that the database alone stands between two patients in one slot.
`--no-constraint`: the database does not refuse either; the checks must then find what went wrong, and the exit code is
1 as for any fault. On PostgreSQL two gateways serve, on SQLite one.
"""

import argparse
import asyncio
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import httpx

from bench import stage
from bench.booking_fight import checks, clients, world
from bench.booking_fight.clients import Fight
from bench.crowd import numbers
from core.app import App
from core.db.migrate import migrate
from core.free_times import Wish

KILL_EVERY, START_SECONDS, LOOK_EVERY = 12.0, 60, 1.0
DAY = timedelta(days=1)
MOST_SHOWN = 10


class Gateway:
    """One gateway, killed and started again."""

    def __init__(self, env: dict[str, str], module: str, log: Path) -> None:
        self._env = {**env, "LUXE_GATEWAY_PORT": str(stage.free_port())}
        self._module, self._log, self._stack = module, log, ExitStack()
        self.address = f"http://127.0.0.1:{self._env['LUXE_GATEWAY_PORT']}"

    def start(self) -> None:
        self._process: subprocess.Popen[bytes] = self._stack.enter_context(
            stage.process(self._module, env=self._env, log=self._log)
        )
        stage.wait_until("gateway", lambda: stage.answers(f"{self.address}/healthz"), START_SECONDS)

    def kill(self) -> None:
        """Without a word, as a machine that loses its power."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._stack.close()

    def stop(self) -> None:
        self._stack.close()


class Trouble(threading.Thread):
    """Kills one gateway after the other, and looks each second whether two are in one slot."""

    def __init__(self, app: App, gateways: list[Gateway]) -> None:
        super().__init__(daemon=True)
        self._app, self._gateways, self.over = app, gateways, threading.Event()
        self.kills, self.looks, self.found = 0, 0, set[str]()

    def run(self) -> None:
        next_kill, dice = time.monotonic() + KILL_EVERY, Random(5)
        while not self.over.wait(LOOK_EVERY):
            self.found.update(checks.overlaps(self._app))
            self.looks += 1
            if time.monotonic() >= next_kill:
                one = dice.choice(self._gateways)
                one.kill()
                one.start()
                self.kills += 1
                next_kill = time.monotonic() + KILL_EVERY


async def fight_it_out(fight: Fight, codes: list[str], phones: list[str]) -> None:
    """Half of the people by the API, half by their pages, all at once."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with Browsers(limits, len(phones) + len(codes)) as https:
        by_api = [clients.by_api(fight, http, phone) for http, phone in zip(https, phones, strict=False)]
        rest = https[len(phones) :]
        by_page = [clients.by_page(fight, http, code) for http, code in zip(rest, codes, strict=True)]
        await asyncio.gather(*by_api, *by_page)


class Browsers:
    """As many as there are people, each with cookies of its own."""

    def __init__(self, limits: httpx.Limits, many: int) -> None:
        self._all = [httpx.AsyncClient(limits=limits, timeout=20) for _ in range(many)]

    async def __aenter__(self) -> list[httpx.AsyncClient]:
        return self._all

    async def __aexit__(self, *_: object) -> None:
        for one in self._all:
            await one.aclose()


def run(options: argparse.Namespace, url: str) -> list[str]:
    """One fight on an empty database; what was wrong."""
    with stage.home() as folder, stage.cleared(url):
        keys = f'{{"fight": "{world.KEY}"}}'
        env = stage.settings_env(folder, stage.free_port(), LUXE_DATABASE_URL=url, LUXE_API_KEYS=keys)
        app = stage.app_in(env)
        migrate(app.db)
        world.make(app)
        codes = world.people(app, options.people // 2)
        if options.no_constraint:
            world.take_the_constraint_away(app)
        module = "bench.booking_fight.blind_gateway" if options.blind else "gateway"
        gateways = [Gateway(env, module, folder / "log") for _ in range(1 if app.db.is_sqlite else 2)]
        try:
            return _fight(options, app, gateways, codes)
        finally:
            for one in gateways:
                one.stop()


def _fight(options: argparse.Namespace, app: App, gateways: list[Gateway], codes: list[str]) -> list[str]:
    for one in gateways:
        one.start()
    zone = app.settings.zone
    midnight = app.clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    fight = Fight(
        [one.address for one in gateways], midnight.date().isoformat(), time.monotonic() + options.seconds
    )
    trouble = Trouble(app, gateways)
    trouble.start()
    phones = numbers(options.people - len(codes), skip=10_000)
    asyncio.run(fight_it_out(fight, codes, phones))
    trouble.over.set()
    trouble.join()
    return _judge(app, fight, trouble, midnight)


def _judge(app: App, fight: Fight, trouble: Trouble, midnight: datetime) -> list[str]:
    wrong = [*trouble.found, *checks.overlaps(app), *checks.strays(app), *checks.lost(app, _sure(fight))]
    wrong += [f"{what}: {many} times" for what, many in fight.answers.items() if what.endswith(" 500")]
    time.sleep(world.HOLD_MINUTES * 60 + 1)  # what was held and left is nobody's by now
    with app.db.read() as session:
        app.in_use.catch_up(session)
    wish = Wish(app.reference.bookable.services[world.SERVICE], "downtown")
    free, booked = checks.free_and_booked(app, wish, midnight)
    if not fight.told and not fight.answers["confirm: 303"]:
        wrong.append("nobody booked anything: this shows nothing")
    if booked + free != world.SLOTS:
        wrong.append(f"{booked} booked and {free} free of {world.SLOTS}")
    _tell(app, fight, trouble, booked, free)
    return wrong


def _sure(fight: Fight) -> dict[str, str]:
    return {made: state for made, state in fight.told.items() if made not in fight.doubtful}


def _tell(app: App, fight: Fight, trouble: Trouble, booked: int, free: int) -> None:
    print(f"{'SQLite' if app.db.is_sqlite else 'PostgreSQL'}: {trouble.kills} kills, {trouble.looks} looks")
    by_page = fight.answers["confirm: 303"]
    print(f"  booked by the API {len(fight.told)}, by pages {by_page}")
    print(f"  in the end {booked} booked and {free} free of {world.SLOTS}")
    for what, many in sorted(fight.answers.items()):
        print(f"  {what}: {many}")
    for what, seconds in sorted(fight.seconds.items()):
        p50, p95 = (1000 * stage.percentile(seconds, share) for share in (0.5, 0.95))
        print(f"  {what}: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


def main() -> int:
    """Print what happened; 0 where nothing was wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--postgres", default="")
    parser.add_argument("--blind", action="store_true")
    parser.add_argument("--no-constraint", action="store_true")
    options = parser.parse_args()
    wrong = run(options, options.postgres)
    for sentence in wrong[:MOST_SHOWN]:
        print(f"WRONG: {sentence}")
    print(f"{len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
