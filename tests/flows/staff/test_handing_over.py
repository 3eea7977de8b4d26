"""Whoever goes leaves their leads to whoever comes; nothing is lost where nobody writes, and no clock is set back."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from console.hand_overs import view
from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.access import erasing
from core.flows.analytics import digest
from core.flows.leads import calls, staff_action, staff_outcome, tasks
from core.flows.staff import handing_over, planning
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.reads import hand_overs
from core.sla.tables import sla_clocks
from core.staff.tables import hand_overs as table
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.dispatching import run_due
from tests.flows.sending.test_dispatch import write_in
from tests.flows.staffing import do, one, rows, who
from tests.reads.test_lead_queue import add

MONDAY = date(2026, 11, 23)  # ten o'clock at the beginning
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def owned(app: TestApp, username: str, *numbers: int) -> list[str]:
    """Leads of one person, in order."""
    ids = []
    for number in numbers:
        ids.append(add(app, number))
        do(
            app,
            staff_action.reassign,
            app.settings,
            who(app, "manager"),
            ids[-1],
            who(app, username).staff_id,
        )
    return ids


def goes_at(app: TestApp, username: str, wall: str) -> None:
    """Their shift of today ends then."""
    person = who(app, username).staff_id
    do(app, planning.set_day, who(app, "manager"), person, MONDAY, [f"07:00-{wall}"])


def owners(app: TestApp, ids: list[str]) -> set[str | None]:
    return {row.owner_id for row in rows(app, leads, leads.c.id.in_(ids))}


def desk(app: TestApp, username: str) -> hand_overs.Desk:
    with app.db.read() as session:
        return hand_overs.read(session, who(app, username), app.reference, now=app.clock.now())


def told(app: TestApp) -> list[dict[str, Any]]:
    """What browsers follow, without the counts."""
    with app.db.read() as session:
        found = view.rows(app, session, "", app.clock.now())
        return [dict(row) for row in found if row["id"] != "open"]


def missing(app: TestApp) -> int:
    return handing_over.make_missing(app, now=app.clock.now())


def test_what_is_left_is_read_with_its_facts_and_taken_by_one_click(app: TestApp) -> None:
    """Clocks run on as they were: who takes over has no minute more than who went."""
    first, second = owned(app, "frontdesk", 1, 2)
    app.clock.advance(MINUTE)
    write_in(app, "Are you there?", phone="+14075550101")
    do(app, tasks.add, who(app, "frontdesk"), second, "call_back", app.clock.now() + HOUR, "After her shift")
    due = {row.id: row.due_at for row in rows(app, sla_clocks)}
    sent = do(app, handing_over.send, app.reference, who(app, "frontdesk"), "Ask Ana about Botox")
    assert sent.leads == 2
    (left,) = desk(app, "jordan").left
    assert (left.by, left.to, left.note, left.by_itself) == ("Maya Torres", "", "Ask Ana about Botox", False)
    facts = {found.row.id: found for found in left.leads}
    assert facts[first].row.unread == 1
    assert facts[first].waits_since is not None
    assert (bool(facts[first].texts), bool(facts[second].texts)) == (False, True), (
        "a reply stops what is planned"
    )
    assert [(task.kind, task.words) for task in facts[second].promised] == [("call_back", "After her shift")]
    done = do(app, handing_over.take_over, who(app, "jordan"), left.id)
    assert (done.given, done.waiting) == (2, 0)
    assert owners(app, [first, second]) == {who(app, "jordan").staff_id}
    assert {row.id: row.due_at for row in rows(app, sla_clocks)} == due
    assert told(app) == []
    with pytest.raises(LostRace, match="Jordan has taken these leads over"):
        do(app, handing_over.take_over, who(app, "manager"), left.id)


def test_what_somebody_has_taken_meanwhile_or_closed_is_left_with_them(app: TestApp) -> None:
    taken, closed, left = owned(app, "frontdesk", 1, 2, 3)
    sent = do(app, handing_over.send, app.reference, who(app, "frontdesk"))
    maya = who(app, "frontdesk").staff_id
    do(app, staff_action.take, who(app, "manager"), taken, seen_owner=maya)
    do(app, staff_outcome.disqualify, who(app, "manager"), closed, "spam")
    assert [row["count"] for row in told(app)] == [1]
    done = do(app, handing_over.take_over, who(app, "jordan"), sent.id)
    assert (done.given, done.waiting) == (1, 2)
    assert owners(app, [left]) == {who(app, "jordan").staff_id}
    assert owners(app, [taken]) == {who(app, "manager").staff_id}


def test_it_goes_to_a_colleague_by_name_who_takes_leads(app: TestApp) -> None:
    owned(app, "frontdesk", 1)
    maya = who(app, "frontdesk")
    jordan = who(app, "jordan").staff_id
    do(app, handing_over.send, app.reference, maya, "", jordan)
    assert [(row["to"], row["place"]) for row in told(app)] == [(jordan, "downtown")]
    for nobody in (maya.staff_id, who(app, "marketing").staff_id):
        with pytest.raises(InvalidInput, match="Choose a colleague"):
            do(app, handing_over.send, app.reference, maya, "", nobody)
    with pytest.raises(Denied):
        do(app, handing_over.send, app.reference, who(app, "marketing"))
    with pytest.raises(InvalidInput, match="nothing to hand over"):
        do(app, handing_over.send, app.reference, who(app, "jordan"))


def test_it_is_written_anew_as_often_as_one_likes_until_somebody_takes_it(app: TestApp) -> None:
    owned(app, "frontdesk", 1)
    maya = who(app, "frontdesk")
    do(app, handing_over.send, app.reference, maya, "First words")
    owned(app, "frontdesk", 2)
    app.clock.advance(MINUTE)
    again = do(app, handing_over.send, app.reference, maya, "Better words")
    assert again.leads == 2
    assert [row.note for row in rows(app, table)] == ["Better words"]
    do(app, handing_over.take_back, maya, again.id)
    assert told(app) == []
    with pytest.raises(LostRace, match="taken back"):
        do(app, handing_over.take_over, who(app, "jordan"), again.id)
    with pytest.raises(Denied, match="Only who wrote it"):
        do(app, handing_over.take_back, who(app, "jordan"), again.id)


def test_where_nobody_wrote_one_it_is_made_when_the_day_ends_once(app: TestApp) -> None:
    """Facts only; managers see that nothing was written."""
    owned(app, "frontdesk", 1, 2)
    goes_at(app, "frontdesk", "11:00")
    assert missing(app) == 0
    app.clock.advance(HOUR)
    assert [missing(app), missing(app)] == [1, 0]
    (row,) = told(app)
    assert (row["byItself"], row["count"], row["byName"]) == (True, 2, "Maya Torres")
    assert desk(app, "manager").left[0].note == ""
    do(app, handing_over.send, app.reference, who(app, "frontdesk"), "Written on the bus")
    (row,) = told(app)
    assert row["byItself"] is False, "it is theirs now, and still one"


def test_none_is_made_for_who_wrote_one_has_no_lead_or_took_it_back(app: TestApp) -> None:
    owned(app, "frontdesk", 1)
    for username in ("frontdesk", "jordan"):
        goes_at(app, username, "11:00")
    app.clock.advance(HOUR - 10 * MINUTE)
    sent = do(app, handing_over.send, app.reference, who(app, "frontdesk"))
    app.clock.advance(20 * MINUTE)
    assert missing(app) == 0
    do(app, handing_over.take_back, who(app, "frontdesk"), sent.id)
    assert missing(app) == 0


def test_what_came_after_it_was_taken_is_handed_over_too(app: TestApp) -> None:
    owned(app, "frontdesk", 1)
    goes_at(app, "frontdesk", "11:00")
    sent = do(app, handing_over.send, app.reference, who(app, "frontdesk"))
    do(app, handing_over.take_over, who(app, "jordan"), sent.id)
    (late,) = owned(app, "frontdesk", 2)
    app.clock.advance(HOUR)
    assert missing(app) == 1
    assert [found.row.id for found in desk(app, "jordan").left[0].leads] == [late]


def test_it_is_over_when_its_writer_is_back_at_work(app: TestApp) -> None:
    """The leads are theirs, and they are there: nobody needs to take them any more."""
    owned(app, "frontdesk", 1)
    goes_at(app, "frontdesk", "11:00")
    app.clock.advance(HOUR)
    missing(app)
    app.clock.advance(timedelta(hours=19))
    assert len(told(app)) == 1  # 6 in the morning
    app.clock.advance(HOUR)
    assert told(app) == []
    assert desk(app, "frontdesk").sent is None


def test_a_manager_gives_it_to_somebody_who_is_told(app: TestApp) -> None:
    (lead,) = owned(app, "frontdesk", 1)
    sent = do(app, handing_over.send, app.reference, who(app, "frontdesk"))
    jordan = who(app, "jordan").staff_id
    with pytest.raises(Denied):
        do(app, handing_over.give, app.settings, who(app, "jordan"), sent.id, jordan)
    app.clock.advance(MINUTE)
    done = do(app, handing_over.give, app.settings, who(app, "manager"), sent.id, jordan)
    assert done.given == 1
    assert owners(app, [lead]) == {jordan}
    alerts = rows(app, timed_actions, timed_actions.c.template == "staff_reassigned")
    assert jordan in {row.staff_id for row in alerts}


def test_who_takes_no_leads_takes_none_over(app: TestApp) -> None:
    owned(app, "frontdesk", 1)
    sent = do(app, handing_over.send, app.reference, who(app, "frontdesk"))
    with pytest.raises(InvalidInput, match="You take no leads"):
        do(app, handing_over.take_over, who(app, "admin"), sent.id)
    with pytest.raises(InvalidInput, match="These leads are yours"):
        do(app, handing_over.take_over, who(app, "frontdesk"), sent.id)
    assert len(told(app)) == 1


def test_a_page_knows_when_ones_day_ends_and_who_comes_next(app: TestApp) -> None:
    owned(app, "frontdesk", 1)
    goes_at(app, "frontdesk", "11:00")
    found = desk(app, "frontdesk")
    assert found.ends_at == app.clock.now() + HOUR
    assert who(app, "frontdesk").staff_id not in {person.id for person in found.to}
    words = view.next_words(found.to, "downtown", app.clock.now(), app.settings.zone)
    assert words.split(",")[0] in {"Jordan", "Elena"}


def test_the_words_of_who_is_forgotten_go_with_them(app: TestApp) -> None:
    """A note may name a patient: it is nobody's once they asked to be forgotten."""
    (lead,) = owned(app, "frontdesk", 1)
    do(app, handing_over.send, app.reference, who(app, "frontdesk"), "Omar is afraid of needles")
    number = one(app, leads, leads.c.id == lead).number
    erasing.erase(app, number, "asked for it", actor="test", now=app.clock.now())
    assert one(app, table).note is None


def test_the_morning_line_counts_what_nobody_took(app: TestApp) -> None:
    owned(app, "frontdesk", 1)
    goes_at(app, "frontdesk", "11:00")
    app.clock.advance(HOUR)
    missing(app)
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "frontdesk").values(hours={}))
    app.clock.advance(timedelta(hours=21))  # eight on Tuesday
    assert digest.plan_digest(app, now=app.clock.now()) == 1
    run_due(app)
    (line,) = [words for words in app.sms.bodies_to("+15125550173") if words.startswith("Yesterday")]
    assert ", hand-overs nobody took 1. http" in line


def test_a_call_is_no_hand_over(app: TestApp) -> None:
    """Who has gone may still have called: the lead stays in what they left until somebody takes it."""
    (lead,) = owned(app, "frontdesk", 1)
    do(app, handing_over.send, app.reference, who(app, "frontdesk"))
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead, "no_answer")
    (left,) = desk(app, "jordan").left
    assert left.leads[0].row.tries == 1


def test_two_who_take_it_at_once_share_nothing(app: TestApp) -> None:
    owned(app, "frontdesk", 1)
    sent = do(app, handing_over.send, app.reference, who(app, "frontdesk"))
    do(app, handing_over.take_over, who(app, "jordan"), sent.id)
    with app.db.read() as session:
        row = session.execute(select(table.c.taken_by, table.c.ended_at)).one()
    assert row.taken_by == who(app, "jordan").staff_id
    assert row.ended_at == app.clock.now()
