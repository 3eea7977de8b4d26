"""The front desk books a service at a free time, and takes it back. 10:00 on a Monday."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.domain.errors import Denied, InvalidInput, LostRace, SlotTaken
from core.flows.leads import stages, visits
from core.reads import lead
from core.reads.parts import free_day
from core.reads.parts.free_day import FreeDay
from tests.conftest import TestApp
from tests.flows.booking.booking import DAY, a_lead, add_provider, kept, overlaps, visit
from tests.flows.staffing import do, who

MONDAY = date(2026, 11, 23)


def day(app: TestApp, on: date = MONDAY, username: str = "frontdesk", **changes: str) -> FreeDay:
    asked = {"service": "hydrafacial", "location": "downtown", "provider_id": ""} | changes
    with app.db.read() as session:
        actor = who(app, username)
        return free_day.read(session, actor, app.reference, **asked, day=on, now=app.clock.now())


def book(app: TestApp, lead_id: str, at: datetime, **named: str) -> str:
    named = {"location": "downtown"} | named
    found = do(
        app,
        visits.book_service,
        app.reference,
        who(app, "frontdesk"),
        lead_id,
        named.pop("service", "hydrafacial"),
        at,
        **named,
    )
    assert isinstance(found, str)
    return found


def test_what_the_day_offers_is_what_can_be_booked(app: TestApp) -> None:
    """Staff are not bound by the notice that patients give: ten past the hour can be booked at the hour."""
    tess = add_provider(app, "tess", "Tess Holloway", ["skin"])
    found = day(app)
    first = found.slots[0]
    assert (first.starts_at, found.names[first.provider_id]) == (app.clock.now(), "Tess Holloway")
    booked = visit(app, book(app, a_lead(app), first.starts_at))
    assert (booked.service, booked.provider_id, booked.came_by, booked.price_cents) == (
        "hydrafacial",
        tess,
        "staff",
        18_900,
    )
    assert kept(app, booked.id)
    assert first.starts_at not in {slot.starts_at for slot in day(app).slots}


def test_each_moment_stands_there_once_with_whom_it_suits_best(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    add_provider(app, "uma", "Uma Lind", ["skin"], languages=["es"])
    slots = day(app).slots
    assert len({slot.starts_at for slot in slots}) == len(slots)
    assert {day(app).names[slot.provider_id] for slot in slots} == {"Tess Holloway"}
    uma = next(id_ for id_, name in day(app).names.items() if name == "Uma Lind")
    assert {slot.provider_id for slot in day(app, provider_id=uma).slots} == {uma}


def test_a_day_without_a_free_time_names_the_next_one(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"], hours={"2": ["10:00-12:00"]})
    found = day(app)
    assert found.slots == ()
    assert found.next
    assert found.next.starts_at.date() == date(2026, 11, 25)


def test_where_it_is_never_free_one_is_told_why(app: TestApp) -> None:
    found = day(app)
    assert (found.slots, found.next, found.why) == ((), None, "nobody at Downtown has the skill 'skin'")


def test_what_is_not_offered_or_not_there_is_refused_by_its_field(app: TestApp) -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"service": "gone"}, "service"),
        ({"location": "moon"}, "location"),
    )
    for changes, field in wrong:
        with pytest.raises(InvalidInput) as refused:
            day(app, **changes)
        assert refused.value.errors[0].field == field
        with pytest.raises(InvalidInput) as refused:
            book(app, a_lead(app), app.clock.now(), **changes)
        assert refused.value.errors[0].field == field


def test_two_patients_are_never_booked_into_one_time(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    at = app.clock.now() + DAY
    book(app, a_lead(app, 1), at)
    with pytest.raises(SlotTaken):
        book(app, a_lead(app, 2), at)
    assert overlaps(app) == []


def test_a_lead_has_one_visit_ahead(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    book(app, lead_id, app.clock.now() + DAY)
    with pytest.raises(LostRace, match="booked already"):
        book(app, lead_id, app.clock.now() + 2 * DAY)


def test_providers_book_for_nobody(app: TestApp) -> None:
    with pytest.raises(Denied):
        day(app, username="provider")
    with pytest.raises(Denied):
        do(
            app, visits.book_service, app.reference, who(app, "provider"), a_lead(app), "hydrafacial",
            app.clock.now(),
        )  # fmt: skip


def test_a_booking_that_is_taken_back_frees_its_time(app: TestApp) -> None:
    """A slip of the hand must not keep a room empty for ever."""
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id, at = a_lead(app), app.clock.now() + DAY
    visit_id = book(app, lead_id, at)
    do(app, stages.unmark_stage, app.reference, who(app, "frontdesk"), lead_id, "booked")
    assert (visit(app, visit_id).state, kept(app, visit_id)) == ("withdrawn", [])
    book(app, a_lead(app, 2), at)


def test_the_page_of_a_lead_tells_a_visits_texts_and_moves(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id, at = a_lead(app), app.clock.now() + 4 * DAY
    visit_id = book(app, lead_id, at)
    app.clock.advance(timedelta(minutes=5))
    desk = who(app, "frontdesk")
    do(app, visits.move, app.reference, desk, visit_id, at - 3 * DAY, seen=at)
    with app.db.read() as session:
        found = lead.read(session, desk, lead_id)
    assert found.story
    assert found.story.visit_id == visit_id
    told = {one.template: one.state for one in found.story.texts}
    assert told["visit_today"] == "planned"
    assert "dropped" in told.values(), "a reminder of three days before has no moment any more"
    (moved,) = found.story.moves
    assert (moved.by, moved.data["from"], moved.data["to"]) == (
        "Maya Torres",
        at.isoformat(),
        (at - 3 * DAY).isoformat(),
    )
    assert moved.data["moved"] >= 1
    assert moved.data["dropped"] >= 1
