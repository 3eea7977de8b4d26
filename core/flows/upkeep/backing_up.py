"""When the nightly backup is due, and who hears where it is missing. Making it is work for a process of its own
(`luxe backup`)."""

from datetime import datetime, timedelta

from core.app import App
from core.audit import store as audit
from core.domain.hours import at
from core.flows.sending.alerts import tell_each
from core.operations import store as operations
from core.operations.rules import backup_is_late
from core.staff.store.people import admins

TRIED = "backup_tried"
TEMPLATE = "staff_backup"
HOUR_SECONDS = 3600
DAY = timedelta(days=1)
AGAIN = timedelta(hours=1)  # after one that failed


def take_turn(app: App, *, now: datetime) -> bool:
    """Whether to make a backup now: at most one scheduler of all is told so, and not twice within an hour."""
    if not app.settings.backup_to:
        return False
    with app.db.read() as session:
        if not _is_due(app, operations.reached(session, operations.BACKUP), now):
            return False
    with app.db.write() as session:
        return operations.take_turn(session, TRIED, now, unless_since=now - AGAIN)


def _is_due(app: App, made: datetime | None, now: datetime) -> bool:
    return made is None or made < _last_time(app, now)


def _last_time(app: App, now: datetime) -> datetime:
    """The last moment at which the clinic's wall clock showed the time of backups."""
    zone, wall = app.settings.zone, app.settings.backup_at
    today = at(now.astimezone(zone).date(), wall, zone)
    return today if today <= now else at(now.astimezone(zone).date() - DAY, wall, zone)


def made(app: App, *, now: datetime) -> None:
    """A good one is there; `now` is when it was begun."""
    with app.db.write() as session:
        operations.reach(session, operations.BACKUP, now)


def failed(app: App, *, now: datetime) -> None:
    """A try has ended without one."""
    with app.db.write() as session:
        operations.reach(session, operations.BACKUP_FAILED, now)
        audit.note(session, action="backup_failed", now=now)


def tell(app: App, *, now: datetime) -> bool:
    """Tell admins by day that backups are missing: once, again each few days, and anew after a good one.

    Where none of them can be told it waits until one can. Whether they were told now.
    """
    if not app.settings.backup_to:
        return False
    with app.db.read() as session:
        standing, people = operations.backups(session), admins(session)
    if not (standing.are_to_be_told(now, app.settings.zone) and any(one.can_be_told for one in people)):
        return False
    with app.db.write() as session:
        if not operations.take_turn(
            session, operations.BACKUP_TOLD, now, unless_since=standing.told_before(now)
        ):
            return False
        tell_each(session, app.settings, people, TEMPLATE, HOUR_SECONDS, now=now)
    return True


def trouble(app: App, *, now: datetime) -> str:
    """What is wrong with the nightly backups, in words; '' where nothing is, or none are wanted."""
    if not app.settings.backup_to:
        return ""
    with app.db.read() as session:
        last = operations.reached(session, operations.BACKUP)
    if last is None:
        return "no backup was made yet"
    return f"the last good backup is of {last:%Y-%m-%d %H:%M} UTC" if backup_is_late(last, now) else ""
