"""A manager plans who works when, and who is on call; assignment, alerts and lists follow."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.audit.tables import audit_events
from core.domain.errors import Denied, InvalidInput, LostRace, NotFound
from core.domain.hours import at, parse_window
from core.domain.ids import new_id
from core.flows.leads.assigning import candidates
from core.flows.staff import planning, standing
from core.flows.staff.presence import at_work
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.reads import on_shift, staff
from core.reads.parts import hand_over
from core.staff.store import people, rota
from core.staff.tables import staff as staff_table
from tests.conftest import TestApp
from tests.flows.staffing import do, new_lead, one, rows, who

MONDAY = date(2026, 11, 23)  # the day on which these tests begin, at ten o'clock


def wall(app: TestApp, day: date, text: str) -> datetime:
    return at(day, parse_window(text)[0], app.reference.clinic.zone)


def on_shift_now(app: TestApp, username: str) -> bool:
    """As assignment sees it."""
    with app.db.read() as session:
        found = {one.staff_id: one for one in candidates(session, app.reference, app.clock.now())}
        return found[who(app, username).staff_id].on_shift


def status_now(app: TestApp, username: str) -> str:
    """As assignment sees it."""
    with app.db.read() as session:
        found = {one.staff_id: one for one in candidates(session, app.reference, app.clock.now())}
        return found[who(app, username).staff_id].status


def here(app: TestApp, username: str) -> bool:
    """As alerts see it."""
    with app.db.read() as session:
        return who(app, username).staff_id in at_work(session, app.reference, app.clock.now())


def plan(app: TestApp, flow: Any, username: str, *arguments: Any) -> Any:
    return do(app, flow, who(app, "manager"), who(app, username).staff_id, *arguments)


def test_a_date_of_its_own_counts_for_assignment_alerts_and_lists_alike(app: TestApp) -> None:
    """Three places asked in three ways once; a holiday or a swap was seen by one of them."""
    plan(app, planning.set_day, "frontdesk", MONDAY, ["15:00-19:00"])
    assert not on_shift_now(app, "frontdesk")
    assert not here(app, "frontdesk")
    with app.db.read() as session:
        now, me = app.clock.now(), who(app, "manager")
        assert "Maya Torres" not in {one.name for one in on_shift.read(session, me, app.reference, now)}
        maya = next(
            one for one in hand_over.read(session, me, app.reference, now) if one.name == "Maya Torres"
        )
    assert maya.back_at == wall(app, MONDAY, "15:00-19:00")
    plan(app, planning.clear_day, "frontdesk", MONDAY)
    assert on_shift_now(app, "frontdesk")
    assert here(app, "frontdesk")
    with pytest.raises(LostRace, match="usual hours already"):
        plan(app, planning.clear_day, "frontdesk", MONDAY)


def test_a_date_is_set_once_and_the_last_word_holds(app: TestApp) -> None:
    plan(app, planning.set_day, "frontdesk", MONDAY, ["15:00-19:00"])
    plan(app, planning.set_day, "frontdesk", MONDAY, [])
    with app.db.read() as session:
        mine = rota.dates(session, app.clock.now()).days[who(app, "frontdesk").staff_id]
    assert mine == {MONDAY: []}


def test_weekly_shifts_are_changed_a_day_at_a_time(app: TestApp) -> None:
    plan(app, planning.set_weekday, "jordan", 0, ["14:00-19:00", "08:00-09:00"])
    assert not on_shift_now(app, "jordan")
    with app.db.write() as session:
        kept = rota.week_of(session, who(app, "jordan").staff_id)
    assert kept["0"] == ["08:00-09:00", "14:00-19:00"]
    assert kept["1"] == ["07:00-22:00"]
    with pytest.raises(InvalidInput, match="overlap"):
        plan(app, planning.set_week, "jordan", {"0": ["08:00-12:00", "11:00-14:00"]})
    assert rows(app, audit_events, audit_events.c.action == "shifts_set")[0].subject == "jordan"


def test_who_is_on_leave_is_given_nothing_and_is_back_when_it_ends(app: TestApp) -> None:
    now = app.clock.now()
    with app.db.write() as session:
        rota.add_time_off(
            session,
            who(app, "frontdesk").staff_id,
            (now - timedelta(days=9), now - timedelta(days=8)),
            "",
            by="",
            now=now,
        )
    made = plan(app, planning.add_time_off, "frontdesk", now, now + timedelta(hours=2), "Dentist")
    assert not on_shift_now(app, "frontdesk")
    with app.db.read() as session:
        assert people.is_away(session, who(app, "frontdesk").staff_id, now)
        found = staff.planned(session, who(app, "manager"), who(app, "frontdesk").staff_id, now=now)
    assert [(turn.id, turn.note) for turn in found.off] == [(made, "Dentist")]
    app.clock.advance(timedelta(hours=2))
    assert on_shift_now(app, "frontdesk")
    do(app, planning.remove_time_off, who(app, "admin"), made)
    with pytest.raises(LostRace, match="gone already"):
        do(app, planning.remove_time_off, who(app, "admin"), made)


def test_who_is_on_call_is_known_for_just_so_long(app: TestApp) -> None:
    now = app.clock.now()
    made = plan(app, planning.add_on_call, "frontdesk", now + timedelta(hours=1), now + timedelta(hours=9))
    with app.db.read() as session:
        found = [rota.on_call(session, now + timedelta(hours=hour)) for hour in (0, 1, 8, 9)]
    maya = who(app, "frontdesk").staff_id
    assert found == [[], [maya], [maya], []]
    do(app, planning.remove_on_call, who(app, "manager"), made)
    with pytest.raises(InvalidInput, match="no phone number"):
        plan(app, planning.add_on_call, "provider", now, now + timedelta(hours=9))


def test_front_desk_plans_nothing_and_nobody_plans_for_who_is_not_there(app: TestApp) -> None:
    maya = who(app, "frontdesk")
    with pytest.raises(Denied):
        do(app, planning.set_day, maya, maya.staff_id, MONDAY, [])
    with pytest.raises(NotFound):
        do(app, planning.set_day, who(app, "manager"), new_id(app.clock.now()), MONDAY, [])


def test_a_break_of_ten_minutes_is_over_after_ten_minutes(app: TestApp) -> None:
    """Nobody has to come back to the screen for leads to come again."""
    maya = who(app, "frontdesk")
    said = do(app, standing.set_status, app.reference, app.settings, maya, maya.staff_id, "break", 10)
    assert said.until == app.clock.now() + timedelta(minutes=10)
    assert not here(app, "frontdesk")
    assert status_now(app, "frontdesk") == "break"
    with app.db.read() as session:
        (shown,) = [
            one
            for one in on_shift.read(session, who(app, "manager"), app.reference, app.clock.now())
            if one.name == "Maya Torres"
        ]
    assert shown.status == "break"
    app.clock.advance(timedelta(minutes=10))
    assert here(app, "frontdesk")
    assert status_now(app, "frontdesk") == "available"


def test_off_duty_ends_with_the_day_and_a_manager_says_it_of_others(app: TestApp) -> None:
    maya, jordan = who(app, "frontdesk"), who(app, "jordan")
    do(app, standing.set_status, app.reference, app.settings, who(app, "manager"), maya.staff_id, "off_duty")
    assert not here(app, "frontdesk")
    app.clock.advance(timedelta(days=1))
    assert here(app, "frontdesk")
    with pytest.raises(Denied):
        do(app, standing.set_status, app.reference, app.settings, jordan, maya.staff_id, "off_duty")
    for status, minutes, field in (("asleep", None, "status"), ("break", 0, "minutes")):
        with pytest.raises(InvalidInput) as refused:
            do(
                app,
                standing.set_status,
                app.reference,
                app.settings,
                jordan,
                jordan.staff_id,
                status,
                minutes,
            )
        assert refused.value.errors[0].field == field


def test_the_week_shows_shifts_time_off_and_where_nobody_is(app: TestApp) -> None:
    """Only who takes leads covers a location."""
    for username in ("frontdesk", "jordan", "manager"):
        plan(app, planning.set_week, username, {"0": ["09:00-12:00", "13:00-18:00"]})
    now = app.clock.now()
    plan(app, planning.add_time_off, "jordan", now, now + timedelta(hours=1), "")
    with app.db.read() as session:
        found = staff.week(session, who(app, "frontdesk"), app.reference, MONDAY, now=now)
        with pytest.raises(Denied):
            staff.week(session, who(app, "marketing"), app.reference, MONDAY, now=now)
    downtown = next(place for place in found.places if place.slug == "downtown")
    opens, closes = downtown.days[0].open[0]
    at_ = {text: wall(app, MONDAY, f"{text}-24:00") for text in ("09:00", "12:00", "13:00", "18:00")}
    assert downtown.days[0].gaps == [
        (opens, at_["09:00"]),
        (at_["12:00"], at_["13:00"]),
        (at_["18:00"], closes),
    ]
    jordan = next(one for one in found.people if one.name == "Jordan Blake")
    assert jordan.days[0].off == [(now, now + timedelta(hours=1))]
    assert jordan.days[0].shifts[0] == (at_["09:00"], now)
    assert jordan.ahead[0][0] == now + timedelta(hours=1)


def test_who_says_that_they_are_available_has_what_waited_at_once(app: TestApp) -> None:
    """Not with the next look of a job: whoever clicks expects to see what came in meanwhile."""
    for username in ("frontdesk", "jordan", "manager"):
        person = who(app, username)
        do(app, standing.set_status, app.reference, app.settings, person, person.staff_id, "busy")
    with app.db.write() as session:
        session.execute(
            staff_table.update()
            .where(~staff_table.c.username.in_(("frontdesk", "jordan", "manager")))
            .values(accepts_leads=False)
        )
    lead_id = new_lead(app)
    assert one(app, leads, leads.c.id == lead_id).owner_id is None
    maya = who(app, "frontdesk")
    do(app, standing.set_status, app.reference, app.settings, maya, maya.staff_id, "available")
    assert one(app, leads, leads.c.id == lead_id).owner_id == maya.staff_id
    told = rows(app, timed_actions, timed_actions.c.key.like(f"alert:new_lead:{lead_id}%"))
    assert maya.staff_id in {action.staff_id for action in told}
