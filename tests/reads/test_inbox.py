"""The inbox's read: who waits, what failed, what is put aside or done, and every conversation once."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.access import erasing
from core.flows.conversation import receive_text, staff_text, threads
from core.flows.leads import calls, staff_outcome
from core.flows.sending import delivery_status
from core.messaging.tables import sms_messages
from core.reads import inbox
from core.reads.inbox import ThreadRow
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.dispatching import run_due
from tests.reads.test_lead_queue import add

CRY = "My face is swelling and I can't breathe"


def hear(app: TestApp, number: int, body: str = "Can you call me?") -> None:
    """The patient whose number ends so writes; the clock goes on by a second."""
    sid = f"SM{number}{app.clock.now().timestamp()}"
    params = {"MessageSid": sid, "From": f"+140755501{number:02d}", "Body": body}
    receive_text.receive(app, params, now=app.clock.now())
    app.clock.advance(timedelta(seconds=1))


def answer(app: TestApp, lead_id: str, body: str = "We will call you at 4.") -> None:
    """A colleague writes, and it goes."""
    with app.db.write() as session:
        who = actor(session, "frontdesk")
        staff_text.send_text(session, app.reference, who, lead_id, body, now=app.clock.now())
    app.clock.advance(timedelta(seconds=11))
    run_due(app)


def shown(app: TestApp, username: str = "frontdesk") -> dict[str, ThreadRow]:
    with app.db.read() as session:
        found = inbox.read(session, actor(session, username), now=app.clock.now())
    return {row.lead.id: row for row in found.rows}


def counts(app: TestApp) -> inbox.Counts:
    with app.db.read() as session:
        return inbox.read(session, actor(session, "frontdesk"), now=app.clock.now()).counts


def listed(app: TestApp, name: str, username: str = "frontdesk", **more: bool) -> list[str]:
    with app.db.read() as session:
        who = actor(session, username)
        return [row.lead.id for row in inbox.page(session, who, name, 60, now=app.clock.now(), **more)]


def finish(app: TestApp, lead_id: str, username: str = "frontdesk") -> None:
    """Done with all that is shown now."""
    seen = shown(app)[lead_id].spoken_at
    with app.db.write() as session:
        threads.finish(session, actor(session, username), lead_id, seen=seen, now=app.clock.now())


def test_who_wrote_last_waits_until_a_person_answers(app: TestApp) -> None:
    """An automatic text answers nobody."""
    lead_id = add(app)
    run_due(app)
    assert listed(app, "needs") == []
    hear(app, 1)
    assert listed(app, "needs") == [lead_id]
    assert shown(app)[lead_id].said.words == "Can you call me?"  # type: ignore[union-attr]
    answer(app, lead_id)
    assert listed(app, "needs") == []
    assert shown(app)[lead_id].said.by == "Maya Torres"  # type: ignore[union-attr]


def test_who_waits_longest_against_the_clock_stands_first(app: TestApp) -> None:
    ids = [add(app, number) for number in (1, 2, 3)]
    for number in (2, 1, 3):
        hear(app, number)
        app.clock.advance(timedelta(minutes=1))
    with app.db.read() as session:
        due = {row.lead.id: row.lead.due_at for row in inbox.rows(session, ids)}
    assert listed(app, "needs") == sorted(ids, key=lambda id_: (due[id_], shown(app)[id_].waits_since))


@pytest.mark.parametrize("body", ["STOP", 'Liked "See you Tuesday"', "HELP"])
def test_what_the_machine_answers_waits_for_nobody(app: TestApp, body: str) -> None:
    add(app)
    hear(app, 1, body)
    assert listed(app, "needs") == []


def test_who_talked_by_phone_has_answered(app: TestApp) -> None:
    """And has not, once the call is taken back."""
    lead_id = add(app)
    hear(app, 1)
    app.clock.advance(timedelta(minutes=1))
    with app.db.write() as session:
        who = actor(session, "frontdesk")
        call = calls.log(session, app.reference, who, lead_id, "talked", now=app.clock.now()).call_id
    assert listed(app, "needs") == []
    with app.db.write() as session:
        calls.undo(session, app.reference, actor(session, "frontdesk"), call, now=app.clock.now())
    assert listed(app, "needs") == [lead_id]


def test_mine_and_nobodys_are_lists_of_their_own(app: TestApp) -> None:
    ids = [add(app, number) for number in (1, 2)]
    for number in (1, 2):
        hear(app, number)
    rows = shown(app)
    for id_ in ids:
        owner = "frontdesk" if rows[id_].lead.owner == "Maya Torres" else "jordan"
        assert id_ in listed(app, "mine", owner)
    assert listed(app, "unassigned") == []
    assert sum(counts(app).waiting.values()) == 2


def test_what_is_put_aside_waits_in_its_own_list(app: TestApp) -> None:
    lead_id = add(app)
    run_due(app)
    hear(app, 1)
    until = app.clock.now() + timedelta(hours=2)
    with app.db.write() as session:
        staff_outcome.snooze(session, actor(session, "frontdesk"), lead_id, until, now=app.clock.now())
    assert (listed(app, "needs"), listed(app, "snoozed")) == ([], [lead_id])
    assert counts(app).snoozed == 1
    hear(app, 1, "Hello?")
    assert (listed(app, "needs"), listed(app, "snoozed")) == ([lead_id], [])


def test_what_is_done_leaves_the_lists_and_the_lead_stays_as_it_was(app: TestApp) -> None:
    """Clocks go on, the lead is open: only the conversation is done."""
    lead_id = add(app)
    hear(app, 1)
    before = shown(app)[lead_id].lead
    finish(app, lead_id)
    after = shown(app)[lead_id]
    assert (after.done_by, after.waits, after.lead.unread) == ("Maya Torres", False, 0)
    assert (after.lead.state, after.lead.due_at) == (before.state, before.due_at)
    assert (listed(app, "needs"), listed(app, "done")) == ([], [lead_id])


def test_a_new_text_opens_what_was_done(app: TestApp) -> None:
    """And waits since that text, not since the one that was dealt with."""
    lead_id = add(app)
    hear(app, 1)
    finish(app, lead_id)
    app.clock.advance(timedelta(hours=1))
    again = app.clock.now()
    hear(app, 1, "One more thing")
    row = shown(app)[lead_id]
    assert (row.done_at, row.waits, row.waits_since) == (None, True, again)


def test_a_reaction_opens_nothing(app: TestApp) -> None:
    lead_id = add(app)
    hear(app, 1)
    finish(app, lead_id)
    hear(app, 1, 'Liked "We will call you at 4."')
    assert listed(app, "done") == [lead_id]


def test_done_is_taken_back(app: TestApp) -> None:
    """It waits as long as it did."""
    lead_id = add(app)
    hear(app, 1)
    since = shown(app)[lead_id].waits_since
    finish(app, lead_id)
    with app.db.write() as session:
        threads.reopen(session, actor(session, "frontdesk"), lead_id, now=app.clock.now())
    assert (shown(app)[lead_id].waits_since, listed(app, "needs")) == (since, [lead_id])


def test_nobody_is_done_with_a_text_that_they_have_not_seen(app: TestApp) -> None:
    """The patient writes between a look and the key."""
    lead_id = add(app)
    hear(app, 1)
    seen = shown(app)[lead_id].spoken_at
    hear(app, 1, "It hurts")
    with pytest.raises(LostRace, match="Read it first"), app.db.write() as session:
        threads.finish(session, actor(session, "frontdesk"), lead_id, seen=seen, now=app.clock.now())
    assert listed(app, "needs") == [lead_id]


def test_of_two_who_are_done_the_second_hears_who_was_faster(app: TestApp) -> None:
    lead_id = add(app)
    hear(app, 1)
    finish(app, lead_id, "jordan")
    with pytest.raises(LostRace, match="Jordan was done"):
        finish(app, lead_id, "frontdesk")


def test_a_text_that_failed_says_so_until_something_is_said(app: TestApp) -> None:
    """And is open again where somebody was done with it: they thought that it had arrived."""
    lead_id = add(app)
    hear(app, 1)
    answer(app, lead_id)
    finish(app, lead_id)
    fail(app, 30003)
    assert listed(app, "failed") == [lead_id]
    assert counts(app).failed == 1
    assert shown(app)[lead_id].said.error_code == 30003  # type: ignore[union-attr]
    hear(app, 1, "Are you there?")
    assert (listed(app, "failed"), counts(app).failed) == ([], 0)


def fail(app: TestApp, code: int) -> None:
    """The carrier reports on the newest text."""
    with app.db.read() as session:
        text = session.execute(sms_messages.select().where(sms_messages.c.origin == "staff")).one()
    report = {"MessageSid": text.twilio_sid, "MessageStatus": "undelivered", "ErrorCode": str(code)}
    delivery_status.record(app, text.action_id, "1", report, now=app.clock.now())


def test_what_may_be_an_emergency_keeps_its_words_for_who_opens_it(app: TestApp) -> None:
    """It says who was paged."""
    lead_id = add(app)
    hear(app, 1, CRY)
    row = shown(app)[lead_id]
    assert row.lead.alarm is not None
    assert row.said is not None
    assert row.said.words == ""
    assert row.paged
    with pytest.raises(InvalidInput, match="in danger"):
        finish(app, lead_id)


def test_a_patient_with_two_requests_has_one_conversation(app: TestApp) -> None:
    """It goes on at the newest, whichever was written to before."""
    add(app)
    run_due(app)
    hear(app, 1)
    app.clock.advance(timedelta(days=10))
    newer = add(app, 1, external_id="form-1-again")
    run_due(app)
    assert list(shown(app)) == [newer]
    assert listed(app, "needs") == [newer]
    answer(app, newer)
    assert (listed(app, "needs"), listed(app, "all")) == ([], [newer])


def test_who_was_erased_is_in_no_list(app: TestApp) -> None:
    """Nothing of theirs can be read any more."""
    for number in (1, 2):
        add(app, number)
        hear(app, number)
    finish(app, *listed(app, "needs")[:1])
    for number in (1, 2):
        erasing.erase(app, number, "They asked to be forgotten", actor="admin", now=app.clock.now())
    assert shown(app) == {}
    for name in ("all", "needs", "mine", "unassigned", "done"):
        assert listed(app, name) == []


def test_only_conversations_of_people_can_be_asked_for(app: TestApp) -> None:
    """'Human only' leaves out whom only the automation wrote to."""
    ids = [add(app, number) for number in (1, 2)]
    run_due(app)
    hear(app, 2)
    assert set(listed(app, "all")) == set(ids)
    assert listed(app, "all", people=True) == [ids[1]]


def test_the_inbox_is_closed_to_marketing(app: TestApp) -> None:
    with pytest.raises(Denied, match="Front desk"):
        shown(app, "marketing")
    with pytest.raises(Denied, match="Front desk"):
        listed(app, "all", "marketing")


def test_a_provider_looks_and_changes_nothing(app: TestApp) -> None:
    lead_id = add(app)
    hear(app, 1)
    assert list(shown(app, "provider")) == [lead_id]
    with pytest.raises(Denied):
        finish(app, lead_id, "provider")


def test_reading_the_inbox_takes_a_handful_of_statements(app: TestApp) -> None:
    """Its cost does not grow by a statement with each conversation."""
    for number in range(1, 9):
        add(app, number)
        hear(app, number)
    statements: list[str] = []
    event.listen(app.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with app.db.read() as session:
        inbox.read(session, actor(session, "frontdesk"), now=app.clock.now())
    assert len(statements) < 22


def test_a_flood_of_texts_is_a_window_and_a_count(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is counted, and comes page by page."""
    ids = [add(app, number) for number in range(1, 7)]
    for number in range(1, 7):
        hear(app, number)
    monkeypatch.setattr(inbox, "WAITING", 2)
    monkeypatch.setattr(inbox, "NEWEST", 2)
    assert len(shown(app)) <= 4
    assert sum(counts(app).waiting.values()) == 6
    assert set(listed(app, "needs")) == set(ids)
