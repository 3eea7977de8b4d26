"""What every page counts at its edge, and that the lists behind the counts hold as many."""

from datetime import timedelta

from core.flows.intake import finding_namesakes
from core.flows.leads import calls, merging, staff_action
from core.reads import duplicates, now_block
from core.reads.lead_rows import QueueRow
from core.reads.now_block import NowBlock
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.sending.test_dispatch import write_in
from tests.flows.staffing import do, who
from tests.reads.test_lead_queue import add, queue


def block(app: TestApp) -> NowBlock:
    with app.db.read() as session:
        return now_block.read(session, actor(session, "frontdesk"))


def give(app: TestApp, lead_id: str, username: str) -> str:
    staff_id = who(app, username).staff_id
    do(app, staff_action.reassign, app.settings, who(app, "manager"), lead_id, staff_id)
    return staff_id


def overdue(app: TestApp, rows: tuple[QueueRow, ...]) -> int:
    return sum(
        row.clock_state == "running" and row.due_at is not None and row.due_at < app.clock.now()
        for row in rows
    )


def test_the_counts_are_those_of_the_lists_mine_and_all(app: TestApp) -> None:
    maya, jordan = give(app, add(app, 1), "frontdesk"), give(app, add(app, 2), "jordan")
    add(app, 3)
    app.clock.advance(timedelta(minutes=30))
    write_in(app, "Hello?", phone="+14075550102")
    found, rows = block(app), queue(app).rows
    assert sum(due < app.clock.now() for due in found.dues) == overdue(app, rows) == 3
    assert found.unread == sum(row.unread > 0 for row in rows) == 1
    for staff_id, unread in ((maya, 0), (jordan, 1)):
        mine = tuple(row for row in rows if row.owner_id == staff_id)
        share = found.by_owner[staff_id]
        assert sum(due < app.clock.now() for due in share.dues) == overdue(app, mine)
        assert share.unread == sum(row.unread > 0 for row in mine) == unread


def test_a_lead_with_two_clocks_is_overdue_once(app: TestApp) -> None:
    lead_id = give(app, add(app, 1), "frontdesk")
    write_in(app, "Hello?", phone="+14075550101")
    assert lead_id
    assert len(block(app).dues) == 1


def test_an_unread_lead_without_a_clock_is_on_the_list_however_many_wait(app: TestApp) -> None:
    """The newest hundred that wait for their patient must not hide a reply that nobody has read."""
    unread = add(app, 1)
    write_in(app, "Hello?", phone="+14075550101")
    do(app, staff_action.take, who(app, "frontdesk"), unread, seen_owner=queue(app).rows[0].owner_id)
    do(app, calls.log, app.reference, who(app, "frontdesk"), unread, "voicemail")
    order = [row.id for row in queue(app).rows]
    app.clock.advance(timedelta(minutes=1))
    other = add(app, 2)
    do(app, calls.log, app.reference, who(app, "frontdesk"), other, "talked")
    assert order == [unread]
    assert [row.id for row in queue(app).rows] == [unread, other]


def test_possible_duplicates_are_counted_until_somebody_decides(app: TestApp) -> None:
    add(app, 1, first_name="Ruth", last_name="Boone")
    add(app, 2, first_name="Ruth", last_name="Boone")
    finding_namesakes.find(app, now=app.clock.now())
    with app.db.read() as session:
        (pair,) = duplicates.read(session, who(app, "frontdesk")).pairs
    assert block(app).duplicates == 1
    do(app, merging.keep_apart, who(app, "frontdesk"), pair.id)
    assert block(app).duplicates == 0


def test_nothing_to_do_is_nothing_for_everybody(app: TestApp) -> None:
    found = block(app)
    assert (found.dues, found.unread, found.by_owner) == ((), 0, {})
