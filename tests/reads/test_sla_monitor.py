"""The SLA monitor's clocks and figures, worked out by hand. It is 10:00 on a Monday in New York."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from core.domain.errors import Denied
from core.domain.ids import new_id
from core.messaging.tables import sms_messages
from core.reads import on_shift, setup, sla_monitor
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import actor
from tests.reads.made_up import add_clock, add_lead, add_patient, staff_id

MINUTE = timedelta(minutes=1)


def test_what_is_due_first_stands_first_and_paused_clocks_last(app: TestApp) -> None:
    """Overdue, soon, later, then the paused one, although its due time lies before the others."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        leads = [add_lead(session, patient, now - 60 * MINUTE) for _ in range(4)]
        for lead, left, state in zip(leads, (30, -6, 3, -20), ("running",) * 3 + ("paused",), strict=True):
            add_clock(session, lead, now - 60 * MINUTE, now + left * MINUTE, state=state)
        found = sla_monitor.clocks(session, actor(session, "frontdesk"))
    assert [(row.state, round((row.due_at - now) / MINUTE)) for row in found] == [
        ("running", -6),
        ("running", 3),
        ("running", 30),
        ("paused", -20),
    ]


def test_a_row_names_patient_owner_and_whether_anybody_looked(app: TestApp) -> None:
    """Ended clocks are gone; the wall display reads no names at all."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now, first="Hannah", last="Whitlock")
        mine = add_lead(session, patient, now, owner_id=staff_id(session, "jordan"))
        add_clock(session, mine, now, now + 5 * MINUTE)
        over = add_lead(session, patient, now)
        add_clock(session, over, now, now, state="met", ended_at=now)
        me = actor(session, "manager")
        found = sla_monitor.clocks(session, me)
        wall = sla_monitor.clocks(session, me, names=False)
    assert [(row.name, row.owner, row.seen) for row in found] == [("Hannah Whitlock", "Jordan Blake", False)]
    assert [(row.name, row.number) for row in wall] == [("", found[0].number)]


def test_todays_median_average_and_share_on_time(app: TestApp) -> None:
    """Reached after 2, 4 and 12 minutes (late), one waits too long: median 4, average 6, on time 2 of 4."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        for minutes, state in ((2, "met"), (4, "met"), (12, "missed")):
            lead = add_lead(session, patient, now - 30 * MINUTE)
            start = now - 30 * MINUTE
            add_clock(
                session, lead, start, start + 10 * MINUTE, state=state, ended_at=start + minutes * MINUTE
            )
        waiting = add_lead(session, patient, now - 20 * MINUTE)
        add_clock(session, waiting, now - 20 * MINUTE, now - 10 * MINUTE, breached_at=now - 10 * MINUTE)
        day = sla_monitor.today(session, actor(session, "manager"), app.reference, now)[0]
    assert (day.location, day.form, day.contacts) == ("", "", 3)
    assert (day.median, day.average) == (240.0, 360.0)
    assert (day.on_time, day.due) == (2, 4)
    assert day.hours == ((9, 240.0, 3),)


def test_a_night_does_not_count_as_waiting(app: TestApp) -> None:
    """Sent on Sunday at 16:50, ten minutes before closing; reached on Monday at 8:05: 15 minutes of opening hours."""
    now = app.clock.now()
    sunday = now - timedelta(hours=17, minutes=10)
    monday = now - timedelta(hours=1, minutes=55)
    with app.db.write() as session:
        lead = add_lead(session, add_patient(session, now), sunday)
        add_clock(session, lead, sunday, monday, state="met", ended_at=monday)
        day = sla_monitor.today(session, actor(session, "manager"), app.reference, now)[0]
    assert day.median == 15 * 60


def test_figures_follow_location_and_form_and_yesterday_is_out(app: TestApp) -> None:
    """One contact at Westlake, one downtown, one yesterday: all 2, Westlake 1, and a pair for its form."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        for place, at_ in (
            ("westlake", now - MINUTE),
            ("downtown", now),
            ("downtown", now - timedelta(days=1)),
        ):
            lead = add_lead(session, patient, at_ - 2 * MINUTE, location=place)
            add_clock(session, lead, at_ - 2 * MINUTE, at_, state="met", ended_at=at_)
        days = sla_monitor.today(session, actor(session, "manager"), app.reference, now)
    assert {(day.location, day.form): day.contacts for day in days} == {
        ("", ""): 2,
        ("", "lead_capture"): 2,
        ("downtown", ""): 1,
        ("downtown", "lead_capture"): 1,
        ("westlake", ""): 1,
        ("westlake", "lead_capture"): 1,
    }


def test_replies_do_not_mix_with_first_contacts_and_last_monday_is_the_comparison(app: TestApp) -> None:
    """A reply answered today counts nowhere; a week ago 1 of 2 first contacts was on time."""
    now = app.clock.now()
    week_ago = now - timedelta(days=7)
    with app.db.write() as session:
        patient = add_patient(session, now)
        reply = add_lead(session, patient, now)
        add_clock(session, reply, now - MINUTE, now, target="next_reply", state="met", ended_at=now)
        for state in ("met", "missed"):
            lead = add_lead(session, patient, week_ago)
            add_clock(session, lead, week_ago, week_ago, state=state, ended_at=week_ago + MINUTE)
        day = sla_monitor.today(session, actor(session, "manager"), app.reference, now)[0]
    assert (day.contacts, day.median, day.due) == (0, None, 0)
    assert (day.week_on_time, day.week_due) == (1, 2)


def test_the_machines_answer_is_a_figure_of_its_own(app: TestApp) -> None:
    """Confirmations left 0.4 and 0.8 s after their forms: median 0.6 s, and no contact is counted."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        for tenths in (4, 8):
            lead = add_lead(session, patient, now)
            session.execute(
                insert(sms_messages).values(
                    id=new_id(now),
                    patient_id=patient,
                    lead_id=lead,
                    direction="outbound",
                    origin="automatic",
                    message_body="Hi",
                    purpose="confirmation",
                    phone="+14075550100",
                    phone_index="x",
                    status="sent",
                    created_at=now,
                    sent_at=now + timedelta(seconds=tenths / 10),
                )
            )
        day = sla_monitor.today(session, actor(session, "manager"), app.reference, now)[0]
    assert day.automatic == pytest.approx(0.6, abs=0.005)
    assert day.contacts == 0


def test_on_shift_shows_who_takes_leads_now_with_their_load(app: TestApp) -> None:
    """Maya carries two open leads, Elena none; Jordan has gone home; a closed lead weighs nothing."""
    now = app.clock.now()
    with app.db.write() as session:
        maya = staff_id(session, "frontdesk")
        patient = add_patient(session, now)
        for state in ("open", "open", "booked"):
            add_lead(session, patient, now, owner_id=maya, state=state)
        session.execute(
            update(staff).where(staff.c.username == "jordan").values(hours={"0": ["12:00-20:00"]})
        )
        found = on_shift.read(session, actor(session, "manager"), app.reference, now)
    assert [(person.name, person.load, person.capacity) for person in found] == [
        ("Maya Torres", 2, 8),
        ("Elena Ruiz", 0, 8),
    ]


def test_marketing_may_not_read_clocks(app: TestApp) -> None:
    """Clocks carry patients' names; the core refuses whatever the menu shows."""
    with app.db.read() as session:
        me = actor(session, "marketing")
        for read in (sla_monitor.clocks, sla_monitor.how_many_live):
            with pytest.raises(Denied):
                read(session, me)
        with pytest.raises(Denied):
            sla_monitor.today(session, me, app.reference, app.clock.now())
        with pytest.raises(Denied):
            on_shift.read(session, me, app.reference, app.clock.now())


def test_who_takes_leads_without_a_number_for_alerts_stands_out(app: TestApp) -> None:
    """A new lead would be theirs and nobody would tell them."""
    now = app.clock.now()
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "frontdesk").values(phone=None))
        found = on_shift.read(session, actor(session, "manager"), app.reference, now)
        untold = setup.untold(session)
    assert {person.name for person in found if not person.told} == {"Maya Torres"}
    assert [words.partition(";")[0] for words in untold] == [
        "Maya Torres takes leads and has no number for alerts"
    ]
