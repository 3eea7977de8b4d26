"""A person who asked to be forgotten can't be read anywhere any more; everybody else can."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, type_coerce

from core.audit.tables import audit_events
from core.db.data_keys import data_keys
from core.db.rotation import encrypted_tables
from core.domain.errors import InvalidInput, NotFound
from core.flows.access import erasing
from core.flows.conversation import receive_text
from core.flows.upkeep import key_copies
from core.leads.store import leads as lead_store
from core.leads.tables import leads
from core.messaging.tables import sms_messages, timed_actions
from core.patients.store import profiles
from core.patients.tables import patients
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, run_until, take_in

OMAR, LENA = "+14075550155", "+14075550156"


@pytest.fixture
def clinic(app: TestApp) -> TestApp:
    """Lead 1 is Omar's, who answered; lead 2 is Lena's."""
    take_in(app, submission(notes="Afraid of needles"))
    take_in(app, submission(external_id="form-2", first_name="Lena", phone=LENA, email="lena@example.com"))
    run_due(app)
    receive_text.receive(
        app, {"MessageSid": "SM1", "From": OMAR, "Body": "My rash is back"}, now=app.clock.now()
    )
    run_due(app)
    return app


def erase(app: TestApp, number: int = 1, reason: str = "Asked by letter") -> erasing.Erased:
    return erasing.erase(app, number, reason, actor="command:test", now=app.clock.now())


def readable(app: TestApp) -> str:
    """Everything that can be decrypted, in one string."""
    with app.db.read() as session:
        found = [
            value
            for table, names in encrypted_tables()
            for name in names
            for value in session.execute(select(table.c[name]).where(table.c[name].is_not(None))).scalars()
        ]
    return " ".join(map(str, found))


def test_nothing_of_the_person_can_be_read_and_all_of_the_others(clinic: TestApp) -> None:
    assert "Afraid of needles" in readable(clinic)
    done = erase(clinic)
    left = readable(clinic)
    assert done.leads == 1
    assert done.rows > 10
    for word in ("Omar", "omar@example.com", "5550155", "Afraid of needles", "My rash is back"):
        assert word not in left, word
    assert "Lena" in left
    assert LENA in left


def test_an_older_copy_of_the_database_tells_nothing_either(clinic: TestApp) -> None:
    """What lies in a backup is under the forgotten keys: put back row by row, it still can't be read."""
    texts, c = sms_messages, sms_messages.c
    with clinic.db.read() as session:
        raw = type_coerce(c.message_body, LargeBinary)
        copy = session.execute(select(c.id, raw).where(c.direction == "inbound")).one()
    erase(clinic)
    clinic.db.engine.dialect.luxe_data_keys.clear()  # type: ignore[attr-defined]
    with clinic.db.write() as session:
        session.execute(
            texts.update().where(c.id == copy[0]).values(message_body=type_coerce(copy[1], LargeBinary))
        )
    assert "rash" not in readable(clinic)


def test_what_was_planned_for_the_person_does_not_go_out(clinic: TestApp) -> None:
    erase(clinic)
    before = len(clinic.sms.bodies_to(OMAR))
    run_until(clinic, timedelta(days=20))
    assert len(clinic.sms.bodies_to(OMAR)) == before
    with clinic.db.read() as session:
        a = timed_actions.c
        open_ = (
            select(a.id).join(leads, leads.c.id == a.lead_id).where(leads.c.number == 1, a.state == "planned")
        )
        assert session.execute(open_).all() == []


def test_nobody_finds_the_person_by_number_or_address_and_a_new_form_is_a_new_person(clinic: TestApp) -> None:
    erase(clinic)
    again = take_in(clinic, submission(external_id="form-3"))
    with clinic.db.read() as session:
        people = session.execute(select(patients.c.first_name, patients.c.phone_index)).all()
        lead = session.execute(select(leads.c.number).where(leads.c.id == again.lead_id)).scalar_one()
    assert lead == 3
    assert len(people) == 3
    assert ("(erased)", None) in [tuple(row) for row in people]


def test_whoever_said_stop_before_is_not_texted_after_a_new_form(clinic: TestApp) -> None:
    """The number's STOP outlives the person's data."""
    receive_text.receive(clinic, {"MessageSid": "SM2", "From": OMAR, "Body": "STOP"}, now=clinic.clock.now())
    run_due(clinic)
    erase(clinic)
    before = len(clinic.sms.bodies_to(OMAR))
    take_in(clinic, submission(external_id="form-3"))
    run_until(clinic, timedelta(days=3))
    assert len(clinic.sms.bodies_to(OMAR)) == before


def test_the_trail_says_who_erased_whom_and_why_and_the_keys_are_gone(clinic: TestApp) -> None:
    with clinic.db.read() as session:
        who = session.execute(select(leads.c.patient_id).where(leads.c.number == 1)).scalar_one()
    erase(clinic)
    with clinic.db.read() as session:
        e = audit_events.c
        row = session.execute(select(e.actor, e.patient_id, e.reason).where(e.action == "erased")).one()
        keys = session.execute(select(data_keys.c.id).where(data_keys.c.subject == who)).all()
    assert tuple(row) == ("command:test", who, "Asked by letter")
    assert keys == []


def test_a_reason_and_an_existing_lead_are_needed(clinic: TestApp) -> None:
    with pytest.raises(InvalidInput, match="Say why"):
        erase(clinic, reason=" ")
    with pytest.raises(NotFound):
        erase(clinic, number=99)
    assert "Omar" in readable(clinic)


def test_copies_of_the_keys_are_written_anew_and_one_that_can_not_be_is_named(
    clinic: TestApp, tmp_path: Path
) -> None:
    """A key that is left in a copy would open every backup."""
    kept, gone = tmp_path / "kept", tmp_path / "gone"
    for folder in (kept, gone):
        folder.mkdir()
        key_copies.write_copy(clinic, folder, now=clinic.clock.now())
    with clinic.db.read() as session:
        who = session.execute(select(leads.c.patient_id).where(leads.c.number == 1)).scalar_one()
    assert who in (kept / key_copies.FILE).read_text()
    (gone / key_copies.FILE).unlink()
    gone.rmdir()
    assert erase(clinic).old_copies == (str(gone),)
    assert who not in (kept / key_copies.FILE).read_text()


def test_who_is_erased_while_something_else_is_written_of_them_is_waited_for_and_never_a_deadlock(
    clinic: TestApp,
) -> None:
    """A visit that is booked at this moment takes the patient first and their request after; so does an erasure."""
    if clinic.db.is_sqlite:
        pytest.skip("one writes at a time")
    done: list[erasing.Erased] = []
    thread = threading.Thread(target=lambda: done.append(erase(clinic)))
    with clinic.db.write() as session:
        lead = lead_store.of_number(session, 1)
        assert lead
        profiles.touch(session, lead.patient_id, clinic.clock.now())
        thread.start()
        thread.join(timeout=1)
        lead_store.change(session, lead.id, clinic.clock.now(), state="booked")
    thread.join(timeout=20)
    assert [one.leads for one in done] == [1]
    assert "Afraid of needles" not in readable(clinic)
