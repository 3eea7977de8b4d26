"""Sending again: once each, by admins only, stoppable for ten seconds, and in the audit trail."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.audit.tables import audit_events
from core.compliance import store as compliance
from core.compliance.store import LedgerEntry
from core.db.types import blind
from core.domain.errors import Denied, InvalidInput, LostRace, NotFound
from core.domain.ids import new_id
from core.domain.ports import Outcome, OutgoingText, SendResult
from core.flows.sending import delivery_status, preview_resend, resend
from core.messaging.tables import action_moves, sms_messages, timed_actions
from core.reads import resend as failed_texts
from tests.conftest import TestApp
from tests.factories import actor, submission
from tests.flows.dispatching import run_due, take_in

PHONE = "+14075550155"
SECOND = timedelta(seconds=1)


def undelivered(app: TestApp, code: int = 30003, form: str = "form-1") -> str:
    """A form comes in, its confirmation is accepted and then reported as undelivered; the action's id."""
    take_in(app, submission(external_id=form))
    run_due(app)
    text = next(text for text, _, _ in reversed(app.sms.accepted) if text.to == PHONE)
    sid = next(sid for sent, sid, _ in app.sms.accepted if sent is text)
    params = {"MessageSid": sid, "MessageStatus": "undelivered", "ErrorCode": str(code)}
    assert delivery_status.record(app, text.action_id, "1", params, now=app.clock.now())
    return text.action_id


def unknown(app: TestApp) -> str:
    """The answer to the confirmation was lost and nobody looks it up any more; the action's id."""
    lost: list[str] = []

    def lose(text: OutgoingText) -> SendResult | None:
        if text.to != PHONE or lost:
            return None
        lost.append(text.action_id)
        return SendResult(Outcome.UNKNOWN)

    app.sms.answer = lose
    take_in(app, submission())
    run_due(app)
    with app.db.write() as session:
        settle = update(timed_actions).where(timed_actions.c.id == lost[0])
        session.execute(settle.values(verify_at=None, reason="for_a_person"))
    return lost[0]


def ask(app: TestApp, *ids: str, reason: str = "Phones are back on") -> resend.Resent:
    with app.db.write() as session:
        return resend.resend(session, actor(session, "admin"), ids, reason, now=app.clock.now())


def to_patient(app: TestApp) -> int:
    return len(app.sms.bodies_to(PHONE))


def test_an_undelivered_text_goes_again_ten_seconds_later(app: TestApp) -> None:
    """Not at once, so that it can be stopped; then exactly one more text reaches the phone."""
    old = undelivered(app)
    before = to_patient(app)
    planned = ask(app, old).planned
    app.clock.advance(9 * SECOND)
    run_due(app)
    assert to_patient(app) == before
    app.clock.advance(2 * SECOND)
    run_due(app)
    assert to_patient(app) == before + 1
    assert set(planned) == {old}


def test_two_clicks_resend_once(app: TestApp) -> None:
    """The second click finds what the first one planned, even after it has left."""
    old = undelivered(app)
    before = to_patient(app)
    first = ask(app, old)
    second = ask(app, old, old)
    app.clock.advance(11 * SECOND)
    run_due(app)
    third = ask(app, old)
    app.clock.advance(11 * SECOND)
    run_due(app)
    assert to_patient(app) == before + 1
    assert second.planned == third.planned == {}
    assert second.already == third.already == first.planned


def test_a_stopped_resend_never_goes_and_can_be_asked_for_again(app: TestApp) -> None:
    """Undo within ten seconds is a promise; a later click plans a new one."""
    old = undelivered(app)
    before = to_patient(app)
    new = ask(app, old).planned[old]
    with app.db.write() as session:
        assert resend.stop(session, actor(session, "admin"), [new], now=app.clock.now()) == 1
    app.clock.advance(60 * SECOND)
    run_due(app)
    assert to_patient(app) == before
    again = ask(app, old).planned[old]
    assert again != new
    with app.db.write() as session:
        assert resend.stop(session, actor(session, "admin"), [new], now=app.clock.now()) == 0


@pytest.mark.parametrize("username", ["frontdesk", "manager", "marketing", "provider"])
def test_only_admins_may_look_resend_stop_or_settle(app: TestApp, username: str) -> None:
    """The core refuses the other roles, whatever a menu shows, and changes nothing."""
    old = undelivered(app)
    now = app.clock.now()
    with app.db.write() as session:
        me = actor(session, username)
        with pytest.raises(Denied, match="Admin"):
            resend.resend(session, me, [old], "because", now=now)
        with pytest.raises(Denied):
            preview_resend.preview(session, app, me, [old], now=now)
        with pytest.raises(Denied):
            resend.stop(session, me, [old], now=now)
        with pytest.raises(Denied):
            resend.leave(session, me, [old], "because", now=now)
        with pytest.raises(Denied):
            failed_texts.read(session, me, now)
        planned = session.execute(
            select(timed_actions.c.id).where(timed_actions.c.key.startswith("resend:"))
        ).all()
    assert planned == []


def test_the_audit_trail_says_who_why_and_which_but_no_words_of_the_text(app: TestApp) -> None:
    """One row for the batch: the admin, the reason, old and new ids."""
    old = undelivered(app)
    new = ask(app, old, reason="  Carrier trouble over lunch ").planned[old]
    with app.db.read() as session:
        me = actor(session, "admin")
        row = session.execute(select(audit_events).where(audit_events.c.action == "texts_resent")).one()
        moves = session.execute(
            select(action_moves.c.reason, action_moves.c.by_staff_id).where(action_moves.c.action_id == new)
        ).all()
    assert (row.staff_id, row.reason) == (me.staff_id, "Carrier trouble over lunch")
    assert row.detail == {"actions": {old: new}}
    assert [tuple(move) for move in moves] == [("resent_by_staff", me.staff_id)]


def test_a_reason_and_a_selection_are_asked_for(app: TestApp) -> None:
    """Blank reason, empty selection, a text that does not exist: refused by name, nothing planned."""
    old = undelivered(app)
    with pytest.raises(InvalidInput, match="reason"):
        ask(app, old, reason="  ")
    with pytest.raises(InvalidInput, match="texts"):
        ask(app)
    with pytest.raises(NotFound):
        ask(app, old, new_id(app.clock.now()))


def test_where_a_resend_cannot_help_the_flow_refuses_too(app: TestApp) -> None:
    """A landline stays a landline, and an opt-out an opt-out, however the page was made to ask."""
    landline = undelivered(app, code=30006)
    assert ask(app, landline).refused == {landline: "Landline, cannot get texts"}
    with app.db.write() as session:
        index = blind(session, "phone", PHONE)
        compliance.append(session, [LedgerEntry(index, "all", "revoke", "keyword")], app.clock.now())
    assert ask(app, landline).refused == {landline: "Opted out of texts"}


def test_a_delivered_text_is_not_sent_again(app: TestApp) -> None:
    """Between look and click the status can change for the better."""
    take_in(app, submission())
    run_due(app)
    text = next(text for text, _, _ in app.sms.accepted if text.to == PHONE)
    assert ask(app, text.action_id).refused == {text.action_id: "It is not failed any more"}


def test_an_unknown_text_waits_until_the_provider_was_asked(app: TestApp) -> None:
    """While it is looked up nobody sends it a second time; afterwards a person may, and it goes once."""
    old = unknown(app)
    with app.db.write() as session:
        session.execute(
            update(timed_actions).where(timed_actions.c.id == old).values(verify_at=app.clock.now())
        )
    assert ask(app, old).refused == {old: "No answer from the provider, checking with it now"}
    with app.db.write() as session:
        session.execute(update(timed_actions).where(timed_actions.c.id == old).values(verify_at=None))
    assert set(ask(app, old).planned) == {old}
    app.clock.advance(11 * SECOND)
    run_due(app)
    assert to_patient(app) == 1


def test_stopping_the_resend_of_an_unknown_text_makes_it_unknown_again(app: TestApp) -> None:
    """It is a person's decision once more, not lost."""
    old = unknown(app)
    new = ask(app, old).planned[old]
    with app.db.write() as session:
        me = actor(session, "admin")
        assert resend.stop(session, me, [new], now=app.clock.now()) == 1
        rows = failed_texts.read(session, me, app.clock.now() - timedelta(days=1))
    assert [(row.id, row.state, row.resend) for row in rows] == [(old, "unknown", True)]


def test_an_unknown_text_can_be_marked_as_not_to_be_sent_once(app: TestApp) -> None:
    """It leaves the list for good; a second mark, or a resend of it, is refused."""
    old = unknown(app)
    with app.db.write() as session:
        me = actor(session, "admin")
        assert resend.leave(session, me, [old, old], "She called", now=app.clock.now()) == 1
        assert failed_texts.read(session, me, app.clock.now() - timedelta(days=1)) == []
        with pytest.raises(LostRace):
            resend.leave(session, me, [old], "She called", now=app.clock.now())
    assert ask(app, old).refused == {old: "It is not failed any more"}


def test_several_unknown_texts_are_dropped_at_once_and_settled_ones_are_left_alone(app: TestApp) -> None:
    """One entry of the audit trail, with the reason; what the provider settled meanwhile stays as it is."""
    first = unknown(app)
    settled = undelivered(app, form="form-2")
    with app.db.write() as session:
        me = actor(session, "admin")
        assert resend.leave(session, me, [first, settled], " They called ", now=app.clock.now()) == 1
        row = session.execute(
            select(audit_events).where(audit_events.c.action == "texts_marked_not_to_be_sent")
        ).one()
        states = dict(session.execute(select(timed_actions.c.id, timed_actions.c.state)).all())
    assert (states[first], states[settled]) == ("dropped", "sent")
    assert (row.subject, row.reason, row.detail) == ("1 texts", "They called", {"actions": [first]})


def test_dropping_asks_for_a_reason_and_for_an_admin(app: TestApp) -> None:
    """Nothing is changed by a blank reason, nor by a colleague who may not."""
    old = unknown(app)
    with app.db.write() as session:
        with pytest.raises(InvalidInput, match="reason"):
            resend.leave(session, actor(session, "admin"), [old], " ", now=app.clock.now())
        with pytest.raises(Denied):
            resend.leave(session, actor(session, "manager"), [old], "She called", now=app.clock.now())
        states = session.execute(select(timed_actions.c.state).where(timed_actions.c.id == old))
        assert states.scalar_one() == "unknown"


def test_the_preview_is_the_text_that_goes(app: TestApp) -> None:
    """Same words as leave ten seconds later, without the promise of a call at a time that has passed."""
    old = undelivered(app)
    app.clock.advance(timedelta(hours=2))
    with app.db.read() as session:
        me = actor(session, "admin")
        shown = preview_resend.preview(session, app, me, [old], now=app.clock.now())[0]
    ask(app, old)
    app.clock.advance(11 * SECOND)
    run_due(app)
    assert shown.verdict == "goes"
    assert app.sms.bodies_to(PHONE)[-1] == shown.body
    assert "will call you soon" in shown.body
    assert shown.segments == 2


def test_a_confirmation_resent_at_night_waits_for_the_morning(app: TestApp) -> None:
    """Only the immediate answer to a form may go at any hour: the preview says until when it is held."""
    old = undelivered(app)
    app.clock.advance(timedelta(hours=12))  # 22:00 in New York
    with app.db.read() as session:
        me = actor(session, "admin")
        shown = preview_resend.preview(session, app, me, [old], now=app.clock.now())[0]
    before = to_patient(app)
    ask(app, old)
    app.clock.advance(timedelta(minutes=5))
    run_due(app)
    assert (shown.verdict, shown.reason) == ("held", "quiet_hours")
    assert shown.until is not None
    assert to_patient(app) == before


def test_the_list_shows_why_and_what_can_be_done_newest_first(app: TestApp) -> None:
    """A resend under way stands in the row; one that failed itself takes the row's place."""
    old = undelivered(app)
    with app.db.read() as session:
        me = actor(session, "admin")
        row = failed_texts.read(session, me, app.clock.now() - timedelta(days=1))[0]
    assert (row.id, row.name, row.why, row.remedy, row.resend) == (
        old,
        "Omar Reyes",
        "Phone off or out of reach",
        "Resend",
        True,
    )
    new = ask(app, old).planned[old]
    with app.db.read() as session:
        row = failed_texts.read(session, actor(session, "admin"), app.clock.now() - timedelta(days=1))[0]
    assert row.again is not None
    assert (row.again.id, row.again.state, row.resend) == (new, "planned", False)
    app.sms.answer = lambda text: SendResult(Outcome.REFUSED, code=30008) if text.action_id == new else None
    app.clock.advance(11 * SECOND)
    run_due(app)
    with app.db.read() as session:
        rows = failed_texts.read(session, actor(session, "admin"), app.clock.now() - timedelta(days=1))
    assert [(row.id, row.why) for row in rows] == [(new, "Unknown fault at the carrier")]


def report(app: TestApp, action_id: str, status: str, code: str = "") -> None:
    """The provider's last word on the text of an action."""
    sid = next(sid for text, sid, _ in app.sms.accepted if text.action_id == action_id)
    params = {"MessageSid": sid, "MessageStatus": status, "ErrorCode": code}
    assert delivery_status.record(app, action_id, "1", params, now=app.clock.now())


def two_lost(app: TestApp) -> list[str]:
    """Confirmation and question went to one phone and did not arrive; their actions, the confirmation's first."""
    confirmation = undelivered(app)
    app.clock.advance(timedelta(minutes=10))
    run_due(app)
    question = next(text.action_id for text, _, _ in reversed(app.sms.accepted) if text.to == PHONE)
    assert question != confirmation
    report(app, question, "undelivered", "30003")
    return [confirmation, question]


def test_one_persons_texts_go_again_in_their_first_order_and_apart(app: TestApp) -> None:
    """The question never arrives before the confirmation, whichever was ticked first; the drawer shows that order."""
    confirmation, question = two_lost(app)
    with app.db.read() as session:
        me = actor(session, "admin")
        shown = preview_resend.preview(session, app, me, [question, confirmation], now=app.clock.now())
    before = to_patient(app)
    ask(app, question, confirmation)
    app.clock.advance(11 * SECOND)
    run_due(app)
    first = app.sms.bodies_to(PHONE)[before:]
    app.clock.advance(5 * SECOND)
    run_due(app)
    both = app.sms.bodies_to(PHONE)[before:]
    assert [one.action_id for one in shown] == [confirmation, question]
    assert [len(first), len(both)] == [1, 2]
    assert both == [one.body for one in shown]


def test_a_resend_that_arrived_settles_its_row(app: TestApp) -> None:
    """It says when, instead of asking for patience for ever."""
    old = undelivered(app)
    new = ask(app, old).planned[old]
    app.clock.advance(11 * SECOND)
    run_due(app)
    report(app, new, "delivered")
    with app.db.read() as session:
        row = failed_texts.read(session, actor(session, "admin"), app.clock.now() - timedelta(days=1))[0]
    assert row.again is not None
    assert (row.id, row.again.delivered_at, row.resend) == (old, app.clock.now(), False)


def test_a_resend_that_the_carrier_lost_takes_the_rows_place(app: TestApp) -> None:
    """One text that waits for a person is one row, not a failed one beside one that waits for its delivery."""
    old = undelivered(app)
    new = ask(app, old).planned[old]
    app.clock.advance(11 * SECOND)
    run_due(app)
    report(app, new, "undelivered", "30008")
    with app.db.read() as session:
        rows = failed_texts.read(session, actor(session, "admin"), app.clock.now() - timedelta(days=1))
    assert [(row.id, row.again, row.resend) for row in rows] == [(new, None, True)]


def test_failures_before_the_period_and_alerts_to_staff_are_not_listed(app: TestApp) -> None:
    """Only texts to patients, only since the asked moment."""
    undelivered(app)
    with app.db.write() as session:
        session.execute(
            update(sms_messages).where(sms_messages.c.origin == "staff_alert").values(status="failed")
        )
    app.clock.advance(timedelta(hours=1))
    with app.db.read() as session:
        me = actor(session, "admin")
        later = failed_texts.read(session, me, app.clock.now() - timedelta(minutes=30))
        all_ = failed_texts.read(session, me, app.clock.now() - timedelta(days=1))
    assert later == []
    assert [row.name for row in all_] == ["Omar Reyes"]
