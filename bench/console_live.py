"""60 open consoles on one console process: CPU, and time from commit to the message in the browser.

    python -m bench.console_live [--clients 60] [--rate 1] [--seconds 20] [--patients 0]

Starts a console on a database of its own, signs 60 people in, follows the queue and the Now block on 60 sockets as a
browser does, and changes one lead `rate` times a second. Beside them one Chromium shows the queue, where there is one.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import bcrypt
import websockets
from sqlalchemy import insert, select, update

from bench.screen import open_screen, wall
from core.app import App, build_app
from core.db.schema import metadata
from core.db.sealing import sealed_rows
from core.flows.access import sign_in
from core.flows.access.sign_in import SignedIn
from core.flows.intake import accept_submission
from core.leads.store import leads as store_leads
from core.reads import lead_queue
from core.settings import load_settings
from core.staff.tables import staff
from tests.factories import actor, add_rules, add_staff
from tests.factories import submission as form

PASSWORD = "made-up-words-1"
OPEN_LEADS = 300
AREAS = (512, 407, 212)  # 100 made-up numbers in each
COOKIE = "luxe_session"


@dataclass(frozen=True)
class Figures:
    """What one run gave. Times in milliseconds, CPU as a share of one core."""

    clients: int
    changes: int
    cpu: float
    p50: float
    p95: float
    worst: float
    screen_p95: float | None
    read_ms: float
    rss_mb: float
    kb_per_change: float

    def line(self) -> str:
        screen = "no Chromium to look at" if self.screen_p95 is None else f"p95 {self.screen_p95:.0f} ms"
        return (
            f"{self.clients} consoles, {self.changes} changes: console CPU {self.cpu:.0%} of a core, "
            f"commit to message p50 {self.p50:.0f} ms, p95 {self.p95:.0f} ms, worst {self.worst:.0f} ms; "
            f"commit to screen {screen}; queue read {self.read_ms:.1f} ms; "
            f"{self.kb_per_change:.1f} kB a change and console; console memory {self.rss_mb:.0f} MB"
        )


def prepare(home: Path, port: int) -> App:
    """A database with colleagues and OPEN_LEADS open leads."""
    app = build_app(load_settings(home=home, console_port=port, database_url="", _env_file=None))
    metadata.create_all(app.db.engine)
    now = app.clock.now()
    with app.db.write() as session:
        add_staff(session, now - timedelta(days=30))
        add_rules(session, now - timedelta(days=30))
        made = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        session.execute(update(staff).values(password_hash=made))
        for number in range(OPEN_LEADS):
            at = now - timedelta(minutes=number % 90)
            sent = form(
                external_id=f"bench-{number}",
                phone=f"+1512555{number % 100 + 100:04d}"
                if number < 100
                else f"+1407555{number % 100 + 100:04d}",
                email=f"p{number}@example.com",
                last_name=f"Reyes{number}",
                submitted_at=at,
            )
            accept_submission.accept(session, app.reference, app.settings, sent, raw_payload_id=None, now=at)
    return app


def enlarge(app: App, patients: int) -> None:
    """Add closed patients around, so that the queue's read has something to pick from."""
    from core.patients.tables import patients as table

    now = app.clock.now()
    with app.db.write() as session:
        one = session.execute(select(table).limit(1)).mappings().one()
        for start in range(0, patients, 2000):
            rows = [
                {
                    **one,
                    "id": f"bench-{start + n}",
                    "phone_index": None,
                    "email_index": None,
                    "created_at": now,
                }
                for n in range(min(2000, patients - start))
            ]
            session.execute(insert(table), sealed_rows(session, table, rows))


@asynccontextmanager
async def running(home: Path, port: int) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A console process until the block ends."""
    env = os.environ | {"LUXE_HOME": str(home), "LUXE_CONSOLE_PORT": str(port)}
    env.pop("LUXE_DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "console"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await asyncio.to_thread(wait_for, f"http://127.0.0.1:{port}/_stcore/health")
        yield process
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


def wait_for(address: str) -> None:
    """Until somebody answers there. Raises URLError when nobody does within a minute."""
    for turn in range(240):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            if turn == 239:
                raise
            time.sleep(0.25)


def cookies(app: App, how_many: int) -> list[str]:
    """Sign in that often, as different browsers do."""
    tokens = []
    for _ in range(how_many):
        who = sign_in.sign_in(app, "frontdesk", PASSWORD, now=app.clock.now())
        assert isinstance(who, SignedIn)
        token = sign_in.redeem(app, who.ticket, app.clock.now())
        assert token
        tokens.append(token)
    return tokens


class Watcher:
    """One open console: when each change of `topic` reached it, and how many bytes came.

    `turn` says of a row which change it shows, '' for none.
    """

    def __init__(self, topic: str, turn: Callable[[dict[str, Any]], str]) -> None:
        self._topic = topic
        self._turn = turn
        self.arrived: dict[str, float] = {}
        self.size = 0
        self.ready = asyncio.Event()

    async def follow(self, port: int, token: str) -> None:
        address, cookie = f"ws://127.0.0.1:{port}/live", {"Cookie": f"{COOKIE}={token}"}
        async with websockets.connect(
            address, additional_headers=cookie, compression=None, max_size=2**24
        ) as wire:
            await wire.send(json.dumps({"follow": [self._topic, "now"]}))
            async for text in wire:
                self._note(str(text), time.perf_counter())

    def _note(self, text: str, at: float) -> None:
        message = json.loads(text)
        if message.get("topic") != self._topic:
            return
        if message["kind"] == "all":
            self.ready.set()
            return
        self.size += len(text)
        for row in message["rows"]:
            if turn := self._turn(row):
                self.arrived.setdefault(turn, at)


def turn_of_row(row: dict[str, Any]) -> str:
    """In the queue: the last word of the note that `change` wrote."""
    return str(row.get("last", {}).get("words", "")).rpartition(" ")[2]


def process_seconds(pid: int) -> float:
    """CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def change(app: App, lead_id: str, turn: int) -> float:
    """Something happened to a lead; when it was committed."""
    now = app.clock.now()
    with app.db.write() as session:
        store_leads.show_last_event(session, lead_id, "replied", "patient", f"turn {turn}", now)
    return time.perf_counter()


def timed_read(app: App) -> float:
    """Milliseconds of one reading of the queue, the best of five."""
    spans = []
    for _ in range(5):
        with app.db.read() as session:
            who = actor(session, "frontdesk")
            start = time.perf_counter()
            lead_queue.read(session, who)
            spans.append((time.perf_counter() - start) * 1000)
    return min(spans)


async def measure(clients: int, rate: float, seconds: float, patients: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        app = await asyncio.to_thread(prepare, Path(folder), port)
        if patients:
            await asyncio.to_thread(enlarge, app, patients)
        async with running(Path(folder), port) as process:
            return await _run(app, process.pid, port, clients, rate, seconds)


async def drive(app: App, pid: int, rate: float, seconds: float) -> tuple[dict[str, float], float, float]:
    """Change leads at that rate: when each change was committed, the console's CPU share, wall minus counter."""
    with app.db.read() as session:
        shown = [row.id for row in lead_queue.read(session, actor(session, "frontdesk")).rows[:50]]
    await asyncio.sleep(2)
    committed: dict[str, float] = {}
    before, began = process_seconds(pid), time.perf_counter()
    for turn in range(int(rate * seconds)):
        committed[str(turn)] = await asyncio.to_thread(change, app, shown[turn % len(shown)], turn)
        await asyncio.sleep(max(0.0, began + (turn + 1) / rate - time.perf_counter()))
    await asyncio.sleep(0.5)
    cpu = (process_seconds(pid) - before) / (time.perf_counter() - began)
    return committed, cpu, wall() - time.perf_counter()


async def _run(app: App, pid: int, port: int, clients: int, rate: float, seconds: float) -> Figures:
    watchers = [Watcher("queue", turn_of_row) for _ in range(clients)]
    tokens = await asyncio.to_thread(cookies, app, clients)
    following = [
        asyncio.create_task(one.follow(port, token)) for one, token in zip(watchers, tokens, strict=True)
    ]
    await asyncio.gather(*(one.ready.wait() for one in watchers))
    token = (await asyncio.to_thread(cookies, app, 1))[0]
    async with open_screen(f"http://127.0.0.1:{port}", COOKIE, token) as screen:
        committed, cpu, offset = await drive(app, pid, rate, seconds)
        seen = await screen.seen() if screen else {}
    on_screen = sorted(
        (at - offset - committed[turn]) * 1000 for turn, at in seen.items() if turn in committed
    )
    spans = sorted(
        (one.arrived[turn] - at) * 1000
        for one in watchers
        for turn, at in committed.items()
        if turn in one.arrived
    )
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    return Figures(
        clients=clients,
        changes=len(committed),
        cpu=cpu,
        p50=statistics.median(spans),
        p95=spans[int(len(spans) * 0.95)],
        worst=spans[-1],
        screen_p95=on_screen[int(len(on_screen) * 0.95)] if on_screen else None,
        read_ms=timed_read(app),
        rss_mb=memory_mb(pid),
        kb_per_change=sum(one.size for one in watchers) / clients / max(1, len(committed)) / 1000,
    )


def main(arguments: list[str] | None = None) -> Figures:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=60)
    parser.add_argument("--rate", type=float, default=1.0, help="changes a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--patients", type=int, default=0, help="patients without an open lead, added around")
    options = parser.parse_args(arguments)
    figures = asyncio.run(measure(options.clients, options.rate, options.seconds, options.patients))
    print(figures.line())
    return figures


if __name__ == "__main__":
    main()
