"""One line on their own day for who is not told of routine matters as they come: how many leads, tasks and hand-overs
wait for them. Figures, never names.

Once a day, as soon as they are at work, their location is open and their quiet time is over; nothing on a day off, on
leave or on a break, and nothing where nothing waits.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from core.app import App
from core.domain.hours import A_DAY, WeeklyHours, at
from core.flows.sending import alerts
from core.flows.sending.alerts import About
from core.flows.staff import handing_over
from core.flows.staff.presence import at_work
from core.leads.store import owners, tasks
from core.messaging.actions import Lane
from core.operations import store as operations
from core.staff.alert_rules import Colleague, quiet_until
from core.staff.store import people

MARK = "own:"  # with an id it fills the name of a mark
TEMPLATE = "staff_own_day"


def plan_own_days(app: App, *, now: datetime) -> int:
    """Plan the lines of those who are owed one; how many."""
    with app.db.read() as session:
        if not any(_owed(session, app, now)):
            return 0
    with app.db.write() as session:
        told = [one for one in _owed(session, app, now) if _take(session, app, one, now)]
        return sum(_tell(session, app, one, words, now) for one, words in _lines(session, app, told, now))


def _owed(session: Session, app: App, now: datetime) -> Iterator[Colleague]:
    wanted = [one for one in people.colleagues(session) if _wants(one) and _can_hear(app, one, now)]
    here = at_work(session, app.reference, now) if wanted else frozenset[str]()
    for one in wanted:
        if one.id in here and _place(app, one).is_open(now) and not _is_told(session, app, one, now):
            yield one


def _is_told(session: Session, app: App, person: Colleague, now: datetime) -> bool:
    told = operations.reached(session, MARK + person.id)
    return told is not None and told >= _midnight(app, person, now)


def _wants(person: Colleague) -> bool:
    """Whoever is told of everything as it comes needs no summary."""
    return person.urgent_only or bool(person.quiet_hours)


def _can_hear(app: App, person: Colleague, now: datetime) -> bool:
    return person.can_be_told and quiet_until(person, app.settings.zone, now) <= now


def _place(app: App, person: Colleague) -> WeeklyHours:
    return app.reference.clinic.hours(person.location)


def _today(app: App, person: Colleague, now: datetime) -> date:
    return now.astimezone(_place(app, person).zone).date()


def _midnight(app: App, person: Colleague, now: datetime) -> datetime:
    return at(_today(app, person, now), time.min, _place(app, person).zone)


def _take(session: Session, app: App, person: Colleague, now: datetime) -> bool:
    """Whether today is ours to tell: of several schedulers one, and once, also where nothing waits."""
    return operations.take_turn(session, MARK + person.id, now, unless_since=_midnight(app, person, now))


def _lines(
    session: Session, app: App, told: list[Colleague], now: datetime
) -> Iterator[tuple[Colleague, Mapping[str, str]]]:
    """What to say to each for whom something waits."""
    leads, left = owners.in_hand(session), handing_over.waiting_for(session, app.reference, now)
    for one in told:
        due = tasks.count_due(session, one.id, _midnight(app, one, now + A_DAY))
        figures = {"waitingCount": leads.get(one.id, 0), "taskCount": due, "handOverCount": left[one.id]}
        if any(figures.values()):
            yield one, {name: str(figure or "") for name, figure in figures.items()}


def _tell(session: Session, app: App, person: Colleague, words: Mapping[str, str], now: datetime) -> int:
    """About no lead, so no reference and no address of one."""
    more = {"leadRef": "", "leadUrl": "", "consoleUrl": app.settings.console, **words}
    key = f"own_day:{_today(app, person, now).isoformat()}"
    about = About(key, TEMPLATE, None, 0, now, lane=Lane.BULK, more=more)
    return len(alerts.tell(session, app.settings, [person], about, now))
