"""Who is who on the pages: duplicates for whom, and the rows of a lead's page about people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.duplicates import view as duplicates
from console.lead import people_actions, view
from console.lead_queue import adding
from console.lead_queue import view as queue
from console.parts import person_choices
from core.flows.conversation import staff_whose
from core.flows.leads import correcting, verbal_consent
from core.flows.leads.correcting import Corrected
from core.intake.submission import SetAside
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.sending.test_dispatch import write_in
from tests.flows.staffing import do, new_lead, who
from tests.pages.conftest import Visit, words

SAM = submission()
CASEY = submission(external_id="f-2", first_name="Casey", last_name="Sample", email="casey@example.com")
AGAIN = submission(external_id="f-3", last_name="Cole", email="omar.cole@example.com", zip="32801")


def about(app: TestApp, lead_id: str) -> dict[str, dict[str, Any]]:
    with app.db.read() as session:
        return {row["id"]: row for row in view.rows(app, session, lead_id, app.clock.now())}


@pytest.mark.parametrize("username", ["frontdesk", "manager", "admin", "marketing", "provider"])
def test_duplicates_are_for_those_who_work_leads(visit: Visit, username: str) -> None:
    """Merging is work on leads: providers look at them, marketing does not."""
    shown = visit(username, "duplicates.py")
    assert not shown.exception
    refused = "is not open to your role" in words(shown)
    assert refused == (username in {"marketing", "provider"})


def test_pairs_stand_side_by_side_with_what_agrees(console: TestApp) -> None:
    """Who decides sees names, numbers and why the two were put beside each other."""
    new_lead(console, SAM)
    new_lead(console, AGAIN)
    with console.db.read() as session:
        total, pair = duplicates.rows(console, session, "", console.clock.now())
    assert total["waiting"] == 1
    assert [side["name"] for side in pair["sides"]] == ["Omar Reyes", "Omar Cole"]
    assert [side["ref"] for side in pair["sides"]] == ["A-1001", "A-1002"]
    assert pair["reasons"] == "same phone, different emails, one name in common"


def test_a_shared_number_and_a_doubtful_text_say_whose_they_may_be(console: TestApp) -> None:
    """On both leads' pages and in the panel; a text that staff gave to one stands no more with the other."""
    sam, casey = new_lead(console, SAM), new_lead(console, CASEY)
    text_id = write_in(console, "Thursday would be great").text_id
    shown = about(console, sam)
    assert [one["name"] for one in shown["people"]["others"]] == ["Casey Sample"]
    text = next(row for row in shown.values() if row.get("kind") == "text" and row["origin"] == "patient")
    assert text["whose"] in {"guessed", "unclear"}
    assert [one["lead"] for one in text["others"]] == [casey]
    assert not text["earlier"]
    with console.db.read() as session:
        peek = next(iter(queue.peek_rows(console, session, casey, console.clock.now())))
    assert [one["ref"] for one in peek["family"]] == ["A-1001"]
    do(console, staff_whose.assign_text, console.reference, who(console, "frontdesk"), text_id, casey)
    assert f"x:{text_id}" not in about(console, sam)
    assert about(console, casey)[f"x:{text_id}"]["whose"] == "said"


def test_a_correction_stands_on_the_page_with_what_it_was_and_who_made_it(console: TestApp) -> None:
    """'Phone was (407) 555-0155': numbers and choices as people read them; the new number asks for consent."""
    lead_id = new_lead(console)
    assert about(console, lead_id)["people"]["planned"] > 0
    actor = who(console, "frontdesk")
    wanted = {"phone": "(407) 555-0199", "budget": "500-1000"}
    do(console, correcting.correct, console.reference, actor, lead_id, wanted)
    row = about(console, lead_id)["people"]
    told = {one["label"]: (one["was"], one["by"], one["undone"]) for one in row["corrected"]}
    assert told["Phone"] == ("(407) 555-0155", "Maya Torres", False)
    assert row["askConsent"]
    assert row["planned"] == 0
    said = verbal_consent.wording(console.reference)
    do(console, verbal_consent.record, console.reference, actor, lead_id, said)
    assert not about(console, lead_id)["people"]["askConsent"]


def test_a_number_that_opted_out_is_not_asked_to_be_opened_by_staff(console: TestApp) -> None:
    """Only the patient can take a STOP back."""
    lead_id = new_lead(console)
    write_in(console, "STOP")
    assert not about(console, lead_id)["people"]["askConsent"]


def test_what_follows_from_a_correction_is_said_in_words() -> None:
    assert people_actions.what_follows(Corrected("b", ("email",))) == "Corrected"
    assert (
        people_actions.what_follows(Corrected("b", ("phone",), 4, call_only=True))
        == "Corrected. 4 texts to the old number were stopped. "
        "No text goes to the new number until consent is recorded for it"
    )


def test_consent_counts_only_with_its_tick(console: TestApp) -> None:
    """The wording goes with the lead where it was agreed to, and nowhere else."""
    message = {"request": "r-1", "how": "walk_in", "first_name": "Ana", "mine": True, "talked": False}
    assert adding.told(message, "May we text you?").consent_wording == ""
    assert adding.told({**message, "agreed": True}, "May we text you?").consent_wording == "May we text you?"


def test_choices_offered_are_those_that_the_core_takes(console: TestApp) -> None:
    """Each choice on the form can be saved; an open answer stands first."""
    lead_id, offered = new_lead(console), person_choices.offered(console)
    for name in ("treatment", "timeframe", "budget", "language"):
        assert offered[name][0] == ["", "Not known"]
        for code, _label in offered[name][1:]:
            console.clock.advance(timedelta(seconds=1))
            actor = who(console, "frontdesk")
            do(console, correcting.correct, console.reference, actor, lead_id, {name: code})


def test_fields_that_could_not_be_used_and_when_they_agreed_stand_on_the_page(console: TestApp) -> None:
    """What the form's sender got wrong is shown with why; a consent has the moment that the person gave it."""
    agreed = console.clock.now() - timedelta(hours=3)
    consents = tuple(replace(given, captured_at=agreed) for given in SAM.consents)
    left_out = (SetAside("email", "This is no email address.", "omar@"),)
    lead_id = new_lead(console, submission(email="", consents=consents, set_aside=left_out))
    shown = about(console, lead_id)
    assert shown["request"]["leftOut"] == ['Could not be used: email "omar@": This is no email address.']
    assert {line["captured"] for line in shown["consent"]["ledger"]} == {int(agreed.timestamp() * 1000)}
