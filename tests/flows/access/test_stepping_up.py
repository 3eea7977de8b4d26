"""What leaves the house wants a proof that is ten minutes old at most."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.audit.tables import audit_events
from core.flows.access import exporting, sign_in, stepping_up
from core.flows.access.sign_in import Refused, SignedIn
from core.staff import delay_rules
from core.staff.rules import CONFIRM_MINUTES
from tests.conftest import TestApp
from tests.flows.access.test_second_factor import AT, code, enrolled
from tests.flows.access.test_sign_in import PASSWORD, give_password, signed_in

LATE = timedelta(minutes=CONFIRM_MINUTES)


def now_of(app: TestApp, who: SignedIn) -> SignedIn:
    """The session as the next run of a page sees it."""
    again = sign_in.resume(app, who.session_id, app.clock.now())
    assert again is not None
    return again


def needs(app: TestApp, who: SignedIn) -> bool:
    return stepping_up.needs_step_up(app, now_of(app, who), app.clock.now())


def step_up(app: TestApp, who: SignedIn, typed: str, at: float = AT + 600) -> Refused | None:
    return stepping_up.step_up(app, now_of(app, who), typed, at=at, now=app.clock.now())


def test_whoever_has_just_signed_in_is_not_asked(app: TestApp) -> None:
    who = signed_in(app)
    assert not needs(app, who)
    app.clock.advance(LATE)
    assert needs(app, who)


def test_the_password_is_proof_where_there_is_no_second_factor(app: TestApp) -> None:
    """For ten minutes; and for this session alone."""
    who, elsewhere = signed_in(app), signed_in(app)
    app.clock.advance(LATE)
    assert stepping_up.asks_for(now_of(app, who)) == "password"
    assert step_up(app, who, "wrong") == Refused(left=delay_rules.BRAKES["again"].free - 1)
    assert step_up(app, who, PASSWORD) is None
    assert (needs(app, who), needs(app, elsewhere)) == (False, True)


def test_a_code_is_proof_where_there_is_one_and_the_password_is_none(app: TestApp) -> None:
    """A desk that was left open, and a password that was seen, let nothing out."""
    who, secret, codes = enrolled(app)
    app.clock.advance(LATE)
    assert stepping_up.asks_for(now_of(app, who)) == "code"
    assert isinstance(step_up(app, who, PASSWORD), Refused)
    assert step_up(app, who, code(secret, AT + 600)) is None
    app.clock.advance(LATE)
    assert isinstance(step_up(app, who, code(secret, AT + 600)), Refused)
    assert step_up(app, who, codes[0]) is None


def test_guesses_at_the_proof_are_slowed_down(app: TestApp) -> None:
    who = signed_in(app)
    app.clock.advance(LATE)
    for _ in range(delay_rules.BRAKES["again"].free):
        step_up(app, who, "wrong")
    assert step_up(app, who, PASSWORD) == Refused(seconds=5.0, looked=False)


def test_a_file_leaves_for_a_fresh_session_only_and_the_trail_knows(app: TestApp) -> None:
    """The page that was left open since noon exports nothing at four."""
    who = signed_in(app)
    assert exporting.may_leave(app, who.session_id, "funnel.csv", origin="here", now=app.clock.now())
    app.clock.advance(LATE)
    assert not exporting.may_leave(app, who.session_id, "funnel.csv", origin="here", now=app.clock.now())
    assert not exporting.may_leave(app, "made up", "funnel.csv", origin="here", now=app.clock.now())
    with app.db.read() as session:
        c = audit_events.c
        told = session.execute(select(c.subject, c.origin).where(c.action == "exported")).all()
    assert told == [("funnel.csv", "here")]


@pytest.mark.parametrize("typed", ["", "\0", "x" * 5_000, "\ud800"])
def test_what_is_no_password_is_simply_wrong(app: TestApp, typed: str) -> None:
    who = signed_in(app)
    give_password(app)
    app.clock.advance(LATE)
    assert isinstance(step_up(app, who, typed), Refused)
