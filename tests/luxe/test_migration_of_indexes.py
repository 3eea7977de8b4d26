"""What an older version had indexed of names and numbers is gone from the database, and from its file (finding 9)."""

from hashlib import sha256

import pytest
from sqlalchemy import inspect, select, text

from core.db.engine import Database
from core.db.migrate import migrate, take_back
from core.intake import store, store_submissions
from core.intake.impersonal import REMOVED
from core.intake.tables import form_submissions
from core.leads.tables import lead_events
from tests.luxe.test_migration_of_attempts import AT, Past, up_to

WORD, TAIL, NAME, PHONE = ("c0ffee" * 5 + end for end in ("a1", "b2", "c3", "d4"))

NAMED = "203.0.113.9 2026-11-23 15:0123456789abcdef01234567"


def before(database: Database) -> None:
    """A patient of the schema before, found by words and by the end of a number."""
    up_to(database, "0013")
    with database.engine.execution_options(luxe_write=True).begin() as connection:
        past = Past(connection)
        past.lead("one", patient={"phone_place": 0, "language": "", "phone_tail_index": TAIL})
        past.add("name_words", patient_id="p-one", word_index=WORD)
        for field, index in (("last_name", NAME), ("phone", PHONE)):
            past.add(
                "patient_conflicts",
                id=field,
                patient_id="p-one",
                submission_id="s",
                field=field,
                value=b"",
                value_index=index,
                created_at=AT,
            )


def forms_before(database: Database) -> None:
    """What an older version kept of a form: bare hashes, and a link with its reader's address."""
    with database.engine.execution_options(luxe_write=True).begin() as connection:
        past = Past(connection)
        past.add(
            "raw_payloads",
            id="r",
            connector="hosted",
            received_at=AT,
            content_type="",
            headers=b"",
            body=b"",
            sha256=sha256(b"what was said").hexdigest(),
            state="dead",
        )
        past.add(
            "form_submissions",
            id="s",
            connector="hosted",
            external_id=NAMED,
            patient_id="p-one",
            form_type="lead_capture",
            form_data=b"",
            source="jane.doe@example.com",
            utm_params={
                "utm_campaign": "spring",
                "utm_term": "+1321 555 0177",
                "utm_content": "a%40b.example",
            },
            submitted_at=AT,
            received_at=AT,
        )
        past.event("one", 1, "submitted", "patient", source="jane.doe@example.com", form_type="lead_capture")
        for table in ("leads", "patients"):
            connection.execute(text(f"UPDATE {table} SET campaign = 'jane.doe@example.com'"))


def test_a_repeat_of_what_came_before_the_upgrade_is_still_one(bare_db: Database) -> None:
    """Finding 13: what stood there was a bare hash of what the form said, with the visitor's address."""
    before(bare_db)
    forms_before(bare_db)
    migrate(bare_db)
    with bare_db.read() as session:
        kept = session.execute(text("SELECT external_id FROM form_submissions")).scalar_one()
        assert "203.0.113.9" not in kept
        assert store_submissions.find(session, "hosted", NAMED) == "s"
        assert store.waiting_twin(session, "hosted", b"what was said", AT) == "r"


def test_campaigns_that_look_like_a_person_are_cleaned(bare_db: Database) -> None:
    """Finding 14: marketing reads these columns, and so does a thief."""
    before(bare_db)
    forms_before(bare_db)
    migrate(bare_db)
    with bare_db.engine.connect() as connection:
        campaigns = [
            connection.execute(text(f"SELECT campaign FROM {one}")).scalar() for one in ("leads", "patients")
        ]
        sent = connection.execute(select(form_submissions.c.source, form_submissions.c.utm_params)).one()
        told = connection.execute(select(lead_events.c.data)).scalar_one()
    assert campaigns == [REMOVED, REMOVED]
    assert sent.source == told["source"] == REMOVED
    assert told["form_type"] == "lead_capture"
    assert sent.utm_params == {"utm_campaign": "spring", "utm_term": REMOVED, "utm_content": REMOVED}


def test_no_index_of_a_name_or_of_the_end_of_a_number_is_left(bare_db: Database) -> None:
    """Finding 9: a stolen database and our own form told who is a patient. Identity keeps its exact indexes."""
    before(bare_db)
    migrate(bare_db)
    with bare_db.engine.connect() as connection:
        kept = connection.execute(
            text("SELECT field, value_index FROM patient_conflicts ORDER BY field")
        ).all()
        assert not inspect(connection).has_table("name_words")
    assert [tuple(row) for row in kept] == [("last_name", None), ("phone", PHONE)]


def test_nothing_of_them_is_left_in_the_file(bare_db: Database) -> None:
    """Finding 9: SQLite leaves what is dropped in free pages, and a thief takes the file."""
    if not bare_db.is_sqlite:
        pytest.skip("PostgreSQL's files are not ours to read")
    before(bare_db)
    migrate(bare_db)
    bare_db.engine.dispose()
    left = bare_db.path.read_bytes()
    assert PHONE.encode() in left
    assert not [value for value in (WORD, TAIL, NAME) if value.encode() in left]


def test_the_way_back_is_open(bare_db: Database) -> None:
    migrate(bare_db)
    assert take_back(bare_db, "0013").current == "0013"
    assert migrate(bare_db).ready
