"""Templates: who may open the page, the rows that browsers follow, and what the editor asks of the server."""

from typing import Any

import pytest
import streamlit as st

from console import process
from console.parts.editor import Editor
from console.templates import actions, view
from core.audit.tables import audit_events
from core.domain.errors import InvalidInput
from core.domain.roles import Role
from core.flows.publishing import publish
from core.flows.publishing.publish import NONE_SEEN
from core.kinds import TEMPLATE
from core.versions.rules import Body
from tests.access import trying
from tests.conftest import TestApp
from tests.flows.staffing import do, new_lead, rows, who
from tests.pages.conftest import Visit, words
from tests.pages.test_operations_pages import rows_of

EVERYBODY = ("frontdesk", "manager", "marketing", "admin", "provider")
KEY = "booking_link"


def shipped() -> dict[str, Any]:
    return dict(TEMPLATE.shipped()[KEY])


def seen(app: TestApp, body: Body, role: Role = Role.MANAGER, lead: str = "") -> dict[str, Any]:
    """What the editor shows of a body, asked as a browser does."""
    session = trying.session_of(app, role)
    given = trying.outcome(app, lambda _message: _looked(body, lead), session)
    assert given.ok, given.words
    return dict(given.value["look"])


def _looked(body: Body, lead: str) -> Any:
    if lead:
        chosen = actions.show_for({"lead": lead})
        if not chosen.ok:
            return chosen
    return view.EDITOR.actions["look"]({"key": KEY, "body": body})


@pytest.mark.parametrize("username", EVERYBODY)
def test_it_opens_for_those_who_write_or_choose_texts(visit: Visit, username: str) -> None:
    shown = visit(username, "templates.py")
    assert not shown.exception
    assert ("is not open to your role" in words(shown)) == (username == "provider")


def test_the_list_has_each_template_with_its_state_its_gaps_and_where_it_is_used(console: TestApp) -> None:
    body = shipped()
    body["wordings"] = {**body["wordings"], "es": {"body": "", "neutral": ""}}
    saved = do(console, publish.save_draft, who(console, "marketing"), TEMPLATE, KEY, body, NONE_SEEN)
    do(console, publish.publish, who(console, "marketing"), TEMPLATE, KEY, saved.revision, "Shorter")
    listed = {row["id"]: row for row in rows_of(console, view.TOPIC)}
    assert listed.keys() == TEMPLATE.shipped().keys()
    assert (listed[KEY]["number"], listed[KEY]["gaps"]) == (2, ["Spanish"])
    assert "step hour-1 of the sequence 'Booking begun, nothing booked' sends it" in listed[KEY]["used"]
    first = listed["lead_confirmation"]
    assert (first["group"], first["class"], first["gaps"]) == ("lead_capture", "transactional", [])
    assert any("'New lead'" in place for place in first["used"])
    assert all(not row["gaps"] for row in listed.values() if row["class"] == "staff")


def test_the_preview_shows_three_cases_in_both_languages_and_both_wordings(console: TestApp) -> None:
    """No braces in any, nothing of health in the neutral ones, and the longest is what is counted."""
    found = seen(console, shipped())
    assert found["findings"] == []
    texts = found["texts"]
    assert {len(texts[case]) for case in ("usual", "longest", "empty")} == {4}
    assert not any("{" in text for case in texts.values() for text in case.values())
    assert "Lip filler" in texts["usual"]["wordings.en.body"]
    assert "Lip filler" not in texts["usual"]["wordings.en.neutral"]
    assert found["meters"]["wordings.en.body"]["size"]["units"] == len(texts["longest"]["wordings.en.body"])
    assert found["meters"]["wordings.en.body"]["perHundred"] > 0


def test_the_preview_of_a_lead_has_their_values_and_is_a_line_of_the_trail(console: TestApp) -> None:
    lead = new_lead(console)
    found = seen(console, shipped(), lead=lead)
    assert "Omar" in found["texts"]["usual"]["wordings.en.body"]
    assert "Omar" not in found["texts"]["longest"]["wordings.en.body"]
    process.looks().flush(now=console.clock.now())
    lines = [row.detail["depth"] for row in rows(console, audit_events) if row.action == "looked"]
    assert lines == ["opened"]


def test_marketing_sees_nobody_in_the_preview(console: TestApp) -> None:
    """Not by choosing, and not by what an earlier session left in the tab."""
    lead = new_lead(console)
    session = trying.session_of(console, Role.MARKETING)
    assert (
        "Your role can't"
        in trying.outcome(console, lambda _: actions.show_for({"lead": lead}), session).words
    )
    assert (
        "Your role can't"
        in trying.outcome(console, lambda _: actions.people({"text": "Omar"}), session).words
    )

    def left(_message: Any) -> Any:
        st.session_state[view.SHOWN_FOR] = lead
        return view.EDITOR.actions["look"]({"key": KEY, "body": shipped()})

    told = trying.outcome(console, left, session).value["look"]
    assert "Omar" not in str(told)


def test_errors_of_the_checks_bar_publishing_and_warnings_do_not(console: TestApp) -> None:
    """In the fields' own names, as the editor shows them."""
    body = shipped()
    body["wordings"] = {**body["wordings"], "en": {"body": "{{clinicShortName}}: reply YES.", "neutral": ""}}
    editor = who(console, "marketing")
    saved = do(console, publish.save_draft, editor, TEMPLATE, KEY, body, NONE_SEEN)
    with pytest.raises(InvalidInput) as refused:
        do(console, publish.publish, editor, TEMPLATE, KEY, saved.revision, "Yes")
    assert [error.field for error in refused.value.errors] == ["wordings.en.body"]
    body["wordings"]["en"]["body"] = "It\u2019s time: reply BOOK."
    saved = do(console, publish.save_draft, editor, TEMPLATE, KEY, body, saved.revision)
    assert do(console, publish.publish, editor, TEMPLATE, KEY, saved.revision, "Book") == 2


@pytest.mark.parametrize("body", [{}, {"wordings": "x"}, {"wordings": {"en": {"body": "{{#if a}}"}}}])
def test_a_half_finished_body_is_shown_as_far_as_it_goes(console: TestApp, body: Body) -> None:
    found = seen(console, body)
    assert any(one["level"] == "error" for one in found["findings"])


def test_the_editor_of_templates_has_what_every_editor_has() -> None:
    assert set(Editor(TEMPLATE, view.look).actions) < set(actions.ACTIONS)
