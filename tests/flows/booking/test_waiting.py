"""Who waits for a time is asked in order, one at a time, in allowed hours, and never two have it. 10:00 on a Monday."""

import threading
from dataclasses import replace
from datetime import UTC, date, time, timedelta
from typing import Any

import pytest

from core.booking import store_offers, store_waitlist
from core.booking.tables import freed_slots, waitlist_entries
from core.booking.waitlist_rules import Wanted
from core.compliance import store as compliance
from core.domain.errors import InvalidInput, LostRace, SlotTaken
from core.domain.hours import at as on_the_wall
from core.domain.ports import Outcome, SendResult
from core.domain.roles import PATIENT
from core.flows.booking import waiting
from core.flows.conversation import staff_text
from core.flows.leads import merging, visits
from core.flows.sending import dispatch, rescuing
from core.leads.store import leads as lead_store
from core.messaging.tables import timed_actions
from core.patients.store import profiles as patients
from tests.conftest import TestApp
from tests.flows.booking.booking import DAY, MINUTE, add_provider, booked, hold, kept, overlaps, who, wish
from tests.flows.booking.waitlist import (
    at,
    cancelled,
    entry_of,
    join,
    offer_of,
    offers,
    quiet_lead,
    slot,
    tess,
    texted,
    visit_of,
    waits,
    with_rules,
)
from tests.flows.dispatching import OWNER, ROOM, run_due, run_until
from tests.flows.staffing import do, kinds, one, rows

HOUR = timedelta(hours=1)
OFFER = timedelta(minutes=30)
A_MOMENT = timedelta(seconds=2)


def test_a_freed_time_is_offered_to_one_after_the_other_in_their_order(app: TestApp) -> None:
    tess(app)
    for number in (101, 102, 103):
        waits(app, number)
    cancelled(app, at(app, 15, 30))
    run_due(app)
    assert offers(app) == [("101", "offered", "")]
    run_until(app, OFFER + A_MOMENT)
    run_until(app, OFFER + A_MOMENT)
    assert texted(app) == ["101", "102", "103"]
    assert [state for _, state, _ in offers(app)] == ["expired", "expired", "offered"]
    run_until(app, OFFER + A_MOMENT)
    assert slot(app).state == "over"
    assert texted(app) == ["101", "102", "103"]


def test_while_it_is_offered_nobody_else_can_have_it_and_afterwards_anybody(app: TestApp) -> None:
    tess(app)
    lead_id = waits(app, 101)
    cancelled(app, at(app, 15, 30))
    run_due(app)
    other = quiet_lead(app, 200)
    with pytest.raises(SlotTaken):
        hold(app, other, wish(app), at(app, 15, 30))
    assert len(kept(app, offer_of(app, lead_id).hold_id)) == 2
    run_until(app, OFFER + A_MOMENT)
    booked(app, other, wish(app), at(app, 15, 30))
    assert overlaps(app) == []


def test_a_time_that_somebody_books_meanwhile_is_offered_to_nobody(app: TestApp) -> None:
    """The hold of a page comes first, then its visit: who waits hears of neither."""
    tess(app)
    waits(app, 101)
    cancelled(app, at(app, 15, 30))
    other = quiet_lead(app, 200)
    held = hold(app, other, wish(app), at(app, 15, 30))
    run_due(app)
    assert texted(app) == []
    booked(app, other, wish(app), at(app, 15, 30))
    run_until(app, held.expires_at - app.clock.now() + A_MOMENT)
    assert texted(app) == []
    assert (slot(app).state, slot(app).visit_id) == ("filled", visit_of(app, other).id)


def test_a_moved_visit_frees_its_old_time(app: TestApp) -> None:
    tess(app)
    waits(app, 101)
    found = booked(app, quiet_lead(app, 200), wish(app), at(app, 15, 30))
    do(
        app, visits.move, app.reference, who(app, "frontdesk"), found.id, at(app, 9, day=2), seen=found.starts_at
    )  # fmt: skip
    run_due(app)
    assert slot(app).starts_at == at(app, 15, 30)
    assert texted(app) == ["101"]


@pytest.mark.parametrize(
    ("to", "freed"), [((16, 0), False), ((16, 40), True)], ids=["by half an hour", "behind it"]
)
def test_what_a_moved_visit_still_reaches_into_is_not_free(
    app: TestApp, to: tuple[int, int], *, freed: bool
) -> None:
    tess(app)
    found = booked(app, quiet_lead(app, 200), wish(app), at(app, 15, 30))
    do(app, visits.move, app.reference, who(app, "frontdesk"), found.id, at(app, *to), seen=found.starts_at)
    assert bool(rows(app, freed_slots)) is freed


def test_what_is_too_near_to_be_booked_is_not_offered(app: TestApp) -> None:
    tess(app)
    waits(app, 101)
    found = booked(app, quiet_lead(app, 200), wish(app), at(app, 15, 30, day=0))
    app.clock.moment = at(app, 14, 35, day=0).astimezone(UTC)
    do(app, visits.cancel, app.reference, who(app, "frontdesk"), found.id, "time")
    assert rows(app, freed_slots) == []


def test_whom_it_does_not_suit_is_passed_over_and_the_reason_kept(app: TestApp) -> None:
    """The freed time is tomorrow, a Tuesday, at 3:30 PM."""
    tess(app)
    waits(app, 101, days=(0, 2))
    waits(app, 102, part="morning")
    sooner = waits(app, 103)
    booked(app, sooner, wish(app), at(app, 9))
    other = waits(app, 104)
    booked(app, other, wish(app, "chemical_peel"), at(app, 12))
    waits(app, 105, notice=1440)
    waits(app, 106, part="afternoon", days=(1,))
    app.clock.advance(DAY - 30 * MINUTE)
    cancelled(app, at(app, 15, 30, day=0))
    run_due(app)
    assert offers(app) == [
        ("101", "skipped", "other_day"),
        ("102", "skipped", "too_late"),
        ("103", "skipped", "visit_sooner"),
        ("104", "skipped", "other_visit"),
        ("105", "skipped", "notice"),
        ("106", "offered", ""),
    ]
    assert texted(app) == ["106"]


def test_who_waits_for_another_place_or_person_is_not_asked(app: TestApp) -> None:
    tess(app)
    iris = add_provider(app, "iris", "Iris Novak", ["laser"])
    waits(app, 101, location="westlake")
    waits(app, 102, provider_id=iris)
    waits(app, 103, location="downtown", provider_id=None)
    cancelled(app, at(app, 15, 30))
    run_due(app)
    assert offers(app) == [("103", "offered", "")]


def test_who_can_not_be_texted_is_passed_over(app: TestApp) -> None:
    tess(app)
    for number, column in ((101, "opted_out_at"), (102, "unreachable_at")):
        lead_id = waits(app, number)
        with app.db.write() as session:
            index = lead_store.get(session, lead_id).phone_index
            compliance.set_standing(session, index or "", app.clock.now(), **{column: app.clock.now()})
    landline = waits(app, 103)
    with app.db.write() as session:
        lead_store.change(session, landline, app.clock.now(), call_only=True)
    waits(app, 104)
    cancelled(app, at(app, 15, 30))
    run_due(app)
    assert offers(app) == [
        ("101", "skipped", "opted_out"),
        ("102", "skipped", "unreachable"),
        ("103", "skipped", "call_only"),
        ("104", "offered", ""),
    ]
    assert texted(app) == ["104"]


def test_one_text_a_day_and_person(app: TestApp) -> None:
    """Two times come free; the second goes to the second who waits, and tomorrow the first may be asked again."""
    tess(app)
    waits(app, 101)
    cancelled(app, at(app, 15, 30))
    run_until(app, OFFER + A_MOMENT)
    cancelled(app, at(app, 9, day=2), 901)
    run_until(app, 2 * HOUR)
    assert texted(app) == ["101"]
    assert offers(app)[1:] == [("101", "skipped", "offered_today")]
    run_until(app, at(app, 8, 1).astimezone(UTC) - app.clock.now())
    assert texted(app) == ["101", "101"]


def test_a_time_is_offered_to_so_many_people_at_most(app: TestApp) -> None:
    app = with_rules(app, offers_each=2)
    tess(app)
    for number in (101, 102, 103):
        waits(app, number)
    cancelled(app, at(app, 15, 30))
    run_until(app, 2 * HOUR)
    assert texted(app) == ["101", "102"]
    assert (slot(app).state, slot(app).reason) == ("over", "asked_enough")


def test_nobody_is_offered_anything_at_night(app: TestApp) -> None:
    """Freed at 9 PM: the text leaves at 8 in the morning, and the half hour begins then."""
    tess(app)
    lead_id = waits(app, 101)
    found = booked(app, quiet_lead(app, 900), wish(app), at(app, 15, 30))
    app.clock.moment = at(app, 21, day=0).astimezone(UTC)
    do(app, visits.cancel, app.reference, who(app, "frontdesk"), found.id, "time")
    run_until(app, at(app, 7, 59).astimezone(UTC) - app.clock.now())
    assert texted(app) == []
    assert offers(app) == [("101", "skipped", "quiet_hours")]
    run_until(app, 2 * MINUTE)
    assert texted(app) == ["101"]
    assert offer_of(app, lead_id).expires_at.astimezone(app.settings.zone).time() == time(8, 30)


def test_who_sleeps_is_passed_over_for_who_can_be_texted(app: TestApp) -> None:
    """At 9 AM here it is 6 AM in Los Angeles."""
    tess(app)
    far = waits(app, 101)
    waits(app, 102)
    with app.db.write() as session:
        patient_id = lead_store.get(session, far).patient_id
        patients.touch(session, patient_id, app.clock.now(), zone="America/Los_Angeles", state="NV")
    app.clock.moment = at(app, 9).astimezone(UTC)
    cancelled(app, at(app, 15, 30, day=0))
    run_due(app)
    assert offers(app) == [("101", "skipped", "quiet_hours"), ("102", "offered", "")]
    assert texted(app) == ["102"]


def test_the_clinics_own_hours_of_offers_hold_too(app: TestApp) -> None:
    app = with_rules(app, offer_window=(time(12), time(14)))
    tess(app)
    waits(app, 101)
    cancelled(app, at(app, 15, 30))
    run_until(app, at(app, 11, 59, day=0).astimezone(UTC) - app.clock.now())
    assert (texted(app), offers(app)) == ([], [("101", "skipped", "offer_hours")])
    run_until(app, 2 * MINUTE)
    assert texted(app) == ["101"]


@pytest.mark.parametrize("saturday", [date(2026, 10, 31), date(2027, 3, 13)], ids=["back", "on"])
def test_in_the_night_in_which_clocks_change_the_wall_decides(app: TestApp, saturday: date) -> None:
    """Freed on Saturday evening: offered on Sunday at 8 on the new wall, for half an hour, for Monday at 3:30 PM."""
    tess(app)
    app.clock.moment = on_the_wall(saturday, time(14), app.settings.zone)
    lead_id = waits(app, 101)
    when = at(app, 15, 30, day=2)
    found = booked(app, quiet_lead(app, 900), wish(app), when)
    app.clock.moment = on_the_wall(saturday, time(22), app.settings.zone)
    do(app, visits.cancel, app.reference, who(app, "frontdesk"), found.id, "time")
    eight = at(app, 8).astimezone(UTC)
    run_until(app, eight - app.clock.now() - MINUTE)
    assert texted(app) == []
    run_until(app, 2 * MINUTE)
    assert offer_of(app, lead_id).expires_at == eight + OFFER
    [text] = [text.body for text, _, _ in app.sms.accepted if "a time opened" in text.body]
    assert f"{when:%a %b} {when.day}, 3:30 PM" in text
    assert "until 8:30 AM" in text


def test_a_text_that_never_leaves_offers_nothing(app: TestApp) -> None:
    """They opted out between the offer and its hand-over: the next one is asked at once, and no text went."""
    tess(app)
    first = waits(app, 101)
    waits(app, 102)
    cancelled(app, at(app, 15, 30))
    dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())  # the offer is made, its text is planned
    with app.db.write() as session:
        index = lead_store.get(session, first).phone_index or ""
        compliance.set_standing(session, index, app.clock.now(), opted_out_at=app.clock.now())
    run_due(app)
    assert offers(app) == [("101", "withdrawn", "not_sent"), ("102", "offered", "")]
    assert texted(app) == ["102"]
    assert kept(app, offer_of(app, first).hold_id) == []


def test_a_text_that_the_provider_refuses_offers_nothing(app: TestApp) -> None:
    tess(app)
    waits(app, 101)
    waits(app, 102)
    cancelled(app, at(app, 15, 30))
    app.sms.answer = lambda text: SendResult(Outcome.REFUSED, code=30006) if text.to.endswith("101") else None
    run_due(app)
    assert offers(app) == [("101", "withdrawn", "not_sent"), ("102", "offered", "")]


def test_a_text_that_staff_stop_offers_nothing(app: TestApp) -> None:
    """Whoever stopped it, minutes later somebody looks."""
    tess(app)
    waits(app, 101)
    waits(app, 102)
    cancelled(app, at(app, 15, 30))
    dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    text = one(app, timed_actions, timed_actions.c.template == "waitlist_free")
    do(app, staff_text.cancel_action, who(app, "frontdesk"), text.id)
    run_until(app, 6 * MINUTE)
    assert offers(app) == [("101", "withdrawn", "not_sent"), ("102", "offered", "")]


def test_a_scheduler_that_dies_in_between_sends_no_text_twice_and_forgets_nobody(app: TestApp) -> None:
    """It dies with the offer made, with the text handed over, and before the end of the half hour."""
    tess(app)
    waits(app, 101)
    waits(app, 102)
    cancelled(app, at(app, 15, 30))
    dispatch.step(app, "first", [], ROOM, now=app.clock.now())
    rescuing.take_over(app, "first", now=app.clock.now())
    step = dispatch.step(app, "second", [], ROOM, now=app.clock.now())
    for job in step.jobs:
        app.sms.take(job.text)  # the provider has it, and nobody wrote that down
    rescuing.take_over(app, "second", now=app.clock.now())
    run_until(app, 5 * MINUTE)
    assert texted(app) == ["101"]
    app.clock.advance(2 * HOUR)  # nobody is there
    run_due(app)
    assert texted(app) == ["101", "102"]
    assert offers(app) == [("101", "expired", ""), ("102", "offered", "")]


def test_one_waits_once_for_each_service_and_keeps_the_place(app: TestApp) -> None:
    tess(app)
    first, second = waits(app, 101), waits(app, 102)
    with pytest.raises(LostRace):
        join(app, first)
    join(app, first, "chemical_peel")
    entry = rows(app, waitlist_entries, waitlist_entries.c.lead_id == first)[0]
    do(app, waiting.change, app.reference, PATIENT, entry.id, Wanted(part="morning", notice=240))
    with app.db.read() as session:
        before = [
            waiting.place(session, app.reference, lead_store.get(session, lead_id), "hydrafacial").before
            for lead_id in (first, second, quiet_lead(app, 103))
        ]
    assert before == [0, 1, 2]
    assert do(app, waiting.leave, PATIENT, entry.id)
    assert not do(app, waiting.leave, PATIENT, entry.id)
    assert kinds(app, first)[-3:] == ["waitlist_joined", "waitlist_changed", "waitlist_left"]


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("days", {"days": (7,)}),
        ("part", {"part": "night"}),
        ("notice", {"notice": 5}),
        ("location", {"location": "moon"}),
        ("provider", {"provider_id": "nobody"}),
    ],
)
def test_what_can_not_be_meant_is_refused_by_its_name(
    app: TestApp, field: str, wanted: dict[str, Any]
) -> None:
    lead_id = quiet_lead(app, 101)
    with pytest.raises(InvalidInput) as refused:
        join(app, lead_id, **wanted)
    assert [error.field for error in refused.value.errors] == [field]
    with pytest.raises(InvalidInput) as refused:
        join(app, lead_id, "no_such_service")
    assert [error.field for error in refused.value.errors] == ["service"]


def test_who_joins_while_a_time_waits_for_somebody_is_asked(app: TestApp) -> None:
    """101 was offered something today, so the second time waits until tomorrow: whoever comes now may have it."""
    tess(app)
    waits(app, 101)
    cancelled(app, at(app, 15, 30))
    run_until(app, OFFER + A_MOMENT)
    cancelled(app, at(app, 9, day=2), 901)
    run_due(app)
    waits(app, 102)
    run_due(app)
    assert texted(app) == ["101", "102"]
    assert entry_of(app, waits(app, 103)).state == "waiting"


def test_patients_wait_for_what_they_may_book_and_staff_for_what_they_know(app: TestApp) -> None:
    """A service that begins with a consultation, which they have not had."""
    bookable = app.shipped.bookable
    needing = replace(bookable.services["hydrafacial"], needs="consultation")
    services = {**bookable.services, "hydrafacial": needing}
    app = replace(app, shipped=replace(app.shipped, bookable=replace(bookable, services=services)))
    lead_id = quiet_lead(app, 101)
    with pytest.raises(InvalidInput):
        join(app, lead_id)
    do(app, waiting.join, app.reference, who(app, "frontdesk"), lead_id, "hydrafacial", Wanted())
    assert entry_of(app, lead_id).state == "waiting"


def test_places_on_the_list_go_with_their_patient_where_two_profiles_become_one(app: TestApp) -> None:
    kept, gone = waits(app, 101), waits(app, 102)
    with app.db.write() as session:
        to, was = (lead_store.get(session, lead_id).patient_id for lead_id in (kept, gone))
        given = merging.BELONGINGS["waitlist"](session, was, to, None)
    assert {row.patient_id for row in rows(app, waitlist_entries)} == {to}
    with app.db.write() as session:
        merging.BELONGINGS["waitlist"](session, to, was, given)
    assert entry_of(app, gone).patient_id == was


@pytest.mark.parametrize("taken", ["the time", "the person"])
def test_the_dispatcher_waits_for_nobody_who_answers_just_now_and_looks_again(
    app: TestApp, taken: str
) -> None:
    """It looks at many freed times in one transaction: waiting for one while it has another is a deadlock."""
    if app.db.is_sqlite:
        pytest.skip("one writes at a time")
    tess(app)
    waits(app, 101)
    waits(app, 102)
    slot_id = cancelled(app, at(app, 15, 30))
    dispatcher = threading.Thread(target=run_due, args=(app,))
    with app.db.write() as session:
        if taken == "the time":
            store_offers.lock_slot(session, slot_id)
        else:
            store_waitlist.lock_person(session, rows(app, waitlist_entries)[0].patient_id)
        dispatcher.start()
        dispatcher.join(timeout=10)
        assert not dispatcher.is_alive()
    assert offers(app) == []
    run_until(app, timedelta(seconds=2))
    assert offers(app) == [("101", "offered", "")]
