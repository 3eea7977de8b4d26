"""The lead page: found or not, seen by whom, and the rows that browsers follow."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from console.lead import view
from console.lead.actions import ACTIONS
from console.parts.message import Message
from console.parts.quick_texts import filled
from console.parts.thread_events import TELLERS, line
from console.shell import Outcome
from core.domain.roles import PATIENT as PATIENT_ACTS
from core.domain.roles import Role
from core.flows.booking import arriving, at_the_desk
from core.flows.conversation import staff_text
from core.flows.leads import calls, noting, staff_action, staff_outcome, stages, visits
from core.flows.sending import delivery_status
from core.leads.tables import lead_events, leads
from core.messaging import failures
from core.messaging.segments import size_of
from core.messaging.tables import sms_messages
from core.reads import quick_texts
from core.reads.lead_thread import Event
from tests.access import trying
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.booking.booking import add_provider
from tests.flows.dispatching import run_due
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, new_lead, rows, who
from tests.pages.conftest import Visit, words


def followed(app: TestApp, lead_id: str) -> dict[str, dict[str, Any]]:
    """The topic's rows by id."""
    with app.db.read() as session:
        listed = list(view.rows(app, session, lead_id, app.clock.now()))
    by_id = {row["id"]: row for row in listed}
    assert len(by_id) == len(listed)
    return by_id


def of_kind(app: TestApp, lead_id: str, kind: str) -> list[dict[str, Any]]:
    return [row for row in followed(app, lead_id).values() if row.get("kind") == kind]


def viewed(app: TestApp) -> Any:
    return rows(app, leads)[0].viewed_at


def test_opening_a_lead_marks_it_seen_and_reads_its_texts(visit: Visit, console: TestApp) -> None:
    lead_id = new_lead(console)
    write_in(console, "Anytime")
    page = visit("frontdesk", "lead.py", lead="A-1001")
    assert not page.exception
    assert viewed(console) == console.clock.now()
    with console.db.read() as session:
        assert session.execute(select(leads.c.unread).where(leads.c.id == lead_id)).scalar_one() == 0
        assert session.execute(
            select(sms_messages.c.read_at).where(sms_messages.c.direction == "inbound")
        ).scalar_one()


def test_a_providers_look_is_not_the_front_desks(visit: Visit, console: TestApp) -> None:
    new_lead(console)
    page = visit("provider", "lead.py", lead="A-1001")
    assert not page.exception
    assert viewed(console) is None


@pytest.mark.parametrize("wanted", ["A-4711", "", "<script>alert(1)</script>"])
def test_a_wrong_link_says_so_and_leads_back(visit: Visit, console: TestApp, wanted: str) -> None:
    page = visit("frontdesk", "lead.py", lead=wanted)
    assert not page.exception
    assert "No such lead" in words(page)
    assert "<script>" not in words(page)
    assert [button.label for button in page.button] == ["Back to the lead queue"]


def test_marketing_is_told_who_may_see_leads(visit: Visit, console: TestApp) -> None:
    new_lead(console)
    page = visit("marketing", "lead.py", lead="A-1001")
    assert "Lead is not open to your role" in words(page)
    assert "Omar" not in words(page)


def test_the_rows_do_not_change_because_time_passes(app: TestApp) -> None:
    """Whatever only the clock changes would be pushed to everybody for nothing."""
    lead_id = new_lead(app)
    before = followed(app, lead_id)
    app.clock.advance(timedelta(minutes=3))
    assert followed(app, lead_id) == before


def test_an_unknown_lead_has_no_rows(app: TestApp) -> None:
    assert followed(app, "nobody") == {}


def test_a_failed_text_says_what_happened_and_what_to_do(app: TestApp) -> None:
    lead_id = new_lead(app)
    sid = next(sid for text, sid, _ in app.sms.accepted if text.to == PATIENT)
    status = {"MessageSid": sid, "MessageStatus": "undelivered", "ErrorCode": "30003"}
    delivery_status.record(app, "", "", status, now=app.clock.now())
    text = of_kind(app, lead_id, "text")[0]
    assert (text["status"], text["code"], text["tone"]) == ("Phone off or out of reach", 30003, "failed")
    assert text["todo"].startswith("Call")
    line = followed(app, lead_id)["moves"]["lines"][0]
    assert (line["mark"], line["name"], line["words"]) == (
        "alert",
        "Confirmation not delivered",
        "phone off or out of reach",
    )


def test_every_known_code_has_words_and_an_unknown_one_too() -> None:
    assert all(one.why and one.advice.endswith(".") for one in failures.CODES.values())
    assert failures.of(99999).why == failures.of(None).why == "Not delivered"


def test_automatic_texts_explain_themselves(app: TestApp) -> None:
    lead_id = new_lead(app)
    text = of_kind(app, lead_id, "text")[0]
    assert (text["origin"], text["name"]) == ("automatic", "Confirmation")
    assert "consent ticked" in text["because"]
    assert [move["words"] for move in text["why"]] == ["handed to the provider", "accepted by the provider"]


def test_what_one_reply_stopped_is_one_line_of_why_not(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, "Anytime after 2")
    lines = followed(app, lead_id)["moves"]["lines"]
    assert [line["name"] for line in lines] == ["Confirmation", "8 texts not sent"]
    assert lines[-1]["words"] == "the patient had replied"


def test_a_call_only_lead_says_why_and_what_to_do(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, "STOP")
    row = followed(app, lead_id)["lead"]
    assert "opted out of texts on Nov 23" in row["closed"]
    assert "Call (407) 555-0155" in row["closed"]
    assert followed(app, lead_id)["consent"]["standing"] == [["Texts", "none: opted out Nov 23, 2026"]]


def test_the_timeline_tells_every_kind_of_event_in_words(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, staff_action.take, maya, lead_id, seen_owner=rows(app, leads)[0].owner_id)
    do(app, staff_outcome.snooze, maya, lead_id, app.clock.now() + timedelta(hours=1))
    do(app, staff_outcome.unsnooze, app.reference, maya, lead_id)
    do(app, calls.log, app.reference, maya, lead_id, "voicemail", "Back at 4")
    do(app, stages.mark_stage, maya, lead_id, "booked", 45_000)
    told = {row["words"] for row in of_kind(app, lead_id, "event")}
    assert {
        "Maya Torres called: left a voicemail",
        "Marked booked by Maya Torres, $450",
        "The booking stopped the sequence: 10 steps cancelled",
        "Confirmation queued at the provider",
    } <= told
    assert not any("_" in words for words in told)


def test_no_event_that_the_product_writes_is_shown_by_its_code_name(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, staff_outcome.disqualify, maya, lead_id, "price")
    do(app, staff_outcome.reopen, app.reference, maya, lead_id)
    with app.db.read() as session:
        kinds = set(session.execute(select(lead_events.c.kind)).scalars())
    assert kinds - {"text_sent"} <= set(TELLERS)


def test_notes_and_calls_stand_in_the_conversation_and_owner_changes_do_not(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, noting.add_note, app.settings, maya, lead_id, "Ask for Ana")
    note = of_kind(app, lead_id, "note")[0]
    assert (note["note"], note["who"], note["thread"]) == ("Ask for Ana", "Maya Torres", True)
    assigned = next(row for row in of_kind(app, lead_id, "event") if row["icon"] == "swap")
    assert not assigned["thread"]


def test_upcoming_shows_the_wording_as_it_would_go(app: TestApp) -> None:
    lead_id = new_lead(app)
    later = {row["title"]: row for row in of_kind(app, lead_id, "later")}
    assert later["Call or text"]["preview"].startswith("Omar, shall we call you")
    assert later["Call or text"]["note"] == "Automatic, only if no conversation and no reply"
    assert later["First call"]["isText"] is False


def test_a_held_text_says_until_when(app: TestApp) -> None:
    app.clock.moment += timedelta(hours=12)
    lead_id, maya = new_lead(app, submission(submitted_at=app.clock.now())), who(app, "frontdesk")
    do(app, staff_text.send_text, app.reference, maya, lead_id, "Good morning")
    app.clock.advance(timedelta(seconds=11))
    run_due(app)
    held = of_kind(app, lead_id, "waiting")[0]
    assert (held["state"], held["words"]) == ("held", "outside texting hours")
    spans = followed(app, lead_id)["lead"]["spans"]
    assert held["due"] in [opens for opens, _ in spans]


def test_quick_wordings_are_filled_in_plain_and_one_segment(app: TestApp) -> None:
    clinic = app.reference.clinic
    with app.db.read() as session:
        texts = quick_texts.offered(session, who(app, "frontdesk"))
    listed = filled(texts, clinic, clinic.location(""), "Omar", "Maya Torres", app.clock.now())
    assert len(listed) == 6
    for one in listed:
        assert one["body"].isascii()
        assert "{" not in one["body"]
        assert size_of(one["body"]).segments == 1
    assert any("Omar" in one["body"] and "Maya" in one["body"] for one in listed)
    assert any("8 AM to 8 PM" in one["body"] for one in listed)


def test_the_page_knows_every_action_that_its_script_sends() -> None:
    sent = {"text", "note", "take", "unsnooze", "snooze", "disqualify", "reopen", "reassign", "log_call"}
    sent |= {"stage", "send_now", "cancel_step", "restore_step", "finish_task", "reopen_task", "cancel_text"}
    assert sent | {"read", "unstage", "give_back"} <= set(ACTIONS)


def test_a_sequence_is_ended_for_one_patient_and_says_which_it_was(console: TestApp) -> None:
    lead = new_lead(console)
    [under] = followed(console, lead)["sequences"]["under"]
    assert (under["title"], under["steps"] > 0) == ("New lead", True)
    session = trying.session_of(console, Role.FRONT_DESK)

    def end(_message: Any) -> Outcome:
        return ACTIONS["end_sequence"]({"id": lead, "sequence": under["id"]})

    assert trying.outcome(console, end, session).words == "It has ended for them: nothing more of it goes"
    assert followed(console, lead)["sequences"]["under"] == []
    assert trying.outcome(console, end, session).state == "lost"


def a_visit_ahead(app: TestApp) -> tuple[str, str]:
    """A service booked at a free time by the front desk: lead and visit."""
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = new_lead(app)
    at = app.clock.now() + timedelta(hours=3)
    visit_id = do(
        app, visits.book_service, app.reference, who(app, "frontdesk"), lead_id, "hydrafacial", at,
        location="downtown",
    )  # fmt: skip
    return lead_id, visit_id


def test_a_visit_says_what_with_whom_and_where_and_by_whom_it_was_booked(app: TestApp) -> None:
    lead_id, visit_id = a_visit_ahead(app)
    found = followed(app, lead_id)
    (visit_row,) = found["lead"]["visits"]
    said = {name: visit_row[name] for name in ("what", "provider", "rooms", "place", "price", "bookedBy")}
    assert said == {
        "what": "HydraFacial",
        "provider": "Tess Holloway",
        "rooms": ["Room 1"],
        "place": "Downtown",
        "price": 18_900,
        "bookedBy": "by Maya",
    }
    assert visit_row["code"].startswith("LX-")
    story = found["visit_story"]
    assert (story["visit"], story["moves"]) == (visit_id, [])
    states = {one["title"]: (one["state"], one["words"]) for one in story["texts"]}
    assert states["Visit confirmed"] == ("planned", "planned")
    assert states["How to prepare"] == ("stopped", "dropped: its moment had passed")


def test_who_arrived_is_told_in_words_and_by_whom(app: TestApp) -> None:
    lead_id, visit_id = a_visit_ahead(app)
    do(app, arriving.arrived, PATIENT_ACTS, visit_id)
    do(app, arriving.in_room, who(app, "frontdesk"), visit_id)
    told = [row["words"] for row in of_kind(app, lead_id, "event")]
    assert "Arrived: the patient wrote HERE" in told
    assert "In the room, marked by Maya Torres" in told
    (visit_row,) = followed(app, lead_id)["lead"]["visits"]
    assert visit_row["arrived"] == visit_row["inRoom"] is not None


def test_what_a_patient_does_by_their_link_is_not_somebodys(app: TestApp) -> None:
    moved = Event("e", "visit_moved", "patient", app.clock.now(), None, {}, None)
    booked = Event("e", "booked", "patient", app.clock.now(), None, {"came_by": "link"}, None)
    assert line(moved, {}).words == "The patient moved the visit"
    assert line(booked, {}).words == "The patient booked on their own page"


def test_why_a_visit_was_moved_is_read_on_the_lead(app: TestApp) -> None:
    """Whoever is asked about it later has not moved it themselves."""
    lead_id, visit_id = a_visit_ahead(app)
    was = app.clock.now() + timedelta(hours=3)
    do(
        app, at_the_desk.move, app.reference, who(app, "frontdesk"), visit_id, was + timedelta(hours=1),
        provider_id="", reason=" She called: school run ", seen=was,
    )  # fmt: skip
    (move,) = followed(app, lead_id)["visit_story"]["moves"]
    assert move["why"] == "She called: school run"
    (event,) = [row for row in of_kind(app, lead_id, "event") if row["words"].endswith("moved the visit")]
    assert event["note"] == "She called: school run"


def test_whoever_booked_a_service_is_told_for_when(console: TestApp) -> None:
    add_provider(console, "tess2", "Tess Grey", ["skin"])
    lead_id = new_lead(console)
    tomorrow = console.clock.now() + timedelta(days=1)
    wanted = {"id": lead_id, "service": "hydrafacial", "at": tomorrow.isoformat(), "location": "downtown"}

    def book(_message: Any) -> Outcome:
        return ACTIONS["book_service"](Message(wanted))

    session = trying.session_of(console, Role.FRONT_DESK)
    assert trying.outcome(console, book, session).words == "Booked Tue 10:00 AM"
