"""APScheduler with its own job store, as its documentation has it: one process that plans and sends.

It has no way to be woken by another process, so the orders come to the worker itself; that favours it. Many at once
are written in one transaction into the store's own table, since it has no call for that.
"""

import os
import pickle
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from sqlalchemy import create_engine, event

from bench.peers import threaded_sender
from bench.peers.orders import SLOTS, Text, obey

SEND = "bench.peers.threaded_sender:send"


def _store() -> SQLAlchemyJobStore:
    engine = create_engine(os.environ["PEER_STORE"])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _durable)
    return SQLAlchemyJobStore(engine=engine)


def _durable(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _row(scheduler: BackgroundScheduler, text: Text) -> dict[str, Any]:
    due = datetime.fromtimestamp(text.due_at, UTC)
    job = Job(
        scheduler,
        id=uuid.uuid4().hex,
        name="send",
        func=SEND,
        args=(text.number, text.body),
        kwargs={},
        trigger=DateTrigger(due, UTC),
        executor="default",
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
        next_run_time=due,
    )
    state = pickle.dumps(job.__getstate__(), pickle.HIGHEST_PROTOCOL)
    return {"id": job.id, "next_run_time": text.due_at, "job_state": state}


def main() -> None:
    """Send what is due and obey orders until they end."""
    store = _store()
    scheduler = BackgroundScheduler(
        jobstores={"default": store},
        executors={"default": ThreadPoolExecutor(SLOTS)},
        job_defaults={"misfire_grace_time": None, "coalesce": True},
        timezone=UTC,
    )
    scheduler.start()

    def plan(texts: Sequence[Text]) -> None:
        with store.engine.begin() as connection:
            connection.execute(store.jobs_t.insert(), [_row(scheduler, text) for text in texts])
        scheduler.wakeup()

    def plan_now(text: Text) -> None:
        scheduler.add_job(threaded_sender.send, args=(text.number, text.body))

    obey(plan, plan_now)
    scheduler.shutdown(wait=False)


if __name__ == "__main__":
    main()
