"""Other systems hear exactly what became of a visit, in its order, signed, at least once, and nothing of the person."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from core.booking.tables import appointments
from core.domain.errors import InvalidInput, LostRace, NotFound
from core.domain.ports import Hook, Outcome, SendResult
from core.flows.access import erasing
from core.flows.booking import completing
from core.flows.leads import stages, visits
from core.flows.sending import pausing
from core.flows.webhooks import delivering, endpoints
from core.leads.store import leads
from core.messaging.actions import NewAction, Purpose
from core.messaging.store import overdue, planning
from core.messaging.tables import timed_actions
from core.operations import store_stops
from core.reads import webhooks as reads
from core.webhooks.rules import EVENTS, MOST_TRIES, RETRIES
from core.webhooks.tables import webhook_deliveries, webhook_endpoints
from scheduler.jobs import take_over_dead
from tests.conftest import TestApp
from tests.flows.booking.booking import DAY, a_lead, add_provider, booked, hold, wish
from tests.flows.booking.hooks import OWNER, URL, call_all, listen, log, said, turn, types
from tests.flows.booking.test_booking import at
from tests.flows.dispatching import Held, run_due
from tests.flows.staffing import do, one, rows, who

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DOWN = SendResult(Outcome.RETRY, code=500)


def a_visit(app: TestApp, number: int = 0, hour: int = 10) -> str:
    """A booked HydraFacial of tomorrow; its id."""
    if not number:
        add_provider(app, "tess", "Tess Holloway", ["skin"])
    return booked(app, a_lead(app, number), wish(app), at(app, hour)).id


def staff(app: TestApp, act: object, *arguments: object, **named: object) -> None:
    do(app, act, app.reference, who(app, "frontdesk"), *arguments, **named)  # type: ignore[arg-type]


def mark(app: TestApp, visit_id: str, stage: str) -> None:
    do(app, stages.mark_stage, who(app, "frontdesk"), lead_of(app, visit_id), stage)


def lead_of(app: TestApp, visit_id: str) -> str:
    found: str = one(app, appointments, appointments.c.id == visit_id).lead_id
    return found


def test_each_step_of_a_visit_is_told_once_and_in_order(app: TestApp) -> None:
    listen(app)
    visit_id = a_visit(app)
    staff(app, visits.move, visit_id, at(app, 14), seen=at(app, 10))
    app.clock.advance(DAY)
    mark(app, visit_id, "attended")
    mark(app, visit_id, "treated")
    assert call_all(app) == 4
    assert types(app) == ["booking.created", "booking.moved", "booking.arrived", "booking.completed"]
    assert call_all(app) == 0
    first, second, third, last = (said(hook) for hook in app.webhooks.taken)
    assert len({event["id"] for event in (first, second, third, last)}) == 4
    assert {event["data"]["appointmentId"] for event in (first, second, third, last)} == {visit_id}
    assert [event["data"]["status"] for event in (first, second, third, last)] == [
        "booked", "booked", "arrived", "arrived",
    ]  # fmt: skip
    assert [event["data"]["sequence"] for event in (first, second)] == [0, 1]


def test_a_second_visit_of_the_same_request_is_told_as_the_first(app: TestApp) -> None:
    listen(app)
    first = a_visit(app)
    app.clock.advance(DAY)
    desk = who(app, "frontdesk")
    do(app, completing.complete, desk, first, 18_900)
    booked(app, lead_of(app, first), wish(app), app.clock.now() + HOUR)
    second = rows(app, appointments, appointments.c.state == "booked")[0].id
    do(app, completing.complete, desk, second, 18_900)
    call_all(app)
    assert sorted(types(app)) == sorted(["booking.created", "booking.arrived", "booking.completed"] * 2)


def test_it_says_when_where_with_whom_and_nothing_of_the_person(app: TestApp) -> None:
    listen(app)
    visit_id = a_visit(app)
    call_all(app)
    [hook] = app.webhooks.taken
    event = said(hook)
    visit = one(app, appointments)
    assert (event["type"], event["created_at"]) == ("booking.created", "2026-11-23T15:00:00Z")
    assert event["data"] == {
        "appointmentId": visit_id,
        "confirmationNumber": visit.reference,
        "status": "booked",
        "service": "hydrafacial",
        "provider": {"id": visit.provider_id, "name": "Tess Holloway"},
        "location": "downtown",
        "start": "2026-11-24T15:00:00Z",
        "end": "2026-11-24T15:50:00Z",
        "sequence": 0,
    }
    assert not any(word in hook.body for word in ("Omar", "Reyes", "555", "HydraFacial", visit.lead_id))


def test_a_cancelled_visit_is_told_and_one_that_stands_again(app: TestApp) -> None:
    listen(app)
    visit_id = a_visit(app)
    staff(app, visits.cancel, visit_id, "time")
    staff(app, visits.put_back, visit_id)
    call_all(app)
    assert types(app) == ["booking.created", "booking.cancelled", "booking.created"]
    assert [said(hook)["data"]["status"] for hook in app.webhooks.taken] == ["booked", "cancelled", "booked"]
    assert said(app.webhooks.taken[-1])["data"]["sequence"] == 2


def test_a_booking_that_was_marked_by_mistake_is_told_as_off(app: TestApp) -> None:
    listen(app)
    lead_id = a_lead(app)
    do(app, stages.mark_stage, who(app, "frontdesk"), lead_id, "booked")
    do(app, stages.unmark_stage, app.reference, who(app, "frontdesk"), lead_id, "booked")
    call_all(app)
    assert types(app) == ["booking.created", "booking.cancelled"]
    assert said(app.webhooks.taken[0])["data"]["start"] is None


def test_what_was_undone_with_its_cause_is_never_told(app: TestApp) -> None:
    """In the same transaction: a race that was lost, a slot that was taken."""
    listen(app)
    visit_id = a_visit(app)
    with pytest.raises(LostRace):
        staff(app, visits.move, visit_id, at(app, 14), seen=at(app, 11))
    assert [row[0] for row in log(app)] == ["booking.created"]


def test_who_listens_to_some_hears_of_those_alone(app: TestApp) -> None:
    listen(app, "cancelled", "booking.moved")
    visit_id = a_visit(app)
    staff(app, visits.move, visit_id, at(app, 14), seen=at(app, 10))
    call_all(app)
    assert types(app) == ["booking.moved"]


def test_where_nobody_listens_nothing_is_planned(app: TestApp) -> None:
    a_visit(app)
    assert rows(app, webhook_deliveries) == []
    assert rows(app, timed_actions, timed_actions.c.kind == "webhook") == []


def test_what_is_not_taken_goes_again_until_a_day_has_passed_and_is_then_shown(app: TestApp) -> None:
    listen(app)
    app.webhooks.answer = lambda _hook: DOWN
    a_visit(app)
    waits = []
    for _ in range(MOST_TRIES):
        assert call_all(app) == 1
        waits.append(due(app) - app.clock.now())
        app.clock.moment = max(due(app), app.clock.now())
    assert tuple(waits[:-1]) == RETRIES
    assert RETRIES == (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR)
    app.clock.advance(7 * DAY)
    assert call_all(app) == 0
    assert log(app) == [("booking.created", "failed", MOST_TRIES, 500)]
    assert len({hook.body for hook in app.webhooks.asked}) == 1
    with app.db.read() as session:
        [line] = reads.log(session, 10, only_failed=True)
        [shown] = reads.endpoints(session)
    assert (line.host, line.tries, line.status_code) == ("hooks.example.com", MOST_TRIES, 500)
    assert (shown.delivered, shown.waiting, shown.failed) == (0, 0, 1)


def due(app: TestApp) -> datetime:
    found: datetime = one(app, timed_actions, timed_actions.c.kind == "webhook").due_at
    return found


def test_a_later_step_waits_for_the_one_before_and_is_told_when_that_was_taken(app: TestApp) -> None:
    """A receiver that was down hears 'created' before 'cancelled', and the second at once after the first."""
    listen(app)
    app.webhooks.answer = lambda _hook: DOWN
    visit_id = a_visit(app)
    assert call_all(app) == 1
    staff(app, visits.cancel, visit_id, "time")
    assert call_all(app) == 0
    app.webhooks.answer = lambda _hook: None
    app.clock.advance(MINUTE)
    call_all(app)
    assert types(app) == ["booking.created", "booking.cancelled"]


def test_one_visits_trouble_holds_up_no_others(app: TestApp) -> None:
    listen(app)
    first = a_visit(app)
    app.webhooks.answer = lambda hook: DOWN if first in hook.body else None
    a_visit(app, 101, hour=12)
    call_all(app)
    assert [state for _, state, _, _ in log(app)] == ["waiting", "delivered"]


def test_an_endpoint_that_takes_nothing_holds_up_no_other(app: TestApp) -> None:
    slow = listen(app)
    listen(app, url="https://other.example.com/")
    a_visit(app)
    for number in range(101, 107):
        a_visit(app, number, hour=11 + number - 101)
    found = delivering.claim(app, OWNER, 8, {slow.id: delivering.OF_ONE}, now=app.clock.now())
    assert {job.endpoint_id for job in found.jobs} == {row.id for row in rows(app, webhook_endpoints)} - {
        slow.id
    }
    assert len(found.jobs) == delivering.OF_ONE


def test_nothing_is_lost_with_a_scheduler_that_dies_between_claim_and_result(app: TestApp) -> None:
    listen(app)
    a_visit(app)
    [job] = delivering.claim(app, OWNER, 8, {}, now=app.clock.now()).jobs
    delivering.call(app, job)  # the receiver has it; nobody knows
    assert take_over_dead(app, "another", Held(), app.clock.now()) == 1
    assert call_all(app) == 1
    first, again = (said(hook) for hook in app.webhooks.taken)
    assert first == again
    assert log(app) == [("booking.created", "delivered", 2, 200)]
    delivering.settle(app, job, DOWN, now=app.clock.now())  # the dead one's answer comes after all
    assert log(app) == [("booking.created", "delivered", 2, 200)]


def test_one_that_kills_every_scheduler_is_given_up_and_the_next_goes_on(app: TestApp) -> None:
    listen(app)
    visit_id = a_visit(app)
    staff(app, visits.cancel, visit_id, "time")
    for _ in range(MOST_TRIES):
        assert len(delivering.claim(app, OWNER, 8, {}, now=app.clock.now()).jobs) == 1
        take_over_dead(app, "another", Held(), app.clock.now())
    assert [state for _, state, _, _ in log(app)] == ["failed", "waiting"]
    app.clock.advance(MINUTE)
    call_all(app)
    assert types(app) == ["booking.cancelled"]


def test_what_waits_about_somebody_who_was_erased_is_told_to_nobody(app: TestApp) -> None:
    listen(app)
    app.webhooks.answer = lambda _hook: DOWN
    visit_id = a_visit(app)
    call_all(app)
    erase(app, visit_id)
    app.webhooks.answer = lambda _hook: None
    app.clock.advance(7 * DAY)
    assert call_all(app) == 0
    assert app.webhooks.taken == []
    assert log(app) == [("booking.created", "dropped", 1, 500)]


def test_nor_what_waits_about_a_booking_of_theirs_that_was_marked_by_mistake(app: TestApp) -> None:
    listen(app)
    visit_id = a_visit(app)
    staff(app, stages.unmark_stage, lead_of(app, visit_id), "booked")
    erase(app, visit_id)
    assert call_all(app) == 0
    assert {state for _, state, _, _ in log(app)} == {"dropped"}


def test_who_is_erased_while_it_is_on_its_way_is_told_of_no_more(app: TestApp) -> None:
    listen(app)
    visit_id = a_visit(app)
    [job] = delivering.claim(app, OWNER, 8, {}, now=app.clock.now()).jobs
    erase(app, visit_id)
    delivering.settle(app, job, DOWN, now=app.clock.now())
    app.clock.advance(7 * DAY)
    assert call_all(app) == 0
    assert app.webhooks.asked == []
    assert [state for _, state, _, _ in log(app)] == ["dropped"]


def erase(app: TestApp, visit_id: str) -> None:
    with app.db.read() as session:
        number = leads.get(session, lead_of(app, visit_id)).number
    erasing.erase(app, number, "asked for it", actor="test", now=app.clock.now())


def test_a_removed_endpoint_hears_nothing_more(app: TestApp) -> None:
    added = listen(app)
    visit_id = a_visit(app)
    assert endpoints.remove(app, added.id, now=app.clock.now()) == 1
    staff(app, visits.cancel, visit_id, "time")
    assert call_all(app) == 0
    assert log(app) == [("booking.created", "dropped", 0, None)]
    with app.db.read() as session:
        assert reads.endpoints(session) == []
    with pytest.raises(NotFound):
        endpoints.remove(app, added.id, now=app.clock.now())


def test_limits_that_stop_texts_stop_no_webhook_and_a_persons_pause_does(app: TestApp) -> None:
    listen(app)
    a_visit(app)
    with app.db.write() as session:
        store_stops.stop(session, "error_rate", {}, by=None, now=app.clock.now())
    assert turn(app) == 1
    a_visit(app, 101, hour=12)
    do(app, pausing.pause, who(app, "admin"), "a test")
    assert turn(app) == 0
    do(app, pausing.resume, who(app, "admin"))
    assert turn(app) == 1


def test_a_thousand_that_wait_are_in_no_texts_way(app: TestApp) -> None:
    """They lie in a lane of their own, which no claim of texts looks at."""
    listen(app)
    a_visit(app)
    app.webhooks.answer = lambda _hook: DOWN
    before = len(app.sms.accepted)
    run_due(app)
    assert len(app.sms.accepted) > before
    assert [row[1] for row in log(app)] == ["waiting"]
    with app.db.write() as session:
        overdue.drop(session, app.clock.now())
    assert [row[1] for row in log(app)] == ["waiting"]
    assert call_all(app) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/x", "https://127.0.0.1/x", "https://10.0.0.5/x", "https://[::1]/x",
        "ftp://a.example/x", "https://user:word@hooks.example.com/", "https://printer.local/x", "https://intranet/x",
        "", "hooks.example.com",
        "https://169.254.169.254/latest/meta-data",
    ],
)  # fmt: skip
def test_only_a_public_https_address_may_hear(app: TestApp, url: str) -> None:
    with pytest.raises(InvalidInput, match="url: must be an https address") as refused:
        listen(app, url=url)
    assert "word" not in str(refused.value)
    assert rows(app, webhook_endpoints) == []


def test_a_host_of_ones_own_is_allowed_by_a_setting(app: TestApp) -> None:
    settings = app.settings.model_copy(update={"webhook_hosts": "n8n.internal"})
    assert listen(replace(app, settings=settings), url="https://n8n.internal/hook").secret.startswith(
        "whsec_"
    )


def test_an_unknown_event_or_a_second_time_is_refused(app: TestApp) -> None:
    with pytest.raises(InvalidInput, match=r"events: booking\.paid is none"):
        listen(app, "paid")
    listen(app)
    with pytest.raises(InvalidInput, match="hears of visits already"):
        listen(app)
    with app.db.read() as session:
        [shown] = reads.endpoints(session)
    assert shown.events == EVENTS


def test_address_and_secret_are_in_no_column_that_can_be_read(app: TestApp) -> None:
    added = listen(app)
    with app.db.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM webhook_endpoints").one()
    assert URL not in str(row)
    assert added.secret not in str(row)
    assert added.secret not in repr(Hook(URL, added.secret, "{}"))


def test_a_damaged_row_stops_no_other(app: TestApp) -> None:
    listen(app)
    with app.db.write() as session:
        lost = NewAction(
            "webhook:lost", "webhook", app.clock.now(), Purpose.TRANSACTIONAL, audience="outside"
        )
        planning.plan(session, lost, app.clock.now())
    a_visit(app)
    assert call_all(app) == 1
    with app.db.read() as session:
        state = select(timed_actions.c.state).where(timed_actions.c.key == "webhook:lost")
        assert session.execute(state).scalar_one() == "dropped"


def test_a_held_time_is_told_to_nobody(app: TestApp) -> None:
    """Only what is booked is a booking."""
    listen(app)
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    hold(app, a_lead(app), wish(app), at(app, 10))
    assert rows(app, webhook_deliveries) == []
