"""Who has acknowledged the alert about a lead: what staff see, and that the next level's words say what will be."""

from datetime import timedelta

from core.flows.escalation import acknowledging
from core.flows.leads import calls, staff_action, staff_outcome
from core.leads.tables import leads
from core.reads import lead, lead_queue, sla_clocks
from core.reads.parts.taken_up import Alerted
from core.reads.sla_clocks import ClockRow
from tests.conftest import TestApp
from tests.flows.dispatching import run_until
from tests.flows.escalation.levels import MINUTE, clinic
from tests.flows.staffing import do, new_lead, one, who
from tests.reads.test_lead_queue import add


def in_queue(app: TestApp) -> Alerted | None:
    with app.db.read() as session:
        (row,) = lead_queue.read(session, who(app, "frontdesk")).rows
    return row.alerted


def on_board(app: TestApp) -> ClockRow:
    levels = app.reference.escalation
    with app.db.read() as session:
        found = sla_clocks.clocks(session, who(app, "manager"), levels=levels)
    return next(row for row in found if row.target == "first_contact")


def test_an_alert_that_nobody_acknowledged_asks_for_it_wherever_the_lead_stands(app: TestApp) -> None:
    app = clinic(app)
    lead_id = new_lead(app)
    assert in_queue(app) == on_board(app).alerted == Alerted()
    app.clock.advance(MINUTE)
    do(app, acknowledging.acknowledge, who(app, "jordan"), lead_id)
    said = Alerted(app.clock.now(), "Jordan Blake")
    assert in_queue(app) == on_board(app).alerted == said
    with app.db.read() as session:
        assert lead.read(session, who(app, "frontdesk"), lead_id).alerted == said


def test_after_an_acknowledgement_the_next_level_is_the_one_that_still_comes(app: TestApp) -> None:
    """The team lead is not told any more; the board said so all the same."""
    app = clinic(app)
    lead_id = new_lead(app)
    before = on_board(app)
    assert before.next_level == "1"
    do(app, acknowledging.acknowledge, who(app, "frontdesk"), lead_id)
    after = on_board(app)
    assert after.next_level == "2"
    assert before.next_at is not None
    assert after.next_at == before.next_at + 10 * MINUTE


def test_a_call_is_more_than_an_acknowledgement(app: TestApp) -> None:
    app = clinic(app)
    lead_id = new_lead(app)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "no_answer")
    assert in_queue(app) is None


def test_who_takes_a_lead_has_acknowledged_it(app: TestApp) -> None:
    app = clinic(app)
    lead_id = new_lead(app)
    owner = one(app, leads, leads.c.id == lead_id).owner_id
    do(app, staff_action.take, who(app, "manager"), lead_id, seen_owner=owner)
    assert in_queue(app) == Alerted(app.clock.now(), "Elena Ruiz")


def test_another_round_asks_anew(app: TestApp) -> None:
    """What somebody said before a lead was put aside holds no level back after it."""
    app = clinic(app)
    lead_id = new_lead(app)
    maya = who(app, "frontdesk")
    do(app, acknowledging.acknowledge, maya, lead_id)
    do(app, staff_outcome.snooze, maya, lead_id, app.clock.now() + timedelta(hours=1))
    assert in_queue(app) is None
    app.clock.advance(10 * MINUTE)
    do(app, staff_outcome.unsnooze, app.reference, maya, lead_id)
    assert in_queue(app) == Alerted()
    assert on_board(app).next_level == "1"


def test_a_lead_of_which_nobody_was_told_asks_nobody(app: TestApp) -> None:
    """A cold one alerts nobody: there is nothing to acknowledge."""
    app = clinic(app)
    add(app, 1, form_type="lead_capture", timeframe="just_browsing", treatment="not_sure")
    run_until(app, MINUTE)
    assert in_queue(app) is None
