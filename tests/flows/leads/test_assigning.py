"""Who gets a lead: never over capacity however many come at once, a queue for the rest, and who is silent."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core.assignment.rules.choosing import WAITS
from core.assignment.tables import assignment_queue, assignment_turns, assignments
from core.audit.tables import audit_events
from core.domain.errors import Denied, InvalidInput
from core.flows.clocks import sweeping
from core.flows.leads import contact, draining, handing_on, rotation, staff_outcome
from core.leads.reasons import DISQUALIFIED
from core.leads.store import leads as lead_store
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in
from tests.flows.staffing import do, one, rows, who


def form(number: int, **more: Any) -> Any:
    """Somebody else's each time."""
    return submission(
        external_id=f"form-{number}",
        phone=f"+1407555{100 + number:04}",
        email=f"person{number}@example.com",
        first_name=f"Person{number}",
        last_name=f"Number{number}",
        **more,
    )


def team(app: TestApp, capacity: int, *, takes: tuple[str, ...] = ("frontdesk", "jordan")) -> dict[str, str]:
    """Only these take leads, so many each; ids by user name."""
    with app.db.write() as session:
        session.execute(update(staff).values(accepts_leads=staff.c.username.in_(takes), capacity=capacity))
        return {row.username: row.id for row in session.execute(select(staff.c.username, staff.c.id))}


def owners(app: TestApp) -> Counter[str | None]:
    return Counter(row.owner_id for row in rows(app, leads))


def set_staff(app: TestApp, username: str, **values: Any) -> None:
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == username).values(**values))


def drain(app: TestApp) -> int:
    return draining.drain(app, now=app.clock.now())


def test_who_come_at_once_never_go_over_anybodys_capacity_and_skip_no_turn(app: TestApp) -> None:
    """Every one of ten at the same moment finds the count of the one before it."""
    ids = team(app, 3)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda at: take_in(app, form(at)), range(10)))
    assert owners(app) == {ids["frontdesk"]: 3, ids["jordan"]: 3, None: 4}
    assert {row.count for row in rows(app, assignment_turns)} == {3 * 5040}


def test_a_lead_for_which_nobody_is_free_waits_says_so_and_managers_hear_of_it_once(app: TestApp) -> None:
    team(app, 0)
    first, second = (take_in(app, form(at)).lead_id for at in (1, 2))
    assert [row.lead_id for row in rows(app, assignment_queue)] == [first, second]
    assert {row.rule for row in rows(app, assignments)} == {WAITS}
    app.clock.advance(timedelta(minutes=2))
    run_due(app)
    told = [row for row in rows(app, timed_actions) if row.template == "staff_unassigned"]
    assert [row.staff_id for row in told] == [who(app, "manager").staff_id]


def test_the_queue_drains_as_somebody_frees_up_urgent_first_then_the_oldest(app: TestApp) -> None:
    """chatwoot#10376, #10685: unassigned leads that nobody ever gave out."""
    ids = team(app, 0, takes=("frontdesk",))
    waiting = []
    for at in range(3):
        waiting.append(str(take_in(app, form(at)).lead_id))
        app.clock.advance(timedelta(seconds=5))
    with app.db.write() as session:
        lead_store.change(session, waiting[2], app.clock.now(), priority=1)
    assert drain(app) == 0
    for at, expected in ((1, [2]), (2, [2, 0]), (3, [2, 0, 1])):
        set_staff(app, "frontdesk", capacity=at)
        assert drain(app) == 1
        assert {row.id for row in rows(app, leads, leads.c.owner_id == ids["frontdesk"])} == {
            waiting[place] for place in expected
        }
    assert rows(app, assignment_queue) == []
    told = [row.lead_id for row in rows(app, timed_actions) if row.template == "staff_new_lead"]
    assert sorted(told) == sorted(waiting)


def test_a_lead_that_is_closed_makes_room_for_one_that_waits(app: TestApp) -> None:
    team(app, 1, takes=("frontdesk",))
    first, second = (str(take_in(app, form(at)).lead_id) for at in (1, 2))
    do(app, staff_outcome.disqualify, who(app, "manager"), first, next(iter(DISQUALIFIED)))
    assert drain(app) == 1
    assert one(app, leads, leads.c.id == second).owner_id == who(app, "frontdesk").staff_id


def test_at_night_a_lead_waits_for_the_first_who_comes_on_shift(app: TestApp) -> None:
    """chatwoot#5436: it belongs to nobody who sleeps. Somebody hears of it all the same, and of the morning's owner."""
    app.clock.advance(timedelta(hours=16))  # 2:00 in the night
    ids = team(app, 8, takes=("frontdesk",))
    lead_id = str(take_in(app, form(1)).lead_id)
    run_due(app)
    assert one(app, leads, leads.c.id == lead_id).owner_id is None
    assert told(app) == [("staff_new_lead", ids["manager"])]
    app.clock.advance(timedelta(hours=5, minutes=30))
    assert drain(app) == 1
    assert one(app, leads, leads.c.id == lead_id).owner_id == ids["frontdesk"]
    assert told(app)[1:] == [("staff_new_lead", ids["frontdesk"])]


def told(app: TestApp) -> list[tuple[str, str]]:
    """Alerts to staff so far, as (template, whom)."""
    found = [row for row in rows(app, timed_actions) if (row.template or "").startswith("staff_")]
    return [(row.template, row.staff_id) for row in sorted(found, key=lambda row: row.due_at)]


def test_what_somebody_took_meanwhile_waits_no_more(app: TestApp) -> None:
    team(app, 0)
    lead_id = str(take_in(app, form(1)).lead_id)
    with app.db.write() as session:
        lead_store.change(session, lead_id, app.clock.now(), owner_id=who(app, "manager").staff_id)
    drain(app)
    assert rows(app, assignment_queue) == []


def test_two_leads_in_a_row_that_nobody_looked_at_take_one_off_the_rotation_until_back(app: TestApp) -> None:
    ids = team(app, 8, takes=("frontdesk",))
    late = []
    for at in range(2):
        late.append(str(take_in(app, form(at)).lead_id))
        app.clock.advance(timedelta(minutes=20))
        sweeping.sweep(app, now=app.clock.now())
    assert one(app, assignment_turns).off_since == app.clock.now()
    team(app, 8)
    for at in (5, 6):
        take_in(app, form(at))
    assert owners(app) == {ids["frontdesk"]: 2, ids["jordan"]: 2}
    told = {row.staff_id for row in rows(app, timed_actions) if row.template == "staff_off_rotation"}
    assert told == {ids["frontdesk"], ids["manager"]}
    lead = one(app, leads, leads.c.id == late[0])
    with app.db.write() as session:
        brief = lead_store.get(session, lead.id)
        contact.attempted(session, brief, staff_id=ids["frontdesk"], channel="call", now=app.clock.now())
    assert one(app, assignment_turns, assignment_turns.c.staff_id == ids["frontdesk"]).off_since is None
    assert "back_on_rotation" in {row.action for row in rows(app, audit_events)}


@pytest.mark.parametrize("what", ["viewed", "off_shift"])
def test_who_has_looked_or_is_not_at_work_misses_nothing(app: TestApp, what: str) -> None:
    team(app, 8, takes=("frontdesk",))
    for at in range(3):
        lead_id = str(take_in(app, form(at)).lead_id)
        with app.db.write() as session:
            if what == "viewed":
                lead_store.first_time(session, lead_id, "viewed_at", app.clock.now())
    if what == "off_shift":
        set_staff(app, "frontdesk", hours={})
    app.clock.advance(timedelta(minutes=20))
    sweeping.sweep(app, now=app.clock.now())
    assert one(app, assignment_turns).missed == 0


def test_who_goes_leaves_nothing_behind(app: TestApp) -> None:
    """Each open lead finds another owner by the rules; who finds none waits."""
    team(app, 8, takes=("frontdesk",))
    for at in range(3):
        take_in(app, form(at))
    ids = team(app, 2)
    settings, reference = app.settings, app.reference
    done = do(
        app,
        lambda session, now: handing_on.hand_on_all(session, reference, settings, ids["frontdesk"], now=now),
    )
    assert (done.given, done.waiting) == (2, 1)
    assert owners(app) == {ids["jordan"]: 2, None: 1}
    assert len(rows(app, assignment_queue)) == 1


def test_a_manager_hands_all_of_somebodys_leads_to_a_colleague_and_it_is_noted(app: TestApp) -> None:
    team(app, 8, takes=("frontdesk",))
    for at in range(2):
        take_in(app, form(at))
    ids = team(app, 8)

    def hand(username: str, to: str) -> Any:
        return do(
            app, handing_on.hand_over, app.reference, app.settings, who(app, username), ids["frontdesk"], to
        )

    with pytest.raises(Denied):
        hand("frontdesk", ids["jordan"])
    with pytest.raises(InvalidInput):
        hand("manager", ids["frontdesk"])
    assert hand("manager", ids["jordan"]).given == 2
    assert owners(app) == {ids["jordan"]: 2}
    assert one(app, audit_events, audit_events.c.action == "leads_handed_over").detail["given"] == 2
    with pytest.raises(InvalidInput, match="no open lead"):
        hand("manager", "")


def test_a_manager_brings_somebody_back_who_is_off_and_nobody_else(app: TestApp) -> None:
    ids = team(app, 8)
    with pytest.raises(InvalidInput):
        do(app, rotation.bring_back, who(app, "manager"), ids["jordan"])
