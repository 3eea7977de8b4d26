"""What is stored is bound to its row and to its patient's key."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, func, select, text, type_coerce, update
from sqlalchemy.exc import OperationalError

from core.db import rotation
from core.db.data_keys import data_keys, forget, keys_for
from core.db.encrypted import MARK, Unreadable
from core.db.engine import savepoint
from core.db.prepared import UpdateOne
from core.db.rotation import encrypted_tables, seal_table
from core.flows.upkeep.sealing_values import Sealing
from core.intake.tables import form_submissions, raw_payloads
from core.leads.tables import leads
from core.messaging.tables import sms_messages, timed_actions
from core.patients.store import profiles
from core.patients.tables import patients
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in
from tests.store.before_data_keys import raw, set_back


def two_people(app: TestApp) -> tuple[str, str]:
    """Two leads with their texts; the leads' ids."""
    first = take_in(app, submission())
    other = take_in(
        app,
        submission(
            external_id="form-2",
            first_name="Lena",
            last_name="Park",
            phone="+14075550156",
            email="lena@example.com",
        ),
    )
    run_due(app)
    return first.lead_id or "", other.lead_id or ""


def everything(app: TestApp) -> dict[str, list[object]]:
    """Every decrypted value, by column."""
    found: dict[str, list[object]] = {}
    with app.db.read() as session:
        for table, names in encrypted_tables():
            for name in names:
                column = table.c[name]
                values = session.execute(
                    select(column).where(column.is_not(None)).order_by(table.c.id)
                ).scalars()
                found[f"{table.name}.{name}"] = list(values)
    return found


def test_a_value_copied_into_another_row_is_not_taken_for_that_rows_own(app: TestApp) -> None:
    """Finding 15: whoever can write to the database sends nobody's texts to somebody else's phone."""
    first, other = two_people(app)
    with app.db.write() as session:
        theirs = select(type_coerce(leads.c.phone, LargeBinary)).where(leads.c.id == other)
        stolen = session.execute(theirs).scalar_one()
        session.execute(
            update(leads).where(leads.c.id == first).values(phone=type_coerce(stolen, LargeBinary))
        )
    with app.db.read() as session:
        phone = session.execute(select(leads.c.phone).where(leads.c.id == first)).scalar_one()
    assert isinstance(phone, Unreadable)
    assert not phone


def test_a_value_moved_into_another_column_is_not_taken(app: TestApp) -> None:
    first, _ = two_people(app)
    with app.db.write() as session:
        session.execute(text("UPDATE patients SET last_name = first_name"))
    with app.db.read() as session:
        names = session.execute(select(patients.c.last_name)).scalars().all()
    assert first
    assert all(isinstance(name, Unreadable) for name in names)


def test_a_text_whose_number_is_anothers_is_set_aside_and_never_sent(app: TestApp) -> None:
    """Finding 15, where it would do harm."""
    first, other = two_people(app)
    a = timed_actions.c
    with app.db.write() as session:
        theirs = select(type_coerce(a.phone, LargeBinary)).where(a.lead_id == other, a.audience == "patient")
        stolen = session.execute(theirs.limit(1)).scalar_one()
        session.execute(
            update(timed_actions)
            .where(a.lead_id == first, a.state == "planned")
            .values(phone=type_coerce(stolen, LargeBinary))
        )
    before = len(app.sms.bodies_to("+14075550156"))
    app.clock.advance(timedelta(minutes=6))
    with pytest.raises(ValueError, match="can't be read"):
        run_due(app)
    assert len(app.sms.bodies_to("+14075550156")) == before


def test_a_bare_value_is_refused(app: TestApp) -> None:
    """Whoever writes a new story can't store a value that is bound to nothing."""
    two_people(app)
    with pytest.raises(Exception, match=r"patients.phone: a value must be sealed"), app.db.write() as session:
        session.execute(update(patients).values(phone="+14075550199"))


def test_a_damaged_value_is_not_written_back(app: TestApp) -> None:
    first, _ = two_people(app)
    with app.db.write() as session:
        session.execute(text("UPDATE leads SET phone = last_event_note, extension = phone"))
    with app.db.read() as session:
        damaged = session.execute(select(leads.c.extension).where(leads.c.id == first)).scalar_one()
    with pytest.raises(TypeError), app.db.write() as session:
        UpdateOne(leads).run(session, first, extension=damaged)


def test_each_patient_has_a_key_and_each_payload_its_own(app: TestApp) -> None:
    two_people(app)
    with app.db.read() as session:
        subjects = set(session.execute(select(data_keys.c.subject)).scalars())
        people = set(session.execute(select(patients.c.id)).scalars())
        of_leads = {value[4:20] for value in raw(session, leads, "phone")}
    assert people <= subjects
    assert len(of_leads) == 2


def test_forgetting_a_patients_keys_makes_what_is_theirs_unreadable_and_nothing_else(app: TestApp) -> None:
    first, other = two_people(app)
    with app.db.write() as session:
        who = session.execute(select(leads.c.patient_id).where(leads.c.id == first)).scalar_one()
        forget(session, [who])
    app.db.engine.dialect.luxe_data_keys.clear()  # type: ignore[attr-defined]
    with app.db.read() as session:
        rows = session.execute(select(sms_messages.c.lead_id, sms_messages.c.message_body)).all()
        phones = dict(session.execute(select(leads.c.id, leads.c.phone)).all())
        forms = (
            session.execute(select(form_submissions.c.form_data).order_by(form_submissions.c.id))
            .scalars()
            .all()
        )
    assert {row.lead_id for row in rows if isinstance(row.message_body, Unreadable)} == {first}
    assert isinstance(phones[first], Unreadable)
    assert phones[other] == "+14075550156"
    assert [bool(form) for form in forms] == [False, True]


def test_nothing_is_written_under_a_key_that_was_taken_back(app: TestApp) -> None:
    """A savepoint that made a key is undone: whoever writes next in that transaction makes it a key anew."""
    with app.db.write() as session:
        with pytest.raises(ZeroDivisionError), savepoint(session):
            keys_for(session, ["subject-1"])[str(1 // 0)]
        key = keys_for(session, ["subject-1"])["subject-1"]
    with app.db.read() as session:
        kept = (
            session.execute(select(data_keys.c.id).where(data_keys.c.subject == "subject-1")).scalars().all()
        )
    assert kept == [key.id.hex()]


def test_what_an_earlier_version_stored_reads_as_before_and_is_sealed_beside_other_work(app: TestApp) -> None:
    """A migration of what exists while everything runs: the values are the same before, during and after it."""
    two_people(app)
    before = everything(app)
    older = replace(app.db.keyring, row_bound=False)
    app.db.engine.dialect.luxe_keyring = older  # type: ignore[attr-defined]
    assert set_back(app.db) > 20
    assert everything(app) == before
    sealing = Sealing(app)
    sealing.go_on(app.clock.now())
    assert everything(app) == before
    while sealing.go_on(app.clock.now()):
        pass
    assert everything(app) == before
    with app.db.read() as session:
        stored = [
            value
            for table, names in encrypted_tables()
            for name in names
            for value in raw(session, table, name)
        ]
    assert all(value.startswith(MARK) for value in stored)
    assert Sealing(app).go_on(app.clock.now()) == 0


def test_a_database_that_was_away_for_a_moment_is_not_taken_for_one_that_is_sealed(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that failed is done again; else its values would stay bound to no row for ever."""
    two_people(app)
    set_back(app.db)
    sealing = Sealing(app)
    with monkeypatch.context() as away:
        away.setattr(rotation, "_seal_batch", unreachable)
        with pytest.raises(OperationalError):
            sealing.go_on(app.clock.now())
    while sealing.go_on(app.clock.now()):
        pass
    with app.db.read() as session:
        assert all(value.startswith(MARK) for value in raw(session, leads, "phone"))


def unreachable(*_: object) -> None:
    raise OperationalError("", None, Exception("away"))


def test_sealing_passes_over_what_can_not_be_read_and_names_it(app: TestApp) -> None:
    first, _ = two_people(app)
    set_back(app.db)
    with app.db.write() as session:
        session.execute(text("UPDATE leads SET phone = last_event_note WHERE id = :id"), {"id": first})
        session.execute(text("UPDATE leads SET phone = notes WHERE phone IS NULL"))
        junk = b"junk" * 20
        session.execute(text("UPDATE leads SET phone = :junk WHERE id = :id"), {"junk": junk, "id": first})
    steps = list(seal_table(app.db, leads, ("notes", "phone", "extension", "last_event_note")))
    assert [lost for step in steps for lost in step.unreadable] == [f"phone of {first}"]
    with app.db.read() as session:
        assert raw(session, leads, "phone").count(junk) == 1


def test_a_form_costs_two_keys_and_a_patients_second_form_one(app: TestApp) -> None:
    """Keys are few: one for the person, one for what was sent."""

    def keys() -> int:
        with app.db.read() as session:
            return int(session.execute(select(func.count()).select_from(data_keys)).scalar_one())

    take_in(app, submission())
    once = keys()
    take_in(app, submission(external_id="form-2", treatment="filler"))
    assert keys() == once
    with app.db.read() as session:
        assert session.execute(select(func.count()).select_from(raw_payloads)).scalar_one() == 0
        assert profiles.on_number(session, "+14075550155")
