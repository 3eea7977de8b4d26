"""People are taken out of a sequence, wait, or are spared a step: one by a colleague, a group, all on a version."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.audit.tables import audit_events
from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.leads import taking_over
from core.flows.sending import dispatch
from core.flows.sequences import ending, grouping, holding, skipping
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.reads import sequence_group
from core.reads.sequence_group import Touched
from core.sequences.rules.group import END, PAUSE, RESUME, SKIP, Group
from core.sequences.tables import enrollments
from tests.conftest import TestApp
from tests.factories import actor, submission
from tests.flows.dispatching import OWNER, ROOM, run_until
from tests.flows.sending.test_dispatch import PATIENT
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

A = timed_actions.c


def three(app: TestApp) -> list[str]:
    """Three patients under way."""
    return [
        new_lead(app, submission(external_id=f"f{n}", phone=f"+1407555015{n}", email=f"p{n}@example.com"))
        for n in range(3)
    ]


def planned(app: TestApp) -> int:
    return len(rows(app, timed_actions, A.sequence == "lead", A.state == "planned"))


def looked_at(
    app: TestApp, group: Group, act: str, step: str = "", username: str = "manager", start: int = 0
) -> Touched:
    with app.db.read() as session:
        looking = actor(session, username)
        return sequence_group.read(session, looking, group, act, step, start, now=app.clock.now())


def test_everybody_on_a_version_is_ended_after_a_look_at_whom_it_touches(app: TestApp) -> None:
    ids, manager = three(app), who(app, "manager")
    seen = looked_at(app, Group("lead", 1), END)
    assert (seen.people, seen.steps, len(seen.some)) == (3, planned(app), 3)
    assert do(app, ending.end_group, manager, Group("lead", 1), "Wrong words in step 2") == 3
    assert planned(app) == 0
    assert {row.state for row in rows(app, enrollments)} == {"stopped"}
    assert all("sequence_stopped" in kinds(app, lead_id) for lead_id in ids)
    with app.db.read() as session:
        told = session.execute(select(audit_events).where(audit_events.c.action == "sequence_ended")).one()
    assert (told.detail["people"], told.reason) == (3, "Wrong words in step 2")


def test_nobody_of_a_group_that_was_ended_is_sent_a_step_whose_cancelling_is_still_to_come(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many they are, their end is one statement; the hand-over knows it from that commit on."""
    three(app)
    monkeypatch.setattr(ending, "AT_ONCE", 0)
    do(app, ending.end_group, who(app, "manager"), Group("lead"), "Wrong words")
    assert planned(app) > 0
    sent = len(app.sms.bodies_to(PATIENT))
    app.clock.moment += timedelta(minutes=6)
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    assert [job for job in step.jobs if job.text.to.startswith("+1407")] == []
    assert len(app.sms.bodies_to(PATIENT)) == sent
    monkeypatch.setattr(ending, "AT_ONCE", 2)
    assert ending.cancel_the_rest(app, now=app.clock.now()) == 3
    assert planned(app) == 0


def test_a_group_is_that_of_one_owner_or_place(app: TestApp) -> None:
    ids = three(app)
    owner = one(app, leads, leads.c.id == ids[0]).owner_id
    theirs = len(rows(app, leads, leads.c.owner_id == owner))
    assert do(app, ending.end_group, who(app, "manager"), Group("lead", owner_id=owner), "On leave") == theirs
    assert theirs < 3


def test_a_group_is_paused_until_a_moment(app: TestApp) -> None:
    three(app)
    until = app.clock.now() + timedelta(days=2)
    assert do(app, holding.pause_group, who(app, "manager"), Group("lead"), until) == 3
    before = len(app.sms.bodies_to("+14075550150"))
    run_until(app, timedelta(days=1))
    assert len(app.sms.bodies_to("+14075550150")) == before
    with pytest.raises(InvalidInput, match="within 90 days"):
        do(app, holding.pause_group, who(app, "manager"), Group("lead"), app.clock.now())


def test_a_group_goes_on_but_for_those_a_colleague_writes_with(app: TestApp) -> None:
    """Who resumes a group does not end a conversation that somebody has taken over."""
    ids, manager = three(app), who(app, "manager")
    with app.db.write() as session:
        taking_over.take_over(
            session, ids[0], taking_over.WROTE, by=who(app, "frontdesk").staff_id, now=app.clock.now()
        )
    do(app, holding.pause_group, manager, Group("lead"), app.clock.now() + timedelta(days=2))
    seen = looked_at(app, Group("lead"), RESUME)
    assert (seen.people, seen.left) == (2, 1)
    assert {one.lead_id for one in seen.some} == set(ids[1:])
    assert do(app, holding.resume_group, manager, Group("lead")) == 2
    paused = {row.id: row.paused_until for row in rows(app, leads)}
    assert (paused[ids[0]] is not None, paused[ids[1]], paused[ids[2]]) == (True, None, None)
    assert "automation_resumed" in kinds(app, ids[1])
    assert do(app, holding.resume_group, manager, Group("lead")) == 0


def test_a_colleague_who_writes_after_a_group_was_paused_keeps_the_conversation(app: TestApp) -> None:
    """Else an automatic text would go out in the middle of it as soon as the group goes on."""
    ids, manager = three(app), who(app, "manager")
    do(app, holding.pause_group, manager, Group("lead"), app.clock.now() + timedelta(days=2))
    with app.db.write() as session:
        desk = who(app, "frontdesk").staff_id
        taking_over.take_over(session, ids[0], taking_over.WROTE, by=desk, now=app.clock.now())
    assert do(app, holding.resume_group, manager, Group("lead")) == 2
    assert one(app, leads, leads.c.id == ids[0]).paused_until > app.clock.now()


def test_a_group_that_waits_long_does_not_lengthen_a_colleagues_conversation(app: TestApp) -> None:
    """A quarter of a year of silence in the name of somebody who wrote once would be nobody's wish."""
    ids, manager = three(app), who(app, "manager")
    with app.db.write() as session:
        desk = who(app, "frontdesk").staff_id
        until = taking_over.take_over(session, ids[0], taking_over.WROTE, by=desk, now=app.clock.now())
    assert do(app, holding.pause_group, manager, Group("lead"), app.clock.now() + timedelta(days=80)) == 2
    assert one(app, leads, leads.c.id == ids[0]).paused_until == until


def test_who_is_paused_for_longer_already_is_told_so_once(app: TestApp) -> None:
    (lead_id, *_), manager = three(app), who(app, "manager")
    for days in (9, 2):
        do(
            app,
            holding.pause_group,
            manager,
            Group("lead", lead_id=lead_id),
            app.clock.now() + timedelta(days=days),
        )
    assert one(app, leads, leads.c.id == lead_id).paused_until == app.clock.now() + timedelta(days=9)


def test_one_step_is_left_out_for_a_group_and_the_rest_stays(app: TestApp) -> None:
    """One of them is named alone; whoever has had the step already is no part of it."""
    ids, manager = three(app), who(app, "manager")
    before = planned(app)
    alone = Group("lead", lead_id=ids[0])
    assert looked_at(app, alone, SKIP, "day-1").people == 1
    assert do(app, skipping.skip_of_group, manager, alone, "day-1", "Wrong words") == 1
    assert looked_at(app, Group("lead"), SKIP, "day-1").people == 2
    assert do(app, skipping.skip_of_group, manager, Group("lead"), "day-1", "Wrong words") == 2
    assert planned(app) == before - 3
    assert looked_at(app, Group("lead"), SKIP, "minute-0").people == 0
    skipped = rows(app, timed_actions, A.step == "day-1")
    assert {row.reason for row in skipped} == {"cancelled_by_staff"}
    told = rows(app, audit_events, audit_events.c.action == "sequence_step_skipped")
    assert sorted(row.detail["people"] for row in told) == [1, 2]


def test_a_step_of_unknown_fate_that_a_group_is_spared_is_not_tried_again(app: TestApp) -> None:
    """It may arrive; where it did not, it stays away."""
    three(app)
    with app.db.write() as session:
        session.execute(update(timed_actions).where(A.step == "day-1").values(state="unknown"))
    do(app, skipping.skip_of_group, who(app, "manager"), Group("lead"), "day-1", "Wrong words")
    assert {row.useful_until for row in rows(app, timed_actions, A.step == "day-1")} == {app.clock.now()}


def test_names_are_for_who_may_see_leads(app: TestApp) -> None:
    """Marketing ends a version by its numbers."""
    three(app)
    assert looked_at(app, Group("lead"), END, username="marketing").some == ()
    assert looked_at(app, Group("lead"), END, username="marketing").people == 3


def test_the_first_names_are_of_who_entered_last_and_the_rest_follows(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequence_group, "A_PAGE", 2)
    ids = three(app)
    pages = [looked_at(app, Group("lead"), END, start=n) for n in (0, 2)]
    named = [one.lead_id for page in pages for one in page.some]
    assert sorted(named) == sorted(ids)
    assert [len(page.some) for page in pages] == [2, 1]


def test_a_sequence_that_waits_for_nobody_is_not_paused(app: TestApp) -> None:
    three(app)
    with app.db.write() as session:
        session.execute(update(enrollments).values(steps_aside=False))
    assert looked_at(app, Group("lead"), PAUSE).people == 0
    until = app.clock.now() + timedelta(days=1)
    assert do(app, holding.pause_group, who(app, "manager"), Group("lead"), until) == 0


def test_a_group_of_too_many_is_narrowed_first(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    three(app)
    monkeypatch.setattr(grouping, "MOST", 2)
    monkeypatch.setattr(skipping, "MOST", 2)
    with pytest.raises(InvalidInput, match="At most 2 people at a time"):
        do(app, skipping.skip_of_group, who(app, "manager"), Group("lead"), "day-1", "Wrong words")


def test_one_person_is_taken_out_once(app: TestApp) -> None:
    new_lead(app)
    enrollment, desk = one(app, enrollments), who(app, "frontdesk")
    assert do(app, ending.end, desk, enrollment.id) == planned(app) or planned(app) == 0
    with pytest.raises(LostRace):
        do(app, ending.end, desk, enrollment.id)
    assert one(app, enrollments).stopped_by == desk.staff_id


def test_a_step_is_left_out_once(app: TestApp) -> None:
    new_lead(app)
    enrollment, desk = one(app, enrollments), who(app, "frontdesk")
    do(app, skipping.skip_step, desk, enrollment.id, "day-1")
    with pytest.raises(LostRace):
        do(app, skipping.skip_step, desk, enrollment.id, "day-1")


@pytest.mark.parametrize("username", ["frontdesk", "provider"])
def test_groups_are_for_who_edits_sequences(app: TestApp, username: str) -> None:
    with pytest.raises(Denied):
        do(app, ending.end_group, who(app, username), Group("lead"), "Wrong")
    with pytest.raises(Denied):
        do(app, holding.pause_group, who(app, username), Group("lead"), app.clock.now() + timedelta(days=1))
    with pytest.raises(Denied):
        do(app, holding.resume_group, who(app, username), Group("lead"))
    with pytest.raises(Denied):
        do(app, skipping.skip_of_group, who(app, username), Group("lead"), "day-1", "Wrong")


def test_a_reason_is_asked_for(app: TestApp) -> None:
    with pytest.raises(InvalidInput, match="Say in a few words"):
        do(app, ending.end_group, who(app, "manager"), Group("lead"), " ")
