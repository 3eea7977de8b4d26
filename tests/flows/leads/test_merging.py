"""Two profiles of one person: merged by staff, parted again, or kept apart for good."""

from datetime import date, timedelta
from typing import Any

import pytest

from core.booking.tables import appointments, waitlist_entries
from core.booking.waitlist_rules import Wanted
from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.booking import waiting
from core.flows.leads import merging, visits
from core.leads.tables import leads
from core.messaging.tables import sms_messages, timed_actions
from core.patients.tables import patient_conflicts, patients, possible_duplicates
from core.reads import duplicates, lead_people, lead_queue
from core.reads.duplicates import Duplicates
from core.sequences.tables import enrollments
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import actor, submission
from tests.flows.dispatching import take_in
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, new_lead, one, rows, who

FIRST = submission()
# The same person, married and with a new address: too little to be sure.
AGAIN = submission(
    external_id="f-2", last_name="Cole", email="omar.cole@example.com", zip="32801", treatment="hydrafacial"
)


def two(app: TestApp) -> tuple[str, str, str]:
    """(the pair, the older profile, the newer one)."""
    new_lead(app, FIRST)
    app.clock.advance(timedelta(minutes=1))
    new_lead(app, AGAIN)
    pair = one(app, possible_duplicates)
    return pair.id, pair.patient_id, pair.other_id


def listed(app: TestApp, username: str = "frontdesk") -> Duplicates:
    with app.db.read() as session:
        return duplicates.read(session, actor(session, username))


def state(app: TestApp) -> list[Any]:
    """All that a merge may touch, but for when it was touched."""
    people = [
        {name: value for name, value in row._asdict().items() if name != "updated_at"}
        for row in rows(app, patients)
    ]
    owned = [(row.id, row.patient_id) for table in (leads, sms_messages) for row in rows(app, table)]
    actions = [(row.id, row.patient_id, row.state) for row in rows(app, timed_actions)]
    return [sorted(people, key=lambda row: row["id"]), sorted(owned), sorted(actions)]


def test_who_may_be_the_same_stands_on_the_review_list_with_why(app: TestApp) -> None:
    two(app)
    found = listed(app)
    assert found.waiting == 1
    pair = found.pairs[0]
    assert (pair.one.last_name, pair.other.last_name) == ("Reyes", "Cole")
    assert set(pair.reasons) == {"same_phone", "other_email", "name_half"}
    assert pair.one.leads == pair.other.leads == 1


def test_merging_moves_everything_overwrites_nothing_and_follows_up_once(app: TestApp) -> None:
    pair, kept, gone = two(app)
    write_in(app, "Omar here")
    do(app, merging.merge, who(app, "frontdesk"), pair, kept)
    assert {row.patient_id for row in rows(app, leads)} == {kept}
    assert {row.patient_id for row in rows(app, sms_messages, sms_messages.c.origin != "staff_alert")} == {
        kept
    }
    person = one(app, patients, patients.c.id == kept)
    assert (person.last_name, person.email, person.zip) == ("Reyes", "omar@example.com", "32801")
    conflicts = {row.field: row.value for row in rows(app, patient_conflicts)}
    assert conflicts == {"last_name": "Cole", "email": "omar.cole@example.com"}
    assert one(app, patients, patients.c.id == gone).merged_into == kept
    assert listed(app).waiting == 0
    followed = {
        row.lead_id
        for row in rows(app, timed_actions, timed_actions.c.state == "planned")
        if row.enrollment_id
    }
    assert len(followed) <= 1


def test_who_comes_back_by_the_merged_profiles_address_is_met_as_the_one_that_was_kept(app: TestApp) -> None:
    pair, kept, _ = two(app)
    do(app, merging.merge, who(app, "frontdesk"), pair, kept)
    again = submission(
        external_id="f-3", phone="+14075550190", last_name="Cole", email="omar.cole@example.com"
    )
    lead_id = take_in(app, again).lead_id
    assert one(app, leads, leads.c.id == lead_id).patient_id == kept
    with app.db.read() as session:
        assert len(lead_queue.search(session, actor(session, "frontdesk"), "omar.cole@example.com").rows) == 3


def test_a_merge_can_be_undone_as_if_it_had_not_been(app: TestApp) -> None:
    pair, kept, _ = two(app)
    before = state(app)
    merge_id = do(app, merging.merge, who(app, "frontdesk"), pair, kept)
    assert state(app) != before
    app.clock.advance(timedelta(seconds=5))
    do(app, merging.unmerge, who(app, "frontdesk"), merge_id)
    assert state(app) == before
    assert rows(app, patient_conflicts) == []
    assert listed(app).waiting == 1
    with pytest.raises(LostRace):
        do(app, merging.unmerge, who(app, "frontdesk"), merge_id)


def test_what_came_after_a_merge_stays_with_whom_it_was_kept_under(app: TestApp) -> None:
    pair, kept, gone = two(app)
    merge_id = do(app, merging.merge, who(app, "frontdesk"), pair, kept)
    later = new_lead(app, submission(external_id="f-3"))
    do(app, merging.unmerge, who(app, "frontdesk"), merge_id)
    assert one(app, leads, leads.c.id == later).patient_id == kept
    assert [row.patient_id for row in rows(app, leads, leads.c.patient_id == gone)] == [gone]


def test_a_visit_that_was_booked_after_the_merge_goes_back_with_its_request(app: TestApp) -> None:
    """Else its invites, and a place on the waitlist, would go on to the other person."""
    pair, kept, gone = two(app)
    [lead_id] = [row.id for row in rows(app, leads, leads.c.patient_id == gone)]
    merge_id = do(app, merging.merge, who(app, "frontdesk"), pair, kept)
    desk, at = who(app, "frontdesk"), app.clock.now() + timedelta(days=1)
    do(app, visits.book, app.reference, desk, lead_id, at)
    do(app, waiting.join, app.reference, desk, lead_id, "hydrafacial", Wanted())
    do(app, merging.unmerge, desk, merge_id)
    for table in (appointments, waitlist_entries, enrollments, timed_actions):
        about = rows(app, table, table.c.lead_id == lead_id, table.c.patient_id.is_not(None))
        assert {row.patient_id for row in about} == {gone}


def test_not_a_duplicate_is_remembered(app: TestApp) -> None:
    """The next form of either asks nobody again."""
    pair, _, _ = two(app)
    do(app, merging.keep_apart, who(app, "frontdesk"), pair)
    assert listed(app).waiting == 0
    take_in(app, submission(external_id="f-3", last_name="Cole", email="omar.cole@example.com"))
    assert listed(app).waiting == 0
    do(app, merging.ask_again, who(app, "frontdesk"), pair)
    assert listed(app).waiting == 1


def test_two_who_decide_at_once_hear_of_each_other(app: TestApp) -> None:
    pair, kept, _ = two(app)
    do(app, merging.keep_apart, who(app, "jordan"), pair)
    with pytest.raises(LostRace, match="decided"):
        do(app, merging.merge, who(app, "frontdesk"), pair, kept)


def test_different_birth_dates_are_never_merged(app: TestApp) -> None:
    new_lead(app, submission(birth_date=date(1960, 1, 1)))
    new_lead(app, submission(external_id="f-2", birth_date=date(1990, 1, 1)))
    pair = one(app, possible_duplicates)
    with pytest.raises(InvalidInput, match="birth dates differ"):
        do(app, merging.merge, who(app, "frontdesk"), pair.id, pair.patient_id)
    assert {row.state for row in rows(app, possible_duplicates)} == {"open"}


def test_only_who_works_leads_may_merge_them(app: TestApp) -> None:
    pair, kept, _ = two(app)
    with pytest.raises(Denied):
        do(app, merging.merge, who(app, "provider"), pair, kept)
    with pytest.raises(Denied):
        listed(app, "marketing")


def test_the_page_of_a_lead_shows_whom_it_shares_its_number_with(app: TestApp) -> None:
    robin = new_lead(app)
    casey = new_lead(app, submission(external_id="f-2", first_name="Casey", email="casey@example.com"))
    text_id = write_in(app, "Friday?").text_id
    with app.db.read() as session:
        people = lead_people.read(session, actor(session, "frontdesk"), robin)
        assert [(member.first_name, member.lead_id) for member in people.household.others] == [
            ("Casey", casey)
        ]
        assert people.household.unclear == (text_id,)
        assert [*people.possible, *people.merged, *people.corrected] == []
        assert lead_people.household(session, actor(session, "provider"), casey).others[0].lead_id == robin
    assert one(app, sms_messages, sms_messages.c.id == text_id).phone == PATIENT


def test_merging_two_profiles_resets_no_clock(app: TestApp) -> None:
    """Each request keeps when it started and when it is due: the earliest start stays the earliest."""
    pair, kept, _gone = two(app)
    before = rows(app, sla_clocks)
    app.clock.advance(timedelta(hours=2))
    do(app, merging.merge, who(app, "frontdesk"), pair, kept)
    assert rows(app, sla_clocks) == before
