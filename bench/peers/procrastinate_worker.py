"""Procrastinate on PostgreSQL: `work` sends and rescues what a dead worker held, `plan` takes orders."""

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector

from bench.peers import asyncio_sender
from bench.peers.orders import SLOTS, Text, obey

POLL_SECONDS = 0.1
HEARTBEAT_SECONDS = 1.0
STALLED_SECONDS = 3.0
BATCH = 1000


async def _rescue(app: App) -> None:
    """The documented way: nothing takes a dead worker's jobs over unless somebody asks for them."""
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            await app.job_manager.retry_job(job)


async def work() -> None:
    """Send until ended."""
    app = App(connector=PsycopgConnector(conninfo=os.environ["PEER_STORE"], min_size=8, max_size=20))
    app.task(name="send")(asyncio_sender.send)
    async with app.open_async():
        rescuing = asyncio.create_task(_rescue(app))
        await app.run_worker_async(
            concurrency=SLOTS,
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS * 10,
            delete_jobs="successful",
        )
        rescuing.cancel()


def take_orders() -> None:
    """Make the schema where there is none, then obey orders until they end."""
    app = App(connector=SyncPsycopgConnector(conninfo=os.environ["PEER_STORE"], min_size=1, max_size=2))
    send = app.task(name="send")(asyncio_sender.send)
    with app.open():
        app.schema_manager.apply_schema()

        def plan(texts: Sequence[Text]) -> None:
            jobs = [
                send.configure(schedule_at=datetime.fromtimestamp(text.due_at, UTC)).make_new_job(
                    number=text.number, body=text.body
                )
                for text in texts
            ]
            for start in range(0, len(jobs), BATCH):
                app.job_manager.batch_defer_jobs(jobs[start : start + BATCH])

        def plan_now(text: Text) -> None:
            send.defer(number=text.number, body=text.body)

        obey(plan, plan_now)


if __name__ == "__main__":
    if sys.argv[1] == "work":
        asyncio.run(work())
    else:
        take_orders()
