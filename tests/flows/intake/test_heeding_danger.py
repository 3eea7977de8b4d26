"""A form that tells of danger in its free text rings as a text would; one that asks or denies does not."""

import pytest

from core.conversation.tables import alarms
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in
from tests.flows.staffing import kinds, one, rows

PATIENT = "+14075550155"


@pytest.mark.parametrize(
    "notes",
    ["I had filler here on Monday and now my lip is turning white", "no puedo respirar bien desde ayer"],
)
def test_a_form_that_tells_of_danger_rings(app: TestApp, notes: str) -> None:
    """People are told until one acknowledges, advertising ends, the lead is urgent, the patient is told to call 911."""
    lead_id = take_in(app, submission(notes=notes)).lead_id
    assert lead_id
    run_due(app)
    assert one(app, alarms).lead_id == lead_id
    assert one(app, leads, leads.c.id == lead_id).priority == 1
    assert any("911" in body for body in app.sms.bodies_to(PATIENT))
    assert any(text.body.startswith("URGENT") for text, _, _ in app.sms.accepted)
    c = timed_actions.c
    assert rows(app, timed_actions, c.audience == "patient", c.state == "planned", c.kind == "text") == []
    assert "alarm_raised" in kinds(app, lead_id)


@pytest.mark.parametrize(
    "notes",
    [
        "Can filler cause blindness? I am nervous",
        "No allergies, no fever, nothing",
        "Your before and afters took my breath away",
        "I had an allergic reaction to latex years ago",
        "",
    ],
)
def test_a_form_that_asks_or_denies_rings_nobody(app: TestApp, notes: str) -> None:
    take_in(app, submission(notes=notes))
    run_due(app)
    assert rows(app, alarms) == []


def test_other_answers_are_read_too_and_ticked_words_are_not(app: TestApp) -> None:
    take_in(
        app, submission(fields={"history": "Fever", "anything_else": "my vision is blurry since yesterday"})
    )
    assert len(rows(app, alarms)) == 1


def test_a_list_of_past_illnesses_rings_nobody(app: TestApp) -> None:
    take_in(app, submission(fields={"history": "Fever", "conditions": "Hives, Infection"}))
    assert rows(app, alarms) == []
