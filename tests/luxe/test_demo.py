"""The made-up history: complete enough to show every screen, quiet, and unreadable in a dump."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from core.app import App, build_app
from core.booking.tables import appointments
from core.db.migrate import migrate
from core.intake.tables import raw_payloads
from core.leads.tables import lead_calls, lead_events, leads, tasks
from core.messaging.tables import emails, sms_messages, timed_actions
from core.patients.tables import patients
from core.reads import duplicates, experiments, resend
from core.reference import load_reference
from core.settings import Settings
from core.sla.causes import CAUSES
from core.sla.rules import MACHINE, OUTCOMES
from core.sla.tables import sla_breaches, sla_clocks
from core.staff.tables import staff
from luxe.demo import words
from luxe.demo.cues import CUES
from luxe.demo.make import Wanted, make
from luxe.demo.people import phone_of, usable_area_codes
from luxe.opening import CommandError
from tests.factories import actor


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The demo that `luxe up` makes on first use."""
    home = tmp_path_factory.mktemp("demo")
    settings = Settings(
        home=home, demo_password="demo-password", clock="2026-11-24T14:05:00-05:00@1", _env_file=None
    )
    app = build_app(settings)
    migrate(app.db)
    make(app, Wanted(400, 4, 1), app.clock.now(), lambda _: None)
    yield app
    app.db.engine.dispose()


def test_the_page_of_experiments_is_not_empty(demo: App) -> None:
    """One under way that says how many it still needs, and past ones that were read, or say why not."""
    with demo.db.read() as session:
        page = experiments.read(session, actor(session, "marketing"), demo.reference, now=demo.clock.now())
    [running] = page.running
    assert sum(tally.assigned for tally in running.tallies) > 0
    assert not running.verdict.final
    assert [(one.fixed.title, one.state) for one in page.past] == [
        ("Offer first, or reviews first", "void"),
        ("The same text twice", "ended"),
    ]


def test_emails_went_and_one_came_back_and_its_lead_says_so(demo: App) -> None:
    assert values(demo, emails.c.status) == {"sent", "bounced"}
    with demo.db.read() as session:
        [came_back] = [
            one for one in resend.read(session, actor(session, "admin"), _week(demo)) if one.address
        ]
        told = select(lead_events.c.kind).join(leads, leads.c.id == lead_events.c.lead_id)
        kinds = session.execute(told.where(leads.c.number == came_back.number)).scalars().all()
    assert (came_back.why, came_back.remedy) == ("The address takes no email", "Ask for the right address")
    assert "email_bounced" in kinds


def _week(app: App) -> datetime:
    return app.clock.now() - timedelta(days=7)


def values(app: App, column: object) -> set[object]:
    with app.db.read() as session:
        return set(session.execute(select(column).distinct()).scalars())  # type: ignore[call-overload]


def test_every_stage_source_and_state_is_there(demo: App) -> None:
    """No screen is empty, no chart lacks a bar."""
    assert values(demo, leads.c.state) == {"open", "booked", "disqualified", "closed"}
    assert values(demo, leads.c.source) == {origin.source for origin in words.ORIGINS}
    with demo.db.read() as session:
        for stage in (
            "viewed",
            "attempted",
            "contacted",
            "responded",
            "qualified",
            "booked",
            "attended",
            "treated",
        ):
            reached = session.execute(select(func.count(leads.c[f"{stage}_at"]))).scalar_one()
            assert reached > 20, stage
    assert values(demo, leads.c.form_type) >= set(words.FORM_TYPES)


def test_attempts_that_reached_nobody_are_there_and_no_conversation_without_an_attempt(demo: App) -> None:
    """Figures of attempts and of conversations differ; visits are there in every state."""
    tried, spoke = leads.c.attempted_at, leads.c.contacted_at
    with demo.db.read() as session:
        only_tried = session.execute(
            select(func.count()).where(tried.is_not(None), spoke.is_(None))
        ).scalar_one()
        backwards = session.execute(select(func.count()).where(spoke < tried)).scalar_one()
        untried = session.execute(
            select(func.count()).where(spoke.is_not(None), tried.is_(None))
        ).scalar_one()
    assert only_tried > 20
    assert (backwards, untried) == (0, 0)
    assert values(demo, lead_calls.c.outcome) == {"talked", "voicemail", "no_answer", "wrong_number"}
    assert values(demo, appointments.c.state) == {"booked", "attended", "no_show", "cancelled"}
    assert {"next_call", "call"} <= values(demo, tasks.c.kind)
    started = {"first_contact", "first_conversation", "next_reply", *OUTCOMES, *MACHINE}
    assert values(demo, sla_clocks.c.target) == started
    assert values(demo, sla_breaches.c.cause) == set(CAUSES)


def test_every_failure_is_there(demo: App) -> None:
    """Resend, dead letters and 'call only' have something to show."""
    assert values(demo, sms_messages.c.error_code) >= {30003, 30006, 30007, 21610}
    assert {"unknown", "sent", "cancelled", "dropped", "planned"} <= values(demo, timed_actions.c.state)
    assert "dead" in values(demo, raw_payloads.c.state)
    assert True in values(demo, leads.c.call_only)
    assert {"running", "paused", "met", "missed"} <= values(demo, sla_clocks.c.state)


def test_two_pairs_of_possible_duplicates_wait(demo: App) -> None:
    with demo.db.read() as session:
        waiting = duplicates.read(session, actor(session, "frontdesk"))
    names = {pair.one.last_name for pair in waiting.pairs}
    assert {"Boone", "Petrakis"} <= names


def test_every_member_of_staff_who_takes_leads_has_some(demo: App) -> None:
    """Filters by person find somebody's work."""
    with demo.db.read() as session:
        desk = set(session.execute(select(staff.c.id).where(staff.c.title == "coordinator")).scalars())
    assert desk <= values(demo, leads.c.owner_id)


def test_open_leads_stand_in_every_state_of_their_clock(demo: App) -> None:
    """Overdue, due within minutes, later, paused: at the moment the demo was made."""
    now = demo.clock.now()
    with demo.db.read() as session:
        live = session.execute(
            select(sla_clocks.c.due_at, sla_clocks.c.state).where(
                sla_clocks.c.state.in_(("running", "paused"))
            )
        ).all()
        opened = session.execute(select(func.count()).where(leads.c.state == "open")).scalar_one()
    running = [row.due_at - now for row in live if row.state == "running"]
    assert any(left < timedelta(0) for left in running)
    assert any(timedelta(0) < left < timedelta(minutes=5) for left in running)
    assert any(left > timedelta(minutes=15) for left in running)
    assert sum(row.state == "paused" for row in live) >= 2
    assert opened == len(CUES)


def test_a_scheduler_stays_quiet_afterwards(demo: App) -> None:
    """Nothing planned is overdue: months of made-up texts must not go out at once."""
    a = timed_actions.c
    with demo.db.read() as session:
        late = session.execute(
            select(func.count()).where(
                a.state == "planned", a.due_at < demo.clock.now() - timedelta(seconds=30)
            )
        ).scalar_one()
        planned = session.execute(select(func.count()).where(a.state == "planned")).scalar_one()
        lookups = session.execute(select(func.count()).where(a.verify_at.is_not(None))).scalar_one()
        keys = session.execute(
            select(func.count(func.distinct(a.lead_id))).where(a.state == "planned")
        ).scalar_one()
    assert late == 0
    assert lookups == 0
    assert 0 < planned < 150
    assert keys <= len(CUES)


def test_a_dump_shows_nobody(demo: App, tmp_path: Path) -> None:
    """The bytes of the database hold no name, number, address or word of a patient."""
    with demo.db.read() as session:
        people = session.execute(
            select(patients.c.first_name, patients.c.last_name, patients.c.phone, patients.c.email).limit(300)
        ).all()
        bodies = session.execute(
            select(sms_messages.c.message_body).where(sms_messages.c.origin != "staff_alert").limit(300)
        ).scalars()
        said = [body for body in bodies if len(body) > 14]
        colleagues = {
            name for full in session.execute(select(staff.c.name)).scalars() for name in full.split()
        }
    with demo.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    dump = Path(shutil.copy(demo.db.path, tmp_path / "dump.db")).read_bytes()
    emails = [person.email for person in people if person.email]
    assert len(emails) > 200
    assert len(said) > 200
    secrets = {person.phone for person in people} | {person.phone[2:] for person in people} | set(emails)
    secrets |= {f"{person.first_name} {person.last_name}" for person in people} | set(said)
    names = {name for person in people for name in (person.first_name, person.last_name) if len(name) > 6}
    secrets |= names - colleagues
    assert [secret for secret in secrets if secret.encode() in dump] == []


def test_made_up_numbers_are_never_given_out_twice() -> None:
    """Numbers are unique in the database, and every one is of the made-up kind."""
    codes = usable_area_codes(load_reference(ZoneInfo("America/New_York")).area_codes)
    phones = [phone for number in range(40_000) if (phone := phone_of(number, codes))]
    assert len(phones) > 25_000
    assert len(set(phones)) == len(phones)
    assert all(phone[5:8] == "555" and phone[8:10] == "01" for phone in phones)
    assert not set(phones) & {cue.phone for cue in CUES}


def test_demo_data_is_refused_where_leads_are(demo: App) -> None:
    """Real leads are never mixed with made-up ones."""
    with pytest.raises(CommandError, match="empty database"):
        make(demo, Wanted(10, 1, 1), demo.clock.now(), lambda _: None)


@pytest.mark.postgres
@pytest.mark.parametrize("bare_url", ["postgresql"], indirect=True)
def test_the_larger_database_gets_the_same_demo(bare_url: str, tmp_path: Path) -> None:
    """Rows are copied in another way there; numbers of new leads go on where the demo's end."""
    settings = Settings(home=tmp_path, database_url=bare_url, demo_password="demo-password", _env_file=None)
    app = build_app(settings)
    migrate(app.db)
    make(app, Wanted(40, 1, 1), app.clock.now(), lambda _: None)
    with app.db.read() as session:
        newest = session.execute(select(func.max(leads.c.number))).scalar_one()
        total = session.execute(select(func.count()).select_from(leads)).scalar_one()
        name = session.execute(select(patients.c.first_name).limit(1)).scalar_one()
    app.db.engine.dispose()
    assert newest == total == 40 + 5 + len(CUES)
    assert name.isalpha()
