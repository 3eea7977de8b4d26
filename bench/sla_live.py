"""60 consoles on the SLA monitor with 500 open leads, on one process: from commit to the message and to the screen.

    python -m bench.sla_live [--open 500] [--clients 60] [--rate 1] [--seconds 20]

A manager gives leads to somebody else, `rate` a second, through the product's own action; noted is when each row said
whose it is by then: on the socket of every console, and on one real screen where there is a Chromium.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from bench import stage
from bench.clocks_10k import Bench
from bench.console_live import COOKIE, Watcher, cookies, memory_mb, process_seconds, wait_for
from bench.inbox_live import let_in
from bench.screen import Screen, open_screen, wall
from core.app import App
from core.domain.ids import reference
from core.domain.roles import Actor
from core.flows.leads import staff_action
from core.reads import sla_clocks
from core.staff.tables import staff
from tests.factories import actor

NEW_OWNER = "Maya Torres"
ON_SCREEN = 50  # leads at most whose rows stand on the screen without a click
# Notes the wall time at which each row first names its new owner.
WATCH = """() => {
  window.seen = {};
  const roots = [...document.querySelectorAll("*")].map((node) => node.shadowRoot);
  const inside = roots.find((root) => root?.querySelector("a.row"));
  const look = () => {
    for (const owner of inside.querySelectorAll("a.row .owner-name[title='NEW_OWNER']")) {
      const ref = new URL(owner.closest("a.row").href).searchParams.get("lead");
      if (!(ref in window.seen)) window.seen[ref] = Date.now();
    }
  };
  new MutationObserver(look).observe(inside, { subtree: true, childList: true, attributes: true });
}""".replace("NEW_OWNER", NEW_OWNER)


def turn_of_row(row: dict[str, Any]) -> str:
    """The lead whose row names its new owner, by reference."""
    return str(row["ref"]) if row.get("owner") == NEW_OWNER else ""


class Leads:
    """What is given to somebody else, one after another."""

    def __init__(self, app: App) -> None:
        self._app = app
        with app.db.read() as session:
            self._manager: Actor = actor(session, "manager")
            self._to = str(session.execute(select(staff.c.id).where(staff.c.name == NEW_OWNER)).scalar_one())
            shown = {one.number: one.lead_id for one in sla_clocks.clocks(session, self._manager)}
        self.ids = list(shown.items())[:ON_SCREEN]

    def give(self, turn: int) -> tuple[str, float]:
        """One more; its reference, and when it was committed."""
        number, lead_id = self.ids[turn]
        app, now = self._app, self._app.clock.now()
        with app.db.write() as session:
            staff_action.reassign(session, app.settings, self._manager, lead_id, self._to, now=now)
        return reference(number), time.perf_counter()

    async def drive(self, rate: float, seconds: float) -> dict[str, float]:
        """Give them at that rate: when each was committed."""
        committed, began = dict[str, float](), time.perf_counter()
        for turn in range(min(int(rate * seconds), len(self.ids))):
            ref, at = await asyncio.to_thread(self.give, turn)
            committed[ref] = at
            await asyncio.sleep(max(0.0, began + (turn + 1) / rate - time.perf_counter()))
        await asyncio.sleep(1)
        return committed


async def measure(app: App, pid: int, port: int, options: argparse.Namespace) -> None:
    """Print what one run gave."""
    watchers = [Watcher("sla", turn_of_row) for _ in range(options.clients)]
    tokens = await asyncio.to_thread(cookies, app, options.clients + 1)
    tasks = [
        asyncio.create_task(one.follow(port, token)) for one, token in zip(watchers, tokens[1:], strict=True)
    ]
    await asyncio.gather(*(one.ready.wait() for one in watchers))
    page = f"http://127.0.0.1:{port}/sla"
    async with open_screen(page, COOKIE, tokens[0], row="a.row", watch=WATCH) as screen:
        await asyncio.sleep(2)
        before, began = process_seconds(pid), time.perf_counter()
        committed = await Leads(app).drive(options.rate, options.seconds)
        cpu = (process_seconds(pid) - before) / (time.perf_counter() - began)
        on_screen = await _on_screen(screen, committed)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    spans = [
        (at - committed[ref]) * 1000
        for one in watchers
        for ref, at in one.arrived.items()
        if ref in committed
    ]
    size = sum(one.size for one in watchers) / len(watchers) / len(committed) / 1000
    print(
        f"{len(watchers)} consoles on the SLA monitor, {options.open} open leads, {len(committed)} changes: commit to "
        f"message {_words(spans)}, {len(spans)} of {len(committed) * len(watchers)} arrived; commit to screen "
        f"{_words(on_screen)}, {len(on_screen)} of {len(committed)}; console CPU {cpu:.0%} of a core, "
        f"{memory_mb(pid):.0f} MB, {size:.1f} kB a change and console"
    )


async def _on_screen(screen: Screen | None, committed: dict[str, float]) -> list[float]:
    """Milliseconds from each commit to the screen; the browser's clock is the wall's."""
    offset = wall() - time.perf_counter()
    seen = await screen.seen() if screen else {}
    return [(at - offset - committed[ref]) * 1000 for ref, at in seen.items() if ref in committed]


def _words(spans: Iterable[float]) -> str:
    found = sorted(spans)
    if not found:
        return "nothing"
    return f"p50 {statistics.median(found):.0f}, p95 {stage.percentile(found, 0.95):.0f}, worst {found[-1]:.0f} ms"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--open", type=int, default=500)
    parser.add_argument("--clients", type=int, default=60)
    parser.add_argument("--rate", type=float, default=1.0, help="changes a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    with stage.home() as folder:
        env = stage.settings_env(folder, stage.free_port(), LUXE_CONSOLE_TOPICS="200")
        app = stage.app_in(env)
        Bench(app, random.Random(7)).open_leads(options.open)
        let_in(app)
        port = int(env["LUXE_CONSOLE_PORT"])
        with stage.process("console", env=env, log=folder / "console.log") as console:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            asyncio.run(measure(app, console.pid, port, options))
        app.db.engine.dispose()


if __name__ == "__main__":
    main()
