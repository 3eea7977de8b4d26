"""Huey on SQLite or Redis: `work` sends, `plan` takes orders. Its scheduler looks once a second, which is its least."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from huey import RedisHuey, SqliteHuey

from bench.peers import threaded_sender
from bench.peers.orders import SLOTS, Text, obey


def build() -> RedisHuey | SqliteHuey:
    """The queue that PEER_STORE names: a Redis address or the path of a file."""
    store = os.environ["PEER_STORE"]
    if store.startswith("redis://"):
        # redis-py's pool holds 100 connections: enough for 64 workers, and told so that it stays enough.
        return RedisHuey("bench", results=False, url=f"{store}?max_connections=400")
    return SqliteHuey("bench", results=False, filename=store, fsync=True, timeout=30)


def main() -> None:
    """Run the consumer, or obey orders until they end."""
    huey = build()
    send = huey.task(name="send")(threaded_sender.send)
    if sys.argv[1] == "work":
        huey.create_consumer(workers=SLOTS, worker_type="thread", max_delay=0.1, scheduler_interval=1).run()
        return

    def plan(texts: Sequence[Text]) -> None:
        for text in texts:
            send.schedule(args=(text.number, text.body), eta=datetime.fromtimestamp(text.due_at, UTC))

    def plan_now(text: Text) -> None:
        send(text.number, text.body)

    obey(plan, plan_now)


if __name__ == "__main__":
    main()
