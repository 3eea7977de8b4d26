"""The periodic jobs: name, period in real seconds, flow. APScheduler only ticks them; it holds no texts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from core.app import App
from core.db.lease import Lease
from core.db.trouble import trouble
from core.domain.clock import real_time
from core.domain.errors import SettingsError
from core.flows.analytics import counting_reach, digest, rolling_up
from core.flows.booking import feeds_in
from core.flows.clocks import opening_again, sweeping
from core.flows.conversation import missed_messages, received_files
from core.flows.experiments import judging
from core.flows.intake import finding_namesakes
from core.flows.leads import draining
from core.flows.sending import (
    breaking,
    confirming_database,
    emailing,
    notifying,
    reconciling,
    rescuing,
)
from core.flows.sequences import ending, waking
from core.flows.staff import handing_over, own_day
from core.flows.upkeep import anchoring, heartbeat, key_copies, retention, strays, watching
from core.flows.upkeep.job_trail import JobTrail
from core.flows.upkeep.sealing_values import Sealing
from core.flows.webhooks import delivering
from scheduler import deadman
from scheduler.clock_watch import ClockWatch
from scheduler.nightly_backup import NightlyBackup
from scheduler.pacing import TokenBucket
from scheduler.sender import machine_seconds

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """A flow that is run every `seconds` of real time; `at_once` also as soon as the scheduler has started."""

    name: str
    seconds: float
    run: Callable[[datetime], Any]
    at_once: bool = False


# Jobs that act on what belongs to patients, or on the clinic's own rows: what they changed is told in the audit trail.
# They return how many records that was.
TOLD = frozenset(
    {
        "look_up", "sweep", "received_files", "missed_messages", "rolling_up", "namesakes", "retention", "seal_values",
        "digest", "experiments", "waiting_leads", "finish_sequences", "ended_groups", "wake_quiet", "take_over",
        "opening_again", "hand_overs", "calendar_feeds", "own_days",
    }
)  # fmt: skip
# The others change nothing of the kind, or say in words of their own what they did.
NOT_TOLD = frozenset(
    {
        "heartbeat", "identity", "breakers", "deadman", "anchor", "backup", "key_copies", "stray_keys", "job_trail",
        "share_the_pace", "watch", "sequence_reach",
    }
)  # fmt: skip


def periodic_jobs(
    app: App, owner: str, lease: Lease, bucket: TokenBucket, started_at: datetime, trail: JobTrail
) -> list[Job]:
    """Everything that one scheduler does besides sending."""
    every = _every_job(app, owner, lease, bucket, started_at)
    telling = [_told(job, trail) if job.name in TOLD else job for job in every]
    return [*telling, Job("job_trail", 60, lambda now: trail.flush(now=now))]


def _told(job: Job, trail: JobTrail) -> Job:
    def run(now: datetime) -> None:
        trail.note(job.name, job.run(now), now=now)

    return replace(job, run=run)


def _every_job(app: App, owner: str, lease: Lease, bucket: TokenBucket, started_at: datetime) -> list[Job]:
    watch = ClockWatch(app.clock)
    watch.was_set(started_at, machine_seconds())
    return [
        Job("heartbeat", 5, lambda now: heartbeat.beat(app, owner, started_at=started_at, now=now)),
        Job("identity", 5, lambda now: confirming_database.check(app, now=now)),
        Job("breakers", 2, lambda now: breaking.look(app, now=now)),
        Job("look_up", 1, lambda now: look_up(app, watch, now)),
        Job("opening_again", 5, lambda now: opening_again.give_due_times(app, now=now)),
        Job("waiting_leads", 1, lambda now: draining.drain(app, now=now)),
        Job("sweep", 0.5, lambda now: sweeping.sweep(app, now=now)),
        Job("received_files", 5, lambda now: received_files.sweep(app, now=now)),
        Job("deadman", deadman.SECONDS, lambda now: deadman.ping(app, now=now)),
        Job("missed_messages", 180, lambda now: missed_messages.catch_up(app, now=now), at_once=True),
        Job("rolling_up", 900, lambda now: rolling_up.roll_up(app, now=now), at_once=True),
        Job("sequence_reach", 120, lambda now: counting_reach.count_reach(app, now=now), at_once=True),
        Job("namesakes", 60, lambda now: finding_namesakes.find(app, now=now), at_once=True),
        Job("calendar_feeds", 60, lambda now: feeds_in.poll(app, now=now)),
        Job("retention", 600, lambda now: retention.forget(app, now=now)),
        Job("seal_values", 1, Sealing(app).go_on),
        Job("anchor", 3600, lambda now: anchoring.anchor(app, now=now), at_once=True),
        Job("backup", 60, NightlyBackup(app).tick),
        Job("key_copies", 3600, lambda _now: key_copies.mend(app), at_once=True),
        Job("stray_keys", 3600, lambda now: strays.forget_due(app, now=now)),
        Job("digest", 60, lambda now: digest.plan_digest(app, now=now)),
        Job("own_days", 60, lambda now: own_day.plan_own_days(app, now=now)),
        Job("hand_overs", 30, lambda now: handing_over.make_missing(app, now=now)),
        Job("ended_groups", 5, lambda now: ending.cancel_the_rest(app, now=now)),
        Job("wake_quiet", 3600, lambda now: waking.wake_quiet(app, now=now)),
        Job("experiments", 3600, lambda now: judging.judge(app, now=now), at_once=True),
        Job("watch", watching.SECONDS, lambda now: watching.look(app, now=now)),
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


def look_up(app: App, watch: ClockWatch, now: datetime) -> int:
    """Ask about doubts that are due. A clock that was set has ended no grace period."""
    if watch.was_set(now, machine_seconds()):
        reconciling.wait_anew(app, now=now, seen=True)
    return reconciling.look_up(app, now=now)


def take_over_dead(app: App, owner: str, lease: Lease, now: datetime) -> int:
    """Find schedulers that died with anything in flight, and look after those; how many."""
    others = rescuing.other_owners(app, owner)
    if not others:
        return 0
    return sum(
        rescuing.take_over(app, gone, now=now)
        + emailing.take_over(app, gone, now=now)
        + notifying.take_over(app, gone, now=now)
        + delivering.take_over(app, gone, now=now)
        for gone in lease.dead(others)
    )


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
        except SettingsError as error:
            heartbeat.leave(error)

    return tick
