"""The scheduler process: takes the lease, sends what is due, ticks the periodic jobs, stops cleanly."""

import ctypes
import gc
import os
import signal
import socket
import sys
import threading
from contextlib import suppress

import structlog
from sqlalchemy.exc import OperationalError

from core.app import App, build_app
from core.audit.store import run_as
from core.db.lease import lease_for
from core.domain.errors import SettingsError
from core.domain.ids import new_id
from core.flows.sending import confirming_database, reconciling
from core.flows.upkeep import heartbeat
from core.flows.upkeep.job_trail import JobTrail
from core.logs import configure_logs
from core.private_files import begin_privately, close_to_others
from core.settings import load_settings
from scheduler import jobs
from scheduler.dispatcher import Dispatcher
from scheduler.emailer import Emailer
from scheduler.notifier import Notifier
from scheduler.pacing import TokenBucket, sender_rate
from scheduler.webhook_caller import WebhookCaller

log = structlog.get_logger(__name__)
EXIT_SETTINGS = 78
DATABASE_SILENT = "LUXE_DATABASE_URL: the database does not answer; start it, or check the address"
LEASE_RETRY_SECONDS = 0.25
# A text that is due must not wait 5 ms, Python's default, for a thread that is busy with the database.
THREAD_TURN_SECONDS = 0.0005
M_ARENA_MAX, HEAPS = -8, 2  # of the C library


def main() -> int:
    """Run until SIGTERM or Ctrl-C; the exit code."""
    share_heaps()
    begin_privately()
    configure_logs("scheduler")
    run_as("scheduler")  # in the trail, where nobody is signed in
    sys.setswitchinterval(THREAD_TURN_SECONDS)
    try:
        settings = load_settings()
        close_to_others(settings)
        app = build_app(settings)
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return EXIT_SETTINGS
    except OperationalError:
        print(DATABASE_SILENT, file=sys.stderr)  # noqa: T201
        return 1
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return run(app, stopping)


def share_heaps() -> None:
    """Each of our twenty threads would get a heap of its own, and keep what it once needed from all others."""
    with suppress(AttributeError, OSError):  # of a system whose C library has no such thing
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)


def keep_what_is_loaded() -> None:
    """What was loaded stays: a full collection that walks it would hold up every text for 100 ms."""
    gc.collect()
    gc.freeze()


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
    following = app.follow()
    bucket = TokenBucket(sender_rate(app.settings, app.reference))
    dispatcher = Dispatcher(app, owner, lease, bucket)
    heartbeat.beat(app, owner, started_at=started_at, now=app.clock.now())
    trail = JobTrail(app)
    keep_what_is_loaded()
    ticker = jobs.start(app, jobs.periodic_jobs(app, owner, lease, bucket, started_at, trail))
    log.info("scheduler_started", owner=owner, slots=app.settings.slots, rate=bucket.limit)
    worker = threading.Thread(target=dispatcher.run, name="dispatcher")
    beside = (Emailer(app, owner, lease), Notifier(app, owner, lease), WebhookCaller(app, owner, lease))
    threads = [threading.Thread(target=one.run, name=type(one).__name__.lower()) for one in beside]
    worker.start()
    for thread in threads:
        thread.start()
    while worker.is_alive() and not stopping.wait(0.5):
        lease.acquire()  # a lost session is opened again; claims wait until it is
    died = not worker.is_alive()
    dispatcher.stop()
    for one in beside:
        one.stop()
    for thread in (worker, *threads):
        thread.join()
    ticker.shutdown(wait=True)
    following.stop()
    trail.flush(now=app.clock.now(), everything=True)
    heartbeat.goodbye(app, owner, now=app.clock.now())
    lease.release()
    log.info("scheduler_stopped", owner=owner, died=died)
    return int(died)
