"""The numbers beside a sequence's steps: who reached each, who left before it and why, who is under way."""

from datetime import datetime, timedelta

import pytest

from core.domain.errors import Denied
from core.flows.leads import staff_outcome
from core.reads import sequences
from core.reads.sequences import Reach
from core.sequences.store_reach import EVERY_VERSION
from core.sequences.tables import enrollments
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_until
from tests.flows.sending.test_dispatch import write_in
from tests.flows.sequences.test_gates import TEXT, put_out
from tests.flows.staffing import do, new_lead, rows, who


def reach(app: TestApp, since: datetime, version: int = EVERY_VERSION, key: str = "lead") -> Reach:
    with app.db.read() as session:
        zone, now = app.reference.clinic.zone, app.clock.now()
        return sequences.reach(session, who(app, "marketing"), key, since, version, zone=zone, now=now)


def another(app: TestApp, number: int) -> str:
    return new_lead(
        app,
        submission(
            external_id=f"more-{number}", phone=f"+1407555016{number}", email=f"p{number}@example.com"
        ),
    )


def test_people_count_at_the_steps_they_reached_and_before_the_one_they_left(app: TestApp) -> None:
    """One replies after five minutes, one goes on; the calls and texts that are to come are neither."""
    since = app.clock.now()
    new_lead(app)
    another(app, 1)
    run_until(app, timedelta(minutes=6))
    write_in(app, "What does it cost?")
    found = reach(app, since)
    assert found.entered == 2
    assert [found.steps[name].reached for name in ("minute-0", "minute-2", "minute-5", "minute-10")] == [
        2,
        2,
        2,
        0,
    ]
    assert dict(found.steps["minute-10"].left) == {"replied": 1}
    assert (found.steps["minute-10"].waiting, found.steps["day-14"].waiting) == (1, 1)
    assert sum(sum(step.left.values()) for step in found.steps.values()) == 1


def test_a_step_that_did_not_go_is_told_apart_from_one_that_nobody_reached(app: TestApp) -> None:
    """Consent to advertising is missing: they stay, and the step is left out."""
    since = app.clock.now()
    new_lead(app, submission(consents=submission().consents[:1]))
    run_until(app, timedelta(hours=5))
    found = reach(app, since).steps["hour-4"]
    assert (found.reached, dict(found.dropped), dict(found.left)) == (0, {"consent_missing": 1}, {})


def test_what_a_person_took_out_alone_is_not_leaving(app: TestApp) -> None:
    """Disqualified is: it ends the whole."""
    since = app.clock.now()
    lead_id = new_lead(app)
    do(app, staff_outcome.disqualify, who(app, "manager"), lead_id, "spam")
    found = reach(app, since)
    assert [dict(step.left) for step in found.steps.values() if step.left] == [{"disqualified": 1}]


def test_each_version_and_each_time_is_counted_by_itself(app: TestApp) -> None:
    since = app.clock.now()
    new_lead(app)
    put_out(app, [{**TEXT, "name": "first", "offset": "1m"}])
    app.clock.moment += timedelta(minutes=10)
    later = app.clock.now()
    another(app, 1)
    assert (reach(app, since).entered, reach(app, since, 1).entered, reach(app, since, 2).entered) == (
        2,
        1,
        1,
    )
    assert reach(app, later).entered == 1
    assert set(reach(app, since, 2).steps) == {"first"}
    assert reach(app, since, key="missed_call") == Reach(0, {})


def test_the_list_says_who_is_under_way_in_which_version(app: TestApp) -> None:
    new_lead(app)
    put_out(app, [{**TEXT, "name": "first", "offset": "1m"}])
    another(app, 1)
    another(app, 2)
    with app.db.read() as session:
        listed = {one.entry.key: one for one in sequences.read(session, who(app, "frontdesk"))}
    assert dict(listed["lead"].under_way) == {1: 1, 2: 2}
    assert listed["missed_call"].under_way == {}
    assert {row.state for row in rows(app, enrollments)} == {"active"}


def test_steps_may_send_every_template_but_alerts_and_emergencies(app: TestApp) -> None:
    with app.db.read() as session:
        found = sequences.choices(session, who(app, "marketing"))
    assert {one.message.text_class for one in found} == {"transactional", "informational", "marketing"}
    assert [one.title for one in found] == sorted(one.title for one in found)


def test_providers_see_none_of_it(app: TestApp) -> None:
    with app.db.read() as session, pytest.raises(Denied):
        sequences.read(session, who(app, "provider"))
