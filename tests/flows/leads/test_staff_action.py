"""Owning a lead, calling its patient, looking at it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.assignment.tables import assignments
from core.domain.errors import Denied, InvalidInput, LostRace, NotFound
from core.flows.conversation import staff_text
from core.flows.leads import calls, noting, staff_action
from core.flows.leads import tasks as tasks_flow
from core.leads.tables import leads, tasks
from core.messaging.tables import sms_messages
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.dispatching import run_until
from tests.flows.sending.test_dispatch import write_in
from tests.flows.staffing import do, kinds, new_lead, one, rows, who


def test_taking_a_lead_makes_one_its_owner_and_says_why(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "manager")
    before = one(app, leads).owner_id
    assert do(app, staff_action.take, maya, lead_id, seen_owner=before) == before
    assert one(app, leads).owner_id == maya.staff_id
    newest = rows(app, assignments)[-1]
    assert (newest.staff_id, newest.by_staff_id, newest.rule) == (
        maya.staff_id,
        maya.staff_id,
        "Taken by Elena Ruiz",
    )
    assert kinds(app, lead_id)[-1] == "taken"


def test_whoever_takes_second_learns_who_was_faster_and_by_how_much(app: TestApp) -> None:
    lead_id = new_lead(app)
    seen = one(app, leads).owner_id
    do(app, staff_action.take, who(app, "manager"), lead_id, seen_owner=seen)
    app.clock.advance(timedelta(seconds=3))
    with pytest.raises(LostRace, match="Elena took this lead 3 s before you"):
        do(app, staff_action.take, who(app, "admin"), lead_id, seen_owner=seen)
    assert one(app, leads).owner_id == who(app, "manager").staff_id


def test_two_who_take_at_the_same_moment_get_one_owner(app: TestApp) -> None:
    """The database decides, whichever order their clicks arrive in."""
    lead_id = new_lead(app)
    seen = one(app, leads).owner_id
    ready, won, lost = threading.Barrier(2), [], []

    def click(username: str) -> None:
        actor = who(app, username)
        ready.wait()
        try:
            do(app, staff_action.take, actor, lead_id, seen_owner=seen)
            won.append(actor.staff_id)
        except LostRace:
            lost.append(actor.staff_id)

    threads = [threading.Thread(target=click, args=(name,)) for name in ("manager", "admin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == len(lost) == 1
    assert one(app, leads).owner_id == won[0]


def test_a_take_can_be_given_back_to_whom_it_came_from(app: TestApp) -> None:
    lead_id, elena = new_lead(app), who(app, "manager")
    before = do(app, staff_action.take, elena, lead_id, seen_owner=one(app, leads).owner_id)
    do(app, staff_action.give_back, elena, lead_id, before)
    assert one(app, leads).owner_id == before


def test_reassigning_alerts_the_new_owner_without_naming_the_patient(app: TestApp) -> None:
    lead_id, jordan = new_lead(app), who(app, "jordan")
    do(app, staff_action.reassign, app.settings, who(app, "frontdesk"), lead_id, who(app, "manager").staff_id)
    do(app, staff_action.reassign, app.settings, who(app, "frontdesk"), lead_id, jordan.staff_id)
    run_until(app, timedelta(seconds=1))
    assert one(app, leads).owner_id == jordan.staff_id
    alert = app.sms.bodies_to("+15125550172")[-1]
    assert "A-1001 was given to you" in alert
    assert not any(word in alert for word in ("Omar", "Reyes", "otox"))


def test_a_lead_cannot_be_given_to_somebody_who_takes_none(app: TestApp) -> None:
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput) as refused:
        do(
            app,
            staff_action.reassign,
            app.settings,
            who(app, "frontdesk"),
            lead_id,
            who(app, "marketing").staff_id,
        )
    assert [error.field for error in refused.value.errors] == ["staff_id"]


def test_a_note_is_kept_and_never_sent(app: TestApp) -> None:
    lead_id = new_lead(app)
    texts = len(rows(app, sms_messages))
    do(app, noting.add_note, app.settings, who(app, "frontdesk"), lead_id, "  Ask for Ana at the desk  ")
    assert one(app, leads).last_event_note == "Ask for Ana at the desk"
    assert kinds(app, lead_id)[-1] == "note"
    run_until(app, timedelta(seconds=30))
    assert len(rows(app, sms_messages)) == texts


@pytest.mark.parametrize("body", ["", "   ", "x" * 2001])
def test_a_note_says_something_and_not_too_much(app: TestApp, body: str) -> None:
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput):
        do(app, noting.add_note, app.settings, who(app, "frontdesk"), lead_id, body)


def test_the_first_look_is_kept_and_later_ones_are_not(app: TestApp) -> None:
    lead_id = new_lead(app)
    first = app.clock.now()
    assert do(app, staff_action.mark_viewed, who(app, "provider"), lead_id) is False
    assert do(app, staff_action.mark_viewed, who(app, "frontdesk"), lead_id) is True
    app.clock.advance(timedelta(minutes=1))
    assert do(app, staff_action.mark_viewed, who(app, "manager"), lead_id) is False
    assert one(app, leads).viewed_at == first
    assert kinds(app, lead_id).count("viewed") == 1


def unread_of_jordan(app: TestApp) -> str:
    """A lead of Jordan's with a reply that nobody has read; its id."""
    lead_id = new_lead(app)
    do(app, staff_action.reassign, app.settings, who(app, "manager"), lead_id, who(app, "jordan").staff_id)
    write_in(app, "Anytime after 2")
    assert one(app, leads).unread == 1
    return lead_id


def test_reading_a_reply_makes_it_read_once(app: TestApp) -> None:
    lead_id = unread_of_jordan(app)
    assert do(app, staff_action.mark_read, who(app, "jordan"), lead_id) is True
    assert do(app, staff_action.mark_read, who(app, "jordan"), lead_id) is False
    assert one(app, leads).unread == 0
    assert one(app, sms_messages, sms_messages.c.direction == "inbound").read_at == app.clock.now()


def test_a_colleagues_look_leaves_a_reply_unread_for_its_owner(app: TestApp) -> None:
    """Unless the owner is away, or nobody owns it: then whoever looks is the one who takes care."""
    lead_id = unread_of_jordan(app)
    assert do(app, staff_action.mark_read, who(app, "frontdesk"), lead_id) is False
    assert one(app, leads).unread == 1
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "jordan").values(status="off_duty"))
    assert do(app, staff_action.mark_read, who(app, "frontdesk"), lead_id) is True


def test_who_answers_has_read_what_they_answer(app: TestApp) -> None:
    lead_id = unread_of_jordan(app)
    do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Two it is.")
    assert one(app, leads).unread == 0
    write_in(app, "Or three?", sid="SMin2")
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "talked")
    assert one(app, leads).unread == 0


def test_a_task_is_done_once_and_can_be_opened_again(app: TestApp) -> None:
    new_lead(app)
    run_until(app, timedelta(minutes=11))
    task, maya = one(app, tasks), who(app, "frontdesk")
    do(app, tasks_flow.finish, maya, task.id)
    with pytest.raises(LostRace, match="Maya Torres has done this already"):
        do(app, tasks_flow.finish, who(app, "manager"), task.id)
    do(app, tasks_flow.reopen, maya, task.id)
    assert one(app, tasks).done_at is None


@pytest.mark.parametrize("username", ["provider", "marketing"])
def test_roles_that_do_not_work_leads_are_refused(app: TestApp, username: str) -> None:
    lead_id = new_lead(app)
    before = kinds(app, lead_id)
    with pytest.raises(Denied, match="open to: Front desk"):
        do(app, staff_action.take, who(app, username), lead_id)
    with pytest.raises(Denied):
        do(app, calls.log, app.reference, who(app, username), lead_id, "talked")
    with pytest.raises(Denied):
        do(app, noting.add_note, app.settings, who(app, username), lead_id, "hello")
    assert kinds(app, lead_id) == before


def test_an_unknown_lead_is_said_to_be_unknown(app: TestApp) -> None:
    nobody = "0197b0c0-0000-7000-8000-000000000000"
    for flow, extra in (
        (staff_action.take, ()),
        (staff_action.mark_viewed, ()),
    ):
        with pytest.raises(NotFound, match="does not exist"):
            do(app, flow, who(app, "frontdesk"), nobody, *extra)
    with pytest.raises(NotFound):
        do(app, tasks_flow.finish, who(app, "frontdesk"), nobody)
