"""More leads than the queue and the board hold: every figure stays true, and no patient is hidden by the others."""

from datetime import datetime, timedelta

import pytest

from console.lead_queue import view
from console.live import READER
from console.sla_monitor import view as board
from core.domain.errors import Denied
from core.flows.leads import calls, staff_action, staff_outcome, tasks
from core.reads import lead_queue, now_block, sla_backlog, sla_clocks
from core.reads.lead_backlog import PAGE, Chosen, Group
from core.reads.lead_rows import QueueRow
from core.sla.rules import RESPONSES
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.sending.test_dispatch import write_in
from tests.flows.staffing import do, who
from tests.reads.test_lead_queue import add, queue

MOST_OPEN = PAGE + 20  # instead of five hundred, which would take as long as a hundred other tests
JUNK = MOST_OPEN + 30
SEGMENTS = ("all", "due", "overdue", "mine", "unassigned", "unread", "new", "review")


def flood(app: TestApp, many: int, **changes: object) -> None:
    """So many made-up people, each with a number of their own."""
    for n in range(many):
        phone = f"+1407{555 + n // 1000:03d}{n % 1000 + 2000:04d}"
        add(app, 1, external_id=f"junk-{n}", phone=phone, email=f"junk{n}@example.com", **changes)


def groups(app: TestApp) -> list[Group]:
    with app.db.read() as session:
        since = view.reviewed_since(app, app.clock.now())
        return lead_queue.counts(session, READER, now=app.clock.now(), since=since)


def page(app: TestApp, chosen: Chosen, number: int = 1) -> list[QueueRow]:
    with app.db.read() as session:
        return lead_queue.page(session, READER, chosen, number, now=app.clock.now())


def in_segment(row: QueueRow, segment: str, me: str, now: datetime) -> bool:
    """What `inSegment` of queue_model.js says of a row."""
    due = None if row.snoozed_until or row.clock_state == "paused" else row.due_at
    return {
        "all": True,
        "due": due is not None and due <= now + timedelta(minutes=5),
        "overdue": due is not None and due <= now,
        "mine": row.owner_id == me,
        "unassigned": row.owner_id is None,
        "unread": row.unread > 0,
        "new": row.viewed_at is None and row.contacted_at is None,
        "review": row.priority == 4
        and row.state == "open"
        and row.contacted_at is None
        and not row.reviewed_at,
    }[segment]


def mixed(app: TestApp) -> None:
    """Leads in every state that moves a figure: new, called, spoken with, put aside, planned, answered, booked."""
    ids = [add(app, n, form_type=("lead_capture", "consultation_request")[n % 2]) for n in range(1, 9)]
    desk, now = who(app, "frontdesk"), app.clock.now()
    do(app, calls.log, app.reference, desk, ids[1], "no_answer")
    do(app, calls.log, app.reference, desk, ids[2], "talked")
    do(app, staff_outcome.snooze, desk, ids[3], now + timedelta(hours=2))
    do(app, tasks.add, desk, ids[4], "call_back", now + timedelta(minutes=2))
    do(app, staff_action.reassign, app.settings, who(app, "manager"), ids[5], who(app, "jordan").staff_id)
    app.clock.advance(timedelta(minutes=20))
    write_in(app, "Hello?", phone="+14075550103")


def test_a_new_form_is_seen_and_counted_behind_all_the_junk(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding 6: 510 junk forms hid every later lead, and 'All open' said 505 of 10,048."""
    monkeypatch.setattr(lead_queue, "MOST_OPEN", MOST_OPEN)
    flood(app, JUNK)
    app.clock.advance(timedelta(hours=3))
    real = add(app, 1, timeframe="just_browsing")
    found = queue(app)
    assert found.cut
    assert real in {row.id for row in found.rows}
    assert len(found.rows) <= PAGE + 20
    assert found.open == sum(one.all for one in groups(app)) == JUNK + 1
    assert sum(one.overdue for one in groups(app)) == JUNK


def test_every_lead_stands_on_one_page(app: TestApp) -> None:
    """Finding 6: what does not fit on the first page is on a later one, nothing twice and nothing never."""
    flood(app, 2 * PAGE + 10)
    pages = [[row.id for row in page(app, Chosen(), number)] for number in (1, 2, 3, 4)]
    assert [len(ids) for ids in pages] == [PAGE, PAGE, 10, 0]
    assert len({id_ for ids in pages for id_ in ids}) == 2 * PAGE + 10


def test_the_database_counts_as_the_browser_does(app: TestApp) -> None:
    """A figure must not change only because there are more leads than are pushed."""
    mixed(app)
    me, now = who(app, "jordan").staff_id, app.clock.now()
    rows, counted = queue(app).rows, groups(app)
    sums = {
        name: sum(getattr(one, name) for one in counted)
        for name in ("all", "due", "overdue", "unread", "new", "review")
    }
    sums["mine"] = sum(one.all for one in counted if one.owner == me)
    sums["unassigned"] = sum(one.all for one in counted if one.owner is None)
    assert sums == {name: sum(in_segment(row, name, me, now) for row in rows) for name in SEGMENTS}
    assert sums["overdue"] > 0 < sums["unread"]


@pytest.mark.parametrize("segment", SEGMENTS)
def test_a_page_of_a_filter_holds_what_the_filter_says_in_the_queues_order(
    app: TestApp, segment: str
) -> None:
    """What the browser would have picked of all rows, and in the same order of what is due."""
    mixed(app)
    me, now = who(app, "jordan").staff_id, app.clock.now()
    wanted = {row.id for row in queue(app).rows if in_segment(row, segment, me, now)}
    found = page(app, Chosen(segment, me))
    assert {row.id for row in found} == wanted
    dues = [row.due_at for row in found if row.due_at and not row.snoozed_until]
    assert dues == sorted(dues)


def test_a_page_can_be_of_one_owner_form_and_source(app: TestApp) -> None:
    mixed(app)
    jordan = who(app, "jordan").staff_id
    assert {row.owner_id for row in page(app, Chosen(owner=jordan))} == {jordan}
    assert {row.form_type for row in page(app, Chosen(form="lead_capture"))} == {"lead_capture"}
    assert page(app, Chosen(source="nowhere")) == []


def test_sources_that_somebody_invents_do_not_fill_the_list_of_sources(app: TestApp) -> None:
    """Anybody can put a source into a link: the rare ones are counted together."""
    for n in range(50):
        add(app, n + 10, source=f"made-up-{n}")
    counted = groups(app)
    assert len({one.source for one in counted}) == 41
    assert sum(one.all for one in counted) == 50


def test_the_page_says_how_many_there_are_and_the_browser_need_not_count(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts go to the browser only where it does not have all rows: they change with the time."""
    mixed(app)
    with app.db.read() as session:
        total = next(iter(view.rows(app, session, "", app.clock.now())))
    assert (total["page"], "groups" in total) == (0, False)
    monkeypatch.setattr(lead_queue, "MOST_OPEN", 3)
    with app.db.read() as session:
        total = next(iter(view.rows(app, session, "", app.clock.now())))
    assert (total["page"], sum(one["all"] for one in total["groups"])) == (PAGE, 8)


def test_the_edge_of_the_page_counts_all_that_is_overdue(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding 6: the sidebar's figure ended at five hundred too."""
    mixed(app)
    with app.db.read() as session:
        all_ = now_block.read(session, READER)
        late = sum(due <= app.clock.now() for due in all_.dues)
        assert not all_.cut
        assert now_block.overdue(session, READER, now=app.clock.now()).total() == late
        monkeypatch.setattr(now_block, "MOST_DUES", 2)
        assert now_block.read(session, READER).cut


def test_the_board_counts_every_clock_and_shows_each_on_a_page(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding 6: beyond 400 clocks the board called all others 'within', whatever they were."""
    mixed(app)
    monkeypatch.setattr(sla_backlog, "PAGE", 3)
    with app.db.read() as session:
        clocks = sla_clocks.clocks(session, READER)
        counted = sla_backlog.counts(session, READER, now=app.clock.now())
        pages = {
            kind: [
                clock
                for number in range(1, 30)
                for clock in sla_backlog.page(session, READER, sla_backlog.Chosen(kind=kind), number)
            ]
            for kind in ("", sla_backlog.OUTCOME)
        }
    owed = [clock for clock in clocks if clock.target in RESPONSES]
    assert pages[""] == owed
    assert pages[sla_backlog.OUTCOME] == [clock for clock in clocks if clock not in owed]
    assert sum(one.breached + one.approaching + one.within + one.paused for one in counted) == len(clocks)
    late = [c for c in clocks if c.state == "running" and c.due_at <= app.clock.now()]
    assert sum(one.breached for one in counted) == len(late) > 0
    assert sum(one.paused for one in counted) == sum(c.state == "paused" for c in clocks) > 0


def test_the_board_can_be_paged_by_kind(app: TestApp) -> None:
    mixed(app)
    with app.db.read() as session:
        replies = sla_backlog.page(session, READER, sla_backlog.Chosen(kind="reply"), 1)
        first = sla_backlog.page(session, READER, sla_backlog.Chosen(kind="first"), 1)
    assert {clock.target for clock in replies} == {"next_reply"}
    assert not {clock.target for clock in first} & set(sla_backlog.ANSWERS)


def test_the_board_sends_counts_where_it_does_not_send_all(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed(app)
    with app.db.read() as session:
        everything = sla_clocks.clocks(session, READER)
        monkeypatch.setattr(sla_clocks, "MOST_CLOCKS", len(everything))
        sent = list(board.rows(app, session, app.clock.now(), names=True))
    (rest,) = (row for row in sent if row["kind"] == "rest")
    assert rest["page"] == sla_backlog.PAGE
    counted = sum(
        one[state] for one in rest["groups"] for state in ("breached", "approaching", "within", "paused")
    )
    assert counted == len(everything)


def test_counts_and_pages_are_closed_to_marketing(app: TestApp) -> None:
    with app.db.read() as session:
        me = actor(session, "marketing")
        for read in (lead_queue.counts, now_block.overdue):
            with pytest.raises(Denied):
                read(session, me, now=app.clock.now())
        with pytest.raises(Denied):
            lead_queue.page(session, me, Chosen(), 1, now=app.clock.now())
