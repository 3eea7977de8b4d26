"""What could not be taken waits for staff, who replay it or put it aside."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.audit.tables import audit_events
from core.db.prepared import UpdateOne
from core.domain.errors import Denied, InvalidInput, NotFound, UnreadablePayload
from core.flows.intake import receive_form, unread_forms
from core.flows.intake.receive_form import Answer, Verdict
from core.flows.intake.unread_forms import Replayed
from core.intake.draft import Delivery
from core.intake.tables import form_submissions, raw_payloads
from core.leads.tables import leads
from tests.conftest import TestApp
from tests.factories import actor
from tests.samples import JOTFORM

BROKEN = Delivery(JOTFORM.body.replace(b'{"slug"', b'{"slug'), JOTFORM.content_type, ip="203.0.113.9")
WHOLE = Delivery(JOTFORM.body, JOTFORM.content_type)


def kept(app: TestApp, delivery: Delivery = BROKEN) -> str:
    return receive_form.take_in(app, "jotform", delivery, now=app.clock.now()).raw_id


def mend(app: TestApp, raw_id: str, body: bytes) -> None:
    """As if the connector had learned to read it."""
    with app.db.write() as session:
        UpdateOne(raw_payloads).run(session, raw_id, body=body)


def replay(app: TestApp, raw_id: str, who: str = "frontdesk") -> Replayed:
    with app.db.write() as session:
        return unread_forms.replay(
            session, app.reference, app.settings, actor(session, who), raw_id, now=app.clock.now()
        )


def states(app: TestApp) -> list[str]:
    with app.db.read() as session:
        return list(session.execute(select(raw_payloads.c.state)).scalars())


def count_leads(app: TestApp) -> int:
    with app.db.read() as session:
        return int(session.execute(select(func.count()).select_from(leads)).scalar_one())


def test_a_replayed_dead_letter_becomes_a_lead(app: TestApp) -> None:
    """With the time at which it first reached us, and a line in the audit trail."""
    raw_id = kept(app)
    first_seen = app.clock.now()
    mend(app, raw_id, JOTFORM.body)
    app.clock.advance(timedelta(hours=2))
    done = replay(app, raw_id)
    assert not done.repeated
    assert (states(app), count_leads(app)) == (["replayed"], 1)
    with app.db.read() as session:
        assert session.execute(select(form_submissions.c.submitted_at)).scalar_one() == first_seen
        assert session.execute(select(audit_events.c.action)).scalar_one() == "form_replayed"


def test_replaying_twice_makes_one_lead(app: TestApp) -> None:
    """Two colleagues click: the second is told the first one's submission."""
    raw_id = kept(app)
    mend(app, raw_id, JOTFORM.body)
    first, second = replay(app, raw_id), replay(app, raw_id)
    assert (second.submission_id, second.repeated) == (first.submission_id, True)
    assert count_leads(app) == 1


def test_a_replay_of_what_came_again_by_itself_adds_nothing(app: TestApp) -> None:
    """The vendor had sent the whole form later: the dead letter is settled with that submission."""
    raw_id = kept(app)
    stored = receive_form.take_in(app, "jotform", WHOLE, now=app.clock.now())
    mend(app, raw_id, JOTFORM.body)
    done = replay(app, raw_id)
    assert (done.submission_id, done.repeated) == (stored.submission_id, True)
    assert count_leads(app) == 1


def test_what_still_cannot_be_read_stays_as_it_was(app: TestApp) -> None:
    """Nothing changes, and the reason is said."""
    raw_id = kept(app)
    with pytest.raises(UnreadablePayload):
        replay(app, raw_id)
    assert (states(app), count_leads(app)) == (["dead"], 0)


def test_a_refused_form_is_replayed_like_any_other(app: TestApp) -> None:
    """A field with a fault waits too, and is told again while the fault is there."""
    wrong = JOTFORM.body.replace(b"(214) 555-0117", b"(214) 555-011").replace(
        b"maya.ortiz@example.com", b"maya"
    )
    raw_id = kept(app, Delivery(wrong, JOTFORM.content_type))
    assert states(app) == ["refused"]
    with pytest.raises(InvalidInput) as refused:
        replay(app, raw_id)
    assert [error.field for error in refused.value.errors] == ["phone", "email"]
    mend(app, raw_id, JOTFORM.body)
    assert replay(app, raw_id).lead_id


def test_a_dismissed_form_is_put_aside_once(app: TestApp) -> None:
    """With the reason in the audit trail; a second click finds nothing to do."""
    raw_id = kept(app)
    with app.db.write() as session:
        who = actor(session, "manager")
        assert unread_forms.dismiss(session, who, raw_id, "Spam", now=app.clock.now())
        assert not unread_forms.dismiss(session, who, raw_id, "Spam", now=app.clock.now())
        assert session.execute(select(audit_events.c.reason)).scalars().all() == ["Spam"]
    assert states(app) == ["dismissed"]


@pytest.mark.parametrize("who", ["marketing", "provider"])
def test_only_those_who_work_with_leads_may(app: TestApp, who: str) -> None:
    """The role is checked in the core, not in the menu."""
    raw_id = kept(app)
    with pytest.raises(Denied):
        replay(app, raw_id, who)
    with app.db.write() as session, pytest.raises(Denied):
        unread_forms.dismiss(session, actor(session, who), raw_id, "", now=app.clock.now())


def test_a_payload_that_is_gone_is_said_to_be_gone(app: TestApp) -> None:
    """No crash for an old link."""
    with pytest.raises(NotFound):
        replay(app, "01a208ac-e323-7166-8000-2cd27683152d")


def test_the_same_garbage_again_is_one_dead_letter(app: TestApp) -> None:
    """A vendor that tries again for a day does not fill the list."""
    assert kept(app) == kept(app)
    assert states(app) == ["dead"]


def test_a_shape_that_nobody_foresaw_is_a_dead_letter(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connector that stumbles keeps the form for staff."""

    def stumbles(*_args: object) -> None:
        raise AttributeError("no such thing")

    monkeypatch.setattr("core.intake.connectors.jotform.field_of", stumbles)
    answer = receive_form.take_in(app, "jotform", WHOLE, now=app.clock.now())
    assert isinstance(answer, Answer)
    assert answer.verdict is Verdict.KEPT
    assert states(app) == ["dead"]
