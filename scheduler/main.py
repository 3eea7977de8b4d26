"""The scheduler process: takes the lease, sends what is due, ticks the periodic jobs, stops cleanly."""

import os
import signal
import socket
import sys
import threading

import structlog

from core.app import App, build_app
from core.db.lease import lease_for
from core.domain.errors import SettingsError
from core.domain.ids import new_id
from core.flows.sending import confirming_database, reconciling
from core.flows.upkeep import heartbeat
from core.logs import configure_logs
from core.settings import load_settings
from scheduler import jobs
from scheduler.dispatcher import Dispatcher
from scheduler.pacing import TokenBucket, sender_rate

log = structlog.get_logger(__name__)
EXIT_SETTINGS = 78
LEASE_RETRY_SECONDS = 0.25
# A text that is due must not wait 5 ms, Python's default, for a thread that is busy with the database.
THREAD_TURN_SECONDS = 0.0005


def main() -> int:
    """Run until SIGTERM or Ctrl-C; the exit code."""
    configure_logs("scheduler")
    sys.setswitchinterval(THREAD_TURN_SECONDS)
    try:
        app = build_app(load_settings())
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return EXIT_SETTINGS
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return run(app, stopping)


def run(app: App, stopping: threading.Event) -> int:
    """Send until `stopping` is set; returns when nothing is in flight."""
    started_at = app.clock.now()
    owner = f"{socket.gethostname()[:20]}:{os.getpid()}:{new_id(started_at)[-8:]}"
    lease = lease_for(app.db, owner)
    if not lease.acquire():
        log.info("waiting_for_lease", owner=owner)
    while not lease.acquire():
        if stopping.wait(LEASE_RETRY_SECONDS):
            return 0
    confirming_database.check(app, now=app.clock.now())
    reconciling.wait_anew(app, now=app.clock.now(), seen=False)
    jobs.take_over_dead(app, owner, lease, app.clock.now())
    bucket = TokenBucket(sender_rate(app.settings, app.reference))
    dispatcher = Dispatcher(app, owner, lease, bucket)
    heartbeat.beat(app, owner, started_at=started_at, now=app.clock.now())
    ticker = jobs.start(app, jobs.periodic_jobs(app, owner, lease, bucket, started_at))
    log.info("scheduler_started", owner=owner, slots=app.settings.slots, rate=bucket.limit)
    worker = threading.Thread(target=dispatcher.run, name="dispatcher")
    worker.start()
    while worker.is_alive() and not stopping.wait(0.5):
        lease.acquire()  # a lost session is opened again; claims wait until it is
    died = not worker.is_alive()
    dispatcher.stop()
    worker.join()
    ticker.shutdown(wait=True)
    heartbeat.goodbye(app, owner, now=app.clock.now())
    lease.release()
    log.info("scheduler_stopped", owner=owner, died=died)
    return int(died)
