"""An administrator makes, changes and closes accounts; whoever leaves leaves no lead behind."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.tables import audit_events
from core.domain.errors import Denied, InvalidInput
from core.flows.staff import accounts, closing
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.reads import staff as staff_read
from core.staff.profile_rules import Profile
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.staffing import do, new_lead, one, rows, who

TESS = Profile(
    "Tess Holloway",
    "frontdesk",
    "coordinator",
    phone="(512) 555-0174",
    location="westlake",
    skills=("laser",),
    languages=("en", "es"),
    accepts_leads=True,
)


def add(app: TestApp, username: str = "tess", profile: Profile = TESS, by: str = "admin") -> Any:
    return do(app, accounts.add, app.reference, who(app, by), username, profile, "!")


def test_a_new_colleague_can_be_told_and_works_when_their_location_is_open(app: TestApp) -> None:
    made = add(app)
    row = one(app, staff, staff.c.username == "tess")
    assert (row.id, row.phone, row.must_change_password) == (made, "+15125550174", True)
    assert row.languages == ["en", "es"]
    assert row.hours["0"] == ["09:00-19:00"]
    assert rows(app, audit_events, audit_events.c.action == "staff_added")[0].subject == "tess"
    with pytest.raises(InvalidInput, match="'tess' is taken"):
        add(app)


def test_every_fault_of_a_form_is_named_at_once(app: TestApp) -> None:
    wrong = replace(TESS, phone="12", email="tess at home", skills=("botany",), capacity=10_000)
    with pytest.raises(InvalidInput) as refused:
        add(app, "Tess Holloway", wrong)
    assert {error.field for error in refused.value.errors} == {
        "username",
        "phone",
        "email",
        "skills",
        "capacity",
    }
    with pytest.raises(Denied):
        add(app, by="manager")


def test_a_changed_profile_is_what_rules_see_and_the_trail_tells_which_fields(app: TestApp) -> None:
    staff_id = add(app)
    changed = replace(TESS, capacity=4, urgent_only=True, quiet_hours=("20:00-08:00",), phone="")
    do(app, accounts.change, app.reference, who(app, "admin"), staff_id, changed)
    with app.db.read() as session:
        assert staff_read.profile(session, who(app, "admin"), staff_id) == changed
    (line,) = rows(app, audit_events, audit_events.c.action == "staff_changed")
    assert line.detail == {"fields": ["capacity", "phone", "quiet_hours", "urgent_only"]}


def test_nobody_takes_their_own_administration_away(app: TestApp) -> None:
    chris = who(app, "admin")
    with pytest.raises(InvalidInput, match="another administrator"):
        do(app, accounts.change, app.reference, chris, chris.staff_id, Profile(chris.name, "marketing"))


def test_nobody_gets_a_role_that_cannot_see_the_leads_they_have(app: TestApp) -> None:
    lead_id = new_lead(app)
    owner = one(app, leads, leads.c.id == lead_id).owner_id
    with pytest.raises(InvalidInput, match=r"Their open leads \(1\) can't be seen"):
        do(app, accounts.change, app.reference, who(app, "admin"), owner, Profile("Maya Torres", "marketing"))


def test_a_closed_account_hands_its_open_leads_on_and_their_new_owners_are_told(app: TestApp) -> None:
    lead_id = new_lead(app)
    others = [
        new_lead(app, submission(external_id=f"form-{n}", phone=f"+1407555016{n}", email=None))
        for n in range(3)
    ]
    owner = one(app, leads, leads.c.id == lead_id).owner_id
    owned = (leads.c.owner_id == owner) & (leads.c.state == "open")
    with app.db.write() as session:
        session.execute(leads.update().where(leads.c.id == others[0]).values(owner_id=owner, state="booked"))
        theirs = len(session.execute(select(leads.c.id).where(owned)).all())
    found = do(app, closing.close, app.reference, app.settings, who(app, "admin"), owner)
    assert (found.moved, found.left) == (theirs, 0)
    assert "a new owner" in found.words
    assert rows(app, leads, owned) == []
    moved = one(app, leads, leads.c.id == lead_id)
    assert moved.owner_id not in (None, owner)
    told = rows(app, timed_actions, timed_actions.c.key.like(f"alert:passed_on:{lead_id}:%"))
    assert [action.staff_id for action in told] == [moved.owner_id]


def test_where_nobody_is_left_who_takes_leads_the_words_say_so(app: TestApp) -> None:
    lead_id = new_lead(app)
    with app.db.write() as session:
        owner = session.execute(select(leads.c.owner_id).where(leads.c.id == lead_id)).scalar_one()
        session.execute(staff.update().where(staff.c.id != owner).values(accepts_leads=False))
    found = do(app, closing.close, app.reference, app.settings, who(app, "admin"), owner)
    assert (found.moved, found.left) == (0, 1)
    assert found.words.endswith("1 open lead has no owner until somebody is free.")
    assert one(app, leads, leads.c.id == lead_id).owner_id is None
