"""Staff see who was asked and who was passed over, ask before the turn with a reason, call, stop. 10:00 on a Monday."""

from datetime import timedelta

import pytest

from core.booking.tables import waitlist_entries
from core.booking.waitlist_rules import Wanted
from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.access import erasing
from core.flows.booking import offering_by_staff as by_staff
from core.flows.booking.answering_offers import Answered
from core.leads.store import leads as lead_store
from core.leads.tables import leads
from core.reads import waitlist
from core.reads.waitlist import FreedTime
from tests.conftest import TestApp
from tests.flows.booking.booking import DAY, kept, overlaps, who
from tests.flows.booking.waitlist import (
    at,
    cancelled,
    entry_of,
    offer_of,
    offers,
    quiet_lead,
    says,
    slot,
    tess,
    texted,
    visit_of,
    waits,
)
from tests.flows.dispatching import run_due, run_until
from tests.flows.staffing import do, one, rows

OFFER = timedelta(minutes=30)
A_MOMENT = timedelta(seconds=2)


def read(app: TestApp, username: str = "frontdesk") -> FreedTime:
    """The time that came free, as staff see it."""
    with app.db.read() as session:
        now = app.clock.now()
        [found] = waitlist.freed_times(session, app.reference, who(app, username), now, now + 3 * DAY)
    return found


def landline(app: TestApp, number: int) -> str:
    lead_id = waits(app, number)
    with app.db.write() as session:
        lead_store.change(session, lead_id, app.clock.now(), call_only=True)
    return lead_id


@pytest.fixture
def offered(app: TestApp) -> TestApp:
    """101 was passed over, 102 has an offer, 103 is next, 104 takes calls only."""
    tess(app)
    waits(app, 101, part="morning")
    waits(app, 102)
    waits(app, 103)
    landline(app, 104)
    cancelled(app, at(app, 15, 30))
    run_due(app)
    return app


def lead(app: TestApp, number: int) -> str:
    return next(str(row.id) for row in rows(app, leads) if (row.phone or "").endswith(str(number)))


def entry(app: TestApp, number: int) -> str:
    return str(entry_of(app, lead(app, number)).id)


def test_staff_see_who_was_asked_in_which_order_and_who_was_not_and_why(offered: TestApp) -> None:
    app = offered
    found = read(app)
    assert (found.service, found.provider, found.state) == ("HydraFacial", "Tess Holloway", "open")
    assert found.freed_by.startswith("Omar")
    assert [(one.person.phone[-3:], one.place, one.state, one.why) for one in found.asked] == [
        ("102", 1, "offered", ""),
        ("101", 0, "skipped", "Wants a time before noon"),
        ("103", 2, "in_turn", ""),
        ("104", 3, "in_turn", ""),
    ]
    until = app.clock.now() + OFFER
    assert [one.until for one in found.asked] == [until, None, until, None]
    assert [one.person.call_only for one in found.asked][-1]
    run_until(app, OFFER + A_MOMENT)
    assert [one.state for one in read(app).asked] == ["expired", "offered", "skipped", "in_turn"]


def test_only_who_sees_leads_sees_who_waits(offered: TestApp) -> None:
    app = offered
    with pytest.raises(Denied):
        read(app, "marketing")
    with app.db.read() as session:
        reference = app.reference
        everybody = waitlist.who_waits(session, reference, who(app, "provider"))
        fitting = waitlist.fitting(session, reference, who(app, "provider"), slot(app).id)
        of_one = waitlist.of_lead(session, who(app, "provider"), lead(app, 101))
    assert [person.phone[-3:] for person in everybody] == ["101", "102", "103", "104"]
    assert [person.phone[-3:] for person in fitting] == ["101", "103", "104"]
    assert [person.part for person in of_one] == ["morning"]


def test_who_is_asked_before_their_turn_is_next_and_the_reason_is_kept(offered: TestApp) -> None:
    """102 was told that it is theirs until then: 101 is asked when that has ended, though it is no morning."""
    app = offered
    jumped = do(app, by_staff.offer_now, app, who(app, "frontdesk"), slot(app).id, entry(app, 101), "asked")
    assert (jumped.offer, jumped.next_at) == (None, app.clock.now() + OFFER)
    shown = {one.person.phone[-3:]: one for one in read(app).asked}
    assert (shown["101"].state, shown["101"].why, shown["101"].by) == (
        "next", "They asked for it today", "Maya Torres",
    )  # fmt: skip
    run_until(app, OFFER + A_MOMENT)
    assert texted(app) == ["102", "101"]
    says(app, 101, "1")
    assert visit_of(app, lead(app, 101)).starts_at == at(app, 15, 30)


def test_where_nobody_has_an_offer_they_are_asked_at_once(offered: TestApp) -> None:
    app = offered
    run_until(app, 3 * OFFER)
    assert slot(app).state == "over"
    jumped = do(
        app, by_staff.offer_now, app, who(app, "frontdesk"), slot(app).id, entry(app, 101), "passed_over"
    )
    run_due(app)
    assert jumped.offer.state == "offered"
    assert texted(app) == ["102", "103", "101"]


def test_what_staff_can_not_do_is_refused_with_the_way_out(offered: TestApp) -> None:
    app, desk = offered, who(offered, "frontdesk")
    slot_id = slot(app).id
    for username in ("marketing", "provider"):
        with pytest.raises(Denied):
            do(app, by_staff.offer_now, app, who(app, username), slot_id, entry(app, 101), "asked")
        with pytest.raises(Denied):
            do(app, by_staff.stop_offers, who(app, username), slot_id, "needed")
    with pytest.raises(InvalidInput, match="reason"):
        do(app, by_staff.offer_now, app, desk, slot_id, entry(app, 101), "")
    with pytest.raises(LostRace, match="asked already"):
        do(app, by_staff.offer_now, app, desk, slot_id, entry(app, 102), "asked")
    with pytest.raises(LostRace, match="until 10:30 AM"):
        do(app, by_staff.call_instead, app, desk, slot_id, entry(app, 104))
    run_until(app, 3 * OFFER)
    with pytest.raises(InvalidInput, match=r"Is for calls only\. Call them instead"):
        do(app, by_staff.offer_now, app, desk, slot_id, entry(app, 104), "asked")


def test_somebody_is_called_instead_and_the_time_is_kept_meanwhile(offered: TestApp) -> None:
    app, desk = offered, who(offered, "frontdesk")
    run_until(app, 3 * OFFER)
    made = do(app, by_staff.call_instead, app, desk, slot(app).id, entry(app, 104))
    assert (made.state, made.reason, made.action_id) == ("offered", "calling", None)
    assert len(kept(app, made.hold_id)) == 2
    answer = do(app, by_staff.answer_for, app.reference, desk, made.id, takes=True)
    run_due(app)
    assert answer.what is Answered.HAS_IT
    visit = visit_of(app, lead(app, 104))
    assert (visit.starts_at, visit.made_by) == (at(app, 15, 30), desk.staff_id)
    assert texted(app) == ["102", "103"]
    assert overlaps(app) == []


def test_who_is_called_and_does_not_want_it_keeps_the_place(offered: TestApp) -> None:
    app, desk = offered, who(offered, "frontdesk")
    run_until(app, 3 * OFFER)
    made = do(app, by_staff.call_instead, app, desk, slot(app).id, entry(app, 104))
    do(app, by_staff.answer_for, app.reference, desk, made.id, takes=False)
    assert offer_of(app, lead(app, 104)).state == "passed"
    assert kept(app, made.hold_id) == []
    assert entry_of(app, lead(app, 104)).state == "waiting"


@pytest.mark.parametrize("withdraw", [False, True], ids=["promise kept", "taken back"])
def test_stopped_offers_go_to_nobody_else(offered: TestApp, *, withdraw: bool) -> None:
    app = offered
    do(app, by_staff.stop_offers, who(app, "frontdesk"), slot(app).id, "needed", withdraw=withdraw)
    run_due(app)
    says(app, 102, "1")
    run_until(app, 2 * OFFER)
    assert texted(app) == ["102"]
    assert (visit_of(app, lead(app, 102)) is None) is withdraw
    assert read(app).state == ("stopped" if withdraw else "filled")
    with pytest.raises(LostRace):
        do(app, by_staff.stop_offers, who(app, "frontdesk"), slot(app).id, "needed")


def test_staff_put_somebody_on_the_list_and_take_them_off(app: TestApp) -> None:
    tess(app)
    lead_id, desk = quiet_lead(app, 101), who(app, "frontdesk")
    made = do(app, by_staff.add_by_hand, app.reference, desk, lead_id, "hydrafacial", Wanted(days=(1,)))
    assert (made.made_by, made.days) == (desk.staff_id, [1])
    assert do(app, by_staff.take_off, desk, made.id)
    assert one(app, waitlist_entries).state == "left"
    with pytest.raises(Denied):
        do(app, by_staff.add_by_hand, app.reference, who(app, "marketing"), lead_id, "botox", Wanted())


def test_who_is_forgotten_waits_no_more_and_the_next_is_asked(offered: TestApp) -> None:
    app = offered
    number = one(app, leads, leads.c.id == lead(app, 102)).number
    erasing.erase(app, number, "they asked for it", actor="test", now=app.clock.now())
    run_due(app)
    assert [state for _, state, _ in offers(app)] == ["skipped", "withdrawn", "offered"]
    assert [row.state for row in rows(app, waitlist_entries)] == ["waiting", "ended", "waiting", "waiting"]
