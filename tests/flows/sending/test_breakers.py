"""Sending stops by itself when texts fail, are filtered or refused too often, or cost too much."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from core.audit.tables import audit_events
from core.compliance import store as compliance
from core.db.sealing import sealed_rows
from core.domain.errors import Denied
from core.domain.ids import new_id
from core.flows.sending import breaking, pausing
from core.messaging.tables import sms_messages
from core.operations import rules
from core.operations import store as operations
from core.operations.store import Gate
from core.reads.parts import sending_state
from tests.conftest import TestApp
from tests.factories import actor, submission
from tests.flows.dispatching import run_due, take_in

MINUTE = timedelta(minutes=1)
REFUSED: dict[str, Any] = {"status": "failed", "twilio_sid": None, "error_code": 30034}
LOST: dict[str, Any] = {"status": "undelivered", "error_code": 30003}
FILTERED: dict[str, Any] = {"status": "undelivered", "error_code": 30007}
OPEN = Gate("", frozenset())


def texts(app: TestApp, count: int, *, ago: timedelta = MINUTE, **values: Any) -> None:
    """So many texts to as many numbers, handed over a while ago; delivered, where nothing else is said."""
    at = app.clock.now() - ago
    rows = [row(app, at, number, values) for number in range(count)]
    with app.db.write() as session:
        session.execute(insert(sms_messages), sealed_rows(session, sms_messages, rows))


def row(app: TestApp, at: Any, number: int, values: dict[str, Any]) -> dict[str, Any]:
    id_ = new_id(at)
    usual = {
        "id": id_,
        "direction": "outbound",
        "origin": "automatic",
        "purpose": "marketing",
        "message_body": "Hello",
        "template_id": "lead_offer",
        "phone": "+14075550155",
        "phone_index": app.db.blind("phone", f"{id_}"),
        "status": "delivered",
        "status_rank": 9,
        "twilio_sid": f"SM{id_}",
        "error_code": None,
        "created_at": at + timedelta(milliseconds=number),
        "sent_at": at,
    }
    return usual | values


def opt_outs(app: TestApp, count: int) -> None:
    """So many of the numbers that were texted last opt out now."""
    with app.db.write() as session:
        s = sms_messages.c
        indexes = session.execute(select(s.phone_index).order_by(s.id.desc()).limit(count)).scalars().all()
        entries = [compliance.LedgerEntry(index, "all", "revoke", "keyword") for index in indexes]
        compliance.append(session, entries, app.clock.now())


def look(app: TestApp) -> list[str]:
    return breaking.look(app, now=app.clock.now())


def gate(app: TestApp) -> Gate:
    with app.db.write() as session:
        return operations.gate(session)


def reset(app: TestApp, name: str, username: str = "manager") -> bool:
    with app.db.write() as session:
        return breaking.reset(session, app, actor(session, username), name, now=app.clock.now())


def spend(app: TestApp, segments: int) -> None:
    with app.db.write() as session:
        day = rules.day_of(app.clock.now(), app.settings.zone)
        operations.spend(session, app.settings.sender, day, segments)


def paid_for(app: TestApp, segments_a_day: int) -> TestApp:
    """With an account that is billed."""
    limits = replace(app.reference.limits, segments_a_day=segments_a_day)
    settings = app.settings.model_copy(update={"twilio_account_sid": "AC" + "1" * 32})
    return replace(app, settings=settings, shipped=replace(app.shipped, limits=limits))


def test_a_quiet_day_stops_nothing(app: TestApp) -> None:
    texts(app, 60)
    texts(app, 7, **LOST)
    assert look(app) == []
    assert gate(app) == OPEN


def test_a_wording_that_carriers_filter_stops_alone(app: TestApp) -> None:
    """Everybody else's texts go on; the wording waits for a person."""
    texts(app, 20)
    texts(app, 3, **FILTERED)
    assert look(app) == ["template:lead_offer"]
    assert gate(app) == Gate("", frozenset({"lead_offer"}))
    assert look(app) == []


def test_filtered_texts_of_long_ago_or_of_a_good_many_are_no_reason(app: TestApp) -> None:
    texts(app, 3, ago=timedelta(hours=30), **FILTERED)
    texts(app, 2, ago=timedelta(hours=3), template_id="lead_reviews", **FILTERED)
    texts(app, 50, template_id="lead_reviews")
    texts(app, 2, template_id="lead_reviews", **FILTERED)
    assert look(app) == []


def test_the_texts_of_a_stopped_wording_wait_and_go_once_it_is_started_again(app: TestApp) -> None:
    texts(app, 3, template_id="lead_confirmation", **FILTERED)
    look(app)
    take_in(app, submission())
    assert run_due(app) == 1  # the alert to staff
    assert app.sms.bodies_to("+14075550155") == []
    app.clock.advance(timedelta(seconds=5))
    assert reset(app, "template:lead_confirmation")
    assert look(app) == []
    assert run_due(app) == 1
    assert app.sms.bodies_to("+14075550155")[0].startswith("Hi Omar")


@pytest.mark.parametrize(("failure", "where"), [(REFUSED, "provider"), (LOST, "carriers")])
def test_everything_stops_when_too_many_texts_fail(app: TestApp, failure: dict[str, Any], where: str) -> None:
    texts(app, 30, ago=3 * MINUTE)
    texts(app, 20, **failure)
    assert look(app) == ["error_rate"]
    assert gate(app).stopped == "error_rate"
    with app.db.read() as session:
        (stop,) = sending_state.read(session).stops
        figures = session.execute(select(audit_events.c.detail)).scalar_one()
    assert figures == {"failed": 20, "of": 50, "where": where}
    assert "20" in stop.why
    assert stop.by == ""


def test_it_stops_in_the_middle_of_a_burst(app: TestApp) -> None:
    """What is claimed already is finished; the rest of the burst never leaves."""
    for number in range(4):
        person = {"phone": f"+1407555016{number}", "email": f"p{number}@example.com"}
        take_in(app, submission(external_id=f"form-{number}", **person))
    texts(app, 20, **REFUSED)
    assert look(app) == ["error_rate"]
    assert run_due(app) == 0
    assert reset(app, "error_rate")
    assert run_due(app) == 8


def test_texts_whose_fate_is_open_neither_help_nor_harm(app: TestApp) -> None:
    """In a burst the last texts are all on their way: they must not hide what carriers say of those before."""
    texts(app, 25, ago=2 * MINUTE, **LOST)
    texts(app, 300, status="queued", status_rank=4)
    assert look(app) == ["error_rate"]


def test_refused_numbers_in_a_list_are_measured_against_all_that_were_taken(app: TestApp) -> None:
    """Without status webhooks every accepted text stays 'queued': ten bad numbers in sixty stop nothing."""
    texts(app, 50, ago=2 * MINUTE, status="queued", status_rank=4)
    texts(app, 10, **REFUSED)
    assert look(app) == []


def test_a_handful_of_failures_is_no_share(app: TestApp) -> None:
    texts(app, 19, **LOST)
    assert look(app) == []


def test_everything_stops_when_too_many_patients_opt_out(app: TestApp) -> None:
    texts(app, 190, ago=timedelta(hours=2))
    opt_outs(app, 10)
    assert look(app) == ["opt_out_rate"]


def test_ten_in_many_is_no_wave_of_opt_outs(app: TestApp) -> None:
    texts(app, 210, ago=timedelta(hours=2))
    opt_outs(app, 10)
    assert look(app) == []


def test_opt_outs_of_people_who_were_not_texted_today_do_not_count(app: TestApp) -> None:
    texts(app, 12, ago=timedelta(hours=40))
    opt_outs(app, 12)
    texts(app, 20)
    assert look(app) == []


def test_everything_stops_when_the_day_costs_too_much(app: TestApp) -> None:
    app = paid_for(app, segments_a_day=100)
    spend(app, 60)
    assert look(app) == []
    spend(app, 40)
    assert look(app) == ["spend_limit"]
    assert reset(app, "spend_limit")
    spend(app, 99)
    assert look(app) == []
    spend(app, 1)
    assert look(app) == ["spend_limit"]


def test_a_new_day_begins_with_nothing_spent(app: TestApp) -> None:
    app = paid_for(app, segments_a_day=100)
    spend(app, 99)
    app.clock.advance(timedelta(days=1))
    spend(app, 5)
    assert look(app) == []


def test_what_goes_to_the_simulator_costs_nothing(app: TestApp) -> None:
    spend(app, 10 * app.reference.limits.segments_a_day)
    assert look(app) == []


@pytest.mark.parametrize(
    ("failing", "name"),
    [(LOST, "error_rate"), (FILTERED | {"template_id": "lead_question"}, "template:lead_question")],
)
def test_what_a_person_has_looked_at_does_not_stop_it_again(
    app: TestApp, failing: dict[str, Any], name: str
) -> None:
    texts(app, 30, **failing)
    assert name in look(app)
    reset(app, "error_rate")
    reset(app, name)
    app.clock.advance(timedelta(seconds=2))
    assert look(app) == []
    app.clock.advance(2 * MINUTE)
    texts(app, 30, **failing)
    assert name in look(app)


def test_it_never_starts_again_by_itself(app: TestApp) -> None:
    texts(app, 30, **LOST)
    look(app)
    app.clock.advance(timedelta(days=3))
    assert look(app) == []
    assert gate(app).stopped == "error_rate"


def test_two_schedulers_that_look_at_once_stop_it_once(app: TestApp) -> None:
    texts(app, 30, **LOST)
    now = app.clock.now()
    assert look(app) == ["error_rate"]
    with app.db.write() as session:  # the second one had seen the same
        assert not breaking.stop(session, rules.Trip("error_rate", {"failed": 30}), now)
        actions = session.execute(select(audit_events.c.action)).scalars().all()
    assert actions == ["breaker_tripped"]


def test_two_people_who_reset_at_once_reset_once(app: TestApp) -> None:
    texts(app, 30, **LOST)
    look(app)
    assert reset(app, "error_rate")
    assert not reset(app, "error_rate", "admin")


def test_a_pause_is_not_lifted_by_resetting_a_breaker(app: TestApp) -> None:
    """Nor is 'not confirmed': each has its own way back."""
    with app.db.write() as session:
        pausing.pause(session, None, now=app.clock.now())
    assert not reset(app, "sending_paused")
    assert not reset(app, "not_confirmed")
    assert gate(app).stopped == "sending_paused"


def test_only_managers_and_admins_may_reset(app: TestApp) -> None:
    texts(app, 30, **LOST)
    look(app)
    with pytest.raises(Denied):
        reset(app, "error_rate", "frontdesk")


def test_segments_of_a_day_are_counted_for_each_sender(app: TestApp) -> None:
    day = rules.day_of(app.clock.now(), app.settings.zone)
    with app.db.write() as session:
        for sender in ("MG1", "MG1", "MG2"):
            operations.spend(session, sender, day, 30)
        assert operations.segments_left(session, "MG1", day, 50) == 0
        assert operations.segments_left(session, "MG2", day, 50) == 20
        assert operations.segments_left(session, "MG2", day + timedelta(days=1), 50) == 50
        assert operations.segments_left(session, "MG2", day, None) is None
        assert operations.segments_spent(session, day) == 90


def test_a_look_goes_by_index_however_long_the_history(app: TestApp) -> None:
    """Every two seconds, beside the sending: it must never walk through all texts or all of the ledger."""
    if not app.db.is_sqlite:
        pytest.skip("the plan is read on SQLite")
    texts(app, 30, **LOST)
    texts(app, 10, **FILTERED)
    opt_outs(app, 12)
    asked: list[tuple[str, Any]] = []
    event.listen(app.db.engine, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
    assert look(app) == ["template:lead_offer", "error_rate", "opt_out_rate"]
    with app.db.engine.connect() as connection:
        plans = [
            line.detail
            for statement, values in list(asked)
            if statement.startswith("SELECT")
            for line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert any("ix_sms_messages_failed" in line for line in plans)
    assert any("ix_consents_revoked" in line for line in plans)
    assert not [line for line in plans if line.startswith(("SCAN sms_messages", "SCAN consents"))]
