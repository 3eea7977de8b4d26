"""What a dry run tells of one person, made up or real, and that it changes nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core.db.schema import metadata
from core.domain.phone import read_phone
from core.flows.conversation import receive_text
from core.flows.sequences import entering, stopping
from core.flows.sequences.dry_run import Backdrop, Person, dry_run, dry_run_all, for_lead
from core.flows.sequences.pieces import Event, Outcome, Wait
from core.flows.sequences.stopping import ENDED
from core.leads.store import leads
from core.sequences.rules.definition import Anchor
from core.sequences.rules.definition import Sequence as Plan
from core.sequences.rules.reading import parse_sequence
from core.shipped import shipped_catalogue
from tests.conftest import TestApp
from tests.flows.dispatching import run_due
from tests.flows.staffing import do, new_lead

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 10:00 in Florida
FLORIDA = Person(read_phone("407-555-0155"))
OFFER = {"kind": "text", "offset": "1h", "useful": "8h", "purpose": "marketing", "template": "lead_offer"}
NEWS = {
    "kind": "text",
    "offset": "90m",
    "useful": "8h",
    "purpose": "transactional",
    "template": "lead_question",
}

HELD = NEWS | {"offset": "10m", "useful": "2d", "window": "12:00-18:00"}
LEAVE = {"kind": "exit", "offset": "2h"}


def made(key: str, *steps: dict[str, Any], **about: Any) -> Plan:
    """A sequence that starts on a missed call."""
    body = {"title": "Made up", "starts_on": "missed_call", "consent": "marketing", "stops_on": []} | about
    return parse_sequence(
        key, 1, body | {"steps": [{"name": f"s{n}"} | step for n, step in enumerate(steps)]}
    )


def ran(
    app: TestApp, *plans: Plan, events: Sequence[Event] = (), person: Person = FLORIDA, words: bool = False
) -> dict[str, Outcome]:
    """By `sequence.step`, all of them entered on Monday at ten."""
    backdrop = Backdrop(app.reference, shipped_catalogue(), {plan.key: plan for plan in plans})
    begins = [(plan, {plan.starts_on: MONDAY}) for plan in plans[:2] if not plan.key.startswith("later")]
    outcomes = dry_run_all(begins, person, events, backdrop, words=words)
    return {f"{one.sequence}.{one.step}": one for one in outcomes}


def test_what_advertises_lets_another_sequence_s_news_go_first(app: TestApp) -> None:
    """The offer is first by its plan: it follows two hours after what matters more, and says for whom it waited."""
    told = ran(app, made("offers", OFFER), made("news", NEWS))
    assert told["news.s0"].at == MONDAY + 90 * MINUTE
    assert told["offers.s0"].at == MONDAY + 90 * MINUTE + 2 * HOUR
    assert told["offers.s0"].waited_for[0] == Wait("gap", MONDAY + 90 * MINUTE + 2 * HOUR, "news")


def test_a_fourth_text_in_a_day_waits_for_the_first_to_be_a_day_old(app: TestApp) -> None:
    steps = [NEWS | {"offset": f"{n}h", "useful": "2d"} for n in range(4)]
    told = ran(app, made("much", *steps))
    assert told["much.s3"].at == MONDAY + DAY + 10 * MINUTE
    assert [wait.reason for wait in told["much.s3"].waited_for] == ["daily_cap"]


def test_who_leaves_at_an_exit_goes_on_in_the_sequence_that_it_names(app: TestApp) -> None:
    leave = {"kind": "exit", "offset": "30m", "conditions": ["replied"], "then": "later"}
    plans = (made("first", leave, NEWS), made("second", OFFER), made("later", NEWS | {"offset": "3h"}))
    told = ran(app, *plans, events=[Event(MONDAY + 10 * MINUTE, "reply")])
    assert (told["first.s0"].what, told["first.s0"].reason) == ("gate", "left_at_gate")
    assert (told["first.s1"].decision, told["first.s1"].reason) == ("drop", "left_at_gate")
    assert told["later.s0"].at == MONDAY + 30 * MINUTE + 3 * HOUR
    assert "later.s0" not in ran(app, *plans)


def test_who_leaves_at_a_gate_takes_with_them_what_was_held_until_that_very_minute(app: TestApp) -> None:
    """Held for its hours until noon, when everybody leaves: it does not go."""
    told = ran(app, made("held", HELD, LEAVE))
    assert (told["held.s0"].decision, told["held.s0"].reason) == ("drop", "left_at_gate")


def test_an_email_keeps_no_texting_hours_and_uses_up_no_text(app: TestApp) -> None:
    emails = [
        {"kind": "email", "offset": f"{n}m", "useful": "1h", "template": "email_what_to_expect"}
        for n in range(5)
    ]
    told = ran(app, made("post", *emails, NEWS))
    assert {one.decision for one in told.values()} == {"send"}
    assert told["post.s0"].what == "email"


def test_a_call_waits_for_opening_hours(app: TestApp) -> None:
    told = ran(app, made("calls", {"kind": "call_task", "title": "Call", "offset": "11h", "useful": "1d"}))
    assert told["calls.s0"] == Outcome(
        "calls", "s0", "task", MONDAY + 11 * HOUR, MONDAY + 22 * HOUR, "send", "due",
        (Wait("clinic_closed", MONDAY + 22 * HOUR),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "begins"), [("en", "You can skip the wait"), ("es", "Puede evitar la espera")]
)
def test_words_are_those_of_the_person_s_language_with_nothing_left_open(
    app: TestApp, language: str, begins: str
) -> None:
    pick = NEWS | {"template": "lead_pick_a_time"}
    told = ran(app, made("words", pick), person=Person(FLORIDA.phone, language=language), words=True)
    assert told["words.s0"].words.startswith(begins)
    assert "{{" not in told["words.s0"].words
    assert ran(app, made("words", pick))["words.s0"].words == ""


def test_a_visit_that_is_booked_ends_the_sequence_of_the_request(app: TestApp) -> None:
    reference = app.reference
    backdrop = Backdrop(reference, shipped_catalogue(), reference.sequences)
    booking = {Anchor.BOOKING: MONDAY + HOUR, Anchor.VISIT: MONDAY + 6 * DAY}
    begins = [
        (reference.sequences["lead"], {Anchor.SUBMISSION: MONDAY}),
        (reference.sequences["pre_treatment"], booking),
    ]
    told = {(one.sequence, one.step): one for one in dry_run_all(begins, FLORIDA, [], backdrop)}
    assert (told["lead", "day-3"].reason, told["lead", "day-3"].at) == ("booked", MONDAY + HOUR)
    assert told["pre_treatment", "hours-24"].decision == "send"


def test_a_reminder_names_the_day_and_the_hour_of_the_visit(app: TestApp) -> None:
    backdrop = Backdrop(app.reference, shipped_catalogue(), app.reference.sequences)
    anchors = {Anchor.BOOKING: MONDAY, Anchor.VISIT: MONDAY + 6 * DAY}
    told = dry_run(app.reference.sequences["pre_treatment"], FLORIDA, anchors, [], backdrop, words=True)
    reminder = next(one for one in told if one.step == "hours-24")
    assert "Sun Nov 29, 10:00 AM" in reminder.words


# A real person


def written(app: TestApp) -> dict[str, int]:
    """How many rows each table has."""
    with app.db.read() as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def entered(app: TestApp, lead_id: str, plan: Plan, **more: Any) -> dict[str, Outcome]:
    now = app.clock.now()
    with app.db.read() as session:
        told = for_lead(session, app, lead_id, plan, {plan.starts_on: now}, now=now, **more)
    return {one.step: one for one in told}


def test_a_real_person_is_told_of_with_what_they_were_sent_and_what_is_planned(app: TestApp) -> None:
    """Three texts of their request went out within minutes: what comes now waits a day, in their own words."""
    lead_id = new_lead(app)
    for _ in range(2):
        app.clock.advance(3 * MINUTE)
        run_due(app)
    before = written(app)
    told = entered(app, lead_id, made("news", NEWS | {"useful": "3d"}))
    assert told["s0"].waited_for[0].reason == "daily_cap"
    assert told["s0"].at > MONDAY + DAY
    assert told["s0"].words
    assert written(app) == before


def test_what_another_sequence_has_planned_goes_first_where_it_matters_more(app: TestApp) -> None:
    lead_id = new_lead(app)
    do(app, stopping.stop_sequences, lead_id, ENDED, by=None)
    app.clock.advance(3 * HOUR)
    with app.db.write() as session:
        entering.missed_call(session, leads.get(session, lead_id), "call-1", now=app.clock.now())
    told = entered(app, lead_id, made("offers", OFFER | {"offset": "0m"}))
    assert told["s0"].waited_for == (Wait("gap", app.clock.now() + MINUTE + 2 * HOUR, "missed_call"),)


def test_a_form_of_somebody_known_is_a_request_that_nobody_has_answered_yet(app: TestApp) -> None:
    lead_id = new_lead(app)
    app.clock.advance(HOUR)
    params = {"MessageSid": "SM1", "From": "+14075550155", "Body": "What does it cost?"}
    receive_text.receive(app, params, now=app.clock.now())
    app.clock.advance(2 * DAY)
    told = entered(app, lead_id, app.reference.sequences["lead"])
    assert told["minute-5"].decision == "send"
    assert entered(app, lead_id, app.reference.sequences["abandoned_booking"])["hour-1"].reason == "replied"


def test_what_the_dry_run_of_a_real_person_says_is_what_then_happens(app: TestApp) -> None:
    plan = app.reference.sequences["missed_call"]
    lead_id = new_lead(app)
    told = entered(app, lead_id, plan)
    with app.db.write() as session:
        entering.missed_call(session, leads.get(session, lead_id), "call-1", now=app.clock.now())
    app.clock.moment = told["minute-1"].at
    sent = len(app.sms.accepted)
    run_due(app)
    bodies = [text.body for text, _, at in app.sms.accepted[sent:]]
    assert told["minute-1"].words in bodies


def test_the_answer_to_a_form_names_who_calls_as_the_real_one_does(app: TestApp) -> None:
    lead_id = new_lead(app)
    told = entered(app, lead_id, app.reference.sequences["lead"])
    assert told["minute-0"].words == app.sms.bodies_to("+14075550155")[0]


def test_somebody_who_opted_out_gets_nothing(app: TestApp) -> None:
    lead_id = new_lead(app)
    receive_text.receive(
        app, {"MessageSid": "SM1", "From": "+14075550155", "Body": "STOP"}, now=app.clock.now()
    )
    told = entered(app, lead_id, made("news", NEWS))
    assert (told["s0"].decision, told["s0"].reason, told["s0"].words) == ("drop", "opted_out", "")
