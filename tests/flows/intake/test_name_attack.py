"""A thief of the database who may fill in our form learns nobody's name from it (finding 9, by its own attack)."""

from bench import name_attack
from core.patients.tables import patient_conflicts
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import take_in
from tests.flows.staffing import rows

PEOPLE = (("Grace", "Kim"), ("Omar", "Reyes"), ("Ruth", "Boone"), ("Lena", "Garcia"))


def clinic(app: TestApp) -> list[str]:
    """Patients, some of whom said something else in a later form; the ends of their numbers."""
    for number, (first, last) in enumerate(PEOPLE, 1):
        sent = submission(
            external_id=f"p-{number}",
            first_name=first,
            last_name=last,
            phone=f"+140755501{number:02d}",
            email=f"p{number}@example.com",
        )
        take_in(app, sent)
    take_in(app, submission(external_id="p-9", phone="+14075550101", first_name="Grace", last_name="Kimm"))
    return ["0101", "0102", "0103", "0104", "0199"]


def test_no_name_and_no_end_of_a_number_can_be_told(app: TestApp) -> None:
    """Finding 9: of 488 made-up patients every one who had a chosen word was told, and nobody else."""
    tails = clinic(app)
    attack = name_attack.plan([word.lower() for name in PEOPLE for word in name], tails)
    ours = name_attack.send(app, attack)
    with app.db.engine.connect() as connection:
        assert name_attack.told(connection, attack, ours) == set()


def test_the_attack_itself_works(app: TestApp) -> None:
    """Else the test above would pass for any reason: a number of one's own is told, as every identity is."""
    clinic(app)
    attack = name_attack.plan(["grace"], ["0101", "0177", "0178", "0179", "0180"])
    ours = name_attack.send(app, attack)
    victim = submission(
        external_id="p-10", first_name="Ana", last_name="Diaz", phone="+14075560177", email=""
    )
    take_in(app, victim)
    with app.db.engine.connect() as connection:
        assert {word for _, word in name_attack.told(connection, attack, ours)} == {"0177"}


def test_what_a_later_form_said_is_indexed_only_where_a_search_asks(app: TestApp) -> None:
    """Finding 9: a disagreeing last name stood beside the patient under an index of its own."""
    take_in(app, submission())
    take_in(app, submission(external_id="f-2", last_name="Reyess", zip="32809"))
    take_in(app, submission(external_id="f-3", phone="+14075550177"))
    take_in(app, submission(external_id="f-4", email="later@example.com"))
    kept = {row.field: row.value_index is not None for row in rows(app, patient_conflicts)}
    assert kept.pop("email")
    assert kept.pop("phone")
    assert "last_name" in kept
    assert not any(kept.values())
