"""What the clinic words itself: drafted as one types, published for everybody, taken back."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from core.audit.tables import audit_events
from core.domain.errors import Denied, InvalidInput, LostRace, NotFound
from core.flows.publishing import publish, saving_quick_text
from core.flows.publishing.publish import NONE_SEEN, Saved
from core.kinds import QUICK_TEXT
from core.reads import quick_texts
from core.reads.parts import versions as reads
from core.versions.tables import versions
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.staffing import do, new_lead, rows, who

THANKS = "thanks"
BODY = {"title": "Thanks", "body": "Thank you, {{firstName}}!"}
OTHER = {"title": "Thanks", "body": "Many thanks, {{firstName}}!"}


def save(
    app: TestApp, body: dict[str, str], revision: int = NONE_SEEN, by: str = "manager", key: str = THANKS
) -> Saved:
    saved: Saved = do(app, publish.save_draft, who(app, by), QUICK_TEXT, key, body, revision)
    return saved


def put_out(app: TestApp, revision: int, note: str = "Warmer", by: str = "manager", key: str = THANKS) -> int:
    number: int = do(app, publish.publish, who(app, by), QUICK_TEXT, key, revision, note)
    return number


def history(app: TestApp, key: str = THANKS) -> reads.History:
    with app.db.read() as session:
        return reads.history(session, actor(session, "frontdesk"), QUICK_TEXT, key)


def offered(app: TestApp) -> dict[str, str]:
    """What composers offer: body by key."""
    with app.db.read() as session:
        return {
            one.key: one.template.body for one in quick_texts.offered(session, actor(session, "frontdesk"))
        }


def test_what_ships_is_used_until_the_clinic_publishes_its_own(app: TestApp) -> None:
    """A draft changes nothing for anybody; publishing does, at once, and for the others nothing."""
    before = offered(app)
    saved = save(app, BODY)
    assert (saved.number, offered(app)) == (2, before)
    assert put_out(app, saved.revision) == 2
    assert offered(app) == before | {THANKS: BODY["body"]}


def test_the_history_tells_who_when_and_why_from_the_shipped_one_on(app: TestApp) -> None:
    """Version 1 is what came with the product, kept as it was."""
    put_out(app, save(app, BODY).revision, "Warmer")
    app.clock.advance(timedelta(days=1))
    put_out(app, save(app, OTHER, by="admin").revision, "Even warmer", by="admin")
    told = [(one.number, one.state, one.by, one.note) for one in history(app).versions]
    assert told == [
        (3, "published", "Chris Lindqvist", "Even warmer"),
        (2, "superseded", "Elena Ruiz", "Warmer"),
        (1, "superseded", "", ""),
    ]
    assert history(app).versions[-1].body == QUICK_TEXT.shipped()[THANKS]
    assert history(app).versions[1].body == BODY


def test_before_any_change_the_history_is_the_shipped_one(app: TestApp) -> None:
    assert [(one.number, one.state) for one in history(app).versions] == [(1, "published")]
    assert history(app, "nobody-knows-it").versions == ()


def test_each_saving_names_the_draft_that_it_saw(app: TestApp) -> None:
    """Two windows on one text: the second to save is told who was faster, and the first one's words stay."""
    first = save(app, BODY)
    app.clock.advance(timedelta(seconds=3))
    with pytest.raises(LostRace, match="Elena changed this draft 3 s before you"):
        save(app, OTHER, by="admin")
    with pytest.raises(LostRace, match="Elena changed this draft"):
        save(app, OTHER, first.revision + 1, by="admin")
    draft = history(app).draft
    assert draft is not None
    assert draft.body == BODY
    again = save(app, OTHER, first.revision, by="admin")
    assert again.revision == first.revision + 1


def test_saving_the_same_words_again_is_no_race(app: TestApp) -> None:
    """A browser that lost the answer tries again."""
    first = save(app, BODY)
    assert save(app, BODY) == first


def test_a_draft_may_be_broken_but_is_not_published_so(app: TestApp) -> None:
    """Half a variable is kept while one types; publishing names the field, line and column."""
    saved = save(app, {"title": "Thanks", "body": "Hi {{firstNam}}"})
    with pytest.raises(InvalidInput) as refused:
        put_out(app, saved.revision)
    assert [(error.field, error.message) for error in refused.value.errors] == [
        ("body", "Line 1, column 4: unknown variable firstNam.")
    ]
    assert history(app).draft is not None


@pytest.mark.parametrize("note", ["", "  ", "x" * 201])
def test_publishing_wants_a_note(app: TestApp, note: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        put_out(app, save(app, BODY).revision, note)
    assert [error.field for error in refused.value.errors] == ["note"]


def test_publishing_what_is_published_already_is_refused(app: TestApp) -> None:
    """An empty version would say that something changed."""
    saved = save(app, dict(QUICK_TEXT.shipped()[THANKS]))
    with pytest.raises(InvalidInput, match="Nothing differs from version 1"):
        put_out(app, saved.revision)


def test_two_who_publish_at_the_same_moment_make_one_version(app: TestApp) -> None:
    """The database decides; the other is told who was faster."""
    saved = save(app, BODY)
    ready, won, lost = threading.Barrier(2), [], []

    def click(username: str) -> None:
        ready.wait()
        try:
            won.append(put_out(app, saved.revision, by=username))
        except LostRace as race:
            lost.append(str(race))

    _at_once(click, "manager", "admin")
    assert (won, len(lost)) == ([2], 1)
    assert "published version 2" in lost[0]
    assert [
        row.state
        for row in rows(app, versions, versions.c.state == "published", versions.c.kind == QUICK_TEXT.name)
    ] == ["published"]


def test_two_who_begin_a_draft_at_the_same_moment_make_one(app: TestApp) -> None:
    ready, won, lost = threading.Barrier(2), [], []

    def click(username: str) -> None:
        ready.wait()
        try:
            won.append(save(app, {"title": "Thanks", "body": username}, by=username))
        except LostRace as race:
            lost.append(str(race))

    _at_once(click, "manager", "admin")
    assert (len(won), len(lost)) == (1, 1)
    assert "changed this draft" in lost[0]
    assert len(rows(app, versions, versions.c.kind == QUICK_TEXT.name)) == 1


def test_a_text_that_is_retired_while_somebody_begins_a_draft_ends_as_one_or_the_other(app: TestApp) -> None:
    """Both want the next number: no draft is left behind a retired text without its writer's hearing of it."""
    ready, done, lost = threading.Barrier(2), [], []

    def click(what: str) -> None:
        ready.wait()
        try:
            if what == "draft":
                save(app, BODY, by="admin")
            else:
                do(app, publish.retire, who(app, "manager"), QUICK_TEXT, THANKS, "Nobody uses it")
            done.append(what)
        except (LostRace, InvalidInput):
            lost.append(what)

    _at_once(click, "draft", "retire")
    numbers = [
        row.number for row in rows(app, versions, versions.c.number > 1, versions.c.kind == QUICK_TEXT.name)
    ]
    assert sorted(numbers) == list(range(2, 2 + len(done)))
    assert done
    if "draft" in done and "retire" in done:  # one after the other: the draft saw the retired one
        assert history(app).versions[0].state == "draft"


def _at_once(click: Any, *names: str) -> None:
    threads = [threading.Thread(target=click, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_stale_window_publishes_nothing(app: TestApp) -> None:
    """One publishes what one saw, never what a colleague typed meanwhile."""
    seen = save(app, BODY)
    save(app, OTHER, seen.revision, by="admin")
    with pytest.raises(LostRace, match="Chris changed this draft"):
        put_out(app, seen.revision)
    assert history(app).draft is not None


def test_a_draft_thrown_away_leaves_what_is_published(app: TestApp) -> None:
    before = offered(app)
    saved = save(app, BODY)
    with pytest.raises(LostRace):
        do(app, publish.discard, who(app, "manager"), QUICK_TEXT, THANKS, saved.revision + 1)
    do(app, publish.discard, who(app, "manager"), QUICK_TEXT, THANKS, saved.revision)
    assert history(app).draft is None
    assert offered(app) == before


def test_an_old_version_comes_back_as_a_draft(app: TestApp) -> None:
    """Restoring publishes nothing, and says where the draft came from; the shipped one can be restored too."""
    put_out(app, save(app, BODY).revision)
    put_out(app, save(app, OTHER).revision)
    restored = do(app, publish.restore, who(app, "manager"), QUICK_TEXT, THANKS, 2, NONE_SEEN)
    draft = history(app).draft
    assert draft is not None
    assert (draft.number, draft.body, draft.restored_from) == (4, BODY, 2)
    assert offered(app)[THANKS] == OTHER["body"]
    do(app, publish.restore, who(app, "manager"), QUICK_TEXT, THANKS, 1, restored.revision)
    draft = history(app).draft
    assert draft is not None
    assert (draft.number, draft.body, draft.restored_from) == (4, QUICK_TEXT.shipped()[THANKS], 1)
    with pytest.raises(NotFound):
        do(app, publish.restore, who(app, "manager"), QUICK_TEXT, THANKS, 9, draft.revision)


def test_a_retired_text_is_offered_to_nobody_and_can_come_back(app: TestApp) -> None:
    """Retiring is a version with a note; publishing any other one undoes it."""
    assert do(app, publish.retire, who(app, "manager"), QUICK_TEXT, THANKS, "Nobody uses it") == 2
    assert THANKS not in offered(app)
    published = history(app).published
    assert published is not None
    assert (published.retired, published.note) == (True, "Nobody uses it")
    with pytest.raises(NotFound):
        do(app, publish.retire, who(app, "manager"), QUICK_TEXT, THANKS, "Again")
    restored = do(app, publish.restore, who(app, "manager"), QUICK_TEXT, THANKS, 1, NONE_SEEN)
    put_out(app, restored.revision, "Back")
    assert offered(app)[THANKS] == QUICK_TEXT.shipped()[THANKS]["body"]


def test_a_text_with_a_draft_is_not_retired(app: TestApp) -> None:
    """The draft would be left behind."""
    save(app, BODY)
    with pytest.raises(InvalidInput, match="There is a draft"):
        do(app, publish.retire, who(app, "manager"), QUICK_TEXT, THANKS, "Nobody uses it")
    assert THANKS in offered(app)


def test_a_text_of_ones_own_stands_behind_the_shipped_ones(app: TestApp) -> None:
    saved = save(app, {"title": "Parking", "body": "Park behind the house."}, key="parking")
    assert saved.number == 1
    assert "parking" not in offered(app)
    put_out(app, saved.revision, "Asked for daily", key="parking")
    assert list(offered(app)) == [*QUICK_TEXT.shipped(), "parking"]


@pytest.mark.parametrize("username", ["frontdesk", "marketing", "provider"])
def test_only_managers_and_admins_change_anything(app: TestApp, username: str) -> None:
    """Refused with the roles that may; nothing is written."""
    colleague = who(app, username)
    saved = save(app, BODY)
    for flow, arguments in (
        (publish.save_draft, (OTHER, saved.revision)),
        (publish.publish, (saved.revision, "Mine")),
        (publish.discard, (saved.revision,)),
        (publish.restore, (1, saved.revision)),
        (publish.retire, ("Mine",)),
    ):
        with pytest.raises(Denied, match="Manager, Admin"):
            do(app, flow, colleague, QUICK_TEXT, THANKS, *arguments)
    assert history(app).draft is not None


@pytest.mark.parametrize("username", ["marketing", "provider"])
def test_who_writes_no_texts_sees_no_quick_texts(app: TestApp, username: str) -> None:
    with pytest.raises(Denied), app.db.read() as session:
        quick_texts.read(session, who(app, username))


def test_the_list_shows_what_is_published_and_what_is_drafted(app: TestApp) -> None:
    save(app, BODY)
    save(app, {"title": "Parking", "body": ""}, key="parking")
    with app.db.read() as session:
        found = {one.key: one for one in quick_texts.read(session, who(app, "frontdesk"))}
    assert list(found) == [*QUICK_TEXT.shipped(), "parking"]
    thanks, parking = found[THANKS], found["parking"]
    assert thanks.published is not None
    assert thanks.draft is not None
    assert (thanks.published.number, thanks.draft.number, thanks.draft.by) == (1, 2, "Elena Ruiz")
    assert (parking.published, parking.draft is not None) == (None, True)


def test_each_step_that_others_feel_is_in_the_audit_trail(app: TestApp) -> None:
    put_out(app, save(app, BODY).revision, "Warmer")
    do(app, publish.discard, who(app, "admin"), QUICK_TEXT, THANKS, save(app, OTHER).revision)
    do(app, publish.retire, who(app, "admin"), QUICK_TEXT, THANKS, "Nobody uses it")
    trail = [(row.action, row.subject, row.reason, row.detail) for row in rows(app, audit_events)]
    assert trail == [
        ("version_published", "quick_text:thanks", "Warmer", {"number": 2}),
        ("draft_discarded", "quick_text:thanks", None, {}),
        ("version_retired", "quick_text:thanks", "Nobody uses it", {"number": 3}),
    ]


@pytest.mark.parametrize(("key", "body"), [("", BODY), ("x" * 61, BODY), ("x", {"body": "y" * 60_000})])
def test_what_is_beyond_all_measure_is_refused(app: TestApp, key: str, body: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        save(app, body, key=key)


def test_a_published_text_that_this_release_cannot_read_keeps_nobody_from_writing(app: TestApp) -> None:
    """It was sound once; the others are offered without it."""
    saved = save(app, BODY)
    put_out(app, saved.revision)
    with app.db.write() as session:
        broken = versions.update().where(versions.c.state == "published")
        session.execute(broken.values(body={"title": "Thanks", "body": "{{gone}}"}))
    assert set(offered(app)) == set(QUICK_TEXT.shipped()) - {THANKS}


OWN = {"title": "Parking", "body": "Parking is behind the house."}


def own(app: TestApp, username: str) -> dict[str, str]:
    return OWN | {"scope": "personal", "owner": who(app, username).staff_id}


def test_what_is_ones_own_is_written_without_the_managers_and_offered_to_nobody_else(app: TestApp) -> None:
    saved = save(app, own(app, "frontdesk"), by="frontdesk", key="parking")
    put_out(app, saved.revision, by="frontdesk", key="parking")
    assert "parking" in offered(app)
    with app.db.read() as session:
        theirs = quick_texts.offered(session, actor(session, "manager"))
    assert "parking" not in {one.key for one in theirs}


@pytest.mark.parametrize("username", ["jordan", "manager", "admin"])
def test_nobody_else_changes_what_is_ones_own(app: TestApp, username: str) -> None:
    saved = save(app, own(app, "frontdesk"), by="frontdesk", key="parking")
    put_out(app, saved.revision, by="frontdesk", key="parking")
    for body in (OWN, own(app, "frontdesk"), own(app, username)):
        with pytest.raises(Denied):
            save(app, body, by=username, key="parking")
    with pytest.raises(Denied):
        do(app, publish.retire, who(app, username), QUICK_TEXT, "parking", "Away with it")


def test_ones_own_becomes_the_clinics_only_by_who_may_edit_those(app: TestApp) -> None:
    """Nor does anybody take the clinic's for their own, or write in a colleague's name."""
    saved = save(app, own(app, "frontdesk"), by="frontdesk", key="parking")
    with pytest.raises(Denied):
        save(app, OWN, saved.revision, by="frontdesk", key="parking")
    with pytest.raises(Denied):
        save(app, own(app, "frontdesk"), by="frontdesk")
    with pytest.raises(Denied):
        save(app, own(app, "jordan"), by="frontdesk", key="other")


def test_words_of_a_conversation_become_ones_own_quick_text_at_once(app: TestApp) -> None:
    lead_id = new_lead(app)
    key = do(app, saving_quick_text.save, who(app, "frontdesk"), lead_id, "Parking", "Hi Omar, park behind.")
    assert offered(app)[key] == "Hi {{firstName}}, park behind."
    with pytest.raises(InvalidInput) as refused:
        do(app, saving_quick_text.save, who(app, "frontdesk"), lead_id, "", "Hi Omar")
    assert [error.field for error in refused.value.errors] == ["title"]
