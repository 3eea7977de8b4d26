"""The SLA monitor's clocks and figures, worked out by hand. It is 10:00 on a Monday in New York."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from console.sla_monitor import view
from core.alerting.rules import parse_escalation
from core.domain.errors import Denied
from core.domain.ids import new_id
from core.messaging.tables import sms_messages, timed_actions
from core.reads import on_shift, setup, sla_backlog, sla_clocks, sla_monitor
from core.shipped import read_toml
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import actor, put
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
        found = sla_clocks.clocks(session, actor(session, "frontdesk"))
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
        found = sla_clocks.clocks(session, me)
        wall = sla_clocks.clocks(session, me, names=False)
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
            put(
                session,
                sms_messages,
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
        with pytest.raises(Denied):
            sla_clocks.clocks(session, me)
        with pytest.raises(Denied):
            sla_backlog.counts(session, me, now=app.clock.now())
        with pytest.raises(Denied):
            sla_backlog.page(session, me, sla_backlog.Chosen(), 1)
        with pytest.raises(Denied):
            sla_monitor.today(session, me, app.reference, app.clock.now())
        with pytest.raises(Denied):
            on_shift.read(session, me, app.reference, app.clock.now())


def test_who_takes_leads_and_is_reached_by_no_alert_stands_out(app: TestApp) -> None:
    """A new lead would be theirs and nobody would tell them."""
    now = app.clock.now()
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "frontdesk").values(phone=None))
        found = on_shift.read(session, actor(session, "manager"), app.reference, now)
        untold = setup.untold(session)
    assert {person.name for person in found if not person.told} == {"Maya Torres"}
    assert [words.partition(":")[0] for words in untold] == [
        "Maya Torres takes leads and no alert reaches them"
    ]


def test_what_people_owe_stands_before_what_becomes_of_requests_and_the_machine_is_not_there(
    app: TestApp,
) -> None:
    """A qualification that is overdue for weeks hides no first contact; paused ones stay last, danger comes first."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        lead = add_lead(session, patient, now, attempted_at=now)
        for target, left, state in (
            ("qualification", -9000, "running"),
            ("first_contact", 30, "running"),
            ("next_reply", 5, "paused"),
            ("danger", 40, "running"),
            ("assignment", -9, "running"),
            ("confirmation", -9, "running"),
        ):
            add_clock(session, lead, now - 60 * MINUTE, now + left * MINUTE, target=target, state=state)
        who = actor(session, "frontdesk")
        found = [row.target for row in sla_clocks.clocks(session, who)]
        paged = {
            kind: [row.target for row in sla_backlog.page(session, who, sla_backlog.Chosen(kind=kind), 1)]
            for kind in ("", "first", "reply", "outcome")
        }
        kinds = {group.kind for group in sla_backlog.counts(session, who, now=now)}
    assert found == ["danger", "first_contact", "qualification", "next_reply"]
    assert paged == {
        "": ["danger", "first_contact", "next_reply"],
        "first": ["first_contact"],
        "reply": ["danger", "next_reply"],
        "outcome": ["qualification"],
    }
    assert kinds == {"first", "reply", "outcome"}


def test_a_policy_s_own_warning_says_when_a_clock_approaches(app: TestApp) -> None:
    """Ten minutes with seven left: within by half, approaching where the policy warns after two."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        for warn in (None, 120):
            lead = add_lead(session, patient, now)
            add_clock(session, lead, now - 3 * MINUTE, now + 7 * MINUTE, warn_seconds=warn)
        groups = sla_backlog.counts(session, actor(session, "manager"), now=now)
    assert [(group.within, group.approaching) for group in groups] == [(1, 1)]


def test_the_board_is_narrowed_to_a_team_and_says_who_is_told_next(app: TestApp) -> None:
    """The lead of a manager and one of the front desk; the second is escalated to the team lead in four minutes."""
    now = app.clock.now()
    with app.db.write() as session:
        who = actor(session, "manager")
        session.execute(update(staff).where(staff.c.username == "jordan").values(title="team_lead"))
        patient = add_patient(session, now)
        for username in ("manager", "frontdesk"):
            lead = add_lead(session, patient, now, owner_id=staff_id(session, username))
            add_clock(session, lead, now, now + 5 * MINUTE)
        for level, minutes in (("2", 14), ("1", 4)):
            put(
                session, timed_actions, id=new_id(now), key=f"escalation:{lead}:1:{level}", kind="escalation",
                state="planned", due_at=now + minutes * MINUTE, planned_for=now, created_at=now, lane=0,
                purpose="staff_alert", audience="staff", lead_id=lead, conditions=[], variables={"level": level},
            )  # fmt: skip
        desk = sla_backlog.page(session, who, sla_backlog.Chosen(team="frontdesk"), 1)
        every = sla_clocks.clocks(session, who)
        people = sla_clocks.first_of(session, who)
    assert [(row.team, row.next_level, row.next_at) for row in desk] == [("frontdesk", "1", now + 4 * MINUTE)]
    as_shipped = view.Levels(parse_escalation(read_toml("escalation.toml")), people)
    assert view.next_words(desk[0], as_shipped) == "Jordan, team lead"
    own = parse_escalation({"priorities": [2], "levels": [{"after_minutes": 4, "tell": ["manager"]}]})
    assert view.next_words(desk[0], view.Levels(own, people)) == "Elena, manager"
    sorry = parse_escalation({"priorities": [2], "levels": [{"after_minutes": 4, "does": ["apology"]}]})
    assert view.next_words(desk[0], view.Levels(sorry, people)) == "apology to patient"
    assert (
        view.next_words(desk[0], view.Levels(parse_escalation({"priorities": [], "levels": []}), people))
        == ""
    )
    assert [row.next_at for row in every if row.team == "manager"] == [None]
