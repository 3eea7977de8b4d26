"""What we say of a visit is true when it leaves, and an answer is to what is still so. 10:00 on a Monday."""

import threading
from datetime import datetime, timedelta

import pytest

from core.booking import store_holds as holds
from core.booking.tables import waitlist_entries
from core.conversation.rules.reading import Label
from core.domain.errors import LostRace, SlotTaken
from core.domain.ports import Outcome, SendResult
from core.domain.roles import PATIENT
from core.flows.booking import asking_to_move, booking, by_link, changing, links, waiting
from core.flows.booking.asking_to_move import Question
from core.flows.booking.links import Door
from core.flows.leads import calls, correcting, stages, visits
from core.leads.store import leads
from core.leads.tables import leads as leads_table
from core.patients.store import profiles as patients
from tests.conftest import TestApp
from tests.flows.booking.booking import booked, hold, kept, visit, who, wish
from tests.flows.booking.waitlist import at, cancelled, entry_of, quiet_lead, says, tess, visit_of, waits
from tests.flows.dispatching import run_due
from tests.flows.staffing import do, one, rows

MINUTE = timedelta(minutes=1)


def ask(app: TestApp, visit_id: str, to: datetime) -> str:
    """The front desk asks whether a visit may move there; the hold's id. The question has not left."""
    found = visit(app, visit_id)
    asked = Question(visit_id, to, found.provider_id or "", found.starts_at or to)
    return str(do(app, asking_to_move.ask, app.reference, who(app, "frontdesk"), asked).id)


def told(app: TestApp, words: str) -> list[str]:
    return [text.body for text, _, _ in app.sms.accepted if words in text.body]


def ahead(app: TestApp) -> tuple[str, str]:
    """A visit tomorrow at noon: the lead and the visit."""
    tess(app)
    lead_id = quiet_lead(app, 101)
    return lead_id, booked(app, lead_id, wish(app), at(app, 12)).id


def test_a_question_that_has_not_left_when_the_visit_is_moved_is_never_asked(app: TestApp) -> None:
    _, visit_id = ahead(app)
    ask(app, visit_id, at(app, 15))
    desk = who(app, "frontdesk")
    do(app, visits.move, app.reference, desk, visit_id, at(app, 17), seen=at(app, 12))
    run_due(app)
    assert told(app, "has to move your visit") == []


def test_nor_when_it_is_cancelled(app: TestApp) -> None:
    _, visit_id = ahead(app)
    ask(app, visit_id, at(app, 15))
    do(app, visits.cancel, app.reference, who(app, "frontdesk"), visit_id, "clinic")
    run_due(app)
    assert told(app, "has to move your visit") == []


def test_nor_when_it_was_marked_by_mistake(app: TestApp) -> None:
    lead_id, visit_id = ahead(app)
    held = ask(app, visit_id, at(app, 15))
    do(app, stages.unmark_stage, app.reference, who(app, "frontdesk"), lead_id, "booked")
    run_due(app)
    assert told(app, "has to move your visit") == []
    assert kept(app, held) == []


def test_asked_about_another_time_before_the_first_question_left_they_hear_the_second_alone(
    app: TestApp,
) -> None:
    _, visit_id = ahead(app)
    ask(app, visit_id, at(app, 15))
    ask(app, visit_id, at(app, 17))
    run_due(app)
    assert len(told(app, "has to move your visit")) == 1
    assert "5:00 PM" in told(app, "has to move your visit")[0]


def test_a_move_whose_hold_is_swept_away_between_two_looks_is_not_said_to_be_made(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The visit that stands at its old time is no visit at the new one."""
    lead_id, visit_id = ahead(app)
    held = hold(app, lead_id, wish(app), at(app, 16), visit_id=visit_id)
    looks = iter([held, None])
    monkeypatch.setattr(holds, "find", lambda *_: next(looks))
    with app.db.write() as session, pytest.raises(SlotTaken):
        by_link.confirm(session, app.reference, leads.get(session, lead_id), held.id, now=app.clock.now())
    assert visit(app, visit_id).starts_at == at(app, 12)


def test_a_question_that_is_taken_back_before_it_left_is_not_asked(app: TestApp) -> None:
    _, visit_id = ahead(app)
    held = ask(app, visit_id, at(app, 15))
    with app.db.write() as session:
        assert asking_to_move.take_back(session, who(app, "frontdesk"), held, now=app.clock.now())
    run_due(app)
    assert told(app, "has to move your visit") == []
    assert kept(app, held) == []


def test_a_question_is_not_taken_back_while_the_yes_to_it_is_being_read(app: TestApp) -> None:
    """Else the visit stays where it was, and we thank for a move."""
    if app.db.is_sqlite:
        pytest.skip("one writes at a time")
    lead_id, visit_id = ahead(app)
    held, desk, raised = ask(app, visit_id, at(app, 15)), who(app, "frontdesk"), []

    def take_back() -> None:
        try:
            with app.db.write() as session:
                asking_to_move.take_back(session, desk, held, now=app.clock.now())
        except LostRace as lost:
            raised.append(lost)

    colleague = threading.Thread(target=take_back)
    with app.db.write() as session:
        patients.heard_from(session, leads.get(session, lead_id).patient_id, app.clock.now())
        colleague.start()
        colleague.join(timeout=1)
        booking.confirm(session, app.reference, PATIENT, lead_id, held, "link", now=app.clock.now())
    colleague.join(timeout=10)
    assert visit(app, visit_id).starts_at == at(app, 15)
    assert len(raised) == 1


def test_who_cancels_a_visit_that_was_moved_at_this_moment_looks_at_it_again(app: TestApp) -> None:
    """Else its old time is offered to others and its new one is not, and the text of the move still goes."""
    lead_id, visit_id = ahead(app)
    seen = visit(app, visit_id)
    held = hold(app, lead_id, wish(app), at(app, 16), visit_id=visit_id)
    with app.db.write() as session:
        by_link.confirm(session, app.reference, leads.get(session, lead_id), held.id, now=app.clock.now())
    with pytest.raises(LostRace, match="moved meanwhile"):
        do(app, changing.end, app.reference, who(app, "frontdesk"), seen, "cancelled", {"reason": "clinic"})
    assert visit(app, visit_id).state == "booked"


def test_who_cancels_by_link_and_is_put_back_does_not_hear_that_it_is_off(app: TestApp) -> None:
    lead_id, visit_id = ahead(app)
    with app.db.write() as session:
        lead = leads.get(session, lead_id)
        by_link.cancel(session, app.reference, lead, "time", now=app.clock.now())
    do(app, visits.put_back, app.reference, who(app, "frontdesk"), visit_id)
    run_due(app)
    assert told(app, "is called off") == []


def test_what_was_moved_by_link_and_marked_by_mistake_is_not_said_to_stand(app: TestApp) -> None:
    lead_id, visit_id = ahead(app)
    held = hold(app, lead_id, wish(app), at(app, 16), visit_id=visit_id)
    with app.db.write() as session:
        lead, now = leads.get(session, lead_id), app.clock.now()
        by_link.confirm(session, app.reference, lead, held.id, now=now)
    do(app, stages.unmark_stage, app.reference, who(app, "frontdesk"), lead_id, "booked")
    run_due(app)
    assert told(app, "your visit is now on") == []


def test_the_thanks_for_a_yes_are_not_said_of_a_time_that_was_moved_since(app: TestApp) -> None:
    _, visit_id = ahead(app)
    ask(app, visit_id, at(app, 15))
    run_due(app)
    says(app, 101, "1")
    do(app, visits.cancel, app.reference, who(app, "frontdesk"), visit_id, "clinic")
    run_due(app)
    assert told(app, "Your visit is now") == []


def test_you_have_it_is_not_said_of_what_was_cancelled_before_it_left(app: TestApp) -> None:
    tess(app)
    lead_id = waits(app, 101)
    cancelled(app, at(app, 15, 30, day=0))
    run_due(app)
    says(app, 101, "1")
    do(app, visits.cancel, app.reference, who(app, "frontdesk"), visit_of(app, lead_id).id, "clinic")
    run_due(app)
    assert told(app, "You have it") == []


def test_a_one_to_an_offer_whose_visit_was_cancelled_since_is_read_by_a_person(app: TestApp) -> None:
    tess(app)
    lead_id = waits(app, 101)
    cancelled(app, at(app, 15, 30, day=0))
    run_due(app)
    says(app, 101, "1")
    run_due(app)
    do(app, visits.cancel, app.reference, who(app, "frontdesk"), visit_of(app, lead_id).id, "clinic")
    app.clock.advance(MINUTE)
    says(app, 101, "1")
    assert one(app, leads_table, leads_table.c.id == lead_id).thread_waits_since is not None


def test_a_one_answers_the_last_question_that_could_reach_them(app: TestApp) -> None:
    """A question that was refused or not delivered was never read: nobody has said yes to it."""
    tess(app)
    lead_id = waits(app, 101)
    had = booked(app, lead_id, wish(app), at(app, 12))
    cancelled(app, at(app, 9))
    run_due(app)
    assert told(app, "a time opened")
    app.clock.advance(MINUTE)
    app.sms.answer = lambda _text: SendResult(Outcome.REFUSED, code=30003)
    ask(app, had.id, at(app, 15))
    run_due(app)
    app.sms.answer = lambda _text: None
    says(app, 101, "1")
    assert visit(app, had.id).starts_at == at(app, 9)


def test_who_left_the_list_is_not_told_that_they_keep_their_place(app: TestApp) -> None:
    tess(app)
    waits(app, 101)
    lead_id = waits(app, 102)
    cancelled(app, at(app, 15, 30, day=0))
    run_due(app)
    [first] = [one.lead_id for one in rows(app, waitlist_entries) if one.lead_id != lead_id]
    do(app, waiting.leave, PATIENT, entry_of(app, first).id)
    says(app, 101, "2")
    run_due(app)
    assert told(app, "You keep your place") == []


def test_whoever_gave_a_time_up_is_not_offered_it(app: TestApp) -> None:
    tess(app)
    lead_id = waits(app, 101)
    booked(app, lead_id, wish(app), at(app, 15, 30, day=0))
    with app.db.write() as session:
        by_link.cancel(session, app.reference, leads.get(session, lead_id), "time", now=app.clock.now())
    run_due(app)
    assert told(app, "a time opened") == []


def door(app: TestApp, code: str) -> Door:
    """What the browser that opened it first may see."""
    with app.db.read() as session:
        return links.look(session, code, "stranger", app.clock.now()).door


def opened(app: TestApp, lead_id: str) -> str:
    """A link that somebody has opened; its code."""
    code = str(do(app, links.make, app.reference, lead_id, "a text"))
    do(app, links.opened, code, "stranger")
    assert door(app, code) is Door.OPEN
    return code


def test_a_link_that_went_to_a_wrong_number_opens_nothing_once_that_is_corrected(app: TestApp) -> None:
    """Nor does one that went to the corrected one, where that was the mistake."""
    lead_id, _ = ahead(app)
    code, desk = opened(app, lead_id), who(app, "frontdesk")
    app.clock.advance(MINUTE)
    made = do(app, correcting.correct, app.reference, desk, lead_id, {"phone": "407 555 0177"})
    assert door(app, code) is Door.RUN_OUT
    second = str(do(app, links.make, app.reference, lead_id, "another text"))
    do(app, links.opened, second, "stranger")
    app.clock.advance(MINUTE)
    do(app, correcting.undo, app.reference, desk, made.batch)
    assert door(app, second) is Door.RUN_OUT


def test_nor_once_somebody_else_wrote_that_the_number_is_wrong(app: TestApp) -> None:
    lead_id, _ = ahead(app)
    code = opened(app, lead_id)
    app.clock.advance(MINUTE)
    assert says(app, 101, "wrong number").reading.label is Label.WRONG_NUMBER  # type: ignore[union-attr]
    assert door(app, code) is Door.RUN_OUT


def test_nor_once_somebody_else_answered_a_call_there(app: TestApp) -> None:
    lead_id, _ = ahead(app)
    code = opened(app, lead_id)
    app.clock.advance(MINUTE)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "wrong_number", confirmed=True)
    assert door(app, code) is Door.RUN_OUT
