"""Celery on Redis with late acknowledgement: `work` sends, `plan` takes orders.

PEER_VISIBILITY is the broker's visibility timeout in seconds: a task that nobody acknowledged is given out again
after it. It has to be short for a killed worker's texts to come back soon, and long for what is due much later.
"""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from celery import Celery

from bench.peers import threaded_sender
from bench.peers.orders import SLOTS, Text, obey


def build() -> Celery:
    """The application; its tasks are known by name to both sides."""
    app = Celery("bench", broker=os.environ["PEER_STORE"])
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=4,
        broker_transport_options={
            "visibility_timeout": float(os.environ["PEER_VISIBILITY"]),
            # Left alone, it looks for what a dead worker held at every tenth chance only.
            "unacked_restore_throttle": 1,
        },
        broker_connection_retry_on_startup=True,
        enable_utc=True,
    )
    return app


def main() -> None:
    """Run the worker, or obey orders until they end."""
    app = build()
    send = app.task(name="send")(threaded_sender.send)
    if sys.argv[1] == "work":
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]
        app.worker_main(["worker", "--pool=threads", f"--concurrency={SLOTS}", *quiet])
        return
    with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:

        def plan(texts: Sequence[Text]) -> None:
            for text in texts:
                eta = datetime.fromtimestamp(text.due_at, UTC)
                send.apply_async((text.number, text.body), eta=eta, producer=producer)

        def plan_now(text: Text) -> None:
            send.apply_async((text.number, text.body), producer=producer)

        obey(plan, plan_now)


if __name__ == "__main__":
    main()
