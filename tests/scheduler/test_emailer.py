"""The thread of emails: apart from the texts, and nothing that it is told gets lost."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from core.domain.ports import Outcome, OutgoingEmail, SendResult
from core.flows.sending import emailing
from scheduler.emailer import LOOK_SECONDS, Emailer
from tests.conftest import TestApp
from tests.flows.dispatching import Held, run_due
from tests.flows.emailing import OMAR, clinic, plan, state, told


class Lost(Held):
    """Another scheduler has it."""

    def held(self) -> bool:
        return False


@contextmanager
def working(app: TestApp) -> Iterator[Emailer]:
    emailer = Emailer(app, "emailer", Held())
    thread = threading.Thread(target=emailer.run)
    thread.start()
    yield emailer
    emailer.stop()
    thread.join(20)
    assert not thread.is_alive()


def test_texts_leave_while_the_mail_server_does_not_answer(app: TestApp) -> None:
    """As the two threads do it: the email is out and unanswered for as long as the texts take."""
    action_id = plan(app, clinic(app))
    asked, answered = threading.Event(), threading.Event()

    def slowly(_email: OutgoingEmail) -> None:
        asked.set()
        assert answered.wait(20)

    app.email.answer = slowly
    with working(app):
        assert asked.wait(20)
        assert run_due(app) == 2
        assert state(app, action_id)[0] == "sending"
        answered.set()
    assert state(app, action_id) == ("sent", "accepted")


def test_a_result_that_could_not_be_written_is_written_later_and_the_email_sent_once(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    action_id = plan(app, clinic(app))
    emailer, settle = Emailer(app, "emailer", Held()), emailing.settle
    monkeypatch.setattr(emailing, "settle", _refusing)
    emailer._turn_or_pause()
    assert state(app, action_id)[0] == "sending"
    monkeypatch.setattr(emailing, "settle", settle)
    emailer._turn_or_pause()
    assert state(app, action_id) == ("sent", "accepted")
    assert len(app.email.to(OMAR)) == 1


def _refusing(*_arguments: object, **_options: object) -> None:
    raise OperationalError("", None, Exception("database is locked"))


def test_an_adapter_that_raises_leaves_it_to_a_person(app: TestApp) -> None:
    lead = clinic(app)
    action_id = plan(app, lead)

    def raises(_email: OutgoingEmail) -> SendResult:
        raise RuntimeError

    app.email.answer = raises
    Emailer(app, "emailer", Held()).turn()
    assert state(app, action_id) == ("unknown", "email_unsure")
    assert told(app, lead) == ["email_unsure"]


def test_an_email_that_can_not_be_taken_up_stops_no_other(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = clinic(app)
    bad = plan(app, lead, key="bad")
    app.clock.moment = app.clock.moment.replace(minute=1)
    good = plan(app, lead, key="good")
    compose = emailing._compose
    monkeypatch.setattr(
        emailing, "_compose", lambda e, *rest: compose(e, *rest) if e.action.id == good else 1 / 0
    )
    emailer = Emailer(app, "emailer", Held())
    for _ in range(6):  # on a machine that others load, one is called too late and tried again
        emailer._turn_or_pause()
        app.clock.moment += timedelta(minutes=1)
    assert state(app, bad) == ("failed", "damaged")
    assert state(app, good)[0] == "sent"


def test_without_the_lease_nothing_is_claimed(app: TestApp) -> None:
    action_id = plan(app, clinic(app))
    assert Emailer(app, "emailer", Lost()).turn() == LOOK_SECONDS
    assert state(app, action_id)[0] == "planned"


def test_emails_keep_a_pace_of_their_own(app: TestApp) -> None:
    plan(app, clinic(app))
    slower = replace(app, settings=app.settings.model_copy(update={"email_rate": 0.5}))
    assert Emailer(slower, "emailer", Held()).turn() == 2.0


def test_a_refusal_for_now_is_not_repeated_at_once(app: TestApp) -> None:
    plan(app, clinic(app))
    app.email.answer = lambda _email: SendResult(Outcome.RETRY, code=451)
    emailer = Emailer(app, "emailer", Held())
    assert emailer.turn() > 0
    assert emailer.turn() == LOOK_SECONDS
