"""When each clock of a lead starts, stands still, runs on and ends."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update

from core.flows.clocks import sweeping
from core.flows.conversation import receive_text
from core.flows.leads import calls, staff_outcome, stages, visits
from core.flows.publishing import publish
from core.kinds import SLA_POLICIES
from core.leads.tables import leads
from core.sla import policy_body
from core.sla.rules import LONGEST_PAUSE
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in
from tests.flows.staffing import do, new_lead, one, rows, who

NEW_YORK = ZoneInfo("America/New_York")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


MONDAY = local(23, 10)


def came(app: TestApp, at: datetime = MONDAY, **form: Any) -> str:
    app.clock.moment = at
    return new_lead(app, submission(**{"submitted_at": at} | form))


def clock(app: TestApp, target: str) -> Any:
    return one(app, sla_clocks, sla_clocks.c.target == target)


def states(app: TestApp) -> dict[str, str]:
    return {row.target: row.state for row in rows(app, sla_clocks)}


def later(app: TestApp, moment: datetime) -> None:
    app.clock.moment = moment
    sweeping.sweep(app, now=moment)


def writes(app: TestApp, words: str, sid: str = "SMin1") -> None:
    receive_text.receive(app, {"MessageSid": sid, "From": "+14075550155", "Body": words}, now=app.clock.now())


def test_a_form_starts_what_people_owe_what_becomes_of_it_and_what_the_machine_owes(app: TestApp) -> None:
    app.clock.moment = local(23, 10)
    take_in(app, submission(submitted_at=local(23, 10)))
    assert states(app) == {
        "first_contact": "running",
        "first_conversation": "running",
        "qualification": "running",
        "consultation_scheduled": "running",
        "assignment": "met",
        "confirmation": "running",
    }


def test_a_form_that_was_on_its_way_for_weeks_starts_a_day_ago_at_the_earliest(app: TestApp) -> None:
    came(app, local(23, 10), submitted_at=local(1, 9))
    assert clock(app, "first_contact").started_at == local(22, 10)
    assert clock(app, "confirmation").started_at == local(23, 10), "the machine had nothing to do before"


def test_the_first_text_ends_its_clock_as_of_when_it_went_however_late_we_look(app: TestApp) -> None:
    came(app)
    later(app, local(23, 10, 30))
    found = clock(app, "confirmation")
    assert (found.state, found.ended_at, found.breached_at) == ("met", local(23, 10), None)


def test_a_lead_without_an_owner_is_an_assignment_that_runs_until_somebody_takes_it(app: TestApp) -> None:
    app.clock.moment = local(23, 10)
    take_in(app, submission(submitted_at=local(23, 10)))
    with app.db.write() as session:
        session.execute(update(sla_clocks).where(sla_clocks.c.target == "assignment").values(state="running"))
        session.execute(update(leads).values(owner_id=None, assigned_at=None))
    later(app, local(23, 10, 2))
    assert clock(app, "assignment").breached_at == local(23, 10, 2)
    with app.db.write() as session:
        owner = who(app, "frontdesk").staff_id
        session.execute(update(leads).values(owner_id=owner, assigned_at=local(23, 10, 4)))
    later(app, local(23, 10, 5))
    found = clock(app, "assignment")
    assert (found.state, found.ended_at) == ("missed", local(23, 10, 4))


def test_a_lead_that_may_not_be_texted_is_owed_no_first_text(app: TestApp) -> None:
    app.clock.moment = local(23, 10)
    take_in(app, submission(submitted_at=local(23, 10), phone="", email="omar@example.com"))
    assert "confirmation" not in states(app)


def test_each_clock_keeps_the_policy_that_it_began_with(app: TestApp) -> None:
    """A manager makes the target shorter: what runs stays as it was, what comes has the new one and its version."""
    came(app)
    manager, now = who(app, "manager"), app.clock.now()
    body = dict(SLA_POLICIES.shipped()[policy_body.KEY])
    body["first_contact"] = [{"name": "All at once", "minutes": "2", "warn_minutes": "0.5"}]
    with app.db.write() as session:
        key = policy_body.KEY
        saved = publish.save_draft(session, manager, SLA_POLICIES, key, body, 0, now=now)
        publish.publish(session, manager, SLA_POLICIES, key, saved.revision, "Faster", now=now)
    with app.db.read() as session:
        app.in_use.catch_up(session)
    before = clock(app, "first_contact")
    take_in(app, submission(phone="+14075550156", external_id="two", submitted_at=now))
    after = one(app, sla_clocks, sla_clocks.c.target == "first_contact", sla_clocks.c.id != before.id)
    assert (before.policy, before.policy_number, before.target_seconds) == ("Hot lead", 1, 300)
    assert (after.policy, after.policy_number, after.target_seconds) == ("All at once", 2, 120)
    assert (after.warn_seconds, after.due_at - after.started_at) == (30, timedelta(minutes=2))


def test_a_text_of_ours_lets_what_becomes_of_it_wait_for_the_patient_and_their_answer_goes_on(
    app: TestApp,
) -> None:
    """Two hours of its 24 were gone: 22 are left from their answer on, three hours later."""
    lead_id = came(app)
    app.clock.moment = local(23, 12)
    do(app, write, lead_id)
    run_due(app)
    assert states(app)["qualification"] == "paused"
    assert states(app)["first_contact"] == "missed"
    app.clock.moment = local(23, 15)
    writes(app, "Yes, tell me more please")
    found = clock(app, "qualification")
    assert (found.state, found.due_at) == ("running", local(24, 13))


def write(session: Any, lead_id: str, *, now: datetime) -> None:
    """What handing over a person's own text sets off."""
    from core.flows.leads import contact
    from core.leads.store import leads as store

    contact.texted(session, store.get(session, lead_id), staff_id=None, template=None, now=now)


def test_a_reaction_neither_starts_nor_stops_a_clock(app: TestApp) -> None:
    lead_id = came(app)
    app.clock.moment = local(23, 12)
    do(app, write, lead_id)
    before = rows(app, sla_clocks)
    app.clock.moment = local(23, 13)
    writes(app, "Liked “Hi Omar, this is Maya from Luxe”")
    assert rows(app, sla_clocks) == before


def test_what_waits_for_the_patient_runs_on_by_itself_after_a_week(app: TestApp) -> None:
    lead_id = came(app)
    app.clock.moment = local(23, 12)
    do(app, write, lead_id)
    later(app, local(23, 12) + LONGEST_PAUSE)
    found = clock(app, "qualification")
    assert (found.state, found.due_at) == ("running", local(24, 10) + LONGEST_PAUSE)
    app.clock.moment += timedelta(hours=1)
    do(app, write, lead_id)
    assert clock(app, "qualification").state == "running", "it has stood still for as long as it ever may"


def test_a_snooze_of_months_stops_a_clock_for_a_week_and_no_longer(app: TestApp) -> None:
    lead_id = came(app)
    app.clock.moment = local(23, 10, 2)
    do(app, staff_outcome.snooze, who(app, "frontdesk"), lead_id, local(23, 10) + timedelta(days=60))
    later(app, local(30, 10, 2))
    found = clock(app, "first_contact")
    assert (found.state, found.due_at) == ("running", local(30, 10, 5))


def test_a_call_in_which_they_spoke_ends_the_waiting_too(app: TestApp) -> None:
    lead_id = came(app)
    app.clock.moment = local(23, 12)
    do(app, write, lead_id)
    app.clock.moment = local(23, 13)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "talked")
    assert clock(app, "qualification").state == "running"


def test_qualifying_ends_that_clock_and_taking_it_back_lets_it_run_as_before(app: TestApp) -> None:
    lead_id = came(app)
    desk, due = who(app, "frontdesk"), clock(app, "qualification").due_at
    do(app, stages.mark_stage, desk, lead_id, "qualified")
    assert clock(app, "qualification").state == "met"
    do(app, stages.unmark_stage, app.reference, desk, lead_id, "qualified")
    found = clock(app, "qualification")
    assert (found.state, found.due_at, found.ended_at) == ("running", due, None)


def test_a_booking_ends_everything_that_a_person_owed(app: TestApp) -> None:
    lead_id = came(app)
    do(app, visits.book, app.reference, who(app, "frontdesk"), lead_id, local(25, 12))
    later(app, app.clock.now())
    assert set(states(app).values()) == {"met"}


def test_a_request_that_leads_nowhere_leaves_no_clock_running(app: TestApp) -> None:
    lead_id = came(app)
    later(app, app.clock.now())
    do(app, staff_outcome.disqualify, who(app, "frontdesk"), lead_id, "not_interested")
    assert set(states(app).values()) == {"met", "void"}
