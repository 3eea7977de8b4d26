"""Internal notes: never sent, kept as they were written, and told to whom they name."""

import pytest

from core.conversation.tables import mentions
from core.domain.errors import InvalidInput
from core.flows.leads import noting, staff_action
from core.leads.tables import lead_events
from core.reads import now_block
from tests.conftest import TestApp
from tests.flows.dispatching import run_due
from tests.flows.sending.test_dispatch import PATIENT
from tests.flows.staffing import do, new_lead, one, rows, who

SCRIPT = "<script>alert(1)</script> says the patient"


def note(app: TestApp, lead_id: str, body: str, by: str = "frontdesk") -> str:
    note_id: str = do(app, noting.add_note, app.settings, who(app, by), lead_id, body)
    return note_id


def named(app: TestApp, username: str) -> list[int]:
    with app.db.read() as session:
        found = now_block.read(session, who(app, "admin"))
    return list(found.mentions.get(who(app, username).staff_id, ()))


def test_whom_a_note_names_is_told_once_and_sees_it_until_they_look(app: TestApp) -> None:
    """The text says which lead and nothing of the patient or of the note."""
    lead_id, elena = new_lead(app), who(app, "manager")
    before = len(app.sms.accepted)
    note(app, lead_id, f"@{elena.name} can you call her? @{elena.name}, please")
    run_due(app)
    [told] = [text.body for text, _, _ in app.sms.accepted[before:]]
    assert told.startswith("You are named in a note about lead A-1001.")
    assert not any(word in told for word in ("Omar", "Reyes", "call her"))
    assert named(app, "manager") == [1]
    do(app, staff_action.mark_read, elena, lead_id)
    assert named(app, "manager") == []


def test_two_notes_are_one_thread_to_look_at(app: TestApp) -> None:
    lead_id, elena = new_lead(app), who(app, "manager")
    for _ in range(2):
        note(app, lead_id, f"@{elena.name} ping")
    assert named(app, "manager") == [1]
    assert len(rows(app, mentions)) == 2


@pytest.mark.parametrize(
    "body", ["@Nobody Here hello", "mail me at ana@Elena", "@Elena without her last name"]
)
def test_words_that_name_nobody_tell_nobody(app: TestApp, body: str) -> None:
    note(app, new_lead(app), body)
    assert rows(app, mentions) == []


def test_whoever_may_not_see_leads_or_wrote_it_is_not_named(app: TestApp) -> None:
    sam, maya = who(app, "marketing"), who(app, "frontdesk")
    note(app, new_lead(app), f"@{sam.name} and @{maya.name} look at this")
    assert rows(app, mentions) == []


def test_a_note_stays_as_it_was_written_and_never_reaches_the_patient(app: TestApp) -> None:
    lead_id = new_lead(app)
    sent = len(app.sms.bodies_to(PATIENT))
    note(app, lead_id, SCRIPT)
    run_due(app)
    assert one(app, lead_events, lead_events.c.kind == "note").note == SCRIPT
    assert len(app.sms.bodies_to(PATIENT)) == sent


def test_two_thousand_characters_are_a_note_and_one_more_is_none(app: TestApp) -> None:
    """Nothing of it is kept, and nobody is told."""
    lead_id, elena = new_lead(app), who(app, "manager")
    note(app, lead_id, "x" * 2000)
    with pytest.raises(InvalidInput, match="at most 2000 characters; this one 2001"):
        note(app, lead_id, f"@{elena.name} ".ljust(2001, "x"))
    assert len(rows(app, lead_events, lead_events.c.kind == "note")) == 1
    assert rows(app, mentions) == []
