"""Each day's texts are counted into a few rows, so that a chart over months reads no text at all.

The last days are counted anew each time: statuses and opt-outs come late. Counting needs no lock, and what did not
change is not written.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from core.analytics import store_days as days
from core.analytics.store_days import Count
from core.app import App
from core.compliance import store_days as opt_outs
from core.domain.hours import at
from core.messaging import store_days as texts

DAYS = 3


def roll_up(app: App, *, now: datetime) -> int:
    """Count the last days' texts; how many days had changed."""
    zone = app.reference.clinic.zone
    today = now.astimezone(zone).date()
    changed = 0
    for day in (today - timedelta(days=back) for back in range(DAYS)):
        start, end = at(day, time.min, zone), at(day + timedelta(days=1), time.min, zone)
        with app.db.read() as session:
            counts = _count(session, start, end)
            same = counts == days.kept(session, day)
        if not same:
            _keep(app, day, counts, now)
            changed += 1
    return changed


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
