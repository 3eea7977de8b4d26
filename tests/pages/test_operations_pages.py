"""SLA monitor, Resend, Unread forms and Check these: who may open them, and the rows that browsers follow."""

from datetime import timedelta
from typing import Any

import pytest

from console.check_these import view as check_these
from console.live import Topic
from console.resend import view as resend
from console.sla_monitor import view as sla_monitor
from console.unread_forms import view as dead_letters
from core.flows.intake import unread_forms
from core.flows.sending import resend as resending
from core.intake.suspicion_rules import Page, Reason
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.intake.test_checking import come
from tests.flows.intake.test_unread_form import keep
from tests.flows.sending.test_resend import undelivered
from tests.pages.conftest import Visit, words
from tests.reads.made_up import add_clock, add_lead, add_patient, staff_id

MINUTE = timedelta(minutes=1)
MAY = {
    "sla_monitor.py": {"frontdesk", "manager", "admin"},
    "resend.py": {"admin"},
    "unread_forms.py": {"frontdesk", "manager", "admin"},
    "check_these.py": {"frontdesk", "manager", "admin"},
}
CASES = [(page, name) for page in MAY for name in ("frontdesk", "manager", "marketing", "admin", "provider")]


def rows_of(app: TestApp, topic: Topic, argument: str = "") -> list[dict[str, Any]]:
    with app.db.read() as session:
        return [dict(row) for row in topic.read(app, session, argument, app.clock.now())]


@pytest.mark.parametrize(("page", "username"), CASES)
def test_each_page_opens_for_its_roles_and_for_no_other(visit: Visit, page: str, username: str) -> None:
    """Marketing and providers work with no patient here; only admins resend."""
    shown = visit(username, page)
    assert not shown.exception
    assert ("is not open to your role" in words(shown)) == (username not in MAY[page])


def test_a_form_to_check_says_in_plain_words_why_it_was_held(console: TestApp) -> None:
    """Who, what for, from which network, and each sign with its figure; nothing of it is code."""
    come(console, 1, Page(timedelta(seconds=1), "opened"), name="Hannah Whitlock")
    total, row = rows_of(console, check_these.TOPIC)
    assert total == {"id": "total", "waiting": 1}
    assert (row["name"], row["phone"], row["network"]) == (
        "Hannah Whitlock",
        "(512) 555-0101",
        "203.0.113.0/24",
    )
    assert row["request"] == "Lead capture: Botox"
    assert row["why"] == [
        "Sent 1 second after the page was opened",
        "No key, finger or mouse was seen on the page",
    ]
    why = [check_these.why_words(Reason("network", 23)), check_these.why_words(Reason("a new one"))]
    assert why == ["23 forms from the same network in 5 minutes", "Looks as if no person had sent it"]


def test_a_clock_on_the_board_has_its_words_and_its_moments(console: TestApp) -> None:
    """Times are moments, never minutes left: a row changes only when something happens."""
    now = console.clock.now()
    with console.db.write() as session:
        patient = add_patient(session, now, first="Hannah", last="Whitlock")
        lead = add_lead(session, patient, now, call_only=True, owner_id=staff_id(session, "jordan"))
        add_clock(session, lead, now, now + 5 * MINUTE, target_seconds=300)
    row = next(row for row in rows_of(console, sla_monitor.TOPIC) if row["kind"] == "clock")
    assert (row["ref"], row["name"], row["owner"], row["seen"]) == (
        "A-1001",
        "Hannah Whitlock",
        "Jordan Blake",
        False,
    )
    assert row["goal"] == "First contact, call only, 5 min"
    assert row["due"] - row["since"] == 300_000
    console.clock.advance(MINUTE)
    assert row in rows_of(console, sla_monitor.TOPIC)


def test_the_wall_never_gets_a_patients_name(console: TestApp) -> None:
    """Whoever walks past sees references."""
    now = console.clock.now()
    with console.db.write() as session:
        patient = add_patient(session, now, first="Hannah", last="Whitlock")
        add_clock(session, add_lead(session, patient, now), now, now + MINUTE)
    assert "Hannah" in str(rows_of(console, sla_monitor.TOPIC))
    assert "Hannah" not in str(rows_of(console, sla_monitor.WALL_TOPIC))
    assert "Whitlock" not in str(rows_of(console, sla_monitor.WALL_TOPIC))


def test_the_board_opens_with_the_filters_of_its_address(console: TestApp) -> None:
    """A place that does not exist reads as all of them."""
    known = sla_monitor.settings(console, {"location": "westlake", "form": "lead_capture"}, wall=False)
    odd = sla_monitor.settings(console, {"location": "<b>", "form": "x"}, wall=True)
    assert (known["location"], known["form"]) == ("westlake", "lead_capture")
    assert (odd["location"], odd["form"]) == ("", "")


def test_a_failed_text_says_why_and_what_can_be_done(console: TestApp) -> None:
    """After a resend the row says when it leaves; the text's words are not in the list."""
    old = undelivered(console)
    row = rows_of(console, resend.TOPIC, "today")[0]
    assert (row["why"], row["code"], row["remedy"], row["resend"]) == (
        "Phone off or out of reach",
        30003,
        "Resend",
        True,
    )
    assert row["template"] == "Confirmation"
    with console.db.write() as session:
        resending.resend(session, actor(session, "admin"), [old], "test", now=console.clock.now())
    again = rows_of(console, resend.TOPIC, "today")[0]
    assert (again["again"]["state"], again["resend"]) == ("planned", False)
    assert "We got your request" not in str(again)


def test_an_urgent_answer_stands_among_the_replies(console: TestApp) -> None:
    """A clock that a patient's own words started is no first contact, and the board says which it is."""
    now = console.clock.now()
    with console.db.write() as session:
        lead = add_lead(session, add_patient(session, now), now)
        add_clock(session, lead, now, now + 5 * MINUTE, target="danger", target_seconds=300)
    row = next(row for row in rows_of(console, sla_monitor.TOPIC) if row["kind"] == "clock")
    assert (row["goal"], row["list"], row["urgent"]) == ("Urgent answer, 5 min", "reply", True)


def test_an_unread_form_says_what_staff_can_do_not_what_a_program_missed(console: TestApp) -> None:
    """A body that nobody can read is told of in plain words; a fault of one field in its own."""
    keep(console, state="dead", error_field="body", error="Expecting value: line 1 column 2")
    row = rows_of(console, dead_letters.TOPIC)[0]
    assert (row["field"], row["why"]) == ("", dead_letters.LAYOUT)


def test_what_became_of_a_form_names_who_and_why(console: TestApp) -> None:
    """Dismissed ones stay for a week and can be reopened."""
    raw_id = keep(console)
    with console.db.write() as session:
        me = actor(session, "frontdesk")
        unread_forms.dismiss(session, me, raw_id, "test", now=console.clock.now())
    console.clock.advance(timedelta(days=6))
    row = rows_of(console, dead_letters.TOPIC)[0]
    assert (row["outcome"], row["dismissed"]) == ("Dismissed by Maya Torres: A test", True)
    console.clock.advance(timedelta(days=2))
    assert rows_of(console, dead_letters.TOPIC) == []


def test_an_unread_form_travels_without_its_content(console: TestApp) -> None:
    """The list has when, whence and why; content is shown only to who opens it."""
    keep(console)
    row = rows_of(console, dead_letters.TOPIC)[0]
    assert (row["connector"], row["field"], row["waits"]) == ("Website form", "Phone", True)
    assert row["why"] == "This is not a complete phone number."
    assert "Omar" not in str(row)
