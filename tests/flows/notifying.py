"""Drive pushes and messages of chat tools by hand: one claim, its calls, their results a turn."""

from typing import Any

from sqlalchemy import select, update

from core.flows.sending import notifying
from core.staff.store import people, push
from core.staff.tables import push_subscriptions, staff
from tests.conftest import TestApp

OWNER = "test-scheduler"
SLACK = "slack://T0AAA1/B0BBB2/cccDDD333/"
KEYS = {"p256dh": "B" + "A" * 86, "auth": "A" * 22}


def turn(app: TestApp) -> int:
    """Hand over what is due now; how many notices that was."""
    found = notifying.claim(app, OWNER, now=app.clock.now())
    for job in found.jobs:
        results = {target: notifying.call(app, job, target) for target in job.targets}
        notifying.settle(app, job, results, now=app.clock.now())
    return len(found.jobs)


def notify_all(app: TestApp) -> int:
    """Hand over everything that is due now; how many notices that was."""
    sent = 0
    while handed := turn(app):
        sent += handed
    return sent


def told_by(app: TestApp, ways: list[str], *, urgent: list[str] | None = None, browsers: int = 1) -> None:
    """Everybody has so many browsers and a chat tool, and is told by these ways."""
    with app.db.write() as session:
        ids = list(session.execute(select(staff.c.id)).scalars())
        session.execute(update(staff).values(alert_channels=ways, urgent_channels=urgent or []))
        for staff_id in ids:
            for number in range(browsers):
                endpoint = f"https://push.example.com/{staff_id}/{number}"
                push.keep(session, staff_id, endpoint, KEYS, "Chrome on Windows", app.clock.now())


def connect_chat(app: TestApp, address: str = SLACK) -> None:
    """Everybody has a chat tool."""
    with app.db.write() as session:
        for staff_id in list(session.execute(select(staff.c.id)).scalars()):
            people.set_chat_address(session, staff_id, address)


def browsers_left(app: TestApp) -> list[Any]:
    with app.db.read() as session:
        found = select(push_subscriptions).where(push_subscriptions.c.gone_at.is_(None))
        return list(session.execute(found))
