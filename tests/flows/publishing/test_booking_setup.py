"""What can be booked is published like everything else: it holds at once, and nothing that is used is taken away."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from core.domain.errors import Denied
from core.flows.leads import visits
from core.kinds import PACKAGES_KIND, RESOURCES_KIND, RULES_KIND, SERVICES_KIND
from core.reads import setup
from core.reads.parts import bookable as reasons
from core.reads.parts.bookable import Givers
from core.reads.setup import State
from core.setup.bookable import PACKAGES, RESOURCES, RULES, SERVICES, shipped
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.booking.booking import DAY, a_lead, add_provider, booked, wish
from tests.flows.publishing.test_clinic_setup import publish_it, refused
from tests.flows.staffing import do, who

KINDS = {SERVICES: SERVICES_KIND, RESOURCES: RESOURCES_KIND, PACKAGES: PACKAGES_KIND, RULES: RULES_KIND}


def body(kind: str) -> dict[str, Any]:
    return copy.deepcopy(dict(shipped(kind)[kind]))


def listed(kind: str, code: str, **changes: Any) -> tuple[dict[str, Any], int]:
    """The list that ships with one entry changed, and the place of that entry."""
    made = body(kind)
    place = next(number for number, one in enumerate(made[kind]) if one["code"] == code)
    made[kind][place] |= changes
    return made, place


def without(kind: str, code: str) -> dict[str, Any]:
    made = body(kind)
    return {kind: [one for one in made[kind] if one["code"] != code]}


def publish(app: TestApp, kind: str, made: dict[str, Any], username: str = "manager") -> None:
    publish_it(app, KINDS[kind], kind, made, username)


def faults(app: TestApp, kind: str, made: dict[str, Any]) -> dict[str, str]:
    return refused(app, KINDS[kind], kind, made)


def visit_of_hydrafacial(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    booked(app, a_lead(app), wish(app), app.clock.now() + DAY)


def test_a_price_and_a_length_hold_at_once_and_for_new_visits(app: TestApp) -> None:
    publish(app, SERVICES, listed(SERVICES, "hydrafacial", minutes="60", price="199", after="")[0])
    service = app.reference.bookable.services["hydrafacial"]
    assert (service.minutes, service.price_cents, service.after) == (60, 19_900, None)
    assert app.reference.bookable.after_minutes(service) == 10, "empty is the clinic's clean-up"


def test_the_front_desk_publishes_none_of_it(app: TestApp) -> None:
    with pytest.raises(Denied):
        publish(app, SERVICES, body(SERVICES), "frontdesk")


@pytest.mark.parametrize(
    ("kind", "code", "changes", "field", "said"),
    [
        (SERVICES, "hydrafacial", {"minutes": "0"}, "minutes", "from 5 to 480"),
        (SERVICES, "hydrafacial", {"minutes": "soon"}, "minutes", "from 5 to 480"),
        (SERVICES, "hydrafacial", {"price": "-1"}, "price", "from 0 to 100,000"),
        (SERVICES, "hydrafacial", {"label": " "}, "label", "What do patients call it?"),
        (SERVICES, "hydrafacial", {"needs": "hydrafacial"}, "needs", "another service"),
        (SERVICES, "hydrafacial", {"by_provider": {"tess": "900"}}, "by_provider", "from 5 to 480"),
        (SERVICES, "hydrafacial", {"treatment": "moonlight"}, "treatment", "one of the clinic's treatments"),
        (SERVICES, "hydrafacial", {"room": "pool"}, "room", "No room is for 'pool'"),
        (SERVICES, "hydrafacial", {"device": "steam"}, "device", "No device is for 'steam'"),
        (RESOURCES, "room-1", {"location": "moon"}, "location", "one of the clinic's locations"),
        (RESOURCES, "room-1", {"types": []}, "types", "What is it for?"),
        (PACKAGES, "hydrafacial-3", {"service": "gone"}, "service", "one of the services"),
        (PACKAGES, "hydrafacial-3", {"visits": "1"}, "visits", "from 2 to 24"),
    ],
)
def test_what_is_wrong_is_said_at_its_row(
    app: TestApp, kind: str, code: str, changes: dict[str, Any], field: str, said: str
) -> None:
    made, place = listed(kind, code, **changes)
    assert said in faults(app, kind, made)[f"{kind}.{place}.{field}"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hold": "0"}, "hold"),
        ({"answer": "14"}, "answer"),
        ({"change": "later"}, "change"),
        ({"step": "7"}, "step"),
        ({"offer_from": "20:00", "offer_until": "08"}, "offer_from"),
        ({"policy": "x" * 301}, "policy"),
    ],
)
def test_a_rule_that_can_not_be_meant_is_refused_by_its_name(
    app: TestApp, changes: dict[str, str], field: str
) -> None:
    assert field in faults(app, RULES, body(RULES) | changes)


def test_a_service_that_visits_are_of_is_retired_not_removed(app: TestApp) -> None:
    visit_of_hydrafacial(app)
    publish(app, PACKAGES, without(PACKAGES, "hydrafacial-3"))
    assert "Retire it instead" in faults(app, SERVICES, without(SERVICES, "hydrafacial"))["services"]
    publish(app, SERVICES, listed(SERVICES, "hydrafacial", retired=True)[0])
    assert "hydrafacial" not in {one.code for one in app.reference.bookable.offered()}
    assert app.reference.bookable.services["hydrafacial"].label == "HydraFacial", "visits keep its name"


def test_a_service_that_a_package_is_of_is_not_removed(app: TestApp) -> None:
    assert (
        "Chemical peel can't be removed"
        in faults(app, SERVICES, without(SERVICES, "chemical_peel"))["services"]
    )


def test_a_service_that_nothing_points_to_goes(app: TestApp) -> None:
    publish(app, SERVICES, without(SERVICES, "sclerotherapy"))
    assert "sclerotherapy" not in app.reference.bookable.services


def test_a_room_that_visits_are_in_is_retired_not_removed_even_after_they_ended(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    stands = booked(app, a_lead(app), wish(app), app.clock.now() + DAY)
    do(app, visits.cancel, app.reference, who(app, "frontdesk"), stands.id, "unwell")
    assert "Retire it instead" in faults(app, RESOURCES, without(RESOURCES, stands.room))["resources"]


# ---- what can't be booked, and why


def lacks(app: TestApp, found: Givers) -> list[str]:
    return [one.words for one in reasons.lacks(app.reference, found)]


def everybody(app: TestApp) -> Givers:
    with app.db.read() as session:
        return reasons.givers(session, app.reference, app.clock.now())


def alone(app: TestApp, *skills: str, seniority: int = 5, location: str = "downtown", **more: Any) -> None:
    """One provider, and nobody else."""
    with app.db.write() as session:
        session.execute(staff.update().where(staff.c.role == "provider").values(active=False))
    add_provider(app, "solo", "Sol Marin", list(skills), seniority=seniority, location=location, **more)


def every_skill(app: TestApp) -> set[str]:
    return {one.group for one in app.reference.treatments.values()}


def test_where_everything_is_there_nothing_is_lacking(app: TestApp) -> None:
    alone(app, *every_skill(app))
    assert lacks(app, everybody(app)) == []
    with app.db.read() as session:
        steps = setup.read(session, app.settings, app.reference, app.clock.now())
    (booking,) = [step for step in steps if step.about == "booking"]
    assert (booking.state, booking.words) == (State.DONE, "all 13 services can be booked")


def test_services_that_nobody_has_the_skill_for_are_one_line(app: TestApp) -> None:
    alone(app, *(every_skill(app) - {"laser"}))
    assert lacks(app, everybody(app)) == [
        "Laser hair removal and Laser resurfacing can't be booked: nobody who gives treatments has the skill 'laser'"
    ]


def test_a_type_of_room_that_no_location_has_is_named(app: TestApp) -> None:
    alone(app, *every_skill(app))
    made = body(RESOURCES)
    made["resources"] = [one for one in made["resources"] if "laser" not in one["types"]]
    publish(app, RESOURCES, made)
    assert "no location has a room for 'laser'" in lacks(app, everybody(app))[0]


def test_what_each_location_lacks_is_said_of_each(app: TestApp) -> None:
    """Downtown has the device and nobody for it, Westlake the person and no device."""
    alone(app, *every_skill(app), location="westlake")
    (words,) = lacks(app, everybody(app))
    assert words == (
        "CoolSculpting can't be booked: nobody at Downtown has the skill 'body'; Westlake has no device for 'cooling'"
    )


def test_who_is_too_new_for_a_service_is_said(app: TestApp) -> None:
    alone(app, *every_skill(app), seniority=1)
    assert any("seniority 3 or more" in words for words in lacks(app, everybody(app)))


def test_a_provider_without_shifts_is_named(app: TestApp) -> None:
    alone(app, *every_skill(app), hours={})
    said = lacks(app, everybody(app))
    assert any("whoever could give it at Downtown has no shift" in words for words in said)
    assert said[-1].startswith("Sol Marin gives treatments and has no shift")


def test_a_location_without_a_room_is_named(app: TestApp) -> None:
    made = body(RESOURCES)
    made["resources"] = [one for one in made["resources"] if one["location"] != "westlake"]
    publish(app, RESOURCES, made)
    assert "Westlake has no room: what needs one can't be booked there" in lacks(app, everybody(app))


def test_a_clinic_in_which_nobody_gives_treatments_is_told_once(app: TestApp) -> None:
    assert lacks(app, Givers((), frozenset())) == [
        "nobody gives treatments yet, so nothing can be booked; add providers under Staff access"
    ]


def test_it_is_to_do_once_services_of_ones_own_are_published(app: TestApp) -> None:
    """Before that a clinic may not want to be booked at all, and its leads come in without it."""

    def states() -> set[State]:
        with app.db.read() as session:
            steps = setup.read(session, app.settings, app.reference, app.clock.now())
        return {step.state for step in steps if step.about == "booking"}

    assert states() == {State.LATER}
    publish(app, SERVICES, listed(SERVICES, "hydrafacial", price="199")[0])
    assert states() == {State.TO_DO}


def test_a_draft_shows_when_it_would_be_free_first(app: TestApp) -> None:
    alone(app, "skin")
    service = app.reference.bookable.services["hydrafacial"]
    with app.db.read() as session:
        downtown, westlake = reasons.first_free(session, app.reference, service, app.clock.now())
    assert downtown.slot
    assert (downtown.slot.starts_at, downtown.provider) == (app.clock.now() + timedelta(hours=1), "Sol")
    assert (westlake.slot, westlake.why) == (None, "nobody at Westlake has the skill 'skin'")
