"""The periodic jobs: name, period in real seconds, flow. APScheduler only ticks them; it holds no texts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from core.app import App
from core.db.lease import Lease
from core.db.trouble import trouble
from core.domain.clock import real_time
from core.flows.analytics import digest, rolling_up
from core.flows.clocks import sweeping
from core.flows.conversation import missed_messages
from core.flows.sending import breaking, confirming_database, performing, reconciling, rescuing
from core.flows.upkeep import anchoring, heartbeat, retention
from scheduler import deadman
from scheduler.clock_watch import ClockWatch
from scheduler.pacing import TokenBucket
from scheduler.sender import machine_seconds

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """A flow that is run every `seconds` of real time; `at_once` also as soon as the scheduler has started."""

    name: str
    seconds: float
    run: Callable[[datetime], object]
    at_once: bool = False


def periodic_jobs(app: App, owner: str, lease: Lease, bucket: TokenBucket, started_at: datetime) -> list[Job]:
    """Everything that one scheduler does besides sending."""
    watch = ClockWatch(app.clock)
    watch.was_set(started_at, machine_seconds())
    return [
        Job("heartbeat", 5, lambda now: heartbeat.beat(app, owner, started_at=started_at, now=now)),
        Job("identity", 5, lambda now: confirming_database.check(app, now=now)),
        Job("breakers", 2, lambda now: breaking.look(app, now=now)),
        Job("look_up", 1, lambda now: look_up(app, watch, now)),
        Job("sweep", 2, lambda now: sweeping.sweep(app, now=now)),
        Job("fetch_pictures", 5, lambda now: performing.fetch_pictures(app, now=now)),
        Job("deadman", deadman.SECONDS, lambda now: deadman.ping(app, now=now)),
        Job("missed_messages", 180, lambda now: missed_messages.catch_up(app, now=now), at_once=True),
        Job("rolling_up", 900, lambda now: rolling_up.roll_up(app, now=now), at_once=True),
        Job("retention", 600, lambda now: retention.forget(app, now=now)),
        Job("anchor", 3600, lambda now: anchoring.anchor(app, now=now), at_once=True),
        Job("digest", 60, lambda now: digest.plan_digest(app, now=now)),
        Job("finish_sequences", 3600, lambda now: sweeping.finish_sequences(app, now=now)),
        *(_beside_others(app, owner, lease, bucket) if not app.db.is_sqlite else []),
    ]


def _beside_others(app: App, owner: str, lease: Lease, bucket: TokenBucket) -> list[Job]:
    """Only where several schedulers may work at once."""

    def share_the_pace(now: datetime) -> None:
        bucket.sharers = max(1, heartbeat.living(app, now=now))

    return [
        Job("take_over", 0.5, lambda now: take_over_dead(app, owner, lease, now)),
        Job("share_the_pace", 5, share_the_pace, at_once=True),
    ]


def look_up(app: App, watch: ClockWatch, now: datetime) -> None:
    """Ask about doubts that are due. A clock that was set has ended no grace period."""
    if watch.was_set(now, machine_seconds()):
        reconciling.wait_anew(app, now=now, seen=True)
    reconciling.look_up(app, now=now)


def take_over_dead(app: App, owner: str, lease: Lease, now: datetime) -> int:
    """Find schedulers that died with texts in flight, and look after those; how many."""
    others = rescuing.other_owners(app, owner)
    if not others:
        return 0
    return sum(rescuing.take_over(app, gone, now=now) for gone in lease.dead(others))


def start(app: App, jobs: list[Job]) -> BackgroundScheduler:
    """Tick the jobs; a late tick is skipped, never repeated."""
    ticker = BackgroundScheduler(timezone="UTC")
    for job in jobs:
        ticker.add_job(
            _guarded(app, job),
            "interval",
            seconds=job.seconds,
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            **({"next_run_time": datetime.fromtimestamp(real_time(), UTC)} if job.at_once else {}),
        )
    ticker.start()
    return ticker


def _guarded(app: App, job: Job) -> Callable[[], None]:
    def tick() -> None:
        try:
            job.run(app.clock.now())
        except SQLAlchemyError as error:
            log.warning("job_failed", job=job.name, why=trouble(error), error=type(error).__name__)

    return tick
