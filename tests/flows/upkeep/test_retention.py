"""What only runs the product is forgotten in time; nothing of a patient ever is."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from core.audit import store as audit
from core.compliance.tables import consents
from core.db.schema import metadata
from core.flows.upkeep import heartbeat, retention
from core.links import store as short_links
from core.links.store import NewLink
from core.operations.tables import heartbeats
from core.shipped import read_toml
from core.staff.store import hand_overs
from core.staff.tables import hand_overs as table
from core.staff.tables import sessions, sign_in_tickets, staff
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in

OF_THE_PRODUCT = {"heartbeats", "sessions", "sign_in_tickets"}


def rows(app: TestApp) -> dict[str, int]:
    with app.db.read() as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def owners(app: TestApp) -> list[str]:
    with app.db.read() as session:
        return list(session.execute(select(heartbeats.c.owner).order_by(heartbeats.c.owner)).scalars())


def signs_in(app: TestApp, name: str, *, signed_out: bool = False) -> None:
    """A session of twelve hours and the ticket that opened it."""
    now = app.clock.now()
    with app.db.write() as session:
        staff_id = session.execute(select(staff.c.id).where(staff.c.username == "manager")).scalar_one()
        session.execute(
            insert(sessions).values(
                token_hash=name,
                id=name,
                staff_id=staff_id,
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(hours=12),
                revoked_at=now if signed_out else None,
            )
        )
        session.execute(
            insert(sign_in_tickets).values(
                ticket_hash=name, staff_id=staff_id, expires_at=now + timedelta(minutes=1)
            )
        )


def test_schedulers_that_are_long_gone_are_forgotten(app: TestApp) -> None:
    """Whether they said goodbye or not; those of this week and those alive stay."""
    now = app.clock.now()
    for owner in ("killed", "stopped", "alive"):
        heartbeat.beat(app, owner, started_at=now, now=now)
    heartbeat.goodbye(app, "stopped", now=now)
    app.clock.advance(timedelta(days=6))
    assert retention.forget(app, now=app.clock.now()) == 0
    now = app.clock.advance(timedelta(days=2))
    heartbeat.beat(app, "alive", started_at=now, now=now)
    assert retention.forget(app, now=now) == 2
    assert owners(app) == ["alive"]


def test_sessions_go_some_weeks_after_their_end(app: TestApp) -> None:
    """Signed out of, or run out; one that is open is never touched."""
    signs_in(app, "run-out")
    signs_in(app, "signed-out", signed_out=True)
    app.clock.advance(timedelta(days=31))
    signs_in(app, "open")
    retention.forget(app, now=app.clock.now())
    with app.db.read() as session:
        assert session.execute(select(sessions.c.token_hash)).scalars().all() == ["open"]
        assert session.execute(select(sign_in_tickets.c.ticket_hash)).scalars().all() == ["open"]


def test_patients_and_evidence_stay_for_good(app: TestApp) -> None:
    """Ten years on, every row of a patient, of consent and of the audit trail is where it was."""
    take_in(app, submission())
    run_due(app)
    with app.db.write() as session:
        audit.note(session, action="signed_in", subject="manager", now=app.clock.now())
    before = rows(app)
    retention.forget(app, now=app.clock.advance(timedelta(days=3650)))
    assert before[consents.name] > 0
    assert rows(app) == before


def test_nothing_of_a_patient_can_be_listed(app: TestApp) -> None:
    """A new line in the data file forgets nothing by itself: each kind is a statement of its own."""
    assert set(read_toml("retention.toml")["days"]) == set(retention.KINDS)
    signs_in(app, "one")
    heartbeat.beat(app, "one", started_at=app.clock.now(), now=app.clock.now())
    before = rows(app)
    retention.forget(app, now=app.clock.advance(timedelta(days=3650)))
    after = rows(app)
    assert {name for name in before if before[name] != after[name]} == OF_THE_PRODUCT


def test_a_mountain_is_taken_down_in_small_steps(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each transaction is short, so that a text that is due at that moment goes at once."""
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        heartbeat.beat(app, f"gone-{number}", started_at=app.clock.now(), now=app.clock.now())
    now = app.clock.advance(timedelta(days=8))
    assert [retention.forget(app, now=now) for _ in range(4)] == [2, 2, 1, 0]


def hands_over(app: TestApp, ends_at: datetime, ended_at: datetime | None) -> None:
    with app.db.write() as session:
        maya = session.execute(select(staff.c.id).where(staff.c.username == "frontdesk")).scalar_one()
        found = {"staff_id": maya, "location": "downtown", "ends_at": ends_at, "made_by": maya}
        made = hand_overs.add(session, [], app.clock.now(), **found, note="Mrs Reyes is afraid of needles")
        session.execute(update(table).where(table.c.id == made).values(ended_at=ended_at))


def notes(app: TestApp) -> list[str | None]:
    with app.db.read() as session:
        return list(session.execute(select(table.c.note).order_by(table.c.ends_at)).scalars())


def test_what_colleagues_wrote_for_one_day_is_not_kept_for_good(app: TestApp) -> None:
    """Three days after it was taken over, two weeks after it was written; that leads were handed over stays."""
    now, hour, said = app.clock.now(), timedelta(hours=1), "Mrs Reyes is afraid of needles"
    hands_over(app, now + hour, now + hour)
    hands_over(app, now + 2 * hour, None)
    assert retention.forget(app, now=app.clock.advance(timedelta(days=3))) == 0
    assert retention.forget(app, now=app.clock.advance(timedelta(hours=2))) == 1
    assert notes(app) == [None, said]
    assert retention.forget(app, now=app.clock.advance(timedelta(days=10))) == 0
    assert retention.forget(app, now=app.clock.advance(timedelta(days=2))) == 1
    assert notes(app) == [None, None]
    assert retention.forget(app, now=app.clock.now()) == 0


def test_a_short_link_that_ran_out_is_forgotten_a_month_later_and_one_that_works_never(app: TestApp) -> None:
    """Until then it says that it has run out."""
    now, day = app.clock.now(), timedelta(days=1)
    ends = {"old": now - 31 * day, "late": now - 29 * day, "good": now + day}
    links = [
        NewLink(code, "website", "https://luxe.example.com", None, code, at) for code, at in ends.items()
    ]
    with app.db.write() as session:
        short_links.make_all(session, links, now - 120 * day)
    assert retention.forget(app, now=now) == 1
    with app.db.read() as session:
        assert [code for code in ends if short_links.find(session, code)] == ["late", "good"]
