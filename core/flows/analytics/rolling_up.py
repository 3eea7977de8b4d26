"""Each day's texts are counted into a few rows, so that a chart over months reads no text at all.

The last days are counted anew each time: statuses and opt-outs come late. Counting needs no lock, and what did not
change is not written.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.analytics import store_days as days
from core.analytics.store_days import Count
from core.app import App
from core.compliance import store as opt_outs
from core.domain.hours import at
from core.messaging.store import days as texts
from core.operations import store as operations

MARK = "rolling_up"
LATE_DAYS = 2  # how long after its day a text may still be delivered, fail, or be answered with a STOP
DAY = timedelta(days=1)


def roll_up(app: App, *, now: datetime) -> int:
    """Count the days that may have changed since last time, at first all there are; how many had."""
    zone = app.reference.clinic.zone
    today = now.astimezone(zone).date()
    with app.db.read() as session:
        counted = _counted(session, zone, today)
    first = min(counted, today) - LATE_DAYS * DAY
    changed = sum(_recount(app, first + n * DAY, now) for n in range((today - first).days + 1))
    if counted != today:
        with app.db.write() as session:
            operations.reach(session, MARK, at(today, time.min, zone))
    return changed


def _counted(session: Session, zone: ZoneInfo, today: date) -> date:
    """The day up to which everything was counted; before the first time, the day of the first text."""
    moment = operations.reached(session, MARK) or texts.first_text_at(session)
    return moment.astimezone(zone).date() if moment else today - DAY


def _recount(app: App, day: date, now: datetime) -> bool:
    zone = app.reference.clinic.zone
    start, end = at(day, time.min, zone), at(day + DAY, time.min, zone)
    with app.db.read() as session:
        counts = _count(session, start, end)
        same = counts == days.kept(session, day)
    if not same:
        _keep(app, day, counts, now)
    return not same


def _keep(app: App, day: date, counts: set[Count], now: datetime) -> None:
    with app.db.write() as session:
        days.keep(session, day, counts, now)


def _count(session: Session, start: datetime, end: datetime) -> set[Count]:
    leavers = _opted_out(session, start, end)
    counts = {
        Count(
            of.template,
            of.purpose,
            of.handed_over,
            of.delivered,
            of.failed,
            of.segments,
            leavers.pop((of.template, of.purpose), 0),
        )
        for of in texts.texts_of_day(session, start, end)
    }
    return counts | {Count(template, purpose, opted_out=n) for (template, purpose), n in leavers.items()}


def _opted_out(session: Session, start: datetime, end: datetime) -> Counter[tuple[str, str]]:
    """Opt-outs by the text that came last before them; those that follow no text of ours count for none."""
    found = opt_outs.opted_out_on_day(session, start, end)
    last = (texts.last_before(session, index, moment) for index, moment in found.items())
    return Counter(key for key in last if key)
