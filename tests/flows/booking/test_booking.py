"""A time is held, confirmed, moved and freed, and never two patients are in one slot. 10:00 on a Monday."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from core.booking.tables import holds, reservations
from core.domain.errors import LostRace, SlotTaken
from core.domain.ids import new_id
from core.domain.roles import PATIENT
from core.flows.access import erasing
from core.flows.booking import booking, by_link, changing, links
from core.flows.leads import visits
from core.flows.upkeep import retention
from core.leads.store import leads
from core.messaging.tables import timed_actions
from tests.conftest import TestApp
from tests.flows.booking.booking import (
    DAY,
    HOLD,
    MINUTE,
    a_lead,
    add_provider,
    booked,
    confirm,
    free,
    hold,
    kept,
    overlaps,
    visit,
    who,
    wish,
)  # fmt: skip
from tests.flows.dispatching import run_due
from tests.flows.staffing import do, kinds, rows

HOUR = timedelta(hours=1)


def at(app: TestApp, hour: int, minute: int = 0, day: int = 1) -> datetime:
    """On the clinic's wall, tomorrow by default."""
    wall = app.clock.now().astimezone(app.settings.zone) + day * DAY
    return wall.replace(hour=hour, minute=minute, second=0, microsecond=0)


def test_a_held_time_is_offered_to_nobody_else_until_it_runs_out(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    held = hold(app, a_lead(app), wish(app), at(app, 10))
    assert at(app, 10) not in {slot.starts_at for slot in free(app, wish(app))}
    assert held.expires_at == app.clock.now() + HOLD
    app.clock.advance(HOLD)
    assert at(app, 10) in {slot.starts_at for slot in free(app, wish(app))}


def test_what_is_kept_around_a_visit_is_not_offered(app: TestApp) -> None:
    """50 minutes and 10 of clean-up: at 10:00 is taken, the next one begins at 11:00, the one before at 9:00."""
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    booked(app, a_lead(app), wish(app), at(app, 10))
    starts = {slot.starts_at for slot in free(app, wish(app))}
    assert {at(app, 9), at(app, 11)} <= starts
    assert not {at(app, 9, 10), at(app, 10), at(app, 10, 50)} & starts


def test_a_confirmed_time_is_a_visit_with_all_that_it_needs(app: TestApp) -> None:
    tess = add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    found = booked(app, lead_id, wish(app), at(app, 10))
    assert (found.provider_id, found.service, found.state) == (tess, "hydrafacial", "booked")
    assert found.ends_at == at(app, 10, 50)
    assert found.code
    assert found.code.startswith("LX-")
    assert kept(app, found.id) == ["room:room-1", f"staff:{tess}"]
    assert kinds(app, lead_id)[-2:] == ["sequence_started", "booked"]


def test_a_second_tap_books_nothing_twice(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    held = hold(app, lead_id, wish(app), at(app, 10))
    first, second = confirm(app, lead_id, held.id), confirm(app, lead_id, held.id)
    assert first.id == second.id
    assert kinds(app, lead_id).count("booked") == 1


def test_a_hold_that_ran_out_counts_while_nobody_else_has_its_time(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    late, fast = a_lead(app, 101), a_lead(app, 102)
    held = hold(app, late, wish(app), at(app, 10))
    other = hold(app, fast, wish(app), at(app, 12))
    app.clock.advance(2 * HOLD)
    assert confirm(app, late, held.id).starts_at == at(app, 10)
    hold(app, late, wish(app), at(app, 12))
    with pytest.raises(SlotTaken):
        confirm(app, fast, other.id)


def test_what_ran_out_long_ago_is_forgotten_and_can_still_be_confirmed(app: TestApp) -> None:
    """A page that was left open overnight: its time is free, so it is theirs."""
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    held = hold(app, lead_id, wish(app), at(app, 10, day=4))
    with app.db.write() as session:
        session.execute(reservations.delete())
    found = confirm(app, lead_id, held.id)
    assert len(kept(app, found.id)) == 2


def test_holds_of_yesterday_are_forgotten_with_what_they_kept(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    held = hold(app, a_lead(app), wish(app), at(app, 10, day=4))
    app.clock.advance(DAY + HOLD + MINUTE)
    retention.forget(app, now=app.clock.now())
    assert kept(app, held.id) == []
    assert rows(app, holds) == []


def test_who_is_erased_is_expected_no_more(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    found = booked(app, lead_id, wish(app), at(app, 10, day=4))
    code = do(app, links.make, app.reference, lead_id, "text")
    erasing.erase(app, 1, "Asked by letter", actor="command:test", now=app.clock.now())
    assert visit(app, found.id).state == "withdrawn"
    assert kept(app, found.id) == []
    with app.db.read() as session:
        assert links.look(session, code, "", app.clock.now()).door is links.Door.UNKNOWN


def test_somebody_who_holds_another_time_lets_the_first_go(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    hold(app, lead_id, wish(app), at(app, 10))
    hold(app, lead_id, wish(app), at(app, 12))
    starts = {slot.starts_at for slot in free(app, wish(app))}
    assert at(app, 10) in starts
    assert at(app, 12) not in starts


def test_one_room_is_enough_for_one_visit_only(app: TestApp) -> None:
    """Two providers, one laser: the second patient is refused whoever would give it."""
    for username in ("iris", "leo"):
        add_provider(app, username, username.title(), ["laser"])
    booked(app, a_lead(app, 101), wish(app, "laser_hair_removal"), at(app, 10))
    with pytest.raises(SlotTaken):
        hold(app, a_lead(app, 102), wish(app, "laser_hair_removal"), at(app, 10, 20))


def test_a_visit_that_moves_lets_its_old_time_go_and_its_texts_move(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    found = booked(app, a_lead(app), wish(app), at(app, 10, day=5))
    later = at(app, 10, 30, day=5)  # within what is kept for it now
    do(app, visits.move, app.reference, who(app, "frontdesk"), found.id, later, seen=found.starts_at)
    moved = visit(app, found.id)
    assert (moved.starts_at, moved.ends_at, moved.sequence) == (later, later + 50 * MINUTE, 1)
    assert len(kept(app, found.id)) == 2
    due = {row.step: row.due_at for row in rows(app, timed_actions, timed_actions.c.state == "planned")}
    assert due["hours-24"] == later - DAY


def test_a_visit_does_not_move_onto_another_and_keeps_its_time(app: TestApp) -> None:
    tess = add_provider(app, "tess", "Tess Holloway", ["skin"])
    first = booked(app, a_lead(app, 101), wish(app, provider_id=tess), at(app, 10))
    second = booked(app, a_lead(app, 102), wish(app, provider_id=tess), at(app, 12))
    with pytest.raises(SlotTaken):
        do(
            app, visits.move, app.reference, who(app, "frontdesk"), second.id, at(app, 10, 20),
            seen=second.starts_at,
        )  # fmt: skip
    assert visit(app, second.id).starts_at == second.starts_at
    assert len(kept(app, second.id)) == len(kept(app, first.id)) == 2


def test_a_patient_moves_to_a_held_time_and_keeps_the_old_one_until_then(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    found = booked(app, lead_id, wish(app), at(app, 10))
    held = hold(app, lead_id, wish(app), at(app, 14), visit_id=found.id)
    assert visit(app, found.id).starts_at == at(app, 10)
    assert confirm(app, lead_id, held.id).id == found.id
    assert visit(app, found.id).starts_at == at(app, 14)
    assert at(app, 10) in {slot.starts_at for slot in free(app, wish(app))}


def test_a_cancelled_visit_frees_its_time_and_takes_it_again_while_it_is_free(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    found = booked(app, a_lead(app, 101), wish(app), at(app, 10))
    do(app, visits.cancel, app.reference, who(app, "manager"), found.id, "time")
    assert kept(app, found.id) == []
    do(app, visits.put_back, app.reference, who(app, "manager"), found.id)
    assert len(kept(app, found.id)) == 2
    do(app, visits.cancel, app.reference, who(app, "manager"), found.id, "time")
    booked(app, a_lead(app, 102), wish(app), at(app, 10))
    with pytest.raises(SlotTaken):
        do(app, visits.put_back, app.reference, who(app, "manager"), found.id)
    assert visit(app, found.id).state == "cancelled"


def test_a_lead_has_one_visit_ahead(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    booked(app, lead_id, wish(app), at(app, 10))
    with pytest.raises(LostRace):
        do(app, booking.book_at, app.reference, PATIENT, lead_id, wish(app), at(app, 14), "api")
    held = hold(app, lead_id, wish(app), at(app, 15))
    with pytest.raises(LostRace):
        confirm(app, lead_id, held.id)
    with app.db.read() as session:
        ahead = changing.ahead(session, lead_id)
    assert ahead
    assert ahead.starts_at == at(app, 10)


@pytest.mark.parametrize(("begins", "ends"), [(0, 60), (10, 20), (-30, 30), (59, 120), (-10, 90)])
def test_the_database_refuses_what_overlaps_whoever_writes_it(app: TestApp, begins: int, ends: int) -> None:
    """Without a word of ours in between."""
    ten = at(app, 10)

    def write(start: int, end: int, resource: str = "room:room-1") -> None:
        with app.db.write() as session:
            session.execute(
                insert(reservations).values(
                    id=new_id(app.clock.now()),
                    resource=resource,
                    owner_kind="visit",
                    owner_id="nobody",
                    starts_at=ten + start * MINUTE,
                    ends_at=ten + end * MINUTE,
                )
            )

    write(0, 60)
    write(-60, 0)
    write(60, 61)
    write(begins, ends, "room:room-2")
    with pytest.raises(IntegrityError):
        write(begins, ends)


def test_a_reservation_has_a_length(app: TestApp) -> None:
    ten = at(app, 10)
    with pytest.raises(IntegrityError), app.db.write() as session:
        session.execute(
            insert(reservations).values(
                id="x", resource="room:r", owner_kind="visit", owner_id="n", starts_at=ten, ends_at=ten
            )
        )


def _together(works: list[Callable[[], object]]) -> list[BaseException]:
    """Run them at the same moment; what they raised."""
    raised: list[BaseException] = []
    begin = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        begin.wait()
        try:
            work()
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_of_many_who_want_one_time_at_once_one_has_it(app: TestApp) -> None:
    """Two providers, so two of eight; nobody waits for another one for ever."""
    for username in ("tess", "iris"):
        add_provider(app, username, username.title(), ["skin"])
    people = [a_lead(app, 110 + number) for number in range(8)]
    raised = _together(
        [lambda one=one: hold(app, one, wish(app), at(app, 10)) for one in people]  # type: ignore[misc]
    )
    assert [type(error) for error in raised] == [SlotTaken] * 6
    assert overlaps(app) == []


def mine(app: TestApp) -> list[tuple[str, str]]:
    """Texts about what the patient changed, and what became of each."""
    c = timed_actions.c
    return [(row.template, row.state) for row in rows(app, timed_actions, c.key.like("own-change:%"))]


def test_who_moves_by_their_link_is_told_the_new_time_and_of_the_last_one_alone(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    found = booked(app, lead_id, wish(app), at(app, 10))
    for hour in (14, 16):
        held = hold(app, lead_id, wish(app), at(app, hour), visit_id=found.id)
        with app.db.write() as session:
            by_link.confirm(session, app.reference, leads.get(session, lead_id), held.id, now=app.clock.now())
    assert mine(app) == [("booking_moved", "cancelled"), ("booking_moved", "planned")]
    run_due(app)
    assert "now on Tue Nov 24 at 4:00 PM" in app.sms.accepted[-1][0].body


def test_who_cancels_by_their_link_is_told_that_it_is_off_and_nothing_of_a_move(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    found = booked(app, lead_id, wish(app), at(app, 10))
    held = hold(app, lead_id, wish(app), at(app, 14), visit_id=found.id)
    with app.db.write() as session:
        lead, now = leads.get(session, lead_id), app.clock.now()
        by_link.confirm(session, app.reference, lead, held.id, now=now)
        by_link.cancel(session, app.reference, lead, "time", now=now)
    assert mine(app) == [("booking_moved", "cancelled"), ("booking_off", "planned")]


def test_staff_say_it_themselves(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    found = booked(app, a_lead(app), wish(app), at(app, 10))
    desk = who(app, "frontdesk")
    do(app, visits.move, app.reference, desk, found.id, at(app, 12), seen=found.starts_at)
    do(app, visits.cancel, app.reference, desk, found.id, "time")
    assert mine(app) == []
