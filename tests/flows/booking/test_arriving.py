"""Patients arrive: marked by the front desk or by their own HERE, and taken back. 10:00 on a Monday."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from core.booking.store import Visit
from core.domain.errors import Denied, InvalidInput, LostRace
from core.domain.roles import PATIENT
from core.flows.booking import arriving
from core.flows.conversation import receive_text
from core.flows.leads import stages, visits
from core.leads.tables import lead_events, leads
from core.messaging.tables import timed_actions
from core.sla.tables import sla_clocks
from core.webhooks import store
from core.webhooks.rules import ARRIVED
from tests.conftest import TestApp
from tests.flows.booking.booking import DAY, MINUTE, a_lead, add_provider, booked, visit, wish
from tests.flows.dispatching import run_due
from tests.flows.leads.test_visits import reached
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


def hear(app: TestApp, body: str) -> None:
    """The patient writes."""
    receive_text.receive(app, {"MessageSid": "SMin1", "From": PHONE, "Body": body}, now=app.clock.now())


def test_who_has_arrived_is_reminded_no_more(app: TestApp) -> None:
    ahead = a_visit(app)
    assert "check_in" in planned(app, ahead.id)
    assert do(app, arriving.arrived, who(app, "frontdesk"), ahead.id)
    assert visit(app, ahead.id).arrived_at == app.clock.now()
    assert planned(app, ahead.id) == []
    assert "attended" in kinds(app, ahead.lead_id)


def test_what_arriving_stopped_goes_out_again_when_it_is_taken_back(app: TestApp) -> None:
    ahead = a_visit(app)
    before = planned(app, ahead.id)
    do(app, arriving.in_room, who(app, "frontdesk"), ahead.id)
    app.clock.advance(MINUTE)
    do(app, arriving.undo_arrived, app.reference, who(app, "frontdesk"), ahead.id)
    stands = visit(app, ahead.id)
    assert (stands.arrived_at, stands.in_room_at) == (None, None)
    assert planned(app, ahead.id) == before
    with pytest.raises(LostRace, match="not marked 'arrived' any more"):
        do(app, arriving.undo_arrived, app.reference, who(app, "frontdesk"), ahead.id)


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
    assert kinds(app, ahead.lead_id).count("attended") == 1


def test_nobody_arrives_for_a_visit_of_another_day(app: TestApp) -> None:
    ahead = a_visit(app, 2 * DAY)
    assert not do(app, arriving.heard_here, PATIENT, ahead.lead_id)
    with pytest.raises(InvalidInput, match="not today"):
        do(app, arriving.arrived, who(app, "frontdesk"), ahead.id)
    assert visit(app, ahead.id).arrived_at is None


def test_whoever_is_here_is_neither_missed_nor_called_off_nor_moved(app: TestApp) -> None:
    """Until somebody takes back that they have arrived: whoever marks the day's no-shows may be wrong about them."""
    ahead, desk = a_visit(app), who(app, "frontdesk")
    app.clock.advance(SOON)
    do(app, arriving.heard_here, PATIENT, ahead.lead_id)
    app.clock.advance(MINUTE)
    with pytest.raises(LostRace, match="Take that back first"):
        do(app, visits.no_show, app.reference, desk, ahead.id)
    with pytest.raises(LostRace, match="They have arrived"):
        do(app, visits.cancel, app.reference, desk, ahead.id, "unwell")
    with pytest.raises(LostRace, match="They have arrived"):
        do(app, visits.move, app.reference, desk, ahead.id, app.clock.now() + DAY, seen=ahead.starts_at)
    do(app, arriving.undo_arrived, app.reference, desk, ahead.id)
    do(app, visits.no_show, app.reference, desk, ahead.id)
    assert visit(app, ahead.id).state == "no_show"


WAYS: dict[str, Callable[[TestApp, Visit], object]] = {
    "a mark on the visit": lambda app, ahead: do(app, arriving.arrived, who(app, "frontdesk"), ahead.id),
    "their stage": lambda app, ahead: do(
        app, stages.mark_stage, who(app, "manager"), ahead.lead_id, "attended"
    ),
    "HERE": lambda app, ahead: do(app, arriving.heard_here, PATIENT, ahead.lead_id),
    "in a room": lambda app, ahead: do(app, arriving.in_room, who(app, "frontdesk"), ahead.id),
}


@pytest.mark.parametrize("way", WAYS)
def test_arrived_is_one_fact_whoever_says_it(app: TestApp, way: str) -> None:
    """The funnel counts them, other systems hear it once, nothing reminds them; taken back, all of it is undone."""
    ahead = a_visit(app)
    before = planned(app, ahead.id)
    with app.db.write() as session:
        store.add(session, "https://desk.example.com/hook", "secret", (ARRIVED,), "test", app.clock.now())
    WAYS[way](app, ahead)
    assert (visit(app, ahead.id).state, one(app, leads).attended_at) == ("attended", app.clock.now())
    assert reached(app)["attended"] == 1
    assert planned(app, ahead.id) == []
    assert len(rows(app, timed_actions, timed_actions.c.kind == "webhook")) == 1
    app.clock.advance(MINUTE)
    do(app, arriving.undo_arrived, app.reference, who(app, "frontdesk"), ahead.id)
    assert (visit(app, ahead.id).state, one(app, leads).attended_at) == ("booked", None)
    assert reached(app)["attended"] == 0
    assert planned(app, ahead.id) == before


def test_a_stage_that_is_taken_back_is_the_same_as_the_mark_taken_back(app: TestApp) -> None:
    ahead, desk = a_visit(app), who(app, "frontdesk")
    before = planned(app, ahead.id)
    do(app, arriving.heard_here, PATIENT, ahead.lead_id)
    app.clock.advance(MINUTE)
    do(app, stages.unmark_stage, app.reference, desk, ahead.lead_id, "attended")
    assert (visit(app, ahead.id).state, visit(app, ahead.id).arrived_at) == ("booked", None)
    assert planned(app, ahead.id) == before


def test_the_desk_and_the_patients_text_at_one_moment_are_one_arrival(app: TestApp) -> None:
    """On either database, whichever comes first; the text waits for a person all the same."""
    ahead, desk = a_visit(app), who(app, "frontdesk")
    app.clock.advance(SOON)
    run_due(app)
    app.clock.advance(MINUTE)
    ways = (lambda: hear(app, "Here!"), lambda: do(app, arriving.arrived, desk, ahead.id))
    ready, failed = threading.Barrier(2), list[BaseException]()

    def say(way: Callable[[], object]) -> None:
        ready.wait()
        try:
            way()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=say, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert kinds(app, ahead.lead_id).count("attended") == 1
    assert (visit(app, ahead.id).state, reached(app)["attended"], one(app, leads).unread) == (
        "attended",
        1,
        1,
    )


def test_their_here_waits_for_an_answer_until_staff_meet_them(app: TestApp) -> None:
    """HERE is a text that a person answers: the clock runs, and ends as somebody takes them to a room."""
    ahead, desk = a_visit(app), who(app, "frontdesk")
    app.clock.advance(SOON)
    run_due(app)
    app.clock.advance(MINUTE)
    hear(app, "Here!")
    reply = sla_clocks.c.target == "next_reply"
    assert [clock.state for clock in rows(app, sla_clocks, reply)] == ["running"]
    app.clock.advance(MINUTE)
    do(app, arriving.in_room, desk, ahead.id)
    assert [clock.state for clock in rows(app, sla_clocks, reply)] == ["met"]


def test_the_first_of_two_visits_taken_back_leaves_the_second_standing(app: TestApp) -> None:
    """The lead came for one of them: the funnel goes on counting it, as of that one."""
    first, desk = a_visit(app), who(app, "frontdesk")
    do(app, arriving.arrived, desk, first.id)
    app.clock.advance(MINUTE)
    second = booked(app, first.lead_id, wish(app), app.clock.now().replace(minute=0) + 2 * SOON)
    with pytest.raises(LostRace, match="Another visit is booked since"):
        do(app, arriving.undo_arrived, app.reference, desk, first.id)
    do(app, arriving.arrived, desk, second.id)
    came = app.clock.now()
    do(app, arriving.undo_arrived, app.reference, desk, first.id)
    assert (visit(app, first.id).state, one(app, leads).attended_at) == ("booked", came)
    assert reached(app)["attended"] == 1


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
    hear(app, "Here!")
    assert visit(app, ahead.id).arrived_at == app.clock.now()
    told = one(app, lead_events, lead_events.c.kind == "attended")
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
