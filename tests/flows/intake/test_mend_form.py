"""A form that waits is mended into a lead, put aside with a reason, or waits again; and it tells somebody in time."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.tables import audit_events
from core.compliance.tables import consents
from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.intake import mend_form, receive_form, unread_forms
from core.flows.intake.mend_form import FormToMend, Mended
from core.intake.draft import Delivery
from core.intake.store import waiting_count
from core.intake.tables import form_submissions, raw_payloads
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from core.reads import lead as lead_read
from core.reads import unread_forms as kept_forms
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.dispatching import run_due
from tests.gateway.asking import generic_form
from tests.samples import JOTFORM

BROKEN = Delivery(JOTFORM.body.replace(b'{"slug"', b'{"slug'), JOTFORM.content_type)


def came(app: TestApp, **contact: Any) -> str:
    """A generic form whose phone and email can't be used; its id among those that wait."""
    wrong = {"phone": "407-555-O155", "email": "omar@"} | contact
    body = json.dumps(generic_form(contact=wrong)).encode()
    return receive_form.take_in(
        app, "generic", Delivery(body, "application/json"), now=app.clock.now()
    ).raw_id


def opened(app: TestApp, raw_id: str, who: str = "frontdesk") -> FormToMend:
    with app.db.write() as session:
        return mend_form.open_to_mend(
            session, app.reference, actor(session, who), raw_id, now=app.clock.now()
        )


def mend(app: TestApp, raw_id: str, who: str = "frontdesk", **fields: str) -> Mended:
    known = {field.name: field.value for field in opened(app, raw_id).fields}
    with app.db.write() as session:
        return mend_form.mend(
            session,
            app.reference,
            app.settings,
            actor(session, who),
            raw_id,
            known | fields,
            now=app.clock.now(),
        )


def dismiss(app: TestApp, raw_id: str, reason: str = "spam", note: str = "") -> bool:
    with app.db.write() as session:
        me = actor(session, "manager")
        return unread_forms.dismiss(session, me, raw_id, reason, note=note, now=app.clock.now())


def reopen(app: TestApp, raw_id: str) -> None:
    with app.db.write() as session:
        unread_forms.reopen(session, app.reference, actor(session, "manager"), raw_id, now=app.clock.now())


def all_of(app: TestApp, column: Any) -> list[Any]:
    with app.db.read() as session:
        return list(session.execute(select(column)).scalars())


def told(app: TestApp) -> list[str]:
    """Whom an alert about unread forms has reached."""
    run_due(app)
    return [sent.to for sent, _, _ in app.sms.accepted if "could not be read" in sent.body]


def test_the_fields_that_could_be_read_are_there_each_with_its_fault(app: TestApp) -> None:
    """What is right need not be typed again; what is wrong says so in words for people."""
    fields = {field.name: field for field in opened(app, came(app)).fields}
    assert (fields["first_name"].value, fields["treatment"].value) == ("Omar", "botox")
    assert (fields["phone"].value, fields["phone"].label) == ("407-555-O155", "Phone")
    assert "letters" in fields["phone"].fault
    assert "ana@example.com" in fields["email"].fault
    assert fields["first_name"].fault == ""


def test_a_form_that_cannot_be_read_at_all_is_filled_in_by_hand(app: TestApp) -> None:
    """It proves nothing, so there is no consent with it."""
    raw_id = receive_form.take_in(app, "jotform", BROKEN, now=app.clock.now()).raw_id
    assert {field.value for field in opened(app, raw_id).fields} == {""}
    done = mend(app, raw_id, first_name="Maya", phone="(214) 555-0117")
    assert (done.may_text, all_of(app, consents.c.id)) == (False, [])
    assert all_of(app, patients.c.phone) == ["+12145550117"]


def test_a_mended_form_is_a_lead_with_what_was_sent_and_who_mended_it(app: TestApp) -> None:
    """Through the rules of every form; the raw payload is linked, and the audit trail names the fields."""
    raw_id = came(app)
    done = mend(app, raw_id, phone="407-555-0155", email="omar@example.com", notes="Called: means Tuesday")
    assert done.lead_id
    assert not done.repeated
    assert all_of(app, raw_payloads.c.state) == ["mended"]
    assert all_of(app, form_submissions.c.raw_payload_id) == [raw_id]
    (data,) = all_of(app, form_submissions.c.form_data)
    assert data["fields"]["mended_by"] == "Maya Torres"
    assert data["fields"]["mended"] == ["Email", "Notes", "Phone"]
    with app.db.read() as session:
        audited = session.execute(
            select(audit_events.c.detail).where(audit_events.c.action == "form_mended")
        ).scalar_one()
        (row,) = kept_forms.read(session, actor(session, "frontdesk"), app.clock.now())
    assert audited == {"fields": ["email", "notes", "phone"]}
    assert (row.state, row.handled_by, row.lead_number) == ("mended", "Maya Torres", 1)


def test_consent_holds_only_for_the_number_that_the_form_gave(app: TestApp) -> None:
    """Whoever answers at a number that staff typed has agreed to nothing."""
    body = json.dumps(generic_form(contact={"date_of_birth": "2012-04-12"})).encode()
    first = receive_form.take_in(app, "generic", Delivery(body), now=app.clock.now()).raw_id
    assert mend(app, first, date_of_birth="1992-04-12").may_text
    second = came(app)
    assert not mend(app, second, phone="407-555-0177", email="").may_text
    assert set(all_of(app, consents.c.action)) == {"grant"}
    assert len(all_of(app, consents.c.id)) == 2


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"phone": "407-555-01", "email": ""}, ["phone"]),
        ({"phone": "", "email": ""}, ["phone"]),
        ({"phone": "407-555-0155", "email": "x"}, ["email"]),
        ({"phone": "407-555-0155", "email": "", "date_of_birth": "2012-04-12"}, ["date_of_birth"]),
    ],
)
def test_what_is_still_wrong_is_said_by_the_field(
    app: TestApp, fields: dict[str, str], named: list[str]
) -> None:
    """Nothing has changed, and the form waits still."""
    raw_id = came(app)
    with pytest.raises(InvalidInput) as refused:
        mend(app, raw_id, **fields)
    assert [error.field for error in refused.value.errors] == named
    assert (all_of(app, raw_payloads.c.state), all_of(app, leads.c.id)) == (["refused"], [])


def test_an_email_alone_is_enough(app: TestApp) -> None:
    """A person who can be written to is a lead."""
    assert mend(app, came(app), phone="", email="omar@example.com").lead_id
    assert all_of(app, leads.c.call_only) == [True]


def test_of_two_colleagues_the_second_is_told(app: TestApp) -> None:
    """One lead, whoever clicks."""
    raw_id = came(app)
    mend(app, raw_id, phone="407-555-0155", email="")
    with pytest.raises(LostRace):
        mend(app, raw_id, phone="407-555-0156", email="")
    assert len(all_of(app, leads.c.id)) == 1


@pytest.mark.parametrize("who", ["marketing", "provider"])
def test_other_roles_may_not(app: TestApp, who: str) -> None:
    """Refused by the core."""
    raw_id = came(app)
    with pytest.raises(Denied):
        opened(app, raw_id, who)
    with pytest.raises(Denied):
        mend(app, raw_id, who, phone="407-555-0155")


def test_a_dismissed_form_shows_why_and_can_wait_again(app: TestApp) -> None:
    """By a code that everybody reads, with a word of one's own in the audit trail."""
    raw_id = came(app)
    assert dismiss(app, raw_id, "handled", "She came in")
    with app.db.read() as session:
        (row,) = kept_forms.read(session, actor(session, "admin"), app.clock.now())
        assert waiting_count(session) == 0
    assert (row.state, row.reason) == ("dismissed", "Handled in another way, such as by phone")
    assert "Handled in another way, such as by phone: She came in" in all_of(app, audit_events.c.reason)
    reopen(app, raw_id)
    assert all_of(app, raw_payloads.c.state) == ["refused"]
    with pytest.raises(LostRace):
        reopen(app, raw_id)
    with pytest.raises(InvalidInput):
        dismiss(app, raw_id, " ")


def test_a_form_that_waits_five_minutes_tells_managers_and_front_desk(app: TestApp) -> None:
    """Three phones, once."""
    came(app)
    app.clock.advance(timedelta(minutes=4))
    assert told(app) == []
    app.clock.advance(timedelta(minutes=2))
    assert sorted(told(app)) == ["+15125550171", "+15125550172", "+15125550173"]


def test_at_night_it_tells_nobody_before_the_clinic_opens(app: TestApp) -> None:
    """It came at 22:00 and is told of five minutes after 8:00."""
    app.clock.advance(timedelta(hours=12))
    came(app)
    app.clock.advance(timedelta(hours=9, minutes=59))
    assert told(app) == []
    app.clock.advance(timedelta(minutes=7))
    assert len(told(app)) == 3


def test_a_form_that_was_handled_in_time_tells_nobody(app: TestApp) -> None:
    """Mended, dismissed or read again: its row is cancelled; reopened, it counts anew."""
    mended, dismissed = came(app), came(app, last_name="Other")
    mend(app, mended, phone="407-555-0155", email="")
    dismiss(app, dismissed)
    rows = all_of(app, timed_actions.c.state.label("state"))
    assert rows.count("cancelled") >= 2
    app.clock.advance(timedelta(minutes=6))
    assert told(app) == []
    reopen(app, dismissed)
    app.clock.advance(timedelta(minutes=6))
    assert len(told(app)) == 3


def test_many_forms_at_once_are_one_alert(app: TestApp) -> None:
    """A vendor's new shape does not ring a phone fifty times."""
    for number in range(5):
        came(app, last_name=f"Number {number}")
    app.clock.advance(timedelta(minutes=6))
    assert len(told(app)) == 3


def test_a_lead_shows_what_was_set_aside(app: TestApp) -> None:
    """Which field, what was written, and what is wrong with it."""
    body = json.dumps(generic_form(contact={"email": "omar@"})).encode()
    receive_form.take_in(app, "generic", Delivery(body), now=app.clock.now())
    with app.db.read() as session:
        (lead_id,) = session.execute(select(leads.c.id)).scalars()
        (left,) = lead_read.read(session, actor(session, "frontdesk"), lead_id).set_aside
    assert (left.label, left.value) == ("Email", "omar@")
    assert "ana@example.com" in left.message
