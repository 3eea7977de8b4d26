"""Alerts to staff: a reference, a due time and a link, never who the patient is or what they want."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.domain.ids import reference as lead_reference
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning as messaging
from core.settings import Settings
from core.staff.store import people

# After an outage the queue tells what is due; old alerts would only flood the phone.
USEFUL = timedelta(hours=4)


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
) -> str | None:
    """Plan one alert by SMS; its action id, or None where the person has no phone or chose no SMS."""
    contact = people.contact(session, staff_id) if staff_id else None
    if contact is None or not contact.phone or "sms" not in contact.alert_channels:
        return None
    ref = lead_reference(lead_number)
    return messaging.plan(
        session,
        NewAction(
            key=key,
            kind="text",
            due_at=now,
            purpose=Purpose.STAFF_ALERT,
            lane=Lane.INSTANT,
            useful_until=now + USEFUL,
            audience="staff",
            lead_id=lead_id,
            staff_id=contact.id,
            template=template,
            variables={
                "leadRef": ref,
                "leadUrl": f"{settings.console}/lead?lead={ref}",
                "dueTime": due_words(due_at, settings.zone, now),
                "taskTitle": task_title,
            },
            phone=contact.phone,
        ),
        now,
    )


def due_words(due_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`2:08 PM` today, else `Mon 10:00 AM`, on the clinic's wall."""
    local, today = due_at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"
    return clock if local.date() == today else f"{local:%a} {clock}"
