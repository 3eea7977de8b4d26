"""How far people came in each sequence is counted into a few rows a day, so that the page walks through no step.

Counted anew are the days on which those entered whose steps have moved since last time; once a day all of them, for
what no mark of time tells, such as people who were erased. Counting needs no lock, and what did not change is not
written. Who reads takes the counts while they are fresh, else counts for themselves.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.app import App
from core.domain.hours import at
from core.messaging.store import reach
from core.operations import store as operations
from core.sequences import store_reach
from core.sequences.store import ACTIVE
from core.sequences.store_reach import Count

MARK = "sequence_reach"
OVERLAP = timedelta(minutes=5)  # a change is stamped before it is committed
DAY = timedelta(days=1)

Cell = tuple[str, date]  # a sequence, and the clinic's day on which people entered it


def count_reach(app: App, *, now: datetime) -> int:
    """Count the days that may have changed since last time, at first all there are; how many had."""
    zone = app.reference.clinic.zone
    with app.db.read() as session:
        cells = _stale(session, zone, now)
    changed = sum(_recount(app, cell, zone) for cell in sorted(cells))
    with app.db.write() as session:
        operations.reach(session, MARK, now)
    return changed


def _stale(session: Session, zone: ZoneInfo, now: datetime) -> set[Cell]:
    counted = operations.reached(session, MARK)
    first = store_reach.first_entered(session)
    if counted is None or _day(counted, zone) != _day(now, zone):
        return {
            cell for key, moment in first.items() for cell in _days(key, _day(moment, zone), _day(now, zone))
        }
    since = counted - OVERLAP
    entries = {entry for ids in reach.changed_since(since) for entry in store_reach.entries_of(session, ids)}
    entries |= {entry for key in first for entry in store_reach.entries_since(session, key, since)}
    return {(key, _day(moment, zone)) for key, moment in entries}


def _days(key: str, first: date, last: date) -> set[Cell]:
    return {(key, first + n * DAY) for n in range((last - first).days + 1)}


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _recount(app: App, cell: Cell, zone: ZoneInfo) -> bool:
    key, day = cell
    with app.db.read() as session:
        counts = count(session, key, at(day, time.min, zone), at(day + DAY, time.min, zone))
        same = counts == store_reach.kept(session, key, day)
    if not same:
        with app.db.write() as session:
            store_reach.keep(session, key, day, counts)
    return not same


def count(session: Session, key: str, start: datetime, end: datetime) -> set[Count]:
    """What became of those who entered in a stretch of time."""
    people = store_reach.entered(key, start, end)
    entered = store_reach.people_in(session, people)
    if not entered:
        return set()
    return {*entered, *(Count(*row) for row in reach.became(session, people, under_way=ACTIVE))}
