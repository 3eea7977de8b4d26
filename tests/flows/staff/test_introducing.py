"""What patients may choose a provider by: said by themselves or by a manager, and empty unless somebody said so."""

import pytest

from core.domain.errors import Denied, InvalidInput
from core.flows.staff import introducing
from core.reads import staff as reads
from core.staff.profile_rules import Introduction
from core.staff.store import treating
from tests.conftest import TestApp
from tests.flows.staffing import do, who

SAID = Introduction("female", "Twelve years of injectables.\nSpeaks Spanish.")


def shown(app: TestApp) -> tuple[str, str]:
    with app.db.read() as session:
        (nina,) = [one for one in treating.providers(session) if one.name == "Nina Castellano"]
    return nina.gender, nina.about


@pytest.mark.parametrize("username", ["provider", "manager"])
def test_a_provider_or_a_manager_says_it_and_it_stands_on_one_line(app: TestApp, username: str) -> None:
    assert shown(app) == ("", ""), "nobody is asked, and nothing is offered"
    do(app, introducing.introduce, who(app, username), who(app, "provider").staff_id, SAID)
    assert shown(app) == ("female", "Twelve years of injectables. Speaks Spanish.")


def test_the_front_desk_says_it_of_nobody_else(app: TestApp) -> None:
    nina = who(app, "provider").staff_id
    with pytest.raises(Denied):
        do(app, introducing.introduce, who(app, "frontdesk"), nina, SAID)
    with app.db.read() as session, pytest.raises(Denied):
        reads.introduction(session, who(app, "frontdesk"), nina)


@pytest.mark.parametrize(
    ("wanted", "field"), [(Introduction("x"), "gender"), (Introduction("", "a" * 201), "about")]
)
def test_what_does_not_fit_is_refused_by_its_field(app: TestApp, wanted: Introduction, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        do(app, introducing.introduce, who(app, "manager"), who(app, "provider").staff_id, wanted)
    assert [one.field for one in refused.value.errors] == [field]


def test_who_gives_no_treatments_is_chosen_by_nobody(app: TestApp) -> None:
    desk = who(app, "frontdesk")
    with pytest.raises(InvalidInput, match="Patients choose among providers only"):
        do(app, introducing.introduce, who(app, "manager"), desk.staff_id, SAID)
