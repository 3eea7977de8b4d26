"""Alerts to staff: a reference, a due time and a link, never who the patient is or what they want."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.domain.ids import reference as lead_reference
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning as messaging
from core.settings import Settings
from core.staff.alert_rules import Colleague, one_alert
from core.staff.store import people as store_pool

# After an outage the queue tells what is due; old alerts would only flood the phone.
USEFUL = timedelta(hours=4)
TOGETHER = timedelta(minutes=1)  # what a patient writes within a minute is one alert


@dataclass(frozen=True)
class About:
    """What an alert is about. `template` is its wording; `task_title` where it asks for a task."""

    key: str
    template: str
    lead_id: str
    lead_number: int
    due_at: datetime
    task_title: str = ""
    lane: Lane = Lane.INSTANT
    useful: timedelta = USEFUL


def alert(
    session: Session,
    settings: Settings,
    *,
    key: str,
    template: str,
    staff_id: str | None,
    lead_id: str,
    lead_number: int,
    due_at: datetime,
    now: datetime,
    task_title: str = "",
) -> list[str]:
    """Tell a lead's owner, or whoever else can be told (`alert_rules.one_alert`); the ids of the alerts."""
    told = one_alert(store_pool.colleagues(session), staff_id, settings.zone, now)
    about = About(key, template, lead_id, lead_number, due_at, task_title)
    return tell(session, settings, told, about, now)


def alert_one(session: Session, settings: Settings, staff_id: str, about: About, now: datetime) -> list[str]:
    """Tell one person what concerns nobody else; nothing where they have no phone or chose no SMS."""
    told = [one for one in store_pool.colleagues(session) if one.id == staff_id and one.can_be_told]
    return tell(session, settings, told, about, now)


def tell(
    session: Session, settings: Settings, people: Sequence[Colleague], about: About, now: datetime
) -> list[str]:
    """Plan the alert for each of them; the actions' ids. The same key tells the same person once."""
    ref = lead_reference(about.lead_number)
    variables = {
        "leadRef": ref,
        "leadUrl": f"{settings.console}/lead?lead={ref}",
        "dueTime": due_words(about.due_at, settings.zone, now),
        "taskTitle": about.task_title,
    }
    actions = [
        NewAction(
            key=f"{about.key}:{person.id}",
            kind="text",
            due_at=now,
            purpose=Purpose.STAFF_ALERT,
            lane=about.lane,
            useful_until=now + about.useful,
            audience="staff",
            lead_id=about.lead_id,
            staff_id=person.id,
            template=about.template,
            variables=variables,
            phone=person.phone,
        )
        for person in people
    ]
    return list(messaging.plan_all(session, actions, now).values())


def told_just_now(session: Session, lead_id: str, template: str, now: datetime) -> bool:
    """Whether an alert of this kind about this lead was planned within the last minute."""
    return messaging.alerted_since(session, lead_id, template, now - TOGETHER)


def due_words(due_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`2:08 PM` today, else `Mon 10:00 AM`, on the clinic's wall."""
    local, today = due_at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"
    return clock if local.date() == today else f"{local:%a} {clock}"
