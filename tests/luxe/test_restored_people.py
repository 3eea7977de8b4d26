"""Who is in a restored database: nobody who was erased since the backup, and of those who came since only their keys,
for a while."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.tables import audit_events
from core.db import key_rows
from core.domain.ids import reference
from core.flows.access import erasing
from core.flows.conversation import receive_text
from core.flows.intake.accept_submission import accept
from core.flows.upkeep import strays
from core.intake.submission import Submission
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in
from tests.luxe.backup_cases import copied
from tests.luxe.conftest import Luxe
from tests.luxe.test_backup import back_up, put_back
from tests.luxe.test_keys import add_patients, names

LENA = submission(external_id="form-2", first_name="Lena", phone="+14075550156", email="lena@example.com")


def come(luxe: Luxe, *forms: Submission) -> None:
    """Forms come in, with all that follows."""
    app = luxe.open()
    for form in forms:
        with app.db.write() as session:
            accept(session, app.reference, app.settings, form, raw_payload_id=None, now=app.clock.now())
    app.db.engine.dispose()


def erase(luxe: Luxe, number: int) -> None:
    done = luxe.run("erase", reference(number), "--reason", "Asked by letter", "--yes")
    assert done.exit_code == 0, done.output


def rows(luxe: Luxe, statement: Any) -> list[Any]:
    app = luxe.open()
    with app.db.read() as session:
        found = list(session.execute(statement))
    app.db.engine.dispose()
    return found


def lead_numbers(luxe: Luxe) -> list[int]:
    return [row[0] for row in rows(luxe, select(leads.c.number).order_by(leads.c.number))]


def test_who_was_erased_since_is_taken_out_again(clinic: Luxe, shelf: Path) -> None:
    """Unreadable is not all: an index finds the person, and a form of theirs would join what is left of them."""
    come(
        clinic,
        submission(),
        LENA,
    )
    first, second = lead_numbers(clinic)
    back_up(clinic, shelf / "monday")
    erase(clinic, first)
    said = put_back(clinic, shelf / "monday")
    assert "1 of the people in it were erased since, and were taken out again" in said
    found = rows(
        clinic, select(patients.c.first_name, patients.c.phone_index.is_(None)).order_by(patients.c.id)
    )
    assert [(str(name), bare) for name, bare in found] == [("(erased)", True), ("Lena", False)]
    states = rows(clinic, select(leads.c.number, leads.c.state))
    assert dict(states)[first] == "closed"
    assert dict(states)[second] != "closed"
    planned = select(timed_actions.c.id).where(
        timed_actions.c.state == "planned", timed_actions.c.lead_id.is_not(None)
    )
    gone = select(leads.c.id).where(leads.c.number == first)
    assert (
        rows(clinic, planned.where(timed_actions.c.lead_id.in_(gone), timed_actions.c.audience == "patient"))
        == []
    )
    told = rows(clinic, select(audit_events.c.reason).where(audit_events.c.action == "erased"))
    assert [reason for (reason,) in told] == [erasing.SINCE_THE_BACKUP]
    assert clinic.run("audit", "verify").exit_code == 0


def test_an_old_copy_of_the_keys_brings_nobody_back(clinic: Luxe, shelf: Path) -> None:
    """Somebody kept one by hand: where the database in use knows who was erased, their keys are left out of it."""
    come(
        clinic,
        submission(),
        LENA,
    )
    back_up(clinic, shelf / "monday")
    (shelf / "by-hand").write_bytes((shelf / "data-keys").read_bytes())
    erase(clinic, lead_numbers(clinic)[0])
    put_back(clinic, shelf / "monday", "--keys", str(shelf / "by-hand"))
    assert [str(name) for (name,) in rows(clinic, select(patients.c.first_name).order_by(patients.c.id))] == [
        "(erased)",
        "Lena",
    ]


def test_a_newer_backup_can_still_be_put_back_after_an_older_one(clinic: Luxe, shelf: Path) -> None:
    """The wrong day was chosen: those who came since are in the right one, and their keys are still here."""
    add_patients(clinic, 1)
    back_up(clinic, shelf / "monday")
    add_patients(clinic, 2)
    back_up(clinic, shelf / "tuesday")
    assert "Keys of people who came after this backup are kept for 30 days" in put_back(
        clinic, shelf / "monday"
    )
    put_back(clinic, shelf / "tuesday")
    assert names(clinic) == ["Omar0", "Omar0", "Omar1"]
    app = clinic.open()
    assert strays.count(app) == 0
    app.db.engine.dispose()


def test_who_came_since_is_forgotten_after_a_month_everywhere(clinic: Luxe, shelf: Path) -> None:
    """Nobody could erase them: this database does not know them, and newer backups do."""
    add_patients(clinic, 1)
    back_up(clinic, shelf / "monday")
    add_patients(clinic, 2)
    back_up(clinic, shelf / "tuesday")
    put_back(clinic, shelf / "monday")
    assert len(copied(shelf)) == 3
    assert "  stray keys" in clinic.run("doctor").output
    app = clinic.open()
    later = app.clock.now() + strays.KEPT
    assert strays.forget_due(app, now=later - timedelta(hours=1)) == 0
    assert strays.forget_due(app, now=later + timedelta(minutes=1)) == 2
    assert strays.forget_due(app, now=later + timedelta(days=1)) == 0
    app.db.engine.dispose()
    assert len(copied(shelf)) == 1
    assert "  stray keys" not in clinic.run("doctor").output
    told = rows(clinic, select(audit_events.c.detail).where(audit_events.c.action == "stray_keys_forgotten"))
    assert [detail for (detail,) in told] == [{"keys": 2}]
    said = put_back(clinic, shelf / "tuesday")
    assert "2 of the people in it were erased since" in said
    assert [str(name) for name in names(clinic)] == ["Omar0", "(erased)", "(erased)"]


def test_they_are_forgotten_at_once_where_somebody_says_so(migrated: Luxe, shelf: Path) -> None:
    """One of them asks to be erased within that month."""
    add_patients(migrated, 1)
    back_up(migrated, shelf / "monday")
    add_patients(migrated, 2)
    put_back(migrated, shelf / "monday")
    assert "Forgot 2 keys." in migrated.run("keys", "forget-strays").output
    assert "Forgot 0 keys." in migrated.run("keys", "forget-strays").output
    assert names(migrated) == ["Omar0"]


def test_no_key_that_is_in_use_is_a_stray(app: TestApp) -> None:
    """After all that a clinic does: whoever deleted one of these would have erased somebody."""
    take_in(app, submission())
    take_in(app, LENA)
    stranger = {"MessageSid": "SM1", "From": "+14075550177", "Body": "Who is this?"}
    receive_text.receive(app, stranger, now=app.clock.now())
    run_due(app)
    with app.db.write() as session:
        before = len(list(key_rows.every(session)))
        assert key_rows.stray_count(session) == key_rows.forget_strays(session) == 0
        assert len(list(key_rows.every(session))) == before > 3


@pytest.mark.parametrize("restored", [False, True])
def test_without_a_restore_nothing_is_ever_forgotten(app: TestApp, *, restored: bool) -> None:
    if restored:
        strays.expected(app, now=app.clock.now())
    assert (strays.due_at(app) is not None) is restored
    assert strays.forget_due(app, now=app.clock.now() + timedelta(days=400)) == 0
    assert strays.due_at(app) is None
