"""Drafts: kept for each thread and person, never overwritten by another window, gone with what they became."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from core.conversation.store_drafts import Draft
from core.conversation.tables import drafts
from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.access import erasing
from core.flows.conversation import drafting, staff_text
from core.flows.conversation.drafting import NONE_SEEN, Saved
from core.flows.leads import noting
from core.reads.parts import writing
from tests.conftest import TestApp
from tests.flows.staffing import do, new_lead, rows, who


def save(
    app: TestApp,
    lead_id: str,
    body: str,
    revision: int = NONE_SEEN,
    by: str = "frontdesk",
    kind: str = "text",
) -> Saved:
    saved: Saved = do(app, drafting.save, who(app, by), lead_id, kind, body, revision)
    return saved


def mine(app: TestApp, lead_id: str, by: str = "frontdesk") -> list[Draft]:
    with app.db.read() as session:
        return writing.mine(session, who(app, by), lead_id)


def test_a_draft_is_there_for_its_writer_and_nobody_else(app: TestApp) -> None:
    lead_id = new_lead(app)
    first = save(app, lead_id, "Hi Om")
    save(app, lead_id, "Hi Omar, ", first.revision)
    save(app, lead_id, "Ask for Ana", kind="note")
    assert {one.kind: one.body for one in mine(app, lead_id)} == {"text": "Hi Omar, ", "note": "Ask for Ana"}
    assert mine(app, lead_id, "jordan") == []


def test_colleagues_learn_who_writes_and_not_what(app: TestApp) -> None:
    """A note that is not kept yet is nobody else's business at all."""
    lead_id = new_lead(app)
    save(app, lead_id, "Hi Omar")
    save(app, lead_id, "Difficult one", by="jordan", kind="note")
    with app.db.read() as session:
        found = writing.writers(session, who(app, "manager"), lead_id)
    assert [(one.staff_id, one.name) for one in found] == [(who(app, "frontdesk").staff_id, "Maya Torres")]


def test_two_windows_of_one_person_never_overwrite_each_other(app: TestApp) -> None:
    lead_id = new_lead(app)
    first = save(app, lead_id, "Hi")
    save(app, lead_id, "Hi from the first window", first.revision)
    app.clock.advance(timedelta(seconds=5))
    with pytest.raises(LostRace, match="another window 5 s ago"):
        save(app, lead_id, "Hi from the second", first.revision)
    with pytest.raises(LostRace):
        save(app, lead_id, "", first.revision)
    with pytest.raises(LostRace):
        save(app, lead_id, "Begun without seeing it")
    assert [one.body for one in mine(app, lead_id)] == ["Hi from the first window"]


def test_the_same_words_saved_again_are_no_race(app: TestApp) -> None:
    """A browser that lost our answer sends them once more."""
    lead_id = new_lead(app)
    first = save(app, lead_id, "Hi")
    assert save(app, lead_id, "Hi").revision == first.revision


def test_an_emptied_box_leaves_no_draft(app: TestApp) -> None:
    lead_id = new_lead(app)
    first = save(app, lead_id, "Hi")
    assert save(app, lead_id, "  ", first.revision).revision == NONE_SEEN
    assert rows(app, drafts) == []
    assert save(app, lead_id, "", NONE_SEEN).revision == NONE_SEEN


def test_what_was_sent_is_no_draft_any_more(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    draft = save(app, lead_id, "Hi Omar")
    do(app, staff_text.send_text, app.reference, maya, lead_id, "Hi Omar", draft=draft.revision)
    assert rows(app, drafts) == []
    with pytest.raises(LostRace, match="sent or thrown away"):
        save(app, lead_id, "Hi Omar, and", draft.revision)


def test_what_another_window_wrote_meanwhile_stays_when_this_one_sends(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    draft = save(app, lead_id, "Hi Omar")
    save(app, lead_id, "A longer text from elsewhere", draft.revision)
    do(app, staff_text.send_text, app.reference, maya, lead_id, "Hi Omar", draft=draft.revision)
    assert [one.body for one in mine(app, lead_id)] == ["A longer text from elsewhere"]


def test_a_refused_text_keeps_its_draft(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    draft = save(app, lead_id, "x" * 1700)
    with pytest.raises(InvalidInput):
        do(app, staff_text.send_text, app.reference, maya, lead_id, "x" * 1700, draft=draft.revision)
    assert len(mine(app, lead_id)) == 1


def test_a_kept_note_is_no_draft_any_more(app: TestApp) -> None:
    lead_id = new_lead(app)
    draft = save(app, lead_id, "Ask for Ana", kind="note")
    do(
        app,
        noting.add_note,
        app.settings,
        who(app, "frontdesk"),
        lead_id,
        "Ask for Ana",
        draft=draft.revision,
    )
    assert rows(app, drafts) == []


def test_its_words_are_sealed_and_go_with_the_patient(app: TestApp) -> None:
    lead_id = new_lead(app)
    save(app, lead_id, "About your lips")
    with app.db.read() as session:
        stored = session.execute(text("SELECT body FROM drafts")).scalar_one()
    assert b"lips" not in bytes(stored)
    erasing.erase(app, 1, "They asked", actor="test", now=app.clock.now())
    assert rows(app, drafts) == []


def test_only_who_works_leads_writes_and_only_texts_and_notes(app: TestApp) -> None:
    lead_id = new_lead(app)
    with pytest.raises(Denied):
        save(app, lead_id, "Hi", by="provider")
    for kind, body, field in (("poem", "Hi", "kind"), ("text", "x" * 2001, "body")):
        with pytest.raises(InvalidInput) as refused:
            save(app, lead_id, body, kind=kind)
        assert [error.field for error in refused.value.errors] == [field]
