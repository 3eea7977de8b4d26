"""20 consoles in the inbox and 40 in the queue on one process, with 20,000 conversations: from commit to the message.

    python -m bench.inbox_live [--patients 20000] [--inbox 20] [--queue 40] [--rate 1] [--seconds 20]

Patients write through the product's own story, `rate` a second; noted is when each text stood in a row of the inbox
that a console received.
"""

import argparse
import asyncio
import statistics
import time
from typing import Any

import bcrypt
from sqlalchemy import select, update

from bench import stage
from bench.console_live import PASSWORD, Watcher, cookies, memory_mb, process_seconds, wait_for
from core.app import App
from core.flows.conversation import receive_text
from core.leads.tables import leads
from core.staff.tables import staff


def turn_of_row(row: dict[str, Any]) -> str:
    """The number of the text that a row shows, as `write` has it."""
    words = str((row.get("line") or {}).get("words", ""))
    return words.removeprefix("turn ") if words.startswith("turn ") else ""


def write(app: App, phone: str, turn: int) -> float:
    """A patient writes; when it was committed."""
    said = {"MessageSid": f"SMbench{turn}", "From": phone, "Body": f"turn {turn}"}
    receive_text.receive(app, said, now=app.clock.now())
    return time.perf_counter()


def phones(app: App) -> list[str]:
    with app.db.read() as session:
        found = session.execute(
            select(leads.c.phone).where(leads.c.phone.is_not(None)).order_by(leads.c.number.desc()).limit(200)
        )
        return list(dict.fromkeys(found.scalars()))[:50]


def let_in(app: App) -> None:
    """Everybody of the demo signs in with the password that `cookies` types."""
    with app.db.write() as session:
        made = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        session.execute(update(staff).values(password_hash=made))


async def measure(app: App, pid: int, port: int, options: argparse.Namespace) -> None:
    watchers = [Watcher("inbox", turn_of_row) for _ in range(options.inbox)]
    others = [Watcher("queue", turn_of_row) for _ in range(options.queue)]
    tokens = await asyncio.to_thread(cookies, app, len(watchers) + len(others))
    all_ = [*watchers, *others]
    tasks = [asyncio.create_task(one.follow(port, t)) for one, t in zip(all_, tokens, strict=True)]
    await asyncio.gather(*(one.ready.wait() for one in all_))
    await asyncio.sleep(2)
    who, committed = phones(app), dict[str, float]()
    before, began = process_seconds(pid), time.perf_counter()
    for turn in range(int(options.rate * options.seconds)):
        committed[str(turn)] = await asyncio.to_thread(write, app, who[turn % len(who)], turn)
        await asyncio.sleep(max(0.0, began + (turn + 1) / options.rate - time.perf_counter()))
    await asyncio.sleep(1)
    cpu = (process_seconds(pid) - before) / (time.perf_counter() - began)
    spans = sorted(
        (at - committed[turn]) * 1000
        for one in watchers
        for turn, at in one.arrived.items()
        if turn in committed
    )
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    size = sum(one.size for one in watchers) / max(1, len(watchers)) / max(1, len(committed)) / 1000
    print(
        f"{len(watchers)} consoles in the inbox, {len(others)} in the queue, {len(committed)} texts: commit to message "
        f"p50 {statistics.median(spans):.0f} ms, p95 {stage.percentile(spans, 0.95):.0f} ms, worst {spans[-1]:.0f} ms, "
        f"{len(spans)} of {len(committed) * len(watchers)} arrived; console CPU {cpu:.0%} of a core, "
        f"{memory_mb(pid):.0f} MB, {size:.1f} kB a text and console"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--inbox", type=int, default=20)
    parser.add_argument("--queue", type=int, default=40)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    with stage.home() as folder:
        env = stage.settings_env(folder, stage.free_port(), LUXE_CONSOLE_TOPICS="200")
        stage.history(env, options.patients)
        app = stage.app_in(env)
        let_in(app)
        port = int(env["LUXE_CONSOLE_PORT"])
        with stage.process("console", env=env, log=folder / "console.log") as console:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            asyncio.run(measure(app, console.pid, port, options))


if __name__ == "__main__":
    main()
