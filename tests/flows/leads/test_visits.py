"""A booking with its time: moved, cancelled, missed, attended, and every mark taken back. 10:00 on a Monday."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from core.analytics.tables import conversion_events
from core.booking.tables import appointments
from core.domain.errors import InvalidInput, LostRace
from core.flows.leads import stages, visits
from core.leads.tables import leads, tasks
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from core.reads import funnel, lead
from core.reads.parts.periods import period
from core.reads.parts.scopes import STAGES, Scope
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.flows.staffing import OWED, do, kinds, new_lead, one, rows, who

DAY = timedelta(days=1)


def book(app: TestApp, lead_id: str, after: timedelta = 2 * DAY, **named: Any) -> str:
    starts_at = app.clock.now() + after
    visit_id = do(app, visits.book, app.reference, who(app, "frontdesk"), lead_id, starts_at, **named)
    assert isinstance(visit_id, str)
    return visit_id


def reached(app: TestApp) -> dict[str, int]:
    """The funnel of the last seven days, as of a moment later."""
    zone = app.settings.zone
    with app.db.read() as session:
        found = funnel.read(
            session,
            who(app, "manager"),
            period("7", zone, app.clock.now() + timedelta(seconds=1)),
            Scope(),
            zone,
        )
    return dict(zip(STAGES, found.stages, strict=True))


def open_tasks(app: TestApp) -> list[str]:
    return [task.kind for task in rows(app, tasks, tasks.c.done_at.is_(None))]


def test_a_booking_has_a_time_a_place_a_provider_and_a_kind(app: TestApp) -> None:
    lead_id, nina = new_lead(app), who(app, "provider")
    book(
        app, lead_id, location="westlake", provider_id=nina.staff_id, kind="consultation", value_cents=45_000
    )
    with app.db.read() as session:
        shown = lead.read(session, who(app, "frontdesk"), lead_id).visits[0]
    assert (shown.starts_at, shown.location, shown.provider, shown.kind, shown.value_cents) == (
        app.clock.now() + 2 * DAY,
        "westlake",
        "Nina Castellano",
        "consultation",
        45_000,
    )
    assert (one(app, leads).state, one(app, leads).booked_at) == ("booked", app.clock.now())
    assert {clock.state for clock in rows(app, sla_clocks, OWED)} == {"met"}


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ({"after": timedelta(days=500)}, "starts_at"),
        ({"after": timedelta(days=-40)}, "starts_at"),
        ({"location": "moon"}, "location"),
        ({"provider_id": "nobody"}, "provider"),
        ({"kind": "party"}, "kind"),
        ({"value_cents": 900}, "value"),
        ({"value_cents": 2_255_000}, "value"),
    ],
)
def test_what_can_not_be_meant_is_refused_and_nothing_is_booked(
    app: TestApp, named: dict[str, Any], field: str
) -> None:
    """A slip such as 50 typed into 225 makes 22550 dollars, which is out of range."""
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput) as refused:
        book(app, lead_id, **named)
    assert refused.value.errors[0].field == field
    assert (one(app, leads).state, rows(app, appointments)) == ("open", [])


def test_the_second_to_book_learns_who_was_faster(app: TestApp) -> None:
    lead_id = new_lead(app)
    book(app, lead_id)
    app.clock.advance(timedelta(seconds=4))
    with pytest.raises(LostRace, match="Maya marked it booked 4 s before you"):
        do(app, visits.book, app.reference, who(app, "manager"), lead_id, app.clock.now() + DAY)


def test_two_who_book_at_the_same_moment_make_one_visit(app: TestApp) -> None:
    lead_id = new_lead(app)
    ready, won, lost = threading.Barrier(2), [], []

    def click(username: str) -> None:
        actor = who(app, username)
        ready.wait()
        try:
            do(app, visits.book, app.reference, actor, lead_id, app.clock.now() + DAY)
            won.append(username)
        except LostRace:
            lost.append(username)

    threads = [threading.Thread(target=click, args=(name,)) for name in ("manager", "admin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost), len(rows(app, appointments))) == (1, 1, 1)


def test_a_visit_is_moved_from_the_time_that_one_saw(app: TestApp) -> None:
    lead_id = new_lead(app)
    visit_id, first, later = book(app, lead_id), app.clock.now() + 2 * DAY, app.clock.now() + 3 * DAY
    do(app, visits.move, app.reference, who(app, "frontdesk"), visit_id, later, seen=first)
    assert one(app, appointments).starts_at == later
    with pytest.raises(LostRace, match="moved meanwhile"):
        do(app, visits.move, app.reference, who(app, "manager"), visit_id, later + DAY, seen=first)
    assert kinds(app, lead_id)[-1] == "visit_moved"


def test_a_cancelled_visit_counts_as_booked_no_more_and_the_lead_is_due_again(app: TestApp) -> None:
    """Open, in the queue with 'offer another visit' within an hour of opening time; no sequence starts."""
    lead_id = new_lead(app)
    visit_id = book(app, lead_id)
    app.clock.advance(timedelta(hours=1))
    do(app, visits.cancel, app.reference, who(app, "manager"), visit_id, "unwell")
    kept, found = one(app, appointments), one(app, leads)
    assert (kept.state, kept.reason, kept.ended_by) == ("cancelled", "unwell", who(app, "manager").staff_id)
    assert (found.state, found.booked_at) == ("open", None)
    rebook = one(app, tasks, tasks.c.kind == "rebook")
    assert rebook.due_at == app.clock.now() + timedelta(hours=1)
    assert (reached(app)["booked"], reached(app)["attempted"]) == (0, 1)
    assert one(app, patients).status == "contacted"
    assert rows(app, conversion_events, conversion_events.c.event_type == "booked") == []
    assert kinds(app, lead_id)[-1] == "visit_cancelled"
    c = timed_actions.c
    assert rows(app, timed_actions, c.step.is_not(None), c.state == "planned") == []


def test_a_cancellation_needs_a_reason_of_the_list(app: TestApp) -> None:
    lead_id = new_lead(app)
    visit_id = book(app, lead_id)
    with pytest.raises(InvalidInput, match="Choose a reason"):
        do(app, visits.cancel, app.reference, who(app, "frontdesk"), visit_id, "")


def test_nobody_came_is_booked_and_no_visit(app: TestApp) -> None:
    """The share of visits that took place is of those that were booked: a no-show stays among them."""
    lead_id = new_lead(app)
    visit_id = book(app, lead_id, timedelta(hours=1))
    with pytest.raises(InvalidInput, match="still to come"):
        do(app, visits.no_show, app.reference, who(app, "frontdesk"), visit_id)
    app.clock.advance(timedelta(hours=2))
    do(app, visits.no_show, app.reference, who(app, "frontdesk"), visit_id)
    assert (reached(app)["booked"], reached(app)["attended"]) == (1, 0)
    assert (one(app, leads).state, open_tasks(app)) == ("open", ["rebook"])


def test_a_missed_visit_can_be_followed_by_another(app: TestApp) -> None:
    lead_id = new_lead(app)
    visit_id = book(app, lead_id, timedelta(hours=1))
    app.clock.advance(timedelta(hours=2))
    do(app, visits.no_show, app.reference, who(app, "frontdesk"), visit_id)
    book(app, lead_id)
    assert (one(app, leads).state, open_tasks(app), reached(app)["booked"]) == ("booked", [], 1)
    assert [row.state for row in rows(app, appointments)] == ["no_show", "booked"]


@pytest.mark.parametrize("way", ["cancel", "no_show"])
def test_what_became_of_a_visit_can_be_taken_back_later_too(app: TestApp, way: str) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    visit_id = book(app, lead_id, timedelta(hours=1))
    booked_at = app.clock.now()
    app.clock.advance(timedelta(hours=5))
    if way == "cancel":
        do(app, visits.cancel, app.reference, maya, visit_id, "time")
    else:
        do(app, visits.no_show, app.reference, maya, visit_id)
    app.clock.advance(timedelta(hours=5))
    do(app, visits.put_back, app.reference, maya, visit_id)
    assert (one(app, leads).state, one(app, leads).booked_at) == ("booked", booked_at)
    assert (one(app, appointments).state, open_tasks(app)) == ("booked", [])
    assert kinds(app, lead_id)[-1] == "visit_put_back"
    types = [row.event_type for row in rows(app, conversion_events)]
    assert (types.count("booked"), types.count("cancelled"), types.count("no_show")) == (1, 0, 0)


def test_a_visit_is_not_put_back_beside_another_one(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    visit_id = book(app, lead_id)
    do(app, visits.cancel, app.reference, maya, visit_id, "time")
    app.clock.advance(timedelta(seconds=1))
    book(app, lead_id, 3 * DAY)
    with pytest.raises(LostRace, match="marked 'cancelled' by Maya already"):
        do(app, visits.put_back, app.reference, maya, visit_id)


def test_a_visit_that_took_place_is_attended_and_can_be_unmarked(app: TestApp) -> None:
    """Treated is taken back before attended, attended before booked."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    book(app, lead_id)
    app.clock.advance(2 * DAY)
    do(app, stages.mark_stage, maya, lead_id, "attended")
    do(app, stages.mark_stage, maya, lead_id, "treated", 61_000)
    assert one(app, appointments).state == "attended"
    with pytest.raises(InvalidInput, match=r"marked treated too\. Take that back first"):
        do(app, stages.unmark_stage, app.reference, maya, lead_id, "attended")
    app.clock.advance(2 * DAY)
    for stage in ("treated", "attended"):
        do(app, stages.unmark_stage, app.reference, maya, lead_id, stage)
    found = one(app, leads)
    assert (found.attended_at, found.treated_at, found.state) == (None, None, "booked")
    assert one(app, appointments).state == "booked"


def test_who_came_without_a_booking_has_had_a_visit(app: TestApp) -> None:
    """And taken back, there was none: the lead is open, its clock runs."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, stages.mark_stage, maya, lead_id, "attended")
    assert (one(app, appointments).state, one(app, leads).state) == ("attended", "booked")
    do(app, stages.unmark_stage, app.reference, maya, lead_id, "attended")
    assert (one(app, leads).state, one(app, leads).contacted_at) == ("open", None)
    assert {clock.state for clock in rows(app, sla_clocks, OWED)} == {"running"}


def test_a_booking_marked_by_mistake_leaves_no_conversation_behind(app: TestApp) -> None:
    """At once the sequence goes on too; days later it stays stopped."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    c = timed_actions.c
    steps = {row.step for row in rows(app, timed_actions, c.step.is_not(None), c.state == "planned")}
    book(app, lead_id)
    app.clock.advance(timedelta(seconds=8))
    do(app, stages.unmark_stage, app.reference, maya, lead_id, "booked")
    found = one(app, leads)
    assert (found.state, found.booked_at, found.contacted_at, found.attempted_at) == (
        "open",
        None,
        None,
        None,
    )
    assert {clock.state for clock in rows(app, sla_clocks, OWED)} == {"running"}
    assert steps == {row.step for row in rows(app, timed_actions, c.step.is_not(None), c.state == "planned")}
    assert one(app, patients).status == "new"
    book(app, lead_id)
    app.clock.advance(2 * DAY)
    do(app, stages.unmark_stage, app.reference, maya, lead_id, "booked")
    assert rows(app, timed_actions, c.step.is_not(None), c.state == "planned") == []
    assert kinds(app, lead_id)[-1] == "unmarked"
