"""1 takes, 2 passes, 3 leaves; whatever else is written is for a person. 10:00 on a Monday."""

import threading
from datetime import timedelta

import pytest

from core.booking.tables import waitlist_entries, waitlist_offers
from core.conversation.rules.reading import Label
from core.domain.ports import Outcome, SendResult
from core.domain.roles import PATIENT
from core.flows.booking import answering_offers
from core.flows.sending import resend
from core.leads.store import leads as lead_store
from core.leads.tables import leads
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning
from core.messaging.tables import timed_actions
from tests.conftest import TestApp
from tests.flows.booking.booking import MINUTE, booked, kept, overlaps, wish
from tests.flows.booking.waitlist import (
    at,
    cancelled,
    entry_of,
    offer_of,
    offers,
    phone,
    quiet_lead,
    says,
    slot,
    tess,
    texted,
    visit_of,
    waits,
)
from tests.flows.dispatching import run_due, run_until
from tests.flows.staffing import do, kinds, one, rows

OFFER = timedelta(minutes=30)
A_MOMENT = timedelta(seconds=2)


def told(app: TestApp, number: int) -> list[str]:
    """What went to a patient's number, oldest first."""
    return [text.body for text, _, _ in app.sms.accepted if text.to == phone(number)]


def waiting_for_a_person(app: TestApp, lead_id: str) -> bool:
    return one(app, leads, leads.c.id == lead_id).thread_waits_since is not None


@pytest.fixture
def offered(app: TestApp) -> TestApp:
    """101 has an offer of 3:30 PM today, 102 is next."""
    tess(app)
    waits(app, 101)
    waits(app, 102)
    cancelled(app, at(app, 15, 30, day=0))
    run_due(app)
    return app


def lead(app: TestApp, number: int) -> str:
    return next(str(row.id) for row in rows(app, leads) if row.phone == phone(number))


def test_one_takes_it(offered: TestApp) -> None:
    app = offered
    words, _, link = told(app, 101)[-1].partition(", or use ")
    assert words == (
        "Luxe: a time opened: today 3:30 PM, Downtown, yours until 10:30 AM. "
        "Reply 1 to take it, 2 to pass, 3 to leave the list"
    )
    assert link.endswith("/offer")
    assert says(app, 101, "1").reading.label is Label.OPTION_1  # type: ignore[union-attr]
    run_until(app, OFFER + A_MOMENT)
    visit = visit_of(app, lead(app, 101))
    assert (visit.starts_at, visit.came_by, visit.service) == (
        at(app, 15, 30, day=0),
        "waitlist",
        "hydrafacial",
    )
    assert "Luxe: You have it: today 3:30 PM, Downtown." in told(app, 101)
    assert len(kept(app, visit.id)) == 2
    assert (slot(app).state, slot(app).visit_id) == ("filled", visit.id)
    assert entry_of(app, lead(app, 101)).state == "taken"
    assert texted(app) == ["101"]
    assert not waiting_for_a_person(app, lead(app, 101))
    assert "waitlist_taken" in kinds(app, lead(app, 101))


def test_said_twice_it_is_booked_and_answered_once(offered: TestApp) -> None:
    app = offered
    says(app, 101, "1")
    app.clock.advance(timedelta(seconds=20))
    says(app, 101, "1 please")
    run_due(app)
    assert len([text for text in told(app, 101) if "You have it" in text]) == 1
    assert kinds(app, lead(app, 101)).count("booked") == 1


def test_two_passes_and_keeps_the_place(offered: TestApp) -> None:
    app = offered
    says(app, 101, "2")
    run_due(app)
    assert offers(app) == [("101", "passed", ""), ("102", "offered", "")]
    assert entry_of(app, lead(app, 101)).state == "waiting"
    assert told(app, 101)[-1] == "Luxe: We offer it to the next person. You keep your place on the waitlist."


def test_three_leaves_the_list(offered: TestApp) -> None:
    app = offered
    says(app, 101, "3")
    run_due(app)
    assert offers(app) == [("101", "passed", "left"), ("102", "offered", "")]
    assert entry_of(app, lead(app, 101)).state == "left"
    assert told(app, 101)[-1].startswith("Luxe: You are off the waitlist")


def test_anything_else_goes_to_a_person_and_the_offer_stands(offered: TestApp) -> None:
    app = offered
    says(app, 101, "can I come at 4 instead?")
    run_due(app)
    assert waiting_for_a_person(app, lead(app, 101))
    assert offers(app) == [("101", "offered", "")]
    run_until(app, OFFER)
    assert [state for _, state, _ in offers(app)] == ["expired", "offered"]


def test_a_late_one_hears_that_it_is_gone_and_changes_nothing(offered: TestApp) -> None:
    """102 has the offer by then, and keeps it."""
    app = offered
    run_until(app, OFFER + A_MOMENT)
    says(app, 101, "1")
    run_due(app)
    assert told(app, 101)[-1] == (
        "Luxe: That time is not free any more, and nothing was changed. You keep your place on the waitlist."
    )
    assert offers(app) == [("101", "expired", ""), ("102", "offered", "")]
    assert visit_of(app, lead(app, 101)) is None
    says(app, 102, "1")
    assert visit_of(app, lead(app, 102)).starts_at == at(app, 15, 30, day=0)
    assert overlaps(app) == []


def test_a_late_one_has_it_while_nobody_else_is_asked(app: TestApp) -> None:
    tess(app)
    lead_id = waits(app, 101)
    cancelled(app, at(app, 15, 30))
    run_until(app, 2 * OFFER)
    assert slot(app).state == "over"
    says(app, 101, "1")
    run_due(app)
    assert visit_of(app, lead_id).starts_at == at(app, 15, 30)
    assert "You have it" in "".join(told(app, 101))
    assert (slot(app).state, offer_of(app, lead_id).state) == ("filled", "taken")


def test_one_that_comes_while_no_scheduler_is_there_to_end_the_offer_takes_it(offered: TestApp) -> None:
    app = offered
    app.clock.advance(OFFER + 5 * MINUTE)
    says(app, 101, "1")
    run_due(app)
    assert visit_of(app, lead(app, 101)).starts_at == at(app, 15, 30, day=0)
    assert texted(app) == ["101"]


def test_a_later_visit_moves_here_and_its_time_is_free_for_others(app: TestApp) -> None:
    tess(app)
    lead_id = waits(app, 101)
    had = booked(app, lead_id, wish(app), at(app, 11, day=2))
    waits(app, 102)
    cancelled(app, at(app, 15, 30))
    run_due(app)
    says(app, 101, "1")
    run_due(app)
    visit = visit_of(app, lead_id)
    assert (visit.id, visit.starts_at) == (had.id, at(app, 15, 30))
    assert "Your visit on Wed Nov 25, 11:00 AM is free for others now." in "".join(told(app, 101))
    assert slot(app).starts_at == at(app, 11, day=2)
    assert offers(app)[-1] == ("102", "offered", "")
    assert overlaps(app) == []


def test_two_that_answer_in_one_moment_never_both_have_it(offered: TestApp) -> None:
    """The second '1' of one phone, and the page of the same person, while the half hour ends."""
    app = offered
    offer = offer_of(app, lead(app, 101))
    run_until(app, OFFER + A_MOMENT)
    second = offer_of(app, lead(app, 102))
    begin, raised = threading.Barrier(4), []

    def take(offer_id: str) -> None:
        begin.wait()
        try:
            do(app, answering_offers.take, app.reference, PATIENT, offer_id)
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=take, args=(id_,)) for id_ in (offer.id, second.id) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []
    assert visit_of(app, lead(app, 101)) is None
    assert visit_of(app, lead(app, 102)).starts_at == at(app, 15, 30, day=0)
    assert overlaps(app) == []


def test_stop_ends_the_offer_and_the_next_is_asked(offered: TestApp) -> None:
    app = offered
    says(app, 101, "STOP")
    run_due(app)
    assert offers(app) == [("101", "withdrawn", "opted_out"), ("102", "offered", "")]
    assert entry_of(app, lead(app, 101)).state == "waiting"  # staff may call


def test_a_digit_answers_what_was_asked_last(offered: TestApp) -> None:
    """Since the offer somebody asked something else of them: '1' is an answer to that, and for a person."""
    app = offered
    ask = NewAction(
        key="asked", kind="text", due_at=app.clock.now(), purpose=Purpose.MANUAL, lane=Lane.URGENT,
        lead_id=lead(app, 101), patient_id=one(app, leads, leads.c.id == lead(app, 101)).patient_id,
        phone=phone(101), body="Is it the left knee? Reply 1 for yes, 2 for no.",
    )  # fmt: skip
    do(app, planning.plan, ask)
    app.clock.advance(A_MOMENT)
    run_due(app)
    app.clock.advance(A_MOMENT)
    says(app, 101, "1")
    assert waiting_for_a_person(app, lead(app, 101))
    assert offers(app) == [("101", "offered", "")]


def test_one_to_the_choice_joins_the_list(app: TestApp) -> None:
    tess(app)
    lead_id = quiet_lead(app, 101)
    patient_id = one(app, leads, leads.c.id == lead_id).patient_id
    text = NewAction(
        key="choice", kind="text", due_at=app.clock.now(), purpose=Purpose.TRANSACTIONAL, lane=Lane.INSTANT,
        lead_id=lead_id, patient_id=patient_id, phone=phone(101), template="waitlist_choice",
        variables={"service": "hydrafacial"},
    )  # fmt: skip
    do(app, planning.plan, text)
    run_due(app)
    says(app, 101, "2")
    assert waiting_for_a_person(app, lead_id)
    says(app, 101, "1")
    run_due(app)
    assert [row.service for row in rows(app, waitlist_entries)] == ["hydrafacial"]
    assert told(app, 101)[-1].startswith("Omar, you are on our waitlist")


def test_each_offer_is_one_text_whatever_is_planned_again(offered: TestApp) -> None:
    app = offered
    offer = offer_of(app, lead(app, 101))
    text = one(app, timed_actions, timed_actions.c.id == offer.action_id)
    assert text.key == f"offer:{offer.id}"
    assert len({(row.slot_id, row.entry_id) for row in rows(app, waitlist_offers)}) == len(offers(app))


def test_whoever_has_the_old_number_answers_for_nobody(offered: TestApp) -> None:
    """The number was corrected after the text had gone to it."""
    app = offered
    with app.db.write() as session:
        lead_store.change(
            session, lead(app, 101), app.clock.now(), phone="+14075550177", phone_index="the new number's"
        )
    says(app, 101, "1")
    assert all(row.state == "waiting" for row in rows(app, waitlist_entries))
    assert offers(app)[0][1:] == ("offered", "")


def test_an_offer_that_failed_is_not_sent_again_by_hand(app: TestApp) -> None:
    """Its time is somebody else's by then."""
    tess(app)
    waits(app, 101)
    cancelled(app, at(app, 15, 30))
    app.sms.answer = lambda _text: SendResult(Outcome.REFUSED, code=30008)
    run_due(app)
    text = one(app, timed_actions, timed_actions.c.template == "waitlist_free")
    with app.db.read() as session:
        [original] = resend.found(session, [text.id])
        assert not resend.judged(session, original).resend
