"""Drive the webhooks by hand: one claim, its calls, their results a turn, time as the test says."""

import json
from collections import Counter
from typing import Any

from core.domain.ports import Hook
from core.flows.webhooks import delivering, endpoints
from core.flows.webhooks.endpoints import Added
from core.webhooks.tables import webhook_deliveries
from tests.conftest import TestApp
from tests.flows.staffing import rows

OWNER = "test-scheduler"
URL = "https://hooks.example.com/luxe"


def listen(app: TestApp, *events: str, url: str = URL) -> Added:
    return endpoints.add(app, url, events, "command:test", now=app.clock.now())


def turn(app: TestApp, room: int = 8) -> int:
    """One claim with its calls; how many were made."""
    found = delivering.claim(app, OWNER, room, Counter(), now=app.clock.now())
    for job in found.jobs:
        delivering.settle(app, job, delivering.call(app, job), now=app.clock.now())
    return len(found.jobs)


def call_all(app: TestApp) -> int:
    """Everything that is due now; how many calls that was."""
    made = 0
    while calls := turn(app):
        made += calls
    return made


def said(hook: Hook) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(hook.body)
    return found


def types(app: TestApp) -> list[str]:
    """What was taken, in order."""
    return [said(hook)["type"] for hook in app.webhooks.taken]


def log(app: TestApp) -> list[tuple[str, str, int, int | None]]:
    """Type, state, tries and the last answer of each delivery, as it happened."""
    return [(row.type, row.state, row.tries, row.status_code) for row in rows(app, webhook_deliveries)]
