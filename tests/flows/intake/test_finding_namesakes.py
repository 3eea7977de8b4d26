"""Two profiles of one rare name stand on the review list a moment later, without any index of names (finding 9)."""

from sqlalchemy import delete

from core.flows.intake import finding_namesakes
from core.patients.likeness import Person, alike
from core.patients.tables import namesake_checks, possible_duplicates
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import take_in
from tests.flows.leads.test_correcting import correct
from tests.flows.staffing import rows


def arrives(app: TestApp, number: int, first: str, last: str) -> str:
    sent = submission(
        external_id=f"f-{number}",
        first_name=first,
        last_name=last,
        phone=f"+140755501{number:02d}",
        email=f"p{number}@example.com",
    )
    lead_id = take_in(app, sent).lead_id
    assert lead_id
    return lead_id


def find(app: TestApp) -> int:
    return finding_namesakes.find(app, now=app.clock.now())


def test_a_rare_name_in_common_is_asked_about_once(app: TestApp) -> None:
    """Two phones and two addresses, one name: perhaps one person. Nobody is asked again each minute."""
    arrives(app, 1, "Ruth", "Boone")
    find(app)
    arrives(app, 2, "Ruth", "Boone")
    arrives(app, 3, "Ruth", "Pell")
    assert rows(app, possible_duplicates) == []
    assert find(app) == 2
    (pair,) = rows(app, possible_duplicates)
    assert pair.reasons == ["other_phone", "other_email", "name_same"]
    assert find(app) == 0
    with app.db.write() as session:
        session.execute(delete(possible_duplicates))
    assert find(app) == 0
    assert rows(app, possible_duplicates) == []


def test_a_name_that_many_bear_says_nothing(app: TestApp) -> None:
    """A list full of Smiths would be read by nobody."""
    for number in range(1, 6):
        arrives(app, number, "John", "Smith")
    find(app)
    assert rows(app, possible_duplicates) == []


def test_a_corrected_name_is_compared_again(app: TestApp) -> None:
    arrives(app, 1, "Ruth", "Boone")
    lead_id = arrives(app, 2, "Ruht", "Bone")
    find(app)
    assert rows(app, possible_duplicates) == []
    correct(app, lead_id, first_name="Ruth", last_name="Boone")
    find(app)
    assert len(rows(app, possible_duplicates)) == 1


def test_only_what_was_compared_is_struck_off(app: TestApp) -> None:
    """A form that comes in the midst of it waits for the next time."""
    arrives(app, 1, "Ruth", "Boone")
    assert len(rows(app, namesake_checks)) == 1
    find(app)
    assert rows(app, namesake_checks) == []


def test_names_are_alike_by_the_last_and_the_beginning_of_the_first() -> None:
    one = Person("Ruth", "Boone Jr", id="1")
    others = [
        Person("Ruthann", "Boone", id="2"),
        Person("Boone", "Ruth", id="3"),
        Person("Ruth", "Bone", id="4"),
        one,
    ]
    assert alike([one, Person("", "", id="5"), Person("Ruth", "", id="6")], others) == {"1": ["2", "3"]}
