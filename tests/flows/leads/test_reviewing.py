"""The weekly list: cold leads that nobody spoke to, looked through by a manager, and never for ever."""

from datetime import timedelta
from typing import Any

import pytest

from console.lead_queue import view
from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.analytics import digest
from core.flows.leads import calls, reviewing, staff_outcome
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.reads import lead_queue
from tests.conftest import TestApp
from tests.flows.conversation.answering import write_in
from tests.flows.dispatching import run_due
from tests.flows.staffing import do, one, rows, who
from tests.reads.test_lead_queue import add

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def cold(app: TestApp, number: int) -> str:
    return add(app, number, form_type="lead_capture", timeframe="just_browsing", treatment="not_sure")


def listed(app: TestApp) -> set[str]:
    """What managers see under Weekly review."""
    with app.db.read() as session:
        found = lead_queue.read(session, who(app, "manager")).rows
    since = view.reviewed_since(app, app.clock.now())
    return {lead.id for lead in found if view.row(lead, app.reference, since)["review"]}


def actions(app: TestApp, lead: str) -> list[Any]:
    return rows(app, timed_actions, timed_actions.c.lead_id == lead)


def counted(app: TestApp) -> int:
    """As the digest counts, and as the database does where there are more than a list holds."""
    now = app.clock.now()
    with app.db.read() as session:
        since = view.reviewed_since(app, now)
        groups = lead_queue.counts(session, who(app, "manager"), now=now, since=since)
        whole = reviewing.count(session, app.reference, now)
    assert sum(group.review for group in groups) == whole
    return whole


def test_only_cold_leads_that_nobody_spoke_to_are_on_it(app: TestApp) -> None:
    quiet, spoken, tried = cold(app, 1), cold(app, 2), cold(app, 3)
    add(app, 4)  # hot
    do(app, calls.log, app.reference, who(app, "frontdesk"), spoken, "talked")
    do(app, calls.log, app.reference, who(app, "frontdesk"), tried, "no_answer")
    assert listed(app) == {quiet, tried}
    assert counted(app) == 2


def test_a_lead_stays_for_the_week_after_its_own(app: TestApp) -> None:
    """A Monday on which nobody looked loses none; after that its sequence has had its say."""
    lead = cold(app, 1)  # on Monday the 23rd
    app.clock.advance(13 * DAY)
    assert listed(app) == {lead}
    app.clock.advance(DAY)
    assert listed(app) == set()
    assert counted(app) == 0


def test_seen_is_off_the_list_and_can_be_taken_back(app: TestApp) -> None:
    lead, other = cold(app, 1), cold(app, 2)
    boss = who(app, "manager")
    assert do(app, reviewing.mark_seen, boss, [lead]) == 1
    assert (listed(app), counted(app)) == ({other}, 1)
    with app.db.write() as session:
        assert reviewing.mark_unseen(session, boss, [lead]) == 1
    assert listed(app) == {lead, other}


def test_many_are_taken_up_given_away_or_closed_at_once(app: TestApp) -> None:
    ids = [cold(app, number) for number in range(1, 7)]
    boss, jordan = who(app, "manager"), who(app, "jordan").staff_id
    assert do(app, reviewing.take_up, boss, ids[:2]) == 2
    app.clock.advance(HOUR)
    assert do(app, reviewing.assign, app.settings, boss, ids[2:4], jordan) == 2
    assert do(app, reviewing.close, boss, ids[4:], "not_interested") == 2
    found = [one(app, leads, leads.c.id == lead_id) for lead_id in ids]
    assert {row.owner_id for row in found[:2]} == {boss.staff_id}
    assert {row.owner_id for row in found[2:4]} == {jordan}
    assert {(row.state, row.disqualified_reason) for row in found[4:]} == {("disqualified", "not_interested")}
    assert (listed(app), counted(app)) == (set(), 0)


def test_what_is_closed_by_now_is_left_out_and_none_left_is_said(app: TestApp) -> None:
    gone, there = cold(app, 1), cold(app, 2)
    boss = who(app, "manager")
    do(app, staff_outcome.disqualify, boss, gone, "spam")
    assert do(app, reviewing.close, boss, [gone, there], "spam") == 1
    with pytest.raises(LostRace, match="None of these leads is on the list"):
        do(app, reviewing.take_up, boss, [gone, there])


def test_a_fault_in_one_changes_none(app: TestApp) -> None:
    ids = [cold(app, 1), cold(app, 2)]
    boss = who(app, "manager")
    with pytest.raises(InvalidInput):
        do(app, reviewing.close, boss, ids, "bad mood")
    with pytest.raises(InvalidInput):
        do(app, reviewing.assign, app.settings, boss, ids, who(app, "marketing").staff_id)
    with pytest.raises(InvalidInput, match="Choose 1 to"):
        do(app, reviewing.mark_seen, boss, [])
    with pytest.raises(Denied):
        do(app, reviewing.mark_seen, who(app, "frontdesk"), ids)
    assert listed(app) == set(ids)


def test_the_line_on_the_first_morning_of_a_week_has_the_count_and_the_way_there(app: TestApp) -> None:
    cold(app, 1)
    run_due(app)
    app.clock.advance(6 * DAY + 22 * HOUR)  # Monday, eight o'clock
    assert digest.plan_digest(app, now=app.clock.now()) == 1
    run_due(app)
    line = app.sms.bodies_to("+15125550173")[-1]
    assert line.endswith("Cold leads nobody spoke to: 1, http://127.0.0.1:8501/queue?show=review")
    app.clock.advance(DAY)
    digest.plan_digest(app, now=app.clock.now())
    run_due(app)
    assert "Cold leads" not in app.sms.bodies_to("+15125550173")[-1]


def test_giving_a_cold_lead_away_tells_its_new_owner_and_no_patient(app: TestApp) -> None:
    lead = cold(app, 1)
    before = {row.key for row in actions(app, lead)}
    app.clock.advance(HOUR)
    owner = one(app, leads, leads.c.id == lead).owner_id
    other = next(
        who(app, name).staff_id for name in ("frontdesk", "jordan") if who(app, name).staff_id != owner
    )
    do(app, reviewing.assign, app.settings, who(app, "manager"), [lead], other)
    fresh = [row for row in actions(app, lead) if row.key not in before]
    assert [(row.audience, row.template) for row in fresh] == [("staff", "staff_reassigned")]


def test_whoever_wrote_meanwhile_is_not_closed(app: TestApp) -> None:
    """A patient who answers stays somebody's to answer, whatever a manager had ticked before."""
    waits, silent = cold(app, 1), cold(app, 2)
    phone = one(app, leads, leads.c.id == waits).phone
    write_in(app, "yes, tomorrow?", From=phone)
    assert do(app, reviewing.close, who(app, "manager"), [waits, silent], "not_interested") == 1
    assert one(app, leads, leads.c.id == waits).state == "open"


def test_what_another_manager_gave_to_somebody_is_not_taken_or_closed_from_an_old_list(app: TestApp) -> None:
    given = cold(app, 1)
    boss, ana = who(app, "manager"), who(app, "jordan").staff_id
    do(app, reviewing.assign, app.settings, boss, [given], ana)
    for story, *more in ((reviewing.take_up,), (reviewing.close, "not_interested")):
        with pytest.raises(LostRace, match="on the list"):
            do(app, story, boss, [given], *more)
    assert (one(app, leads, leads.c.id == given).owner_id, one(app, leads, leads.c.id == given).state) == (
        ana,
        "open",
    )
