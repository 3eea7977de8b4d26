"""What staff correct: names, numbers, addresses, requests; what it was is kept."""

from datetime import timedelta

import pytest

from core.compliance import store as compliance
from core.domain.errors import Denied, InvalidInput, LostRace, NotFound
from core.domain.ports import Outcome, SendResult
from core.flows.leads import correcting, verbal_consent
from core.flows.leads.correcting import Corrected
from core.intake.submission import ConsentGiven
from core.leads.store import tasks as lead_tasks
from core.leads.tables import leads
from core.messaging.actions import NewAction, Purpose
from core.messaging.store import planning as messaging
from core.messaging.tables import timed_actions
from core.patients.tables import corrections, patient_conflicts, patients, possible_duplicates
from core.reads import lead_queue
from tests.conftest import TestApp
from tests.factories import WORDING, actor, submission
from tests.flows.dispatching import run_due, run_until, take_in
from tests.flows.leads.test_calls import call
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

OTHER = "+14075550199"


def correct(app: TestApp, lead_id: str, username: str = "frontdesk", **wanted: str) -> Corrected:
    done: Corrected = do(app, correcting.correct, app.reference, who(app, username), lead_id, wanted)
    return done


def undo(app: TestApp, batch: str) -> None:
    do(app, correcting.undo, app.reference, who(app, "frontdesk"), batch)


def planned(app: TestApp, lead_id: str) -> set[str | None]:
    """The numbers that something is planned to."""
    a = timed_actions.c
    found = rows(
        app,
        timed_actions,
        a.lead_id == lead_id,
        a.kind == "text",
        a.audience == "patient",
        a.state == "planned",
    )
    return {row.phone for row in found}


def found(app: TestApp, text: str) -> int:
    with app.db.read() as session:
        return len(lead_queue.search(session, actor(session, "frontdesk"), text).rows)


def test_a_corrected_field_is_kept_with_what_it_was_and_who_changed_it(app: TestApp) -> None:
    lead_id = new_lead(app)
    done = correct(
        app, lead_id, last_name="Reyes-Diaz", email="omar.new@example.com", budget="500-1000", language="es"
    )
    person = one(app, patients)
    assert (person.last_name, person.email, person.language) == ("Reyes-Diaz", "omar.new@example.com", "es")
    assert one(app, leads).budget == "500-1000"
    kept = {row.field: (row.was, row.became) for row in rows(app, corrections)}
    assert kept == {
        "last_name": ("Reyes", "Reyes-Diaz"),
        "email": ("omar@example.com", "omar.new@example.com"),
        "budget": ("", "500-1000"),
        "language": ("", "es"),
    }
    assert {row.staff_id for row in rows(app, corrections)} == {who(app, "frontdesk").staff_id}
    assert set(done.fields) == set(kept)
    assert kinds(app, lead_id)[-1] == "corrected"
    assert found(app, "diaz") == found(app, "omar.new@example.com") == 1


def test_what_is_the_same_already_is_no_correction(app: TestApp) -> None:
    assert correct(app, new_lead(app), first_name=" Omar ", phone="407.555.0155") == Corrected()
    assert rows(app, corrections) == []


def test_a_corrected_number_carries_no_consent_over_and_nothing_goes_to_the_old_one(app: TestApp) -> None:
    lead_id = new_lead(app)
    sent = len(app.sms.bodies_to(PATIENT))
    done = correct(app, lead_id, phone="407-555-0199")
    assert done.call_only
    assert done.stopped > 0
    assert (one(app, leads).phone, one(app, leads).call_only, one(app, patients).phone) == (
        OTHER,
        True,
        OTHER,
    )
    assert planned(app, lead_id) == set()
    app.clock.advance(timedelta(days=3))
    run_due(app)
    assert len(app.sms.bodies_to(PATIENT)) == sent
    assert app.sms.bodies_to(OTHER) == []
    do(app, verbal_consent.record, app.reference, who(app, "frontdesk"), lead_id, WORDING)
    assert not one(app, leads).call_only


def test_a_number_that_the_patient_agreed_to_before_stays_open(app: TestApp) -> None:
    take_in(app, submission(phone=OTHER))
    lead_id = new_lead(app, submission(external_id="f-2"))
    assert not correct(app, lead_id, phone=OTHER).call_only


def test_what_another_person_agreed_to_on_the_new_number_counts_for_nothing(app: TestApp) -> None:
    take_in(app, submission(external_id="f-2", phone=OTHER, first_name="Zoe", email="zoe@example.com"))
    assert correct(app, new_lead(app), phone=OTHER).call_only


def test_one_of_a_family_is_corrected_and_the_other_left_alone(app: TestApp) -> None:
    robin = new_lead(app)
    casey = new_lead(app, submission(external_id="f-2", first_name="Casey", email="casey@example.com"))
    before = one(app, leads, leads.c.id == casey)
    correct(app, robin, phone=OTHER)
    assert one(app, leads, leads.c.id == casey) == before
    assert planned(app, casey) == {PATIENT}
    assert write_in(app, "Friday?").lead_id == casey


def test_a_correction_can_be_taken_back_with_the_texts_that_it_stopped(app: TestApp) -> None:
    lead_id = new_lead(app)
    before = planned(app, lead_id), one(app, leads).call_only, one(app, patients).phone
    done = correct(app, lead_id, phone=OTHER, first_name="Olmar")
    app.clock.advance(timedelta(seconds=9))
    undo(app, done.batch)
    assert (planned(app, lead_id), one(app, leads).call_only, one(app, patients).phone) == before
    assert one(app, patients).first_name == "Omar"
    assert found(app, "olmar") == 0
    assert len(rows(app, corrections)) == 2  # the history keeps that it was so
    with pytest.raises(NotFound):
        undo(app, done.batch)


def test_a_corrected_number_is_wrong_no_more_and_nobody_has_to_look_for_it(app: TestApp) -> None:
    """What was said of the old number goes with it; an undo brings back both, as they were."""
    lead_id = new_lead(app)
    call(app, lead_id, "wrong_number", confirmed=True)
    since = one(app, leads).wrong_number_at
    app.clock.advance(timedelta(minutes=3))
    done = correct(app, lead_id, phone=OTHER)
    assert one(app, leads).wrong_number_at is None
    assert open_tasks(app, lead_id) == []
    app.clock.advance(timedelta(seconds=9))
    undo(app, done.batch)
    assert one(app, leads).wrong_number_at == since
    assert open_tasks(app, lead_id) == ["correct_number"]


def open_tasks(app: TestApp, lead_id: str) -> list[str]:
    with app.db.read() as session:
        return [task.kind for task in lead_tasks.open_of(session, lead_id)]


def test_a_late_undo_is_refused(app: TestApp) -> None:
    done = correct(app, new_lead(app), first_name="Olmar")
    app.clock.advance(timedelta(minutes=2))
    with pytest.raises(LostRace, match="too late"):
        undo(app, done.batch)


def test_an_undo_changes_nothing_that_somebody_corrected_since(app: TestApp) -> None:
    lead_id = new_lead(app)
    done = correct(app, lead_id, first_name="Olmar")
    correct(app, lead_id, "jordan", first_name="Oscar")
    with pytest.raises(LostRace, match="changed again"):
        undo(app, done.batch)
    assert one(app, patients).first_name == "Oscar"


def test_a_correction_settles_what_a_later_form_had_said_otherwise(app: TestApp) -> None:
    lead_id = new_lead(app)
    take_in(app, submission(external_id="f-2", email="new@example.com"))
    correct(app, lead_id, email="new@example.com")
    assert one(app, patient_conflicts).resolved_at


def test_a_corrected_number_is_compared_with_everybody_again(app: TestApp) -> None:
    """Two profiles of one person with a slip in a number: once it is right, they are on the review list."""
    take_in(app, submission(email="", phone="+14075550150"))
    lead_id = new_lead(app, submission(external_id="f-2", email="", phone=OTHER, first_name="O."))
    assert rows(app, possible_duplicates) == []
    correct(app, lead_id, phone="407-555-0150")
    assert "same_phone" in one(app, possible_duplicates).reasons


def test_another_treatment_is_worth_something_else(app: TestApp) -> None:
    lead_id = new_lead(app)
    correct(app, lead_id, treatment="hydrafacial", notes="Prefers mornings")
    lead = one(app, leads)
    assert (lead.treatment, lead.notes) == ("hydrafacial", "Prefers mornings")
    assert lead.value_cents == app.reference.treatments["hydrafacial"].value_cents


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"email": "omar@"}, "email"),
        ({"first_name": "http://example.com"}, "first_name"),
        ({"first_name": "", "last_name": ""}, "first_name"),
        ({"date_of_birth": "soon"}, "date_of_birth"),
        ({"zip": "1"}, "zip"),
        ({"timeframe": "some day"}, "timeframe"),
        ({"status": "converted"}, "status"),
    ],
)
def test_what_cannot_be_right_is_refused_by_its_field(
    app: TestApp, wanted: dict[str, str], field: str
) -> None:
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput) as refused:
        correct(app, lead_id, **wanted)
    assert refused.value.errors[0].field == field
    assert rows(app, corrections) == []


def test_only_who_works_leads_may_correct_them(app: TestApp) -> None:
    lead_id = new_lead(app)
    with pytest.raises(Denied):
        correct(app, lead_id, "provider", first_name="Olmar")


def test_a_stop_stays_with_the_number_it_came_from(app: TestApp) -> None:
    """The old number stays opted out for good; the new one is call only, until somebody agrees there."""
    lead_id = new_lead(app)
    write_in(app, "STOP")
    assert correct(app, lead_id, phone=OTHER).call_only
    with app.db.read() as session:
        assert compliance.standing(session, app.db.blind("phone", PATIENT)).opted_out_at
    again = submission(external_id="f-3", consents=(ConsentGiven("transactional", True, WORDING),))
    assert one(app, leads, leads.c.id == new_lead(app, again)).call_only


def test_a_stop_finds_every_text_to_its_number_and_one_of_a_lead_that_has_another_never_goes(
    app: TestApp,
) -> None:
    """What is planned is found by the leads that have the number; whoever shares it is one of them."""
    first = new_lead(app)
    second = new_lead(app, submission(external_id="f-9", first_name="Ines", email="ines@example.com"))
    elsewhere = new_lead(app, submission(external_id="f-8", phone=OTHER, email="elsewhere@example.com"))
    stray = NewAction(
        "stray", "text", app.clock.now() + timedelta(minutes=1), Purpose.TRANSACTIONAL, lead_id=elsewhere,
        phone=PATIENT, body="To the number that this lead had",
    )  # fmt: skip
    with app.db.write() as session:
        messaging.plan(session, stray, app.clock.now())
    write_in(app, "STOP")
    a = timed_actions.c
    texts = (a.lead_id.in_((first, second)), a.kind == "text", a.audience == "patient", a.state == "planned")
    assert {row.purpose for row in rows(app, timed_actions, *texts)} <= {"reply"}
    run_until(app, timedelta(minutes=2))
    gone = one(app, timed_actions, a.key == "stray")
    assert (gone.state, gone.reason) == ("dropped", "opted_out")


def test_a_text_that_was_on_its_way_is_not_tried_again_at_the_old_number(app: TestApp) -> None:
    """Nothing could cancel it any more: its second try is dropped, although the old number still has its consent."""
    app.sms.answer = lambda text: SendResult(Outcome.UNKNOWN) if text.to == PATIENT else None
    take_in(app, submission(external_id="f-0", phone=OTHER))
    lead_id = new_lead(app, submission(external_id="f-2"))
    step = timed_actions.c.step == "minute-0", timed_actions.c.lead_id == lead_id
    assert one(app, timed_actions, *step).state == "unknown"
    assert not correct(app, lead_id, phone=OTHER).call_only
    app.sms.answer = lambda _text: None
    run_until(app, timedelta(minutes=1))
    tried = one(app, timed_actions, *step)
    assert (tried.state, tried.reason) == ("dropped", "number_corrected")
    assert app.sms.bodies_to(PATIENT) == []
