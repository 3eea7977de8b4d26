"""The calendar's look at a day or a week: what stands where, in few statements, on the wall of the place."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from console.calendar import view
from core.domain.errors import Denied
from core.flows.booking import arriving, at_the_desk, blocking, completing
from core.flows.leads import visits
from core.reads import calendar
from core.reads.calendar import Days
from tests.conftest import TestApp
from tests.flows.booking.booking import a_lead, add_provider, booked, hold, who, wish
from tests.flows.staffing import do

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MONDAY = date(2026, 11, 23)
MOST_STATEMENTS = 11  # and no more with many visits than with one


def look(app: TestApp, day: date = MONDAY, days: int = 1, location: str = "downtown") -> Days:
    with app.db.read() as session:
        return calendar.read(
            session, who(app, "provider"), app.reference, location, day, days, app.clock.now()
        )


@pytest.fixture
def tess(app: TestApp) -> str:
    return add_provider(app, "tess2", "Tess Grey", ["skin"])


def test_a_day_shows_visits_with_their_clean_up_holds_and_blocks(app: TestApp, tess: str) -> None:
    """Each stands with its provider and its room, and the visit with what is kept around it."""
    now, desk = app.clock.now(), who(app, "frontdesk")
    made = booked(app, a_lead(app), wish(app), now + HOUR)
    kept = hold(app, a_lead(app, 2), wish(app), now + 4 * HOUR)
    wanted = blocking.Wanted(f"staff:{tess}", now + 6 * HOUR, now + 7 * HOUR, "Training")
    do(app, blocking.block, app.reference, desk, wanted)
    do(app, at_the_desk.confirm, desk, made.id, said=True)
    found = look(app)
    [seen], [held], [block] = found.visits, found.held, found.blocks
    assert (seen.name, seen.provider_id, seen.room, seen.guessed) == ("Omar Reyes", tess, "room-1", False)
    assert (seen.starts_at, seen.ends_at) == (now + HOUR, now + HOUR + 50 * MINUTE)
    assert seen.kept == (now + HOUR, now + 2 * HOUR)
    assert seen.confirmed_at == now
    assert (held.id, held.kind, held.expires_at) == (kept.id, "link", kept.expires_at)
    assert (block.note, block.made_by) == ("Training", "Maya Torres")
    assert tess in [one.id for one in found.columns]
    assert "room-1" in [one.code for one in found.places]


def test_a_hold_that_ran_out_is_gone_and_other_days_and_places_are_left_out(app: TestApp, tess: str) -> None:
    """What is shown as taken is taken."""
    now = app.clock.now()
    hold(app, a_lead(app), wish(app), now + HOUR)
    booked(app, a_lead(app, 2), wish(app), now + 25 * HOUR)
    app.clock.advance(6 * MINUTE)
    assert (look(app).held, look(app).visits) == ([], [])
    assert len(look(app, days=7).visits) == 1
    assert look(app, days=7, location="westlake").visits == []


def test_a_visit_that_was_noted_without_its_end_is_drawn_with_half_an_hour(app: TestApp) -> None:
    """It has no room and nobody named: a column of its own says so."""
    lead_id, at = a_lead(app), app.clock.now() + 2 * HOUR
    do(app, visits.book, app.reference, who(app, "frontdesk"), lead_id, at)
    [seen] = look(app).visits
    assert (seen.ends_at - seen.starts_at, seen.guessed, seen.kept) == (30 * MINUTE, True, None)
    assert look(app).columns[-1].id == ""
    with app.db.read() as session:
        rows = {row["id"]: row for row in view.rows(app, session, "downtown.2026-11-23.1", app.clock.now())}
    assert (rows[seen.id]["what"], rows["staff:"]["name"]) == ("Visit", "Nobody named")


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25)])
def test_a_day_on_which_the_clocks_change_has_its_own_length(app: TestApp, day: date, hours: int) -> None:
    """What is drawn by real time stands right on both."""
    found = look(app, day)
    assert found.until - found.since == hours * HOUR
    zone = found.place.hours.zone
    assert [start.astimezone(zone).hour for start, _ in found.open] == [12]  # a Sunday


def test_a_look_takes_few_statements_however_full_the_day(app: TestApp, tess: str) -> None:
    """Twenty visits are read as one is."""
    desk = who(app, "frontdesk")
    for number in range(1, 5):
        booked(app, a_lead(app, number), wish(app), app.clock.now() + 2 * number * HOUR)
    for number in range(5, 20):
        at = app.clock.now() + number * 20 * MINUTE
        do(app, visits.book, app.reference, desk, a_lead(app, number), at, provider_id=tess)
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    look(app)
    event.listen(app.db.engine, "before_cursor_execute", count)
    found = look(app)
    event.remove(app.db.engine, "before_cursor_execute", count)
    assert len(found.visits) == 19
    assert len(counted) <= MOST_STATEMENTS


def test_only_those_who_may_see_it_do_and_a_strange_address_is_nobodys(app: TestApp) -> None:
    """Marketing has no business with patients; a topic takes only days that there are."""
    with pytest.raises(Denied), app.db.read() as session:
        calendar.read(session, who(app, "marketing"), app.reference, "downtown", MONDAY, 1, app.clock.now())
    strange = ["", "downtown", "downtown.2026-02-30.1", "downtown.2026-11-23.3", "x" * 65 + ".2026-11-23.1"]
    assert [one for one in strange if view.takes(one)] == []
    assert view.takes("downtown.2026-11-23.7")
    with app.db.read() as session:
        assert list(view.rows(app, session, "nowhere.2026-11-23.1", app.clock.now())) == []


def test_states_follow_what_was_marked(app: TestApp, tess: str) -> None:
    """Arrived, in the room and done are told apart by the visit alone."""
    desk = who(app, "frontdesk")
    made = booked(app, a_lead(app), wish(app), app.clock.now() + HOUR)

    def seen() -> tuple[str, datetime | None, datetime | None, bool]:
        [one] = look(app).visits
        return one.state, one.arrived_at, one.in_room_at, one.done

    assert seen() == ("booked", None, None, False)
    do(app, arriving.arrived, desk, made.id)
    came = app.clock.now()
    assert seen() == ("attended", came, None, False)
    app.clock.advance(MINUTE)
    do(app, arriving.in_room, desk, made.id)
    assert seen() == ("attended", came, app.clock.now(), False)
    do(app, completing.complete, desk, made.id, 18_900)
    assert seen()[3]
