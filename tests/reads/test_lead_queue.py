"""The lead queue's read: what is due first, what is shown, and how a lead is found again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from core.domain.errors import Denied
from core.flows.conversation import receive_text, received_files, staff_text
from core.flows.intake import accept_submission
from core.flows.leads import calls, staff_outcome
from core.reads import lead_peek, lead_queue
from tests.conftest import TestApp
from tests.factories import actor
from tests.factories import submission as form


def add(app: TestApp, number: int = 1, **changes: object) -> str:
    """A lead from a form; its id."""
    sent = form(
        external_id=f"form-{number}",
        phone=f"+140755501{number:02d}",
        email=f"p{number}@example.com",
        submitted_at=app.clock.now(),
    )
    with app.db.write() as session:
        accepted = accept_submission.accept(
            session,
            app.reference,
            app.settings,
            replace(sent, **changes),  # type: ignore[arg-type]
            raw_payload_id=None,
            now=app.clock.now(),
        )
    assert accepted.lead_id is not None
    return accepted.lead_id


def queue(app: TestApp, username: str = "frontdesk") -> lead_queue.Queue:
    with app.db.read() as session:
        return lead_queue.read(session, actor(session, username))


def found(app: TestApp, text: str) -> list[str]:
    with app.db.read() as session:
        rows = lead_queue.search(session, actor(session, "frontdesk"), text).rows
    return [f"{row.first_name} {row.last_name}" for row in rows]


def test_what_is_due_first_stands_first(app: TestApp) -> None:
    """Five minutes for a hot lead come before the hour of a cold one that came earlier."""
    cold = add(app, 1, form_type="lead_capture", timeframe="just_browsing")
    app.clock.advance(timedelta(minutes=1))
    hot = add(app, 2)
    rows = queue(app).rows
    assert [row.id for row in rows] == [hot, cold]
    assert rows[0].due_at == app.clock.now() + timedelta(minutes=5)


def test_a_row_says_who_wants_what_and_who_has_it(app: TestApp) -> None:
    """The receptionist can call from the row alone."""
    add(app)
    row = queue(app).rows[0]
    assert (row.first_name, row.last_name, row.phone) == ("Omar", "Reyes", "+14075550101")
    assert (row.treatment, row.timeframe, row.clock) == ("botox", "this_week", "first_contact")
    assert row.owner in {"Maya Torres", "Jordan Blake"}


def test_a_lead_that_was_called_waits_for_its_patient(app: TestApp) -> None:
    """It stays in the queue without a clock, after the ones that are due."""
    called = add(app, 1)
    due = add(app, 2)
    with app.db.write() as session:
        calls.log(session, app.reference, actor(session, "frontdesk"), called, "talked", now=app.clock.now())
    rows = queue(app).rows
    assert [row.id for row in rows] == [due, called]
    assert rows[1].due_at is None
    assert (rows[1].last_event_kind, rows[1].last_event_by) == ("called", "staff")


def test_a_snoozed_lead_says_who_put_it_aside(app: TestApp) -> None:
    """A colleague sees whom to ask."""
    lead_id = add(app)
    until = app.clock.now() + timedelta(hours=2)
    with app.db.write() as session:
        staff_outcome.snooze(session, actor(session, "jordan"), lead_id, until, now=app.clock.now())
    row = queue(app).rows[0]
    assert (row.snoozed_until, row.snoozed_by, row.clock_state) == (until, "Jordan Blake", "paused")


def test_a_disqualified_lead_leaves_the_queue(app: TestApp) -> None:
    """The queue is work that is still to do."""
    lead_id = add(app)
    with app.db.write() as session:
        staff_outcome.disqualify(session, actor(session, "frontdesk"), lead_id, "spam", now=app.clock.now())
    assert queue(app) == lead_queue.Queue((), 0)


def test_the_queue_is_closed_to_marketing(app: TestApp) -> None:
    """The core refuses by role, whatever the menu shows."""
    with pytest.raises(Denied, match="Front desk"):
        queue(app, "marketing")


def test_reading_the_queue_takes_a_handful_of_statements(app: TestApp) -> None:
    """Its cost does not grow by a statement with each lead."""
    for number in range(1, 9):
        add(app, number)
    statements: list[str] = []
    event.listen(app.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with app.db.read() as session:
        lead_queue.read(session, actor(session, "frontdesk"))
    assert len(statements) < 10


@pytest.mark.parametrize(
    "text", ["reyes", "REY", "omar reyes", "Reyes, Omar", "oma rey", "0101", "(407) 555-0101", "407-555-0101"]
)
def test_a_lead_is_found_by_name_or_phone_as_people_type_them(app: TestApp, text: str) -> None:
    """Any order of names, any case, three letters or more, the whole number or its last four digits."""
    add(app, 1)
    add(app, 2, first_name="Grace", last_name="Kim")
    assert found(app, text) == ["Omar Reyes"]


def test_a_lead_is_found_by_its_reference(app: TestApp) -> None:
    """What stands in an alert can be typed."""
    add(app, 1)
    number = queue(app).rows[0].number
    assert found(app, f"A-{1000 + number}") == ["Omar Reyes"]
    assert found(app, f"a-{1000 + number}") == ["Omar Reyes"]


@pytest.mark.parametrize(
    "text", ["", "  ", "zz", "reyx", "omar kim", "555", "9999", "%", "a-0", "(407) 555-01"]
)
def test_a_search_that_fits_nobody_finds_nobody(app: TestApp, text: str) -> None:
    """Half a number or a wrong letter shows no stranger's record."""
    add(app, 1)
    add(app, 2, first_name="Grace", last_name="Kim")
    assert found(app, text) == []


def test_an_accent_is_no_obstacle(app: TestApp) -> None:
    """Lucía is found by who has no accents on the keyboard."""
    add(app, 1, first_name="Lucía", last_name="Moreno")
    assert found(app, "lucia") == ["Lucía Moreno"]


def test_the_search_finds_closed_leads_too(app: TestApp) -> None:
    """Somebody who calls back after a year is found."""
    lead_id = add(app)
    with app.db.write() as session:
        staff_outcome.disqualify(session, actor(session, "frontdesk"), lead_id, "price", now=app.clock.now())
    assert found(app, "reyes") == ["Omar Reyes"]


def test_the_panel_says_when_the_next_automatic_text_goes(app: TestApp) -> None:
    """Before writing by hand one sees what will be written anyway, and that a call stopped it."""
    lead_id = add(app)
    with app.db.read() as session:
        before = lead_peek.read(session, actor(session, "frontdesk"), lead_id)
    with app.db.write() as session:
        calls.log(session, app.reference, actor(session, "frontdesk"), lead_id, "talked", now=app.clock.now())
    with app.db.read() as session:
        after = lead_peek.read(session, actor(session, "frontdesk"), lead_id)
    assert (before.policy, before.next_text_at) == ("Hot lead", app.clock.now())
    assert (after.policy, after.next_text_at, after.stopped_why) == (None, None, "contacted")


def peek(app: TestApp, lead_id: str) -> lead_peek.Peek:
    with app.db.read() as session:
        return lead_peek.read(session, actor(session, "frontdesk"), lead_id)


def test_a_text_by_hand_that_waits_is_no_automatic_one(app: TestApp) -> None:
    """In its ten seconds the panel shows it with its writer; the next automatic text stays what it was."""
    lead_id = add(app)
    before = peek(app, lead_id)
    with app.db.write() as session:
        staff_text.send_text(
            session, app.reference, actor(session, "frontdesk"), lead_id, "May I call?", now=app.clock.now()
        )
    after = peek(app, lead_id)
    assert [(one.body, one.staff) for one in after.waiting] == [("May I call?", "Maya Torres")]
    assert after.next_text_at == before.next_text_at


def test_a_text_that_was_taken_back_waits_no_more(app: TestApp) -> None:
    """Nobody reads in the panel what its writer has undone."""
    lead_id = add(app)
    with app.db.write() as session:
        who = actor(session, "frontdesk")
        sent = staff_text.send_text(session, app.reference, who, lead_id, "May I call?", now=app.clock.now())
        staff_text.cancel_action(session, who, sent, now=app.clock.now())
    assert peek(app, lead_id).waiting == ()


def test_a_picture_without_words_is_seen_in_the_panel(app: TestApp) -> None:
    """An empty bubble would hide what the patient has sent."""
    lead_id = add(app)
    params = {
        "MessageSid": "MMin1",
        "From": "+14075550101",
        "NumMedia": "1",
        "MediaUrl0": "https://example.com/1",
        "MediaContentType0": "image/png",
    }
    receive_text.receive(app, params, now=app.clock.now())
    assert not peek(app, lead_id).texts[-1].pictures[0].ready
    received_files.fetch_pictures(app, now=app.clock.now())
    shown = peek(app, lead_id).texts[-1].pictures[0]
    assert (shown.content_type, shown.ready) == ("image/png", True)
