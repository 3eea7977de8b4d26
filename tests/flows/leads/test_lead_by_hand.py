"""A lead that staff type in: somebody at the desk, on the phone, sent by a friend."""

from dataclasses import replace
from typing import Any

import pytest

from core.assignment.tables import assignments
from core.compliance.tables import consents
from core.domain.errors import ClosedToTexts, Denied, InvalidInput
from core.flows.intake.accept_submission import Accepted
from core.flows.leads import lead_by_hand, verbal_consent
from core.flows.leads.lead_by_hand import ByHand
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in
from tests.flows.sending.test_dispatch import write_in
from tests.flows.staffing import OWED, do, kinds, one, rows, who

PHONE = "+14075550166"
WALK_IN = ByHand(
    request_id="r-1",
    how="walk_in",
    first_name="Ana",
    last_name="Cole",
    phone="(407) 555-0166",
    treatment="botox",
)


def add(app: TestApp, told: ByHand = WALK_IN, username: str = "frontdesk") -> Accepted:
    accepted: Accepted = do(app, lead_by_hand.add, app.reference, app.settings, who(app, username), told)
    return accepted


def texts_to_patients(app: TestApp) -> list[Any]:
    a = timed_actions.c
    return rows(app, timed_actions, a.kind == "text", a.audience == "patient", a.state == "planned")


def test_who_adds_a_lead_owns_it_and_nothing_is_texted_without_consent(app: TestApp) -> None:
    added, maya = add(app), who(app, "frontdesk")
    lead = one(app, leads)
    assert (lead.owner_id, lead.source, lead.form_type, lead.call_only) == (
        maya.staff_id,
        "Walk-in",
        "by_hand",
        True,
    )
    assert one(app, assignments).rule == "Added by Maya Torres"
    assert texts_to_patients(app) == []
    assert [clock.state for clock in rows(app, sla_clocks, OWED)] == ["running", "running"]
    assert rows(app, timed_actions, timed_actions.c.audience == "staff", timed_actions.c.kind == "text") == []
    run_due(app)
    assert app.sms.bodies_to(PHONE) == []
    assert lead.id == added.lead_id


def test_the_rules_choose_an_owner_and_tell_them_where_whoever_adds_it_does_not_keep_it(app: TestApp) -> None:
    add(app, replace(WALK_IN, mine=False), username="admin")
    assert one(app, leads).owner_id in {who(app, name).staff_id for name in ("frontdesk", "jordan")}
    assert (
        len(rows(app, timed_actions, timed_actions.c.audience == "staff", timed_actions.c.kind == "text"))
        == 1
    )


def test_consent_that_was_read_out_is_kept_with_who_read_it_and_opens_texts(app: TestApp) -> None:
    words = verbal_consent.wording(app.reference)
    add(app, replace(WALK_IN, consent_wording=words))
    entry = one(app, consents)
    assert (entry.scope, entry.action, entry.method, entry.wording, entry.staff_id) == (
        "transactional", "grant", "verbal", words, who(app, "frontdesk").staff_id,
    )  # fmt: skip
    run_due(app)
    assert len(app.sms.bodies_to(PHONE)) == 1


def test_somebody_at_the_desk_waits_for_no_call(app: TestApp) -> None:
    """A clock that is met in no time would flatter the figures: it counts for nothing."""
    added = add(
        app, replace(WALK_IN, already_talked=True, consent_wording=verbal_consent.wording(app.reference))
    )
    assert one(app, leads).contacted_at == app.clock.now()
    assert [clock.state for clock in rows(app, sla_clocks, OWED)] == ["void", "void"]
    assert texts_to_patients(app) == []
    assert "sequence_stopped" in kinds(app, added.lead_id or "")


def test_a_double_click_adds_one_lead(app: TestApp) -> None:
    assert add(app).lead_id == add(app).lead_id
    assert len(rows(app, leads)) == 1


def test_who_is_known_already_keeps_their_profile_and_their_consent(app: TestApp) -> None:
    take_in(app, submission())
    told = replace(WALK_IN, first_name="Omar", last_name="Reyes", phone="407-555-0155", request_id="r-2")
    added = add(app, told)
    assert len(rows(app, patients)) == 1
    assert not one(app, leads, leads.c.id == added.lead_id).call_only


def test_consent_of_one_person_on_a_number_is_no_other_ones(app: TestApp) -> None:
    """The mother agreed; the daughter who was never asked is called, not texted. By hand and by a form alike."""
    take_in(app, submission())
    by_hand = add(app, replace(WALK_IN, phone="407-555-0155"))
    by_form = take_in(
        app, submission(external_id="f-2", first_name="Zoe", email="zoe@example.com", consents=())
    )
    assert one(app, leads, leads.c.id == by_hand.lead_id).call_only
    assert one(app, leads, leads.c.id == by_form.lead_id).call_only


def test_a_lead_without_a_phone_is_kept_with_its_address(app: TestApp) -> None:
    add(app, replace(WALK_IN, phone="", email="ana@example.com"))
    assert (one(app, leads).phone, one(app, leads).call_only) == (None, True)
    assert one(app, patients).email == "ana@example.com"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"phone": "555"}, {"phone"}),
        ({"phone": "", "email": ""}, {"phone"}),
        ({"first_name": "", "last_name": ""}, {"first_name"}),
        ({"email": "ana@"}, {"email"}),
        ({"treatment": "moonlight"}, {"treatment"}),
        ({"how": "pigeon"}, {"how"}),
        ({"language": "xx"}, {"language"}),
        ({"date_of_birth": "2020-01-01", "email": "ana@"}, {"date_of_birth", "email"}),
    ],
)
def test_each_fault_is_told_by_its_field(app: TestApp, changes: dict[str, str], fields: set[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(app, replace(WALK_IN, **changes))  # type: ignore[arg-type]
    assert {error.field for error in refused.value.errors} == fields
    assert rows(app, leads) == []


def test_only_who_works_leads_may_add_one(app: TestApp) -> None:
    for username in ("marketing", "provider"):
        with pytest.raises(Denied):
            add(app, username=username)


def test_consent_can_be_read_out_later_but_never_over_a_stop(app: TestApp) -> None:
    added, maya = add(app), who(app, "frontdesk")
    words = verbal_consent.wording(app.reference)
    with pytest.raises(InvalidInput, match="wording"):
        do(app, verbal_consent.record, app.reference, maya, added.lead_id, "ok")
    do(app, verbal_consent.record, app.reference, maya, added.lead_id, words)
    assert not one(app, leads).call_only
    write_in(app, "STOP", phone=PHONE)
    with pytest.raises(ClosedToTexts, match="START"):
        do(app, verbal_consent.record, app.reference, maya, added.lead_id, words)
    assert one(app, leads).call_only
