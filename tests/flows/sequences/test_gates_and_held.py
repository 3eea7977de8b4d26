"""A gate and what was held until its very minute: whoever leaves is sent nothing more."""

from datetime import timedelta

from core.flows.sequences import stopping
from core.flows.sequences.enrolling import Cause, enroll
from core.flows.sequences.entering import entrant_of
from core.leads.store import leads
from core.messaging.tables import timed_actions
from core.sequences.rules.definition import Anchor
from core.sequences.rules.reading import parse_sequence
from core.versions.tables import versions
from tests.conftest import TestApp
from tests.factories import put
from tests.flows.dispatching import run_until
from tests.flows.sequences.test_dry_run import HELD, LEAVE
from tests.flows.staffing import do, new_lead, rows

BODY = {
    "title": "Held",
    "starts_on": "missed_call",
    "consent": "marketing",
    "stops_on": [],
    "steps": [{"name": "held", **HELD}, {"name": "leave", **LEAVE}],
}


def test_a_text_that_a_gate_has_just_cancelled_does_not_go(app: TestApp) -> None:
    """Both are due at noon, and claimed together."""
    lead_id, now = new_lead(app), app.clock.now()
    do(app, stopping.stop_sequences, lead_id, stopping.ENDED, by=None)
    about = {
        "kind": "sequence",
        "key": "held",
        "number": 1,
        "state": "published",
        "revision": 1,
        "body": BODY,
    }
    with app.db.write() as session:
        put(session, versions, id="held", retired=False, note="", made_at=now, saved_at=now, **about)
        lead = leads.get(session, lead_id)
        cause = Cause("call-1", {Anchor.MISSED_CALL: now})
        enroll(session, parse_sequence("held", 1, BODY), entrant_of(lead), cause, now=now)
    run_until(app, timedelta(days=1))
    found = rows(app, timed_actions, timed_actions.c.sequence == "held")
    assert {row.step: (row.state, row.reason) for row in found} == {
        "held": ("cancelled", "left_at_gate"),
        "leave": ("sent", "left_at_gate"),
    }
