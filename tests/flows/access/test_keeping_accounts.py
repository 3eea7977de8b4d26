"""Sessions are listed and ended by their owner; an admin helps who can't sign in, and shuts out who should not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core.audit.tables import audit_events
from core.domain.errors import Denied, InvalidInput, LostRace, NotFound
from core.flows.access import changing_password, ending_sessions, keeping_accounts, sign_in
from core.flows.access.sign_in import CodeNeeded, Refused, SignedIn
from core.reads import my_account, staff_access
from core.staff import delay_rules, rules
from core.staff.tables import sessions, staff
from luxe.staff import reset_password, reset_second_factor
from tests.conftest import TestApp
from tests.flows.access.test_delays import cookie_of, fail
from tests.flows.access.test_second_factor import enrolled
from tests.flows.access.test_sign_in import OTHER, PASSWORD, attempt, give_password, hashed, signed_in
from tests.flows.notifying import browsers_left, told_by
from tests.flows.staffing import do, who


def times(app: TestApp) -> rules.Lifetimes:
    return rules.lifetimes(app.clock)


def own(app: TestApp, username: str = "frontdesk") -> my_account.Account:
    with app.db.read() as session:
        return my_account.read(session, who(app, username), times(app), now=app.clock.now())


def lines(app: TestApp) -> dict[str, staff_access.AccountLine]:
    with app.db.read() as session:
        found = staff_access.read(session, who(app, "admin"), times(app), now=app.clock.now())
    return {line.username: line for line in found}


def id_of(app: TestApp, one: SignedIn) -> str:
    """As the list of one's sessions names it; the same once it has ended."""
    with app.db.read() as session:
        statement = select(sessions.c.id).where(sessions.c.token_hash == one.session_id)
        return str(session.execute(statement).scalar_one())


def is_open(app: TestApp, one: SignedIn) -> bool:
    return sign_in.resume(app, one.session_id, app.clock.now()) is not None


def told(app: TestApp, action: str) -> list[Any]:
    c = audit_events.c
    with app.db.read() as session:
        return list(session.execute(select(c.staff_id, c.subject, c.origin).where(c.action == action)))


def test_one_sees_where_one_is_signed_in(app: TestApp) -> None:
    """Browser, address and when, so that a strange one stands out; ended and idle ones do not stand there."""
    first, second = signed_in(app), signed_in(app)
    sign_in.sign_out(app, first.session_id, app.clock.now())
    found = own(app).sessions
    assert [(one.browser, one.address, one.how) for one in found] == [
        ("Chrome on Windows", "203.0.113.9", "password")
    ]
    assert found[0].session_id == second.session_id
    assert second.session_id not in found[0].id


def test_one_signs_another_browser_out(app: TestApp) -> None:
    """The desk at the other location, from here."""
    here, there = signed_in(app), signed_in(app)
    me = who(app, "frontdesk")
    do(app, ending_sessions.end_one, me, id_of(app, there), times(app))
    assert (is_open(app, here), is_open(app, there)) == (True, False)
    with pytest.raises(LostRace):
        do(app, ending_sessions.end_one, me, id_of(app, there), times(app))


def test_nobody_ends_a_colleague_s_session_by_its_name(app: TestApp) -> None:
    one = signed_in(app)
    with pytest.raises(LostRace):
        do(app, ending_sessions.end_one, who(app, "admin"), id_of(app, one), times(app))
    assert is_open(app, one)


def test_one_signs_out_everywhere_else(app: TestApp) -> None:
    here, there, elsewhere = signed_in(app), signed_in(app), signed_in(app)
    me = who(app, "frontdesk")
    assert do(app, ending_sessions.end_others, me, here.session_id, times(app)) == 2
    assert [is_open(app, one) for one in (here, there, elsewhere)] == [True, False, False]


def test_the_admin_sees_every_account_as_it_stands(app: TestApp) -> None:
    """Last sign-in, open sessions, second factor, failures of a day."""
    enrolled(app)
    fail(app, 2, "frontdesk")
    line = lines(app)["frontdesk"]
    assert (line.has_factor, line.codes_left, line.open_sessions) == (True, 10, 1)
    assert (line.failures, line.counted, line.last_sign_in) == (2, True, app.clock.now())
    assert lines(app)["provider"].last_sign_in is None
    app.clock.advance(timedelta(hours=25))
    assert lines(app)["frontdesk"].failures == 0


@pytest.mark.parametrize("username", ["frontdesk", "manager", "marketing", "provider"])
def test_only_an_admin_keeps_accounts(app: TestApp, username: str) -> None:
    """Neither looks nor acts."""
    me, other = who(app, username), who(app, "jordan").staff_id
    with app.db.read() as session, pytest.raises(Denied):
        staff_access.read(session, me, times(app), now=app.clock.now())
    for flow in (
        keeping_accounts.end_sessions,
        keeping_accounts.clear_delays,
        keeping_accounts.reset_second_factor,
    ):
        with pytest.raises(Denied):
            do(app, flow, me, other)
    with pytest.raises(Denied):
        do(app, keeping_accounts.reset_password, me, other, "!")
    with pytest.raises(Denied):
        do(app, keeping_accounts.set_active, me, other, active=False)


def test_an_admin_can_t_shut_themselves_out(app: TestApp) -> None:
    """The last admin is always one that can sign in."""
    admin = who(app, "admin")
    own = admin.staff_id
    acts: list[Callable[[], object]] = [
        lambda: do(app, keeping_accounts.set_active, admin, own, active=False),
        lambda: do(app, keeping_accounts.reset_password, admin, own, "!"),
        lambda: do(app, keeping_accounts.reset_second_factor, admin, own),
        lambda: do(app, keeping_accounts.end_sessions, admin, own),
    ]
    for act in acts:
        with pytest.raises(InvalidInput, match="My account"):
            act()


def test_a_new_password_from_the_admin_must_be_changed_and_ends_all_else(app: TestApp) -> None:
    """The old password, the open sessions and the known browsers are worth nothing; the wait is over."""
    cookie = cookie_of(app)
    before = signed_in(app)
    fail(app, 3)
    admin = who(app, "admin")
    do(app, keeping_accounts.reset_password, admin, before.actor.staff_id, hashed(OTHER), origin="there")
    assert not is_open(app, before)
    assert isinstance(attempt(app, PASSWORD, cookie=cookie), Refused)
    after = attempt(app, OTHER)
    assert isinstance(after, SignedIn)
    assert after.must_change_password
    assert told(app, "password_reset") == [(admin.staff_id, "frontdesk", "there")]


def test_the_admin_removes_a_lost_phone(app: TestApp) -> None:
    before, _, _ = enrolled(app)
    admin = who(app, "admin")
    assert isinstance(attempt(app, PASSWORD), CodeNeeded)
    do(app, keeping_accounts.reset_second_factor, admin, before.actor.staff_id)
    assert not is_open(app, before)
    assert isinstance(attempt(app, PASSWORD), SignedIn)
    with pytest.raises(LostRace):
        do(app, keeping_accounts.reset_second_factor, admin, before.actor.staff_id)


def test_the_admin_clears_the_wait_at_one_name(app: TestApp) -> None:
    """What is counted for an address that guesses at many names stays."""
    give_password(app)
    fail(app, delay_rules.BRAKES["pair"].free)
    assert do(app, keeping_accounts.clear_delays, who(app, "admin"), who(app, "frontdesk").staff_id) == 2
    assert isinstance(attempt(app, PASSWORD), SignedIn)
    assert not lines(app)["frontdesk"].counted


def test_a_closed_account_is_out_at_once_and_may_be_opened_again(app: TestApp) -> None:
    before = signed_in(app)
    admin, staff_id = who(app, "admin"), before.actor.staff_id
    do(app, keeping_accounts.set_active, admin, staff_id, active=False)
    assert not is_open(app, before)
    assert isinstance(attempt(app, PASSWORD), Refused)
    do(app, keeping_accounts.set_active, admin, staff_id, active=True)
    assert isinstance(attempt(app, PASSWORD), SignedIn)
    assert [subject for _, subject, _ in told(app, "staff_enabled")] == ["frontdesk"]


def test_signing_somebody_out_ends_all_their_sessions(app: TestApp) -> None:
    one, two = signed_in(app), signed_in(app)
    assert do(app, keeping_accounts.end_sessions, who(app, "admin"), one.actor.staff_id) == 2
    assert (is_open(app, one), is_open(app, two)) == (False, False)


@pytest.mark.parametrize("staff_id", ["", "nobody", "0190-not-an-id", "0" * 36])
def test_a_colleague_who_does_not_exist_is_not_found(app: TestApp, staff_id: str) -> None:
    with pytest.raises(NotFound):
        do(app, keeping_accounts.end_sessions, who(app, "admin"), staff_id)


def test_accounts_that_are_closed_stand_last(app: TestApp) -> None:
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "admin").values(active=True))
        session.execute(update(staff).where(staff.c.username == "jordan").values(active=False))
    assert list(lines(app))[-1] == "jordan"


def _new_password(app: TestApp, here: SignedIn) -> None:
    changing_password.change(app, here, OTHER, OTHER, app.clock.now())


@pytest.mark.parametrize(
    "end",
    [
        _new_password,
        lambda app, here: do(app, ending_sessions.end_others, here.actor, here.session_id, times(app)),
        lambda app, here: do(
            app, keeping_accounts.reset_password, who(app, "admin"), here.actor.staff_id, hashed(OTHER)
        ),
        lambda app, here: do(
            app, keeping_accounts.reset_second_factor, who(app, "admin"), here.actor.staff_id
        ),
        lambda app, here: do(app, keeping_accounts.end_sessions, who(app, "admin"), here.actor.staff_id),
        lambda app, _here: reset_password(app, "frontdesk", app.clock.now()),
        lambda app, _here: reset_second_factor(app, "frontdesk", app.clock.now()),
    ],
    ids=["own password", "own sessions", "password", "factor", "sessions", "luxe password", "luxe factor"],
)
def test_whose_sessions_end_has_no_browser_left_that_acts_as_them(
    app: TestApp, end: Callable[[TestApp, SignedIn], object]
) -> None:
    """A link in an alert needs no sign-in: a browser that a colleague turned on must not outlive what ended theirs."""
    here, _, _ = enrolled(app)
    told_by(app, ["push"])
    others = len(browsers_left(app)) - 1
    end(app, here)
    assert here.actor.staff_id not in {row.staff_id for row in browsers_left(app)}
    assert len(browsers_left(app)) == others
