"""What staff mark at the desk, time that is blocked, and a patient who is asked to move. 10:00 on a Monday."""

from datetime import datetime, timedelta

import pytest

from core.booking import store_holds as holds
from core.domain.errors import Denied, InvalidInput, LostRace, SlotTaken
from core.domain.roles import PATIENT
from core.flows.booking import arriving, asking_to_move, at_the_desk, blocking, completing
from core.flows.booking.asking_to_move import Question
from core.flows.booking.at_the_desk import Start
from core.flows.conversation import staff_text
from core.flows.leads import stages
from core.flows.leads.lead_by_hand import ByHand
from core.leads.store import leads
from core.reads import visit_move
from tests.conftest import TestApp
from tests.flows.booking.booking import a_lead, add_provider, booked, kept, overlaps, visit, who, wish
from tests.flows.dispatching import run_due
from tests.flows.sending.test_dispatch import write_in
from tests.flows.staffing import do, kinds

OMAR = "+14075550155"
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def tess(app: TestApp) -> str:
    """The one who gives facials here."""
    return add_provider(app, "tess2", "Tess Grey", ["skin"])


def book(app: TestApp, hours: float, number: int = 0) -> str:
    """A facial so many hours from now; the visit's id."""
    return booked(app, a_lead(app, number), wish(app), app.clock.now() + hours * HOUR).id


def state(app: TestApp, visit_id: str) -> tuple[str, bool, bool, int]:
    """State, whether they are here, whether they are done, and the value in cents."""
    found = visit(app, visit_id)
    done = bool(found.arrived_at and found.ended_at and found.ended_at > found.arrived_at)
    return found.state, found.arrived_at is not None, done, found.value_cents


def test_a_visit_goes_from_expected_to_done_and_back_step_by_step(app: TestApp, tess: str) -> None:
    """Each mark can be taken back, the last one first, and the lead's stages follow."""
    desk, visit_id = who(app, "frontdesk"), book(app, 3)
    do(app, arriving.arrived, desk, visit_id)
    assert state(app, visit_id) == ("attended", True, False, 0)
    app.clock.advance(5 * MINUTE)
    do(app, arriving.in_room, desk, visit_id)
    do(app, completing.complete, desk, visit_id, 42_000)
    assert state(app, visit_id) == ("attended", True, True, 42_000)
    assert {"attended", "treated"} <= set(kinds(app, visit(app, visit_id).lead_id))
    with pytest.raises(LostRace, match="completed"):
        do(app, arriving.undo_arrived, app.reference, desk, visit_id)
    do(app, completing.not_complete, desk, visit_id)
    do(app, arriving.undo_arrived, app.reference, desk, visit_id)
    assert state(app, visit_id) == ("booked", False, False, 0)
    assert kept(app, visit_id), "its time is still the patient's"


def test_who_wrote_here_is_marked_and_taken_back_at_the_desk_as_anybody(app: TestApp, tess: str) -> None:
    desk, visit_id = who(app, "frontdesk"), book(app, 3)
    do(app, arriving.heard_here, PATIENT, visit(app, visit_id).lead_id)
    assert state(app, visit_id) == ("attended", True, False, 0)
    do(app, arriving.undo_arrived, app.reference, desk, visit_id)
    assert state(app, visit_id) == ("booked", False, False, 0)
    do(app, arriving.heard_here, PATIENT, visit(app, visit_id).lead_id)
    do(app, arriving.in_room, desk, visit_id)
    app.clock.advance(5 * MINUTE)
    do(app, completing.complete, desk, visit_id, 42_000)
    assert state(app, visit_id) == ("attended", True, True, 42_000)


def test_who_comes_a_second_time_is_marked_as_well(app: TestApp, tess: str) -> None:
    """A lead reaches a stage once; the second visit of the same request is noted on the visit alone, and taken back."""
    desk, lead_id = who(app, "frontdesk"), a_lead(app)
    first = booked(app, lead_id, wish(app), app.clock.now() + 2 * HOUR).id
    do(app, completing.complete, desk, first, 18_900)
    app.clock.advance(HOUR)
    second = booked(app, lead_id, wish(app), app.clock.now() + 4 * HOUR).id
    do(app, completing.complete, desk, second, 20_000)
    assert state(app, second) == ("attended", True, True, 20_000)
    do(app, completing.not_complete, desk, second)
    do(app, arriving.undo_arrived, app.reference, desk, second)
    assert state(app, second) == ("booked", False, False, 0)
    assert state(app, first) == ("attended", True, True, 18_900)


def test_who_comes_a_second_time_is_checked_out_on_their_lead_too(app: TestApp, tess: str) -> None:
    """The lead's page and the calendar mark the same: the figures count the first visit, each visit has its value."""
    desk, lead_id = who(app, "frontdesk"), a_lead(app)
    first = booked(app, lead_id, wish(app), app.clock.now() + 2 * HOUR).id
    do(app, stages.mark_stage, desk, lead_id, "treated", 18_900)
    app.clock.advance(HOUR)
    second = booked(app, lead_id, wish(app), app.clock.now() + 4 * HOUR).id
    do(app, arriving.arrived, desk, second)
    do(app, stages.mark_stage, desk, lead_id, "treated", 20_000)
    assert [state(app, one) for one in (first, second)] == [
        ("attended", True, True, 18_900), ("attended", True, True, 20_000),
    ]  # fmt: skip
    with pytest.raises(LostRace, match="marked it treated"):
        do(app, stages.mark_stage, desk, lead_id, "treated")


def test_nobody_arrives_for_a_visit_of_another_day(app: TestApp, tess: str) -> None:
    """A slip of the hand on tomorrow's column would close a visit that is still to come."""
    visit_id = book(app, 25)
    with pytest.raises(InvalidInput, match="not today"):
        do(app, arriving.arrived, who(app, "frontdesk"), visit_id)
    with pytest.raises(Denied):
        do(app, arriving.arrived, who(app, "provider"), visit_id)


def test_a_walk_in_is_lead_and_visit_in_one_or_neither(app: TestApp, tess: str) -> None:
    """Pressed twice it is one visit; with a time that is taken there is no lead either."""
    desk, now = who(app, "frontdesk"), app.clock.now()
    told = ByHand("r-1", "walk_in", first_name="Ada", phone="407 555 0144", already_talked=True)
    start = Start(wish(app, provider_id=tess), now, "walk_in")
    walk = (app.reference, app.settings, desk, told, start)
    made = do(app, at_the_desk.walk_in, *walk)
    assert (made.came_by, made.starts_at, made.provider_id) == ("walk_in", now, tess)
    assert do(app, at_the_desk.walk_in, *walk).id == made.id
    other = ByHand("r-2", "walk_in", first_name="Bea", phone="407 555 0145", already_talked=True)
    with pytest.raises(SlotTaken):
        do(app, at_the_desk.walk_in, app.reference, app.settings, desk, other, start)
    assert overlaps(app) == []


def test_a_booking_that_is_taken_back_keeps_no_time(app: TestApp, tess: str) -> None:
    """Else the slot would be lost to everybody."""
    desk, lead_id = who(app, "frontdesk"), a_lead(app)
    start = Start(wish(app), app.clock.now() + HOUR)
    made = do(app, at_the_desk.book, app.reference, desk, lead_id, start)
    do(app, stages.unmark_stage, app.reference, desk, lead_id, "booked")
    assert kept(app, made.id) == []


def test_blocked_time_is_nobodys_and_a_visit_stands_in_its_way(app: TestApp, tess: str) -> None:
    """The refusal names who is expected; unblocking says what it was, so that it can be put back."""
    desk, now = who(app, "frontdesk"), app.clock.now()
    book(app, 3)
    busy = blocking.Wanted(f"staff:{tess}", now + 3 * HOUR, now + 4 * HOUR)
    with pytest.raises(SlotTaken, match="Omar Reyes has a visit then"):
        do(app, blocking.block, app.reference, desk, busy)
    wanted = blocking.Wanted(f"staff:{tess}", now + HOUR, now + 2 * HOUR, "Photo reviews")
    block_id = do(app, blocking.block, app.reference, desk, wanted)
    with pytest.raises(SlotTaken):
        book(app, 1, number=2)
    with app.db.write() as session:
        gone = blocking.unblock(session, desk, block_id)
    assert (gone.note, gone.starts_at, gone.ends_at) == ("Photo reviews", now + HOUR, now + 2 * HOUR)
    assert book(app, 1, number=2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"resource": "staff:nobody"}, "resource"),
        ({"ends_at": timedelta(minutes=61)}, "minutes"),
        ({"ends_at": timedelta(hours=14)}, "minutes"),
        ({"starts_at": -2 * HOUR, "ends_at": -HOUR}, "starts_at"),
        ({"note": "x" * 81}, "note"),
    ],
)
def test_a_block_that_makes_no_sense_is_refused_by_its_field(
    app: TestApp, tess: str, changes: dict[str, object], field: str
) -> None:
    """Whoever filled in the form sees which field it is."""
    now = app.clock.now()
    values = {"resource": f"staff:{tess}", "starts_at": HOUR, "ends_at": 2 * HOUR, "note": ""} | changes
    moments = {name: now + values[name] for name in ("starts_at", "ends_at")}  # type: ignore[operator]
    with pytest.raises(InvalidInput) as refused:
        do(app, blocking.block, app.reference, who(app, "frontdesk"), blocking.Wanted(**(values | moments)))  # type: ignore[arg-type]
    assert [one.field for one in refused.value.errors] == [field]


def ask(app: TestApp, visit_id: str, to: datetime) -> str:
    """The front desk asks whether a visit may move there; the hold's id. The question goes out."""
    found = visit(app, visit_id)
    asked = Question(visit_id, to, found.provider_id or "", found.starts_at or to)
    held = do(app, asking_to_move.ask, app.reference, who(app, "frontdesk"), asked)
    run_due(app)
    return str(held.id)


def still_held(app: TestApp, hold_id: str) -> bool:
    with app.db.read() as session:
        return holds.find(session, hold_id) is not None


@pytest.fixture
def asked(app: TestApp, tess: str) -> tuple[str, datetime, datetime, str]:
    """A visit in 6 hours that was asked to move to 8: its id, both times, the hold."""
    visit_id, now = book(app, 6), app.clock.now()
    run_due(app)
    app.clock.advance(5 * MINUTE)
    return visit_id, now + 6 * HOUR, now + 8 * HOUR, ask(app, visit_id, now + 8 * HOUR)


def test_the_question_names_both_times_and_both_are_kept(
    app: TestApp, asked: tuple[str, datetime, datetime, str]
) -> None:
    """Neither can be booked by anybody else while the patient makes up their mind."""
    visit_id, before, after, hold_id = asked
    assert app.sms.bodies_to(OMAR)[-1] == (
        "Hi Omar, Luxe has to move your visit from Mon Nov 23, 4:00 PM to 6:00 PM. "
        "Reply 1 if that works, 2 for other times."
    )
    assert kept(app, visit_id)
    assert kept(app, hold_id)
    for taken in (before, after):
        with pytest.raises(SlotTaken):
            booked(app, a_lead(app, 3), wish(app), taken)


def test_a_yes_moves_the_visit_and_nobody_has_to_read_it(
    app: TestApp, asked: tuple[str, datetime, datetime, str]
) -> None:
    """The patient hears that it is done; a second '1' is for a person and moves nothing."""
    visit_id, _, after, hold_id = asked
    lead_id = write_in(app, "1", sid="SM1").lead_id
    run_due(app)
    moved = visit(app, visit_id)
    assert moved.starts_at == after
    assert moved.confirmed_at == app.clock.now()
    assert app.sms.bodies_to(OMAR)[-1] == "Luxe: Thank you, Omar. Your visit is now Mon Nov 23, 6:00 PM."
    assert not still_held(app, hold_id)
    assert "visit_moved" in kinds(app, lead_id)
    write_in(app, "1", sid="SM2")
    assert visit(app, visit_id).sequence == moved.sequence
    assert overlaps(app) == []


def test_a_no_lets_the_new_time_go_and_a_person_reads_it(
    app: TestApp, asked: tuple[str, datetime, datetime, str]
) -> None:
    """The old time stays the patient's."""
    visit_id, before, after, hold_id = asked
    lead_id = write_in(app, "2", sid="SM1").lead_id
    assert visit(app, visit_id).starts_at == before
    assert not still_held(app, hold_id)
    assert "move_declined" in kinds(app, lead_id)
    assert booked(app, a_lead(app, 3), wish(app), after)


def test_without_an_answer_in_time_the_new_time_is_free_and_a_late_yes_moves_nothing(
    app: TestApp, asked: tuple[str, datetime, datetime, str]
) -> None:
    """What was nobody's any more may be somebody else's by then."""
    visit_id, before, after, _ = asked
    app.clock.advance(app.reference.bookable.rules.answer)
    assert booked(app, a_lead(app, 3), wish(app), after)
    write_in(app, "1", sid="SM1")
    assert visit(app, visit_id).starts_at == before
    assert overlaps(app) == []


def test_a_yes_after_the_visit_was_moved_by_hand_moves_nothing(
    app: TestApp, asked: tuple[str, datetime, datetime, str]
) -> None:
    """Whoever moved it has agreed on that with the patient: an older question is over."""
    visit_id, before, _, hold_id = asked
    desk, to = who(app, "frontdesk"), before + DAY
    move = (app.reference, desk, visit_id, to)
    do(app, at_the_desk.move, *move, provider_id="", reason="She called", seen=before)
    assert not still_held(app, hold_id)
    write_in(app, "1", sid="SM1")
    assert visit(app, visit_id).starts_at == to


def test_a_yes_to_another_text_agrees_to_no_move(
    app: TestApp, asked: tuple[str, datetime, datetime, str]
) -> None:
    """Something was written to the number since: what the '1' answers is for a person to say."""
    visit_id, before, _, _ = asked
    app.clock.advance(MINUTE)
    do(
        app, staff_text.send_text, app.reference, who(app, "frontdesk"), visit(app, visit_id).lead_id,
        "Parking: reply 1 for the garage, 2 for the street.",
    )  # fmt: skip
    app.clock.advance(MINUTE)
    run_due(app)
    write_in(app, "1", sid="SM1")
    assert visit(app, visit_id).starts_at == before


def test_nobody_is_asked_when_too_little_time_is_left_or_no_text_may_go(app: TestApp, tess: str) -> None:
    """The refusal says what to do instead."""
    soon, later = book(app, 1), book(app, 6, number=2)
    app.clock.advance(10 * MINUTE)
    with pytest.raises(InvalidInput, match=r"too little time left.*Call the patient"):
        ask(app, soon, app.clock.now() + 5 * HOUR)
    with app.db.write() as session:
        leads.change(session, visit(app, later).lead_id, app.clock.now(), call_only=True)
    with pytest.raises(InvalidInput, match=r"gets no texts.*Call the patient"):
        ask(app, later, app.clock.now() + 8 * HOUR)


def test_a_move_is_checked_against_everything_before_anybody_presses(app: TestApp, tess: str) -> None:
    """Where somebody else is expected, clean-up would not fit, or nobody is on shift, the panel says so."""
    visit_id, now = book(app, 1), app.clock.now()
    book(app, 3, number=2)

    def look(hours: float) -> dict[str, str]:
        with app.db.read() as session:
            found = visit_move.look(
                session, who(app, "frontdesk"), app.reference, visit_id, now + hours * HOUR, tess, now=now
            )
        return {one.code: one.state for one in found.checks}

    assert set(look(5).values()) == {"ok"}
    assert (look(3.5)["provider"], look(3.5)["clean_up"]) == ("against", "against")
    near = look(3 - 55 / 60)  # 50 minutes of it end 5 minutes before the other visit begins
    assert (near["provider"], near["clean_up"]) == ("ok", "against")
    assert (look(11)["open"], look(14)["shift"]) == ("warning", "warning")
