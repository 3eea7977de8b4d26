"""Opening a form that could not be read: who may, what is shown, and that the look is noted."""

import pytest
from sqlalchemy import select

from core.audit.tables import audit_events
from core.domain.errors import Denied, NotFound
from core.domain.ids import new_id
from core.flows.intake import unread_forms
from core.intake.readable import readable
from core.intake.tables import raw_payloads
from core.reads import unread_forms as kept
from tests.conftest import TestApp
from tests.factories import actor, put
from tests.samples import TYPEFORM

BODY = b'{"first_name": "Omar", "answers": [{"phone": "407 555"}], "note": ""}'


def keep(app: TestApp, **values: object) -> str:
    """A form that waits for a person; its id."""
    raw_id = new_id(app.clock.now())
    usual: dict[str, object] = {
        "connector": "generic",
        "content_type": "application/json",
        "headers": {"headers": {}, "ip": "203.0.113.9", "verified": True},
        "body": BODY,
        "body_index": "x",
        "state": "refused",
        "error_field": "phone",
        "error": "This is not a complete phone number.",
    }
    with app.db.write() as session:
        put(session, raw_payloads, id=raw_id, received_at=app.clock.now(), **(usual | values))
    return raw_id


def test_opening_shows_the_content_and_notes_who_looked(app: TestApp) -> None:
    """The list holds no content; the open form does, and the audit trail has the look without any of it."""
    raw_id = keep(app)
    with app.db.write() as session:
        me = actor(session, "frontdesk")
        form = unread_forms.open_form(session, me, raw_id, now=app.clock.now())
        look = session.execute(select(audit_events)).one()
    assert form.lines == (("First name", "Omar"), ("1, phone", "407 555"))
    assert form.waits
    assert (look.action, look.subject, look.staff_id) == ("form_opened", raw_id, me.staff_id)
    assert look.detail == {}


@pytest.mark.parametrize("username", ["marketing", "provider"])
def test_other_roles_may_neither_list_nor_open(app: TestApp, username: str) -> None:
    """Refused by the core, and nothing is noted."""
    raw_id = keep(app)
    with app.db.write() as session:
        me = actor(session, username)
        with pytest.raises(Denied):
            kept.read(session, me, app.clock.now())
        with pytest.raises(Denied):
            unread_forms.open_form(session, me, raw_id, now=app.clock.now())
        assert session.execute(select(audit_events)).all() == []


def test_a_form_that_is_gone_is_said_to_be_gone(app: TestApp) -> None:
    """A stale page gets words, not an error."""
    with app.db.write() as session, pytest.raises(NotFound):
        unread_forms.open_form(session, actor(session, "admin"), new_id(app.clock.now()), now=app.clock.now())


def test_the_list_has_what_waits_and_what_was_handled_today(app: TestApp) -> None:
    """Waiting ones first; a dismissed one names who did it; accepted ones never show."""
    now = app.clock.now()
    waiting = keep(app)
    dismissed = keep(app, state="dead", error_field="body", error="The body is no form.")
    keep(app, state="accepted")
    with app.db.write() as session:
        me = actor(session, "frontdesk")
        assert unread_forms.dismiss(session, me, dismissed, "spam", now=now)
        found = kept.read(session, me, now)
    assert [(form.id, form.state, form.handled_by) for form in found] == [
        (waiting, "refused", ""),
        (dismissed, "dismissed", "Maya Torres"),
    ]


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"first=Omar&phone=407", "application/x-www-form-urlencoded", (("First", "Omar"), ("Phone", "407"))),
        (b'{"rawRequest": "{\\"q3_name\\": \\"Omar\\"}"}', "text/plain", (("Name", "Omar"),)),
        (
            b'{"contact": {"first_name": "Omar"}, "consent": {"sms_marketing": true}}',
            "application/json",
            (("First name", "Omar"), ("Consent, Marketing texts", "Yes")),
        ),
        (b"\xff\x00 hello", "application/json", (("", "\ufffd\ufffd hello"),)),
        (b"[]", "application/json", ()),
        (b"[" * 5000, "application/json", (("", "[" * 500 + " ..."),)),
    ],
)
def test_whatever_was_sent_can_be_looked_at(
    body: bytes, kind: str, expected: tuple[tuple[str, str], ...]
) -> None:
    """Forms, JSON inside a field, names as people read them, no text, nothing at all, nesting without end."""
    assert readable(body, kind) == expected


def test_a_typeform_shows_each_answer_under_its_question() -> None:
    """Their answers carry no question: the definition has them."""
    lines = dict(readable(TYPEFORM.body, TYPEFORM.content_type))
    assert lines["First name"] == "Ava"
    assert lines["Mobile number"] == "+13055550142"
    assert lines["When?"] == "This week"
