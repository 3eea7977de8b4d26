"""Patients arrive: marked by the front desk or by their own HERE, and taken back. 10:00 on a Monday."""

from datetime import timedelta

import pytest

from core.booking.store import Visit
from core.domain.errors import Denied, InvalidInput, LostRace
from core.domain.roles import PATIENT
from core.flows.booking import arriving
from core.flows.conversation import receive_text
from core.flows.leads import visits
from core.leads.tables import lead_events, leads
from core.messaging.tables import timed_actions
from tests.conftest import TestApp
from tests.flows.booking.booking import DAY, MINUTE, a_lead, add_provider, booked, visit, wish
from tests.flows.dispatching import run_due
from tests.flows.staffing import do, kinds, one, rows, who

PHONE = "+14075550155"
SOON = timedelta(hours=3)


def a_visit(app: TestApp, after: timedelta = SOON) -> Visit:
    add_provider(app, "hana", "Hana Cole", ["skin"])
    return booked(app, a_lead(app), wish(app), app.clock.now() + after)


def planned(app: TestApp, visit_id: str) -> list[str]:
    """Texts that are still to go out for it."""
    c = timed_actions.c
    found = rows(app, timed_actions, c.state.in_(("planned", "held")), c.kind == "text")
    return [row.template for row in found if row.template in ("check_in", "visit_today")]


def test_who_has_arrived_is_reminded_no_more(app: TestApp) -> None:
    ahead = a_visit(app)
    assert "check_in" in planned(app, ahead.id)
    assert do(app, arriving.arrived, who(app, "frontdesk"), ahead.id)
    assert visit(app, ahead.id).arrived_at == app.clock.now()
    assert planned(app, ahead.id) == []
    assert "visit_arrived" in kinds(app, ahead.lead_id)


def test_what_arriving_stopped_goes_out_again_when_it_is_taken_back(app: TestApp) -> None:
    ahead = a_visit(app)
    before = planned(app, ahead.id)
    do(app, arriving.in_room, who(app, "frontdesk"), ahead.id)
    app.clock.advance(MINUTE)
    do(app, arriving.undo_arrived, who(app, "frontdesk"), ahead.id)
    stands = visit(app, ahead.id)
    assert (stands.arrived_at, stands.in_room_at) == (None, None)
    assert planned(app, ahead.id) == before
    with pytest.raises(LostRace, match="not marked 'arrived' any more"):
        do(app, arriving.undo_arrived, who(app, "frontdesk"), ahead.id)


def test_who_is_in_a_room_has_arrived_and_may_wait_again(app: TestApp) -> None:
    ahead, desk = a_visit(app), who(app, "frontdesk")
    do(app, arriving.in_room, desk, ahead.id)
    do(app, arriving.undo_in_room, desk, ahead.id)
    stands = visit(app, ahead.id)
    assert (stands.arrived_at, stands.in_room_at) == (app.clock.now(), None)


def test_the_front_desk_and_the_patient_may_both_say_it(app: TestApp) -> None:
    ahead = a_visit(app)
    assert do(app, arriving.heard_here, PATIENT, ahead.lead_id)
    app.clock.advance(MINUTE)
    assert not do(app, arriving.arrived, who(app, "frontdesk"), ahead.id)
    assert visit(app, ahead.id).arrived_at == app.clock.now() - MINUTE
    assert kinds(app, ahead.lead_id).count("visit_arrived") == 1


def test_nobody_arrives_for_a_visit_of_another_day(app: TestApp) -> None:
    ahead = a_visit(app, 2 * DAY)
    assert not do(app, arriving.heard_here, PATIENT, ahead.lead_id)
    with pytest.raises(InvalidInput, match="not today"):
        do(app, arriving.arrived, who(app, "frontdesk"), ahead.id)
    assert visit(app, ahead.id).arrived_at is None


def test_a_visit_of_somebody_who_is_here_moves_within_the_day_alone(app: TestApp) -> None:
    """Its reminders were stopped: on another day nobody would remind them."""
    ahead, desk = a_visit(app), who(app, "frontdesk")
    do(app, arriving.arrived, desk, ahead.id)
    later = app.clock.now() + 4 * SOON / 3
    do(app, visits.move, app.reference, desk, ahead.id, later, seen=ahead.starts_at)
    assert visit(app, ahead.id).starts_at == later
    with pytest.raises(InvalidInput, match="Take back that they have arrived"):
        do(app, visits.move, app.reference, desk, ahead.id, later + 2 * DAY, seen=later)


def test_a_visit_that_ended_has_nobody_arriving(app: TestApp) -> None:
    ahead, desk = a_visit(app), who(app, "frontdesk")
    do(app, visits.cancel, app.reference, desk, ahead.id, "unwell")
    with pytest.raises(LostRace, match="cancelled"):
        do(app, arriving.arrived, desk, ahead.id)


def test_providers_mark_nobody(app: TestApp) -> None:
    ahead = a_visit(app)
    with pytest.raises(Denied):
        do(app, arriving.arrived, who(app, "provider"), ahead.id)


def test_here_by_text_marks_who_was_asked_for_it(app: TestApp) -> None:
    """The text at the visit's time asks for it; the answer is theirs, and a person reads it all the same."""
    ahead = a_visit(app)
    app.clock.advance(SOON)
    run_due(app)
    assert any("Text HERE" in text.body for text, _, _ in app.sms.accepted)
    app.clock.advance(2 * MINUTE)
    receive_text.receive(app, {"MessageSid": "SMin1", "From": PHONE, "Body": "Here!"}, now=app.clock.now())
    assert visit(app, ahead.id).arrived_at == app.clock.now()
    told = one(app, lead_events, lead_events.c.kind == "visit_arrived")
    assert (told.by_kind, told.staff_id) == ("patient", None)
    assert one(app, leads).unread == 1


def test_here_in_another_sense_marks_nobody(app: TestApp) -> None:
    ahead = a_visit(app)
    app.clock.advance(SOON)
    run_due(app)
    receive_text.receive(
        app, {"MessageSid": "SMin1", "From": PHONE, "Body": "I won't be here today"}, now=app.clock.now()
    )
    assert visit(app, ahead.id).arrived_at is None
