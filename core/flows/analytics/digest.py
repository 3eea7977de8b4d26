"""The morning line for managers: how the last day went and what waits, when the clinic opens. Figures, never names."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from core.analytics import store as conversions
from core.app import App
from core.clinic import Clinic
from core.domain.hours import at
from core.flows.leads import reviewing
from core.flows.staff import handing_over
from core.leads.store import work as leads
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import outcomes as texts
from core.messaging.store import planning as messaging
from core.operations import store as operations
from core.sla import store as sla
from core.staff.alert_rules import Colleague
from core.staff.store.people import managers

MARK = "digest"
USEFUL = timedelta(hours=4)
DAY = timedelta(days=1)
LOOK_BACK = 14  # days; no clinic is closed for longer


def plan_digest(app: App, *, now: datetime) -> int:
    """Plan today's line once the clinic has opened; for how many managers. Restarts plan it no second time."""
    clinic = app.reference.clinic
    today = now.astimezone(clinic.zone).date()
    opens = _opens(clinic, today)
    if opens is None or not opens <= now < opens + USEFUL:
        return 0
    with app.db.read() as session:
        planned = operations.reached(session, MARK)
        if planned and planned >= opens:
            return 0
        figures = _figures(session, clinic, today)
        figures |= _left_over(session, app, today, now)
    with app.db.write() as session:
        wanted = [one for one in managers(session) if one.phone and one.can_be_told]
        variables = figures | {"consoleUrl": app.settings.console}
        actions = [_line(one, today, variables, opens, now) for one in wanted]
        messaging.plan_all(session, actions, now)
        operations.reach(session, MARK, opens)
    return len(actions)


def _opens(clinic: Clinic, day: date) -> datetime | None:
    """When the first location opens; None on a day on which none does."""
    return min(
        (opens for place in clinic.locations.values() for opens, _ in place.hours.on(day)), default=None
    )


def _last_open_day(clinic: Clinic, today: date) -> date:
    days = (today - back * DAY for back in range(1, LOOK_BACK))
    return next((day for day in days if _opens(clinic, day)), today - DAY)


def _figures(session: Session, clinic: Clinic, today: date) -> dict[str, str]:
    """What the template says. A day on which the clinic was closed is counted with the open one before it."""
    first = _last_open_day(clinic, today)
    start, end = at(first, time.min, clinic.zone), at(today, time.min, clinic.zone)
    on_time, due = sla.first_contacts(session, start, end)
    return {
        "digestSpan": "Yesterday" if first == today - DAY else f"Since {first:%a}",
        "leadCount": str(leads.came(session, start, end)),
        "onTime": f"{on_time} of {due}" if due else "",
        "bookedCount": str(conversions.how_many(session, "booked", start, end)),
        "waitingCount": str(sla.waiting(session)),
        "failedCount": str(texts.for_a_person(session, start) or ""),  # none is not worth a word
    }


def _left_over(session: Session, app: App, today: date, now: datetime) -> dict[str, str]:
    """What colleagues left and nobody has taken; on the first open day of a week the cold leads that nobody spoke to,
    with their list."""
    left = handing_over.count_waiting(session, app.reference, now)
    begins = _last_open_day(app.reference.clinic, today).isocalendar()[:2] != today.isocalendar()[:2]
    cold = reviewing.count(session, app.reference, now) if begins else 0
    said = {"handOverCount": str(left or ""), "coldCount": str(cold or "")}
    return said | ({"coldUrl": f"{app.settings.console}/queue?show=review"} if cold else {})


def _line(
    manager: Colleague, today: date, variables: dict[str, str], opens: datetime, now: datetime
) -> NewAction:
    return NewAction(
        key=f"digest:{today.isoformat()}:{manager.id}",
        kind="text",
        due_at=now,
        purpose=Purpose.STAFF_ALERT,
        lane=Lane.BULK,
        useful_until=opens + USEFUL,
        audience="staff",
        staff_id=manager.id,
        template="staff_digest",
        variables=variables,
        phone=manager.phone,
    )
