"""One value that can't be decrypted is shown as such in its place, and stops nothing (finding 5)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from console.nav import ENTRIES
from console.topics import TOPICS
from core.audit import store as audit
from core.booking.tables import api_requests, blocks, calendar_feeds
from core.conversation.tables import drafts
from core.db.rotation import encrypted_tables
from core.domain.ids import new_id, reference
from core.flows.access import sign_in
from core.flows.clocks import sweeping
from core.flows.conversation import receive_text
from core.flows.sending import rescuing
from core.intake.tables import raw_payloads
from core.leads.tables import leads, tasks
from core.messaging.tables import emails, sms_messages, text_media
from core.patients.tables import corrections, merges, patient_conflicts
from core.staff.tables import hand_over_leads, hand_overs, push_subscriptions, second_factors, staff, time_off
from core.webhooks.tables import webhook_endpoints
from tests.conftest import TestApp
from tests.factories import put, submission
from tests.flows.dispatching import run_due, take_in
from tests.pages.conftest import PASSWORD, Visit, words

TABLES = [table.name for table, _ in encrypted_tables()]
COLUMNS = [(table.name, name) for table, names in encrypted_tables() for name in names]
JUNK = b"junk" * 20
OMAR, LENA = "+14075550155", "+14075550156"


@pytest.fixture
def clinic(console: TestApp) -> TestApp:
    """Two leads with their texts, and a row in every table that holds something encrypted."""
    app = console
    lead_id = take_in(app, submission()).lead_id or ""
    take_in(app, submission(external_id="form-2", phone=LENA, first_name="Lena", email="lena@example.com"))
    run_due(app)
    receive_text.receive(
        app, {"MessageSid": "SM1", "From": OMAR, "Body": "How much is it?"}, now=app.clock.now()
    )
    add_rare_rows(app, lead_id)
    add_ways_in(app)
    return app


def add_ways_in(app: TestApp) -> None:
    """An open session, and a second factor of somebody who is not the one that looks."""
    now = app.clock.now()
    assert sign_in.sign_in(app, "frontdesk", PASSWORD, now=now)
    with app.db.write() as session:
        who = session.execute(select(staff.c.id).where(staff.c.username == "provider")).scalar_one()
        put(session, second_factors, id=new_id(now), staff_id=who, secret="JBSWY3DPEHPK3PXP", made_at=now)


def add_rare_rows(app: TestApp, lead_id: str) -> None:
    now = app.clock.now()
    with app.db.write() as session:
        patient = session.execute(select(leads.c.patient_id).where(leads.c.id == lead_id)).scalar_one()
        gone = session.execute(select(leads.c.patient_id).where(leads.c.id != lead_id)).scalars().first()
        who = session.execute(select(staff.c.id).where(staff.c.username == "admin")).scalar_one()
        said = (
            session.execute(select(sms_messages.c.id).where(sms_messages.c.lead_id == lead_id))
            .scalars()
            .first()
        )
        audit.note(session, action="signed_in", staff_id=who, reason="why", origin="203.0.113.9", now=now)
        put(
            session, corrections, id=new_id(now), batch=new_id(now), patient_id=patient, lead_id=lead_id,
            field="email", was="a@example.com", became="b@example.com", at=now, staff_id=who, detail={},
        )  # fmt: skip
        put(
            session, merges, id=new_id(now), kept_id=patient, gone_id=gone, at=now, staff_id=who, moved={},
            before={"first_name": "Omar"},
        )  # fmt: skip
        put(
            session, patient_conflicts, id=new_id(now), patient_id=patient, submission_id="x", field="email",
            value="c@example.com", created_at=now,
        )  # fmt: skip
        put(
            session, text_media, id=new_id(now), text_id=said, position=0, url="https://example.com/1",
            content_type="image/png", content=b"png", fetched_at=now,
        )  # fmt: skip
        put(
            session, tasks, id=new_id(now), lead_id=lead_id, kind="reminder", title="Reminder", words="Ask her",
            created_at=now, due_at=now,
        )  # fmt: skip
        put(
            session, emails, id=new_id(now), patient_id=patient, lead_id=lead_id, action_id=new_id(now),
            purpose="transactional", template_id="email_after_visit", subject="Your visit", body="Hi Omar",
            address="omar@example.com", status="sent", created_at=now, sent_at=now,
        )  # fmt: skip
        put(
            session, drafts, id=new_id(now), lead_id=lead_id, staff_id=who, kind="text", body="Hi Omar", revision=1,
            saved_at=now,
        )  # fmt: skip
        put(
            session, blocks, id=new_id(now), resource=f"staff:{who}", starts_at=now, ends_at=now + timedelta(hours=1),
            note="Photo reviews", made_at=now, made_by=who,
        )  # fmt: skip
        put(
            session, calendar_feeds, id=new_id(now), staff_id=who, url="https://calendar.example.com/a.ics",
            made_at=now, made_by=who,
        )  # fmt: skip
        put(
            session, webhook_endpoints, id=new_id(now), url="https://hooks.example.com/luxe", secret="a secret",
            events=["booking.created"], active=True, made_at=now, made_by="command:test",
        )  # fmt: skip
        put(
            session, api_requests, id=new_id(now), request_index="r" * 32, body_index="b" * 32, created_at=now,
            answer="{}",
        )  # fmt: skip
        put(
            session, time_off, id=new_id(now), staff_id=who, starts_at=now, ends_at=now + timedelta(hours=1),
            note="Dentist", made_at=now, made_by=who,
        )  # fmt: skip
        put(
            session, hand_overs, id=(left := new_id(now)), staff_id=who, location="downtown", ends_at=now, made_at=now,
            made_by=who, note="Ask Ana first",
        )  # fmt: skip
        put(
            session, push_subscriptions, id=new_id(now), staff_id=who, endpoint="https://push.example.com/1",
            endpoint_hash="x", browser="Chrome on Windows", browser_keys={"p256dh": "x", "auth": "y"}, made_at=now,
        )  # fmt: skip
        put(session, hand_over_leads, hand_over_id=left, lead_id=lead_id)
        put(
            session, raw_payloads, id=new_id(now), connector="generic", received_at=now, body_index="x", state="dead",
            headers={"headers": {}, "ip": "203.0.113.9", "verified": True}, body=b'{"phone": "1"}', error="Not JSON",
        )  # fmt: skip


def damage(app: TestApp, table: str, *names: str) -> None:
    """One row's values are junk from now on."""
    values = ", ".join(f"{name} = :junk" for name in names)
    with app.db.write() as session:
        where = f"WHERE id = (SELECT MIN(id) FROM {table})"
        changed: Any = session.execute(text(f"UPDATE {table} SET {values} {where}"), {"junk": JUNK})
        assert changed.rowcount == 1


def arguments(app: TestApp, topic: str) -> list[str]:
    """What each page that follows this topic would ask it for."""
    with app.db.read() as session:
        ids = list(session.execute(select(leads.c.id)).scalars())
    return {"lead": ids, "peek": ids, "resend": ["today", "week"]}.get(topic, [""])


def follow_everything(app: TestApp) -> None:
    for topic in TOPICS:
        for argument in arguments(app, topic.name):
            with app.db.read() as session:
                rows = list(topic.read(app, session, argument, app.clock.now()))
            json.dumps(rows)


@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_one_damaged_value_stops_no_screen_no_form_and_no_text(
    clinic: TestApp, table: str, name: str
) -> None:
    """Every live screen goes on, the next form is taken in and answered, its owner told, clocks swept."""
    app = clinic
    damage(app, table, name)
    rescuing.set_aside_damaged(app, now=app.clock.now())
    later = submission(external_id="later", phone="+14075550180", email="later@example.com")
    assert take_in(app, later).lead_id
    # The damaged person's own number writes again, by form and by text.
    assert take_in(app, submission(external_id="again")).lead_id
    receive_text.receive(app, {"MessageSid": "SM2", "From": OMAR, "Body": "Hello?"}, now=app.clock.now())
    sweeping.sweep(app, now=app.clock.now())
    run_due(app)
    assert app.sms.bodies_to("+14075550180")
    follow_everything(app)


@pytest.mark.parametrize("table", TABLES)
def test_every_page_opens_with_damaged_values_on_it(clinic: TestApp, visit: Visit, table: str) -> None:
    damage(clinic, table, *[name for found, name in COLUMNS if found == table])
    test = visit("admin")
    for entry in ENTRIES:
        test.query_params["lead"] = reference(1)
        test.switch_page(f"../pages/{entry.file}").run()
        assert not test.exception, (entry.file, test.exception)
        assert not test.error, (entry.file, words(test))


def test_a_number_that_can_not_be_read_is_called_so_and_no_text_goes_to_it(clinic: TestApp) -> None:
    damage(clinic, "leads", "phone")
    with clinic.db.read() as session:
        first = session.execute(select(leads.c.id).order_by(leads.c.id)).scalars().first()
        topic = next(topic for topic in TOPICS if topic.name == "lead")
        rows = list(topic.read(clinic, session, first or "", clinic.clock.now()))
    assert "can't be read" in json.dumps(rows)
