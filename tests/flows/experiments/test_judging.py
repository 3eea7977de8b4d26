"""How an experiment ends: read once, stopped by harm or by hand, void, and decided by a person."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from core import library, plans, trials
from core.audit.tables import audit_events
from core.compliance import store as compliance
from core.compliance.store import LedgerEntry
from core.db.types import blind
from core.domain.errors import Denied, InvalidInput, LostRace
from core.domain.ids import new_id
from core.experiments import store
from core.experiments.means import Sample
from core.experiments.rules.designing import Metric
from core.experiments.rules.fixed import mark
from core.experiments.rules.guardrails import COMPLAINTS, FILTERED, OPT_OUTS
from core.experiments.rules.verdict import BETTER, Ended, Stopped, Void
from core.flows.experiments import deciding, judging, starting
from core.flows.publishing import publish
from core.kinds import TEMPLATE
from core.leads.tables import leads
from core.messaging.tables import sms_messages, timed_actions
from core.sla.rules import FIRST_CONTACT
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import put
from tests.flows.experiments.trying_out import OTHER, drafted, look, moment, people, started, wording
from tests.flows.staffing import do, one, who
from tests.reads.made_up import add_lead

DAY = timedelta(days=1)
TEXT = "lead_what_to_expect"


@pytest.fixture
def tried(app: TestApp) -> str:
    return started(app, wording(app))


def judge(app: TestApp) -> int:
    return judging.judge(app, now=app.clock.now())


def opt_out(app: TestApp, patients: Sequence[str]) -> None:
    app.clock.advance(timedelta(hours=1))
    with app.db.write() as session:
        entries = [
            LedgerEntry(blind(session, "phone", id_), "all", "revoke", "keyword", patient_id=id_)
            for id_ in patients
        ]
        compliance.append(session, entries, app.clock.now())


def text(app: TestApp, patient: str, **values: Any) -> None:
    """A text of theirs, or to them, an hour later."""
    app.clock.advance(timedelta(hours=1))
    now = app.clock.now()
    usual = {"direction": "inbound", "origin": "patient", "message_body": "Hm", "status": "received"}
    with app.db.write() as session:
        put(
            session, sms_messages, id=new_id(now), patient_id=patient, phone="+14075550155", created_at=now,
            phone_index=blind(session, "phone", "+14075550155"), **(usual | values),
        )  # fmt: skip


def test_nothing_is_over_before_there_are_enough_people(app: TestApp, tried: str) -> None:
    people(app, tried, "A", 30)
    people(app, tried, "B", 30, first=30, booked_at=app.clock.now() + DAY)
    app.clock.advance(20 * DAY)
    assert judge(app) == 0
    assert look(app, tried).state == "running"


def test_more_opt_outs_stop_it_and_managers_are_told(app: TestApp, tried: str) -> None:
    """By itself, on the same hour; the trail says so, the figure is not read, and nobody is told twice."""
    people(app, tried, "A", 40)
    opt_out(app, people(app, tried, "B", 40, first=40)[:9])
    assert judge(app) == 1
    over = look(app, tried)
    assert (over.state, over.stopped_by) == ("stopped", None)
    assert over.reading
    assert isinstance(over.reading.verdict, Stopped)
    assert over.reading.verdict.harm.guardrail == OPT_OUTS
    assert over.reading.verdict.harm.words == "0 of 40 with A, 9 of 40 with B"
    told = one(app, timed_actions, timed_actions.c.template == "staff_experiment")
    assert told.staff_id == who(app, "manager").staff_id
    line = one(app, audit_events, audit_events.c.action == "experiment_stopped")
    assert line.detail["by_itself"] is True
    assert judge(app) == 0


def test_complaints_stop_it(app: TestApp, tried: str) -> None:
    people(app, tried, "A", 10)
    for patient in people(app, tried, "B", 10, first=10)[:2]:
        text(app, patient, understood_as="complaint")
    assert judge(app) == 1
    reading = look(app, tried).reading
    assert reading
    assert isinstance(reading.verdict, Stopped)
    assert reading.verdict.harm.guardrail == COMPLAINTS


def test_texts_that_carriers_filter_stop_it(app: TestApp, tried: str) -> None:
    """Three of sixty of B's texts; of A's none."""
    for number, key in enumerate("AB"):
        for at, patient in enumerate(people(app, tried, key, 60, first=60 * number)):
            lost = {"error_code": 30007, "status": "undelivered"} if key == "B" and at < 3 else {}
            marked = {"direction": "outbound", "origin": "automatic", "status": "delivered"}
            text(app, patient, variant=mark(tried, key), **(marked | lost))
    assert judge(app) == 1
    reading = look(app, tried).reading
    assert reading
    assert isinstance(reading.verdict, Stopped)
    assert reading.verdict.harm.guardrail == FILTERED
    assert reading.tallies[1].filtered == 3


def test_a_broken_split_makes_it_void(app: TestApp, tried: str) -> None:
    people(app, tried, "A", 70)
    people(app, tried, "B", 20, first=70)
    assert judge(app) == 1
    over = look(app, tried)
    assert over.state == "void"
    assert over.reading
    assert isinstance(over.reading.verdict, Void)


@pytest.fixture
def ended(app: TestApp, tried: str) -> str:
    """B booked 72 of 160, A 40 of 160, and everybody has had their days."""
    soon = app.clock.now() + DAY
    for first, key, booked in ((0, "A", 40), (160, "B", 72)):
        people(app, tried, key, booked, first=first, booked_at=soon)
        people(app, tried, key, 160 - booked, first=first + booked)
    app.clock.advance(15 * DAY)
    assert judge(app) == 1
    return tried


def test_its_end_is_read_once_and_kept(app: TestApp, ended: str) -> None:
    """Who books after that changes nothing that was read."""
    over = look(app, ended)
    assert over.reading
    assert isinstance(over.reading.verdict, Ended)
    [result] = over.reading.verdict.results
    assert (result.variant, result.outcome) == ("B", BETTER)
    assert [(tally.reached, tally.counted) for tally in over.reading.tallies] == [(40, 160), (72, 160)]
    people(app, ended, "A", 50, first=330)
    assert judge(app) == 0
    assert look(app, ended) == over


def test_a_booking_after_their_days_is_none(app: TestApp, tried: str) -> None:
    people(app, tried, "A", 1, booked_at=app.clock.now() + 13 * DAY)
    people(app, tried, "A", 1, first=1, booked_at=app.clock.now() + 15 * DAY)
    app.clock.advance(20 * DAY)
    do(app, judging.stop, who(app, "manager"), tried, "Enough")
    reading = look(app, tried).reading
    assert reading
    assert (reading.tallies[0].counted, reading.tallies[0].reached) == (2, 1)


def test_replies_of_people_count_and_those_of_machines_do_not(app: TestApp) -> None:
    tried = started(app, wording(app, metric=Metric("replied", 7)))
    first, second, _ = people(app, tried, "B", 3)
    text(app, first)
    text(app, second, understood_as="auto_reply")
    app.clock.advance(8 * DAY)
    do(app, judging.stop, who(app, "manager"), tried, "Enough")
    reading = look(app, tried).reading
    assert reading
    assert (reading.tallies[1].counted, reading.tallies[1].reached) == (3, 1)


def test_rolling_out_publishes_the_words_of_the_variant(app: TestApp, ended: str) -> None:
    """For everybody, as a version with a note; who decided stands there."""
    number = do(app, deciding.decide, who(app, "manager"), ended, "B", "Nine points more")
    assert number == 2
    with app.db.read() as session:
        catalogue = library.published(session)
    assert catalogue[TEXT].safe["en"].template.body == catalogue[OTHER].safe["en"].template.body
    assert catalogue[TEXT].title == "What to expect"
    over = look(app, ended)
    assert (over.decision, over.decided_by, over.note) == (
        "B",
        who(app, "manager").staff_id,
        "Nine points more",
    )
    with pytest.raises(LostRace, match="decided already"):
        do(app, deciding.decide, who(app, "admin"), ended, "A", "Simpler")


def test_keeping_what_is_done_today_publishes_nothing(app: TestApp, ended: str) -> None:
    assert do(app, deciding.decide, who(app, "marketing"), ended, "A", "Shorter") is None
    assert look(app, ended).decision == "A"


def test_a_colleagues_draft_is_not_published_along(app: TestApp, ended: str) -> None:
    """The refusal says what to do, and nothing was decided."""
    manager = who(app, "manager")
    body = {**TEMPLATE.shipped()[TEXT], "title": "Half written"}
    do(app, publish.save_draft, manager, TEMPLATE, TEXT, body, publish.NONE_SEEN)
    with pytest.raises(InvalidInput, match="Publish it or discard it first"):
        do(app, deciding.decide, manager, ended, "B", "Better")
    assert look(app, ended).decision is None


def test_rolling_out_a_moment_publishes_the_sequence(app: TestApp) -> None:
    tried = started(app, moment(app))
    people(app, tried, "A", 1)
    app.clock.advance(151 * DAY)
    assert judge(app) == 1
    do(app, deciding.decide, who(app, "manager"), tried, "B", "Nobody is busy then")
    with app.db.read() as session:
        step = plans.published(session)["lead"].step("minute-30")
    assert step
    assert step.offset == timedelta(minutes=20)


def test_only_what_was_read_is_decided(app: TestApp, tried: str) -> None:
    """Neither while it runs nor after it was stopped: whoever stops when it looks good stops at a chance lead."""
    with pytest.raises(LostRace, match="ended and was read"):
        do(app, deciding.decide, who(app, "manager"), tried, "B", "It leads")
    do(app, judging.stop, who(app, "manager"), tried, "It leads")
    with pytest.raises(LostRace, match="ended and was read"):
        do(app, deciding.decide, who(app, "manager"), tried, "B", "It leads")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_stopping_wants_a_reason(app: TestApp, tried: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        do(app, judging.stop, who(app, "manager"), tried, reason)
    assert [error.field for error in refused.value.errors] == ["reason"]


def test_the_front_desk_starts_and_stops_none(app: TestApp, tried: str) -> None:
    frontdesk = who(app, "frontdesk")
    with pytest.raises(Denied):
        do(app, starting.draft, frontdesk, wording(app))
    with pytest.raises(Denied):
        do(app, starting.start, frontdesk, tried)
    with pytest.raises(Denied):
        do(app, judging.stop, frontdesk, tried, "No")


def test_one_that_is_started_is_fixed(app: TestApp, tried: str) -> None:
    """Nobody starts, changes or discards it again."""
    with pytest.raises(LostRace):
        do(app, starting.start, who(app, "manager"), tried)
    with pytest.raises(InvalidInput, match="one at a time"):
        do(app, starting.change, who(app, "manager"), tried, wording(app, title="Another"))
    with pytest.raises(LostRace), app.db.write() as session:
        starting.discard(session, who(app, "manager"), tried)


def test_two_drafts_on_one_text_start_once(app: TestApp) -> None:
    first, second = drafted(app, wording(app)), drafted(app, wording(app))
    do(app, starting.start, who(app, "manager"), first)
    with pytest.raises(InvalidInput, match="one at a time"):
        do(app, starting.start, who(app, "manager"), second)


def test_the_database_lets_one_run_on_a_subject(app: TestApp) -> None:
    """Two who start at the same moment, and each saw none: one of them is refused."""
    first, second = drafted(app, wording(app)), drafted(app, wording(app))
    manager, now = who(app, "manager").staff_id, app.clock.now()
    with app.db.write() as session:
        assert store.start(session, first, look(app, first).fixed, by=manager, now=now)
    with pytest.raises(IntegrityError), app.db.write() as session:
        store.start(session, second, look(app, second).fixed, by=manager, now=now)


def test_first_contacts_that_came_late_with_a_variant_stop_it(app: TestApp, tried: str) -> None:
    """Of those who had it as the target passed; a target that passed before has nothing to do with it."""
    slow = people(app, tried, "B", 30)
    people(app, tried, "A", 30, first=100)
    for patient in slow:
        missed(app, patient, after=timedelta(minutes=20))
    assert judge(app) == 1
    found = look(app, tried)
    assert found.state == "stopped"
    assert found.reading is not None
    assert isinstance(found.reading.verdict, Stopped)
    assert found.reading.verdict.harm.words == "0 of 30 with A, 30 of 30 with B"


def test_a_target_that_had_passed_before_somebody_was_given_a_variant_tells_nothing_of_it(
    app: TestApp, tried: str
) -> None:
    people(app, tried, "A", 30, first=100)
    for patient in people(app, tried, "B", 30):
        missed(app, patient, after=timedelta(minutes=-10))
    assert judge(app) == 0


def missed(app: TestApp, patient: str, *, after: timedelta) -> None:
    """The target of the first contact passed so long after they were given their variant."""
    lead, due = one(app, leads, leads.c.patient_id == patient), app.clock.now() + after
    with app.db.write() as session:
        put(
            session,
            sla_clocks,
            id=new_id(due),
            lead_id=lead.id,
            target=FIRST_CONTACT,
            policy="made up",
            target_seconds=300,
            started_at=due - timedelta(minutes=5),
            due_at=due,
            state="missed",
            breached_at=due,
        )


def test_what_people_brought_is_told_with_its_range_and_decides_nothing(app: TestApp, tried: str) -> None:
    """Two visits of one person are one person's money; who was not treated brought nothing."""
    now = app.clock.now()
    spent = people(app, tried, "A", 2, treated_at=now + DAY, value_cents=30_000)
    people(app, tried, "B", 3, first=10)
    with app.db.write() as session:
        add_lead(session, spent[0], now, treated_at=now + 2 * DAY, value_cents=10_000)
        add_lead(session, spent[1], now, treated_at=now + 40 * DAY, value_cents=990_000)
    app.clock.advance(20 * DAY)
    with app.db.read() as session:
        [running] = store.running(session)
        found = trials.treated_value(session, running, app.clock.now())
    assert found["A"] == Sample(2, 700.0, 400.0**2 + 300.0**2)
    assert found["B"] == Sample(3, 0.0, 0.0)
