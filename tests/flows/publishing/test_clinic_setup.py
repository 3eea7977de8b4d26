"""What the clinic says of itself holds at once wherever it is used, and takes nothing away that something points to."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from core import policies as policies_module
from core.assignment.rules.definition import CHAIN
from core.domain.errors import Denied, InvalidInput
from core.domain.hours import NEVER
from core.domain.ids import new_id
from core.flows.clocks import opening_again, sweeping
from core.flows.intake import accept_submission
from core.flows.intake.vocabulary import choices
from core.flows.publishing import publish
from core.kinds import (
    ASSIGNMENT,
    CALENDAR_KIND,
    CLINIC_KIND,
    KINDS,
    RULES_KEY,
    SLA_POLICIES,
    TEMPLATE,
    TREATMENTS_KIND,
)
from core.operations import store as operations
from core.reads import setup, setup_listed
from core.reads.setup import State
from core.setup.published import CLINIC, TREATMENTS, shipped_calendars, shipped_clinic, shipped_treatments
from core.setup.standing import never_open_names
from core.sla.tables import sla_clocks
from core.staff.tables import staff
from core.versions.rules import Kind
from core.versions.tables import versions
from luxe import seed
from tests.conftest import TestApp
from tests.factories import actor, put, submission
from tests.flows.dispatching import run_due
from tests.flows.staffing import rows

WEEKENDS = {"week": {"saturday": ["10:00-16:00"]}, "holidays": [], "days": []}


def publish_it(app: TestApp, kind: Kind, key: str, body: Any, username: str = "manager") -> None:
    """A manager drafts and publishes; this process hears of it."""
    with app.db.write() as session:
        who, now = actor(session, username), app.clock.now()
        saved = publish.save_draft(session, who, kind, key, body, publish.NONE_SEEN, now=now)
        publish.publish(session, who, kind, key, saved.revision, "Set up", now=now)
    with app.db.read() as session:
        app.in_use.catch_up(session)


def clinic(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(dict(shipped_clinic()[CLINIC])), **changes}


def with_a_third(**third: Any) -> dict[str, Any]:
    place = {"slug": "north", "name": "North", "address": "7 Oak Road", "zips": ["788"], "retired": False}
    return clinic(locations=[*clinic()["locations"], {**place, **third}])


def refused(app: TestApp, kind: Kind, key: str, body: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        publish_it(app, kind, key, body)
    return {one.field: one.message for one in caught.value.errors}


def add_lead(app: TestApp, **changes: Any) -> None:
    with app.db.write() as session:
        accept_submission.accept(
            session,
            app.reference,
            app.settings,
            submission(**changes),
            raw_payload_id=None,
            now=app.clock.now(),
        )


def test_a_new_name_holds_for_whoever_reads_the_reference_data(app: TestApp) -> None:
    publish_it(
        app, CLINIC_KIND, CLINIC, clinic(name="Glow Studio", short_name="Glow", phone="(512) 555-0142")
    )
    found = app.reference.clinic
    assert (found.name, found.short_name, found.phone) == ("Glow Studio", "Glow", "+15125550142")
    assert set(found.locations) == {"downtown", "westlake"}
    assert found.location("downtown").hours == app.shipped.clinic.location("downtown").hours


def test_a_template_names_the_clinic_as_it_is_called_now(app: TestApp) -> None:
    """The first text must say who writes: by the name that the clinic has, not by the one that ships."""
    publish_it(app, CLINIC_KIND, CLINIC, clinic(name="Glow Studio", short_name="Glow"))
    body = copy.deepcopy(dict(TEMPLATE.shipped()["lead_confirmation"]))
    for wording in body["wordings"].values():
        wording["body"] = "Luxe: we have your request and call you soon. Reply STOP to opt out."
    with app.db.read() as session:
        problems = TEMPLATE.sound(session, "lead_confirmation", body)
    assert {one.field for one in problems if "who writes" in one.message} == {
        "wordings.en.body",
        "wordings.es.body",
    }


def test_a_new_location_keeps_the_usual_hours_until_it_has_its_own(app: TestApp) -> None:
    publish_it(app, CLINIC_KIND, CLINIC, with_a_third())
    assert app.reference.clinic.location("north").hours == app.reference.clinic.location("downtown").hours
    assert app.reference.clinic.nearest("78801").slug == "north"
    publish_it(app, CALENDAR_KIND, "north", WEEKENDS)
    hours = app.reference.clinic.location("north").hours
    assert hours.next_open(app.clock.now()) == app.clock.now() + timedelta(days=5)
    assert app.reference.clinic.location("downtown").hours.is_open(app.clock.now())


def test_a_calendar_holds_for_its_location_alone(app: TestApp) -> None:
    publish_it(app, CALENDAR_KIND, "downtown", WEEKENDS)
    assert not app.reference.clinic.location("downtown").hours.is_open(app.clock.now())
    assert app.reference.clinic.location("westlake").hours.is_open(app.clock.now())


def test_a_calendar_of_no_location_is_refused(app: TestApp) -> None:
    assert "not there any more" in refused(app, CALENDAR_KIND, "nowhere", WEEKENDS)["week"]


def test_a_location_where_somebody_works_or_leads_are_is_retired_not_removed(app: TestApp) -> None:
    add_lead(app, location="westlake")
    only_downtown = clinic(locations=clinic()["locations"][:1])
    words = refused(app, CLINIC_KIND, CLINIC, only_downtown)["locations"]
    assert words == "Westlake can't be removed: leads are there. Put it back and retire it instead."
    only_westlake = clinic(locations=clinic()["locations"][1:], default_location="westlake")
    assert "Maya Torres works there" in refused(app, CLINIC_KIND, CLINIC, {**only_westlake})["locations"]


def test_a_location_that_nothing_points_to_goes(app: TestApp) -> None:
    publish_it(app, CLINIC_KIND, CLINIC, with_a_third())
    publish_it(app, CLINIC_KIND, CLINIC, clinic(website="https://example.com"))
    assert set(app.reference.clinic.locations) == {"downtown", "westlake"}


def test_a_retired_location_is_offered_no_more_and_still_known(app: TestApp) -> None:
    body = clinic()
    body["locations"][1]["retired"] = True
    publish_it(app, CLINIC_KIND, CLINIC, body)
    found = app.reference.clinic
    assert "westlake" not in found.locations
    assert found.location("westlake").name == "Westlake", "leads of before are still there"
    assert found.nearest("78501").slug == "downtown"


def test_a_location_that_a_rule_names_is_not_removed(app: TestApp) -> None:
    publish_it(app, CLINIC_KIND, CLINIC, with_a_third())
    publish_raw(app, "sla_policies", "sla_policies", {"policies": [{"location": "north"}]})
    assert (
        "a policy names it"
        in refused(app, CLINIC_KIND, CLINIC, clinic(website="https://example.com"))["locations"]
    )


def publish_raw(app: TestApp, kind: str, key: str, body: Any) -> None:
    """What an older release published, or another kind of this one, straight into the table."""
    now = app.clock.now()
    with app.db.write() as session:
        put(
            session, versions, id=new_id(now), kind=kind, key=key, number=2, state="published", retired=False,
            revision=1, body=body, note="", made_at=now, saved_at=now, published_at=now,
        )  # fmt: skip


def test_treatments_are_offered_valued_and_understood_as_published(app: TestApp) -> None:
    body = copy.deepcopy(dict(shipped_treatments()[TREATMENTS]))
    body["treatments"][0] |= {"value": "500", "also": ["wrinkles"]}
    body["treatments"][1]["retired"] = True
    publish_it(app, TREATMENTS_KIND, TREATMENTS, body)
    found = app.reference
    assert found.treatments["botox"].value_cents == 50_000
    assert (found.treatment_code("Wrinkles"), found.treatment_code("tox")) == ("botox", "")
    assert "lip_filler" not in {one.code for one in choices("treatments", found)}
    assert (found.treatment_code("lip filler"), found.treatment_label("lip_filler")) == (
        "lip_filler",
        "Lip filler",
    )


def test_a_treatment_that_leads_asked_for_is_retired_not_removed(app: TestApp) -> None:
    add_lead(app, treatment="botox")
    body = copy.deepcopy(dict(shipped_treatments()[TREATMENTS]))
    body["treatments"] = body["treatments"][1:]
    words = refused(app, TREATMENTS_KIND, TREATMENTS, body)["treatments"]
    assert words == "Botox can't be removed: leads asked for it. Put it back and retire it instead."


def test_one_that_never_opens_is_an_alarm_and_no_loop(app: TestApp) -> None:
    """Refused on save; found all the same, everybody is told and the other location works on."""
    assert "no open hour" in refused(app, CALENDAR_KIND, "downtown", {"week": {}})["week"]
    publish_raw(app, "calendar", "downtown", {"week": {}, "holidays": [], "days": []})
    hear(app)
    with app.db.read() as session:
        steps = setup.read(session, app.settings, app.reference, app.clock.now())
    assert never_open_names(app.reference, app.clock.now()) == ("Downtown",)
    hours = next(step for step in steps if step.about == "hours")
    assert hours.state is State.TO_DO
    assert "Downtown has no open hour" in hours.words
    assert app.reference.clinic.location("westlake").hours.is_open(app.clock.now())


def test_clocks_of_a_place_that_never_opens_say_never_until_its_hours_are_mended(app: TestApp) -> None:
    """No breach is counted against anybody, nothing is promised to the patient; once mended, they are due as if the
    hours had been right from the start."""
    publish_raw(app, "calendar", "downtown", {"week": {}, "holidays": [], "days": []})
    hear(app)
    add_lead(app, location="downtown")
    started = app.clock.now()
    assert {clock.due_at for clock in clocks(app)} == {NEVER}
    assert "first contact due never (no open hours)" in alert_words(app)
    app.clock.advance(timedelta(days=30))
    sweeping.sweep(app, now=app.clock.now())
    assert not any(clock.breached_at for clock in clocks(app))
    assert opening_again.give_due_times(app, now=app.clock.now()) == 0, "it still never opens"
    publish_it(app, CALENDAR_KIND, "downtown", {**shipped_calendars()["downtown"], "holidays": []})
    assert opening_again.give_due_times(app, now=app.clock.now()) == len(clocks(app))
    assert all(started < clock.due_at < started + timedelta(days=2) for clock in clocks(app))
    assert sweeping.sweep(app, now=app.clock.now()) > 0


def hear(app: TestApp) -> None:
    """This process hears of what was published behind its back."""
    with app.db.write() as session:
        operations.note_published(session, by=None, now=app.clock.now())
    with app.db.read() as session:
        app.in_use.catch_up(session)


def clocks(app: TestApp) -> list[Any]:
    """Those that run in opening hours."""
    return rows(app, sla_clocks, sla_clocks.c.at_any_hour.is_(False), sla_clocks.c.target != "assignment")


def alert_words(app: TestApp) -> str:
    """The alerts that are due, as the owner's phone shows them."""
    run_due(app)
    return " ".join(text.body for text, _sid, _at in app.sms.accepted)


def test_one_that_cant_be_read_gives_way_alone(app: TestApp) -> None:
    publish_raw(app, "calendar", "westlake", {"week": {"monday": ["soon"]}})
    publish_it(app, CALENDAR_KIND, "downtown", WEEKENDS)
    with app.db.read() as session:
        (step,) = (
            one
            for one in setup.read(session, app.settings, app.reference, app.clock.now())
            if one.about == "hours"
        )
    assert (step.state, step.go) == (State.TO_DO, "/setup?part=calendar:westlake")
    assert app.reference.clinic.location("westlake").hours == app.shipped.clinic.location("westlake").hours
    assert not app.reference.clinic.location("downtown").hours.is_open(app.clock.now())


def test_a_clinic_with_a_fault_that_an_older_release_took_is_still_its_own(app: TestApp) -> None:
    """Its patients must not read a made-up name and number because of a ZIP code; the checklist says what to mend."""
    body = clinic(name="Glow Studio", phone="+15125550142")
    body["locations"][0]["zips"] = ["seven"]
    publish_raw(app, "clinic", CLINIC, body)
    hear(app)
    assert (app.reference.clinic.name, app.reference.clinic.phone) == ("Glow Studio", "+15125550142")
    with app.db.read() as session:
        (step,) = (
            one
            for one in setup.read(session, app.settings, app.reference, app.clock.now())
            if one.about == "clinic"
        )
    assert step.state is State.TO_DO
    assert "locations.0.zips" in step.words


def test_a_clinic_without_a_number_gives_way_to_what_ships(app: TestApp) -> None:
    publish_raw(app, "clinic", CLINIC, clinic(name="Glow Studio", phone=""))
    hear(app)
    assert app.reference.clinic.name == app.shipped.clinic.name


def test_it_is_the_managers_to_change(app: TestApp) -> None:
    for kind, key, body in (
        (CLINIC_KIND, CLINIC, clinic(name="Mine")),
        (CALENDAR_KIND, "downtown", WEEKENDS),
        (TREATMENTS_KIND, TREATMENTS, {}),
    ):
        with pytest.raises(Denied):
            publish_it(app, kind, key, body, "frontdesk")


def test_none_of_it_is_retired_as_a_whole(app: TestApp) -> None:
    with app.db.write() as session:
        for kind, key in ((CLINIC_KIND, CLINIC), (CALENDAR_KIND, "downtown"), (TREATMENTS_KIND, TREATMENTS)):
            with pytest.raises(InvalidInput, match="is in use"):
                publish.retire(session, actor(session, "manager"), kind, key, "Gone", now=app.clock.now())


def test_seeding_leaves_what_the_clinic_published(app: TestApp) -> None:
    publish_it(app, CLINIC_KIND, CLINIC, clinic(name="Glow Studio"))
    publish_it(app, CALENDAR_KIND, "downtown", WEEKENDS)
    seed.seed(app, app.clock.now())
    assert app.reference.clinic.name == "Glow Studio"
    assert [line for line in seed.left_alone(app) if "sequence" not in line] == [
        "Left alone: clinic clinic, the clinic's version 2.",
        "Left alone: calendar downtown, the clinic's version 2.",
    ]


def test_what_ships_is_of_the_kinds_that_are_edited() -> None:
    """Each location of the file has its calendar."""
    assert set(shipped_calendars()) == {one["slug"] for one in shipped_clinic()[CLINIC]["locations"]}
    assert {"clinic", "calendar", "treatments"} <= set(KINDS)


def test_the_checklist_follows_what_is_set_up(app: TestApp) -> None:
    def states() -> dict[str, State]:
        with app.db.read() as session:
            return {
                step.about: step.state
                for step in setup.read(session, app.settings, app.reference, app.clock.now())
            }

    before = states()
    assert (before["clinic"], before["hours"], before["treatments"]) == (State.LATER,) * 3
    publish_it(app, CLINIC_KIND, CLINIC, clinic(name="Glow Studio"))
    publish_it(app, CALENDAR_KIND, "downtown", WEEKENDS)
    after = states()
    assert (after["clinic"], after["hours"], after["treatments"]) == (State.DONE, State.DONE, State.LATER)


def test_real_patients_are_never_told_the_made_up_number(app: TestApp) -> None:
    real = app.settings.model_copy(update={"twilio_account_sid": "AC1", "twilio_auth_token": "x"})
    with app.db.read() as session:
        step = next(
            one for one in setup.read(session, real, app.reference, app.clock.now()) if one.about == "clinic"
        )
    assert not real.simulated
    assert step.state is State.TO_DO


def retired(slug: str, **more: Any) -> dict[str, Any]:
    body = clinic()
    for place in body["locations"]:
        if place["slug"] == slug:
            place |= {"retired": True, **more}
    return body | {"default_location": "westlake"} if slug == "downtown" else body


def test_nobody_is_left_at_a_location_that_is_retired(app: TestApp) -> None:
    """Else they would be at work for no lead, by the hours of a place that is shut."""
    words = refused(app, CLINIC_KIND, CLINIC, retired("downtown"))
    assert words["locations.0.moves_to"].startswith("Chris Lindqvist, Elena Ruiz, Jordan Blake")
    assert words["locations.0.moves_to"].endswith(
        "work there. Choose where they go, or give them another location under Staff."
    )
    publish_it(app, CLINIC_KIND, CLINIC, retired("downtown", moves_to="westlake"))
    assert {row.location for row in rows(app, staff)} == {"westlake"}
    faults = refused(app, CLINIC_KIND, CLINIC, retired("downtown", moves_to="nowhere"))
    assert "locations.0.moves_to" in faults


def test_where_people_went_to_can_be_retired_itself_later(app: TestApp) -> None:
    """What a location said when it was retired bars nothing for good."""
    third = {
        "slug": "round-rock",
        "name": "Round Rock",
        "address": "5 Model Lane",
        "zips": [],
        "retired": False,
    }
    first = retired("downtown", moves_to="westlake")
    first = first | {"locations": [*first["locations"], third]}
    publish_it(app, CLINIC_KIND, CLINIC, first)
    later = copy.deepcopy(first) | {"default_location": "round-rock"}
    later["locations"][1] |= {"retired": True, "moves_to": "downtown"}
    assert "locations.1.moves_to" in refused(app, CLINIC_KIND, CLINIC, later)
    later["locations"][1] |= {"moves_to": "round-rock"}
    publish_it(app, CLINIC_KIND, CLINIC, later)
    assert {row.location for row in rows(app, staff)} == {"round-rock"}


def rules(slug: str) -> dict[str, Any]:
    """One rule about a location, whose people are of it."""
    asks = [{"match": "any", "conditions": [{"field": "location", "values": [slug]}]}]
    give = [{"strategy": "round_robin", "location": slug, "trained": False}]
    rule = {"name": "Westlake first", "on": True, "match": "all", "conditions": asks, "give": give}
    return {"rules": [rule], "nobody": list(CHAIN)}


def policies(slug: str) -> dict[str, Any]:
    body = copy.deepcopy(dict(policies_module.shipped()["policies"]))
    more = {"name": "Westlake", "minutes": 9, "location": slug}
    return {**body, "first_contact": [*body["first_contact"], more]}


def test_a_location_that_a_rule_or_policy_names_is_not_retired_under_it(app: TestApp) -> None:
    with app.db.write() as session:
        session.execute(staff.update().where(staff.c.username == "jordan").values(location="westlake"))
    publish_it(app, ASSIGNMENT, RULES_KEY, rules("westlake"))
    publish_it(app, SLA_POLICIES, "policies", policies("westlake"))
    words = refused(app, CLINIC_KIND, CLINIC, retired("westlake", moves_to="downtown"))
    assert words == {
        "locations.1.name": 'Westlake can\'t be retired yet: the rule "Westlake first" and the policy "Westlake"'
        " name it. Change that first, under Set up."
    }
    with app.db.read() as session:
        (left,) = setup_listed.retiring(session, actor(session, "manager"), retired("westlake"))
    assert (left.people, left.leads, len(left.named)) == (("Jordan Blake",), 0, 2)


def test_rules_and_policies_name_locations_that_are_there(app: TestApp) -> None:
    """A slip in a slug makes a rule that never holds, and nobody sees why."""
    words = refused(app, ASSIGNMENT, RULES_KEY, rules("westlak"))
    assert words["rules.0.give"] == "There is no location 'westlak'. Choose one of page Clinic."
    assert words["rules.0.conditions.0.conditions.0.values"] == words["rules.0.give"]
    words = refused(app, SLA_POLICIES, "policies", policies("westlak"))
    assert list(words.values()) == ["There is no location 'westlak'. Choose one of page Clinic."]
    publish_it(app, CLINIC_KIND, CLINIC, retired("westlake"))
    assert "Westlake is retired" in refused(app, SLA_POLICIES, "policies", policies("westlake")).popitem()[1]
