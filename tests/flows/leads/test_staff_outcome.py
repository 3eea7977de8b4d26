"""Snooze, disqualify, and the stages towards a treatment, each with its way back."""

from datetime import timedelta
from typing import Any

import pytest

from core.analytics.tables import conversion_events
from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.leads import staff_outcome, stages
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from core.sequences.tables import enrollments
from core.sla.rules import BY_PEOPLE, MACHINE
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.flows.dispatching import run_until
from tests.flows.sending.test_dispatch import PATIENT
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

HOUR = timedelta(hours=1)


def planned(app: TestApp) -> set[str]:
    """Steps of the sequence that are still to come."""
    c = timed_actions.c
    return {row.step for row in rows(app, timed_actions, c.state == "planned", c.step.is_not(None))}


def first_contact(app: TestApp) -> Any:
    return one(app, sla_clocks, sla_clocks.c.target == "first_contact")


def test_a_snoozed_clock_stands_still_and_goes_on_afterwards(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    due = first_contact(app).due_at
    app.clock.advance(timedelta(minutes=1))
    do(app, staff_outcome.snooze, maya, lead_id, app.clock.now() + HOUR)
    assert first_contact(app).state == "paused"
    run_until(app, timedelta(minutes=30))
    do(app, staff_outcome.unsnooze, app.reference, maya, lead_id)
    clock = first_contact(app)
    assert (clock.state, clock.due_at, clock.breached_at) == ("running", due + timedelta(minutes=30), None)
    assert one(app, leads).snoozed_until is None


def test_a_snooze_ends_by_itself(app: TestApp) -> None:
    lead_id = new_lead(app)
    do(app, staff_outcome.snooze, who(app, "frontdesk"), lead_id, app.clock.now() + HOUR)
    run_until(app, 3 * HOUR)
    assert one(app, leads).snoozed_until is None
    assert "unsnoozed" in kinds(app, lead_id)


@pytest.mark.parametrize("span", [timedelta(0), timedelta(hours=-1), timedelta(days=91)])
def test_a_snooze_ends_in_the_future_and_within_a_season(app: TestApp, span: timedelta) -> None:
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput) as refused:
        do(app, staff_outcome.snooze, who(app, "frontdesk"), lead_id, app.clock.now() + span)
    assert refused.value.errors[0].field == "until"


def test_a_lead_that_is_back_already_cannot_be_brought_back(app: TestApp) -> None:
    lead_id = new_lead(app)
    with pytest.raises(LostRace, match="back already"):
        do(app, staff_outcome.unsnooze, app.reference, who(app, "frontdesk"), lead_id)


def test_disqualifying_stops_texts_and_voids_the_clock(app: TestApp) -> None:
    lead_id = new_lead(app)
    do(app, staff_outcome.disqualify, who(app, "frontdesk"), lead_id, "too_far")
    run_until(app, timedelta(days=15))
    assert len(app.sms.bodies_to(PATIENT)) == 1
    assert (one(app, leads).state, one(app, leads).disqualified_reason) == ("disqualified", "too_far")
    clock = first_contact(app)
    assert (clock.state, clock.breached_at) == ("void", None)
    assert one(app, patients).status == "disqualified"


def test_a_disqualification_needs_a_reason_of_the_list(app: TestApp) -> None:
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput) as refused:
        do(app, staff_outcome.disqualify, who(app, "frontdesk"), lead_id, "")
    assert refused.value.errors[0].field == "reason"
    assert one(app, leads).state == "open"


def test_the_second_to_disqualify_learns_who_was_faster(app: TestApp) -> None:
    lead_id = new_lead(app)
    do(app, staff_outcome.disqualify, who(app, "frontdesk"), lead_id, "price")
    app.clock.advance(timedelta(seconds=4))
    with pytest.raises(LostRace, match="Maya disqualified this lead 4 s before you"):
        do(app, staff_outcome.disqualify, who(app, "manager"), lead_id, "spam")
    assert one(app, leads).disqualified_reason == "price"


def test_undoing_a_disqualification_leaves_everything_as_it_was(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    steps, due = planned(app), first_contact(app).due_at
    do(app, staff_outcome.disqualify, maya, lead_id, "price")
    assert planned(app) == set()
    app.clock.advance(timedelta(seconds=8))
    do(app, staff_outcome.reopen, app.reference, maya, lead_id)
    clock = first_contact(app)
    assert (clock.state, clock.due_at) == ("running", due)
    assert planned(app) == steps
    assert one(app, enrollments).state == "active"
    assert (one(app, leads).state, one(app, leads).disqualified_reason) == ("open", None)
    assert one(app, patients).status == "new"


def test_reopening_days_later_starts_a_fresh_clock_and_no_texts(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, staff_outcome.disqualify, maya, lead_id, "price")
    app.clock.advance(timedelta(days=1))
    do(app, staff_outcome.reopen, app.reference, maya, lead_id)
    machine = sla_clocks.c.target.in_(MACHINE)
    running = rows(app, sla_clocks, sla_clocks.c.state == "running", ~machine)
    assert {clock.target for clock in running} == set(BY_PEOPLE)
    for clock in running:
        assert clock.started_at == app.clock.now()
        assert clock.due_at > app.clock.now()
    assert planned(app) == set()


def test_a_booking_ends_the_clock_stops_texts_and_counts_its_value(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, stages.mark_stage, maya, lead_id, "booked", 45_000)
    run_until(app, timedelta(days=15))
    assert len(app.sms.bodies_to(PATIENT)) == 1
    lead = one(app, leads)
    assert (lead.state, lead.value_cents) == ("booked", 45_000)
    assert lead.booked_at
    assert first_contact(app).state == "met"
    assert one(app, patients).status == "converted"
    booked = one(app, conversion_events, conversion_events.c.event_type == "booked")
    assert booked.value_cents == 45_000


def test_later_stages_are_marked_one_after_the_other(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    for stage, cents in (("qualified", 0), ("booked", 45_000), ("attended", 0), ("treated", 61_000)):
        app.clock.advance(timedelta(minutes=1))
        do(app, stages.mark_stage, maya, lead_id, stage, cents)
    lead = one(app, leads)
    assert lead.qualified_at < lead.booked_at < lead.attended_at < lead.treated_at
    assert lead.value_cents == 61_000
    values = {row.event_type: row.value_cents for row in rows(app, conversion_events)}
    assert values["treated"] == 61_000
    assert set(values) == {
        "form_submitted", "qualified", "attempted", "contacted", "booked", "attended", "treated"
    }  # fmt: skip


def test_qualifying_is_no_contact(app: TestApp) -> None:
    lead_id = new_lead(app)
    do(app, stages.mark_stage, who(app, "frontdesk"), lead_id, "qualified")
    assert first_contact(app).state == "running"
    assert one(app, patients).status == "qualified"


def test_a_stage_is_marked_once(app: TestApp) -> None:
    lead_id = new_lead(app)
    do(app, stages.mark_stage, who(app, "frontdesk"), lead_id, "booked", 10_000)
    app.clock.advance(timedelta(seconds=5))
    with pytest.raises(LostRace, match="Maya marked it booked 5 s before you"):
        do(app, stages.mark_stage, who(app, "manager"), lead_id, "booked", 99_900)
    assert len(rows(app, conversion_events, conversion_events.c.event_type == "booked")) == 1


def test_a_booking_marked_by_mistake_is_taken_back(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, stages.mark_stage, maya, lead_id, "booked", 45_000)
    do(app, stages.unmark_stage, app.reference, maya, lead_id, "booked")
    assert (one(app, leads).state, one(app, leads).booked_at) == ("open", None)
    assert rows(app, conversion_events, conversion_events.c.event_type == "booked") == []
    assert kinds(app, lead_id)[-1] == "unmarked"


@pytest.mark.parametrize(("stage", "cents", "field"), [("married", 0, "stage"), ("booked", -1, "value")])
def test_unknown_stages_and_values_are_refused(app: TestApp, stage: str, cents: int, field: str) -> None:
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput) as refused:
        do(app, stages.mark_stage, who(app, "frontdesk"), lead_id, stage, cents)
    assert refused.value.errors[0].field == field


@pytest.mark.parametrize("username", ["provider", "marketing"])
def test_only_who_works_leads_may_decide(app: TestApp, username: str) -> None:
    lead_id, stranger = new_lead(app), who(app, username)
    with pytest.raises(Denied):
        do(app, staff_outcome.disqualify, stranger, lead_id, "price")
    with pytest.raises(Denied):
        do(app, staff_outcome.snooze, stranger, lead_id, app.clock.now() + HOUR)
    with pytest.raises(Denied):
        do(app, stages.mark_stage, stranger, lead_id, "booked")
    assert one(app, leads).state == "open"
