"""What the lead page is given to show."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from core.domain.errors import Denied, NotFound
from core.domain.ports import Outcome, SendResult
from core.flows.conversation import receive_text, received_files, staff_text
from core.flows.leads import calls
from core.flows.sending import delivery_status
from core.messaging.tables import timed_actions
from core.reads import lead, lead_opening, lead_thread
from core.reads.lead import Lead
from core.reads.lead_thread import Thread
from core.reads.parts import texting_hours
from core.sla.rules import BY_PEOPLE, MACHINE
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, run_until
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, new_lead, who


def seen(app: TestApp, lead_id: str, username: str = "frontdesk") -> Lead:
    actor = who(app, username)
    with app.db.read() as session:
        return lead.read(session, actor, lead_id)


def thread(app: TestApp, lead_id: str) -> Thread:
    actor = who(app, "frontdesk")
    with app.db.read() as session:
        return lead_thread.read(session, actor, lead_id)


def test_a_new_lead_shows_who_what_and_what_is_to_come(app: TestApp) -> None:
    found = seen(app, new_lead(app))
    assert (found.profile.first_name, found.request.treatment) == ("Omar", "botox")
    assert {clock.target for clock in found.clocks} == {*BY_PEOPLE, *MACHINE}
    assert found.owner
    assert found.why
    assert found.why.trace[0]["chosen"]
    planned = [one for one in found.later if one.state == "planned"]
    assert len(planned) == 10
    assert planned == sorted(planned, key=lambda one: one.due_at)
    assert found.form_data["treatment"] == "botox"


def test_a_lead_is_found_by_its_reference_and_by_its_id(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    with app.db.read() as session:
        assert (
            lead_opening.find(session, maya, "A-1001") == lead_opening.find(session, maya, lead_id) == lead_id
        )
        assert lead_opening.find(session, maya, "a-1001 ") == lead_id


@pytest.mark.parametrize(
    "wanted", ["", "A-9999", "A-99999999999", "A-", "nonsense", "0197b0c0-0000-7000-8000-000000000000"]
)
def test_an_address_that_names_no_lead_says_so(app: TestApp, wanted: str) -> None:
    maya = who(app, "frontdesk")
    with app.db.read() as session, pytest.raises(NotFound, match="does not exist"):
        lead_opening.find(session, maya, wanted)


def test_marketing_sees_no_patient(app: TestApp) -> None:
    lead_id, sam = new_lead(app), who(app, "marketing")
    with app.db.read() as session:
        for attempt in (
            lambda: lead_opening.find(session, sam, "A-1001"),
            lambda: lead.read(session, sam, lead_id),
            lambda: lead_thread.read(session, sam, lead_id),
            lambda: lead_thread.picture(session, sam, lead_id),
        ):
            with pytest.raises(Denied):
                attempt()


def test_a_provider_may_look(app: TestApp) -> None:
    assert seen(app, new_lead(app), "provider").profile.first_name == "Omar"


def test_consent_is_shown_with_its_wording_and_its_version(app: TestApp) -> None:
    found = seen(app, new_lead(app))
    assert found.standing.transactional_at == app.clock.now()
    assert {(one.scope, one.action, one.version) for one in found.consents} == {
        ("transactional", "grant", "2026-10"),
        ("marketing", "grant", "2026-10"),
    }
    assert all("I agree" in one.wording for one in found.consents)


def test_what_a_later_form_gave_otherwise_is_shown_beside_what_was_known(app: TestApp) -> None:
    new_lead(app)
    second = new_lead(app, submission(external_id="two", email="omar.new@example.com"))
    found = seen(app, second)
    assert found.profile.email == "omar@example.com"
    assert [(one.field, one.value) for one in found.conflicts] == [("email", "omar.new@example.com")]
    assert [one.number for one in found.earlier] == [1]


def test_the_conversation_is_the_patients_and_never_the_alerts(app: TestApp) -> None:
    first = new_lead(app)
    write_in(app, "Anytime after 2")
    second = new_lead(app, submission(external_id="two"))
    texts = thread(app, second).texts
    assert [text.origin for text in texts] == ["automatic", "patient", "automatic"]
    assert {text.lead_id for text in texts} == {first, second}


def test_a_text_says_how_far_it_got_and_why_it_went(app: TestApp) -> None:
    lead_id = new_lead(app)
    text = thread(app, lead_id).texts[0]
    sid = next(sid for sent, sid, _ in app.sms.accepted if sent.to == PATIENT)
    status = {"MessageSid": sid, "MessageStatus": "undelivered", "ErrorCode": "30003"}
    delivery_status.record(app, text.action_id or "", "1", status, now=app.clock.now())
    after = thread(app, lead_id)
    assert (after.texts[0].status, after.texts[0].error_code) == ("undelivered", 30003)
    moves = next(one for one in after.decided if one.action_id == text.action_id).moves
    assert [(move.state, move.reason) for move in moves[:2]] == [("sending", "due"), ("sent", "accepted")]


def test_a_written_text_waits_in_the_thread_until_it_left(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, staff_text.send_text, app.reference, maya, lead_id, "Hi Omar")
    waiting = thread(app, lead_id).waiting
    assert [(one.body, one.state, one.staff) for one in waiting] == [("Hi Omar", "planned", "Maya Torres")]
    app.clock.advance(timedelta(seconds=11))
    run_due(app)
    after = thread(app, lead_id)
    assert after.waiting == ()
    assert (after.texts[-1].origin, after.texts[-1].staff) == ("staff", "Maya Torres")


def test_a_text_that_was_taken_back_is_gone_from_the_thread(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    action_id = do(app, staff_text.send_text, app.reference, maya, lead_id, "Oops")
    do(app, staff_text.cancel_action, maya, action_id)
    assert thread(app, lead_id).waiting == ()


def test_a_refused_text_stays_in_the_thread_with_its_code(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    app.sms.answer = lambda _text: SendResult(Outcome.REFUSED, code=21614)
    do(app, staff_text.send_text, app.reference, maya, lead_id, "Hi Omar")
    app.clock.advance(timedelta(seconds=11))
    run_due(app)
    last = thread(app, lead_id).texts[-1]
    assert (last.message_body, last.status, last.error_code) == ("Hi Omar", "failed", 21614)


def test_the_stopped_steps_say_why(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, "Please call me")
    stopped = [one for one in seen(app, lead_id).later if one.state == "cancelled"]
    assert stopped
    assert {one.reason for one in stopped} == {"replied"}


def test_a_picture_is_listed_before_it_was_fetched_and_served_after(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    params = {
        "MessageSid": "MMin1",
        "From": "+14075550155",
        "Body": "",
        "NumMedia": "1",
        "MediaUrl0": "https://example.com/one",
        "MediaContentType0": "image/png",
    }
    receive_text.receive(app, params, now=app.clock.now())
    picture = thread(app, lead_id).texts[-1].pictures[0]
    assert not picture.ready
    with app.db.read() as session:
        assert lead_thread.picture(session, maya, picture.id) is None
    received_files.fetch_pictures(app, now=app.clock.now())
    with app.db.read() as session:
        image = lead_thread.picture(session, maya, picture.id)
    assert image is not None
    assert image.content_type == "image/png"
    assert thread(app, lead_id).texts[-1].pictures[0].ready


def test_open_tasks_name_their_owner(app: TestApp) -> None:
    lead_id = new_lead(app)
    run_until(app, timedelta(minutes=11))
    found = seen(app, lead_id)
    assert [(task.title, task.owner) for task in found.tasks] == [("First call", found.owner)]
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "talked")
    assert seen(app, lead_id).tasks == ()


def test_a_lead_whose_sequence_is_older_than_its_columns_still_reads(app: TestApp) -> None:
    """A row without a template or variables, as an older version or a hand may leave it, breaks nothing."""
    lead_id = new_lead(app)
    with app.db.write() as session:
        session.execute(
            update(timed_actions)
            .where(timed_actions.c.step == "day-1")
            .values(template=None, variables={}, conditions=[])
        )
    assert any(one.template is None for one in seen(app, lead_id).later)


def test_texting_hours_are_the_overlap_of_every_zone_the_number_may_stand_in(app: TestApp) -> None:
    monday = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    hours = app.reference.texting_hours
    east = texting_hours.spans(hours, ("America/New_York",), "", monday)[0]
    both = texting_hours.spans(hours, ("America/New_York", "America/Los_Angeles"), "", monday)[0]
    assert both[0] == east[0] + timedelta(hours=3)
    assert both[1] == east[1]
    assert east[0].astimezone(app.settings.zone).date() == date(2026, 11, 23)
