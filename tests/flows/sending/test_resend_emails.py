"""Emails that did not arrive: in the list of what did not, with why; sent again where that can help, once each."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.audit.tables import audit_events
from core.domain.ports import BOUNCED, Outcome, OutgoingEmail, SendResult
from core.flows.sending import email_reports, preview_resend, resend, unsubscribing
from core.flows.sending.preview_resend import Preview
from core.messaging.tables import timed_actions
from core.patients.store import profiles
from core.patients.tables import patients
from core.reads import resend as failed
from core.reads.resend import FailedText
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.emailing import (
    BACK,
    EXPECT,
    OMAR,
    agree,
    answer,
    clinic,
    later,
    plan,
    record,
    send_all,
    state,
    told,
)
from tests.flows.sending.test_resend import undelivered
from tests.flows.staffing import rows

DAY = timedelta(days=1)


REFUSED = answer(Outcome.REFUSED, status="failed", code=554, detail="5.7.1")
CAME_BACK = answer(Outcome.REFUSED, status=BOUNCED, code=550, detail="5.1.1")
LOST = answer(Outcome.UNKNOWN)


def sent_with(app: TestApp, how: Callable[[OutgoingEmail], SendResult], template: str = EXPECT) -> str:
    """An email that met such an answer; its action's id. The mail server is well again."""
    action_id = plan(app, clinic(app), template)
    app.email.answer = how
    send_all(app)
    app.email.answer = lambda _email: None
    return action_id


def listed(app: TestApp) -> dict[str, FailedText]:
    with app.db.read() as session:
        found = failed.read(session, actor(session, "admin"), app.clock.now() - DAY)
    return {one.id: one for one in found}


def ask(app: TestApp, *ids: str) -> resend.Resent:
    with app.db.write() as session:
        return resend.resend(session, actor(session, "admin"), ids, "It was ours", now=app.clock.now())


def previewed(app: TestApp, *ids: str) -> list[Preview]:
    with app.db.read() as session:
        return preview_resend.preview(session, app, actor(session, "admin"), ids, now=app.clock.now())


def move_to(app: TestApp, address: str) -> None:
    """The patient told us another address."""
    with app.db.write() as session:
        index = profiles.email_index(session, address)
        session.execute(update(patients).values(email_index=index))


def test_a_refused_email_is_listed_with_its_reason_and_goes_again_once(app: TestApp) -> None:
    old = sent_with(app, REFUSED)
    one = listed(app)[old]
    assert (one.channel, one.address, one.state, one.resend) == ("email", OMAR, "failed", True)
    assert one.why == "The mail server refused it"
    [shown] = previewed(app, old)
    assert (shown.channel, shown.phone, shown.verdict) == ("email", OMAR, "goes")
    assert shown.body.splitlines()[0]
    new = ask(app, old).planned[old]
    assert ask(app, old).already == {old: new}
    assert send_all(app) == 0
    later(app, seconds=11)
    assert send_all(app) == 1
    assert state(app, new) == ("sent", "accepted")
    assert len(app.email.to(OMAR)) == 1
    again = listed(app)[old].again
    assert again is not None
    assert (again.state, again.lost) == ("sent", False)


def test_an_address_that_takes_nothing_is_asked_for_and_never_tried_again(app: TestApp) -> None:
    """The lead tells it, the list says what to do, and the core refuses whatever a page sends."""
    old = sent_with(app, CAME_BACK)
    one = listed(app)[old]
    assert (one.why, one.remedy, one.resend) == (
        "The address takes no email",
        "Ask for the right address",
        False,
    )
    assert ask(app, old).refused == {old: "The address takes no email"}
    lead = record(app, old).lead_id
    assert told(app, lead) == ["email_bounced"]


def test_what_came_back_goes_to_the_address_that_they_have_now(app: TestApp) -> None:
    old = sent_with(app, CAME_BACK)
    move_to(app, "omar.new@example.com")
    one = listed(app)[old]
    assert (one.why, one.resend) == ("Came back; they have another address now", True)


def test_a_bounce_that_was_told_later_is_listed_too(app: TestApp) -> None:
    old = plan(app, clinic(app))
    send_all(app)
    assert listed(app) == {}
    report = {"message_id": f"<{old}@luxe>", "event": "bounce", "detail": "5.1.1"}
    assert email_reports.take_in(app, report, now=app.clock.now())
    assert listed(app)[old].state == "failed"


def test_an_email_of_unknown_fate_is_a_persons_to_send_again_or_drop(app: TestApp) -> None:
    old = sent_with(app, LOST)
    one = listed(app)[old]
    assert (one.state, one.remedy, one.resend) == ("unknown", "Resend, or drop it", True)
    with app.db.write() as session:
        left = resend.leave(session, actor(session, "admin"), [old], "Asked them", now=app.clock.now())
    assert left == 1
    assert state(app, old) == ("dropped", "marked_not_to_be_sent")
    assert listed(app) == {}
    told_ = rows(app, audit_events, audit_events.c.action == "texts_marked_not_to_be_sent")
    assert [row.subject for row in told_] == ["1 emails"]


def test_who_unsubscribed_meanwhile_is_sent_no_advertising_again(app: TestApp) -> None:
    agree(app)
    old = sent_with(app, REFUSED, BACK)
    assert listed(app)[old].resend
    with app.db.write() as session:
        unsubscribing.unsubscribe(session, old, "link", now=app.clock.now())
    assert ask(app, old).refused == {old: "They want no advertising by email"}
    assert not listed(app)[old].resend


def test_one_that_was_taken_back_between_two_tries_is_nobodys_to_mend(app: TestApp) -> None:
    """Its record says that it was not sent; nobody waits for it."""
    old = sent_with(app, answer(Outcome.RETRY, code=451))
    with app.db.write() as session:
        values = {"state": "dropped", "reason": "too_late"}
        session.execute(update(timed_actions).where(timed_actions.c.id == old).values(**values))
    assert listed(app) == {}


def test_texts_and_emails_are_sent_again_together(app: TestApp) -> None:
    text, mail = undelivered(app), sent_with(app, REFUSED)
    assert {one.channel for one in previewed(app, text, mail)} == {"text", "email"}
    assert set(ask(app, text, mail).planned) == {text, mail}
    subjects = [row.subject for row in rows(app, audit_events, audit_events.c.action == "texts_resent")]
    assert subjects == ["1 texts, 1 emails"]


@pytest.mark.parametrize("how", [REFUSED, CAME_BACK, LOST])
def test_a_resend_that_is_stopped_never_goes_and_the_old_one_stands_as_it_was(
    app: TestApp, how: Callable[[OutgoingEmail], SendResult]
) -> None:
    old = sent_with(app, how)
    move_to(app, "omar.new@example.com")
    before, new = listed(app)[old], ask(app, old).planned[old]
    with app.db.write() as session:
        assert resend.stop(session, actor(session, "admin"), [new], now=app.clock.now()) == 1
    later(app, minutes=5)
    assert send_all(app) == 0
    assert (listed(app)[old].state, listed(app)[old].resend) == (before.state, True)
