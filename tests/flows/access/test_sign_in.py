"""Signing in: who gets in, who is kept out and for how long, and what ends a session."""

from datetime import timedelta

import bcrypt
import pytest
from sqlalchemy import func, select, update

from core.audit.tables import audit_events
from core.domain.errors import InvalidInput
from core.flows.access import changing_password, sign_in
from core.flows.access.sign_in import CodeNeeded, Refused, SignedIn, Visitor
from core.staff.rules import IDLE_MINUTES, SESSION_HOURS, TICKET_SECONDS
from core.staff.store import accounts
from core.staff.tables import sessions, staff
from tests.conftest import SHIPPED_COST, SHIPPED_NO_PASSWORD, TestApp

PASSWORD = "made-up-words-1"
OTHER = "seven quiet herons"


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def give_password(app: TestApp, username: str = "frontdesk", **more: object) -> None:
    with app.db.write() as session:
        changes = {"password_hash": hashed(PASSWORD), **more}
        session.execute(update(staff).where(staff.c.username == username).values(**changes))


def attempt(
    app: TestApp, password: str, username: str = "frontdesk", address: str = "203.0.113.9", cookie: str = ""
) -> SignedIn | CodeNeeded | Refused:
    visitor = Visitor(address, cookie, "Mozilla/5.0 (Windows NT 10.0) Chrome/142")
    return sign_in.sign_in(app, username, password, visitor, now=app.clock.now())


def signed_in(app: TestApp) -> SignedIn:
    give_password(app)
    answer = attempt(app, PASSWORD)
    assert isinstance(answer, SignedIn)
    return answer


def test_the_right_password_opens_a_session_in_the_person_s_name(app: TestApp) -> None:
    """Who signs in is known to every page by name and role."""
    who = signed_in(app)
    assert (who.actor.name, who.actor.role, who.must_change_password) == ("Maya Torres", "frontdesk", False)
    assert sign_in.resume(app, who.session_id, app.clock.now()) is not None


def test_a_guess_costs_the_same_whether_the_account_exists() -> None:
    """As shipped: tests themselves hash in a hundredth of the time."""
    assert (SHIPPED_COST, SHIPPED_NO_PASSWORD.split("$")[1:3]) == (12, ["2b", "12"])


def test_a_sign_in_is_recorded(app: TestApp) -> None:
    """The audit trail says who came in and who went."""
    who = signed_in(app)
    sign_in.sign_out(app, who.session_id, app.clock.now())
    with app.db.read() as session:
        actions = session.execute(select(audit_events.c.action).order_by(audit_events.c.id)).scalars().all()
    assert actions == ["signed_in", "signed_out"]


def test_a_closed_account_says_the_same_as_a_wrong_password(app: TestApp) -> None:
    """Somebody who left learns nothing from the right password."""
    give_password(app, active=False)
    assert attempt(app, PASSWORD) == attempt(app, "wrong", "manager")


def test_an_account_without_a_password_opens_to_nothing(app: TestApp) -> None:
    """No default password: an account that was never given one can't be entered."""
    assert isinstance(attempt(app, "!"), Refused)
    assert isinstance(attempt(app, ""), Refused)


def test_a_password_longer_than_bcrypt_reads_is_refused_not_cut(app: TestApp) -> None:
    """Two long passwords that begin alike are two passwords."""
    give_password(app, password_hash=hashed("a" * 72))
    assert isinstance(attempt(app, "a" * 73), Refused)
    assert isinstance(attempt(app, "a" * 72), SignedIn)


def test_the_ticket_fetches_the_cookie_of_this_session_once(app: TestApp) -> None:
    """The cookie opens exactly the session that was signed in; a copied ticket opens nothing."""
    who = signed_in(app)
    token = sign_in.redeem(app, who.ticket, app.clock.now())
    assert token is not None
    assert sign_in.hashed(token) == who.session_id
    assert sign_in.redeem(app, who.ticket, app.clock.now()) is None


def test_a_late_ticket_is_refused(app: TestApp) -> None:
    """A ticket found in a log an hour later is worth nothing."""
    who = signed_in(app)
    app.clock.advance(timedelta(seconds=TICKET_SECONDS + 1))
    assert sign_in.redeem(app, who.ticket, app.clock.now()) is None


def test_neither_cookie_nor_ticket_stands_in_the_database(app: TestApp) -> None:
    """Whoever reads a dump can't continue anybody's session."""
    who = signed_in(app)
    token = sign_in.redeem(app, who.ticket, app.clock.now())
    with app.db.read() as session:
        stored = str(session.execute(select(sessions)).all())
    assert token is not None
    assert token not in stored
    assert who.ticket not in stored


def test_signing_out_ends_the_session_at_once(app: TestApp) -> None:
    """The browser that keeps a copy of the cookie is signed out all the same."""
    who = signed_in(app)
    sign_in.sign_out(app, who.session_id, app.clock.now())
    assert sign_in.resume(app, who.session_id, app.clock.now()) is None


def test_an_idle_session_ends(app: TestApp) -> None:
    """A desk left open over lunch asks for the password again."""
    who = signed_in(app)
    app.clock.advance(timedelta(minutes=IDLE_MINUTES, seconds=1))
    assert sign_in.resume(app, who.session_id, app.clock.now()) is None


def test_work_keeps_a_session_open_until_its_last_hour(app: TestApp) -> None:
    """Somebody who works all day signs in once a day, and not once a week."""
    who = signed_in(app)
    for _ in range(SESSION_HOURS * 2 - 1):
        app.clock.advance(timedelta(minutes=30))
        assert sign_in.resume(app, who.session_id, app.clock.now()) is not None
    app.clock.advance(timedelta(minutes=30))
    assert sign_in.resume(app, who.session_id, app.clock.now()) is None


def test_an_open_page_alone_is_no_work(app: TestApp) -> None:
    """The live queue on a screen that nobody touches does not keep the session alive."""
    who = signed_in(app)
    for _ in range(IDLE_MINUTES // 10):
        app.clock.advance(timedelta(minutes=10, seconds=1))
        sign_in.watch(app, who.session_id, app.clock.now())
    assert sign_in.resume(app, who.session_id, app.clock.now()) is None


def test_switching_an_account_off_ends_its_open_pages(app: TestApp) -> None:
    """Somebody who is let go is out within seconds, not tomorrow."""
    who = signed_in(app)
    with app.db.write() as session:
        accounts.set_active(session, who.actor.staff_id, active=False)
    assert sign_in.ends_at(app, [who.session_id], app.clock.now()) == {}


def test_a_new_role_counts_from_the_next_click(app: TestApp) -> None:
    """Permissions are read with each check, never kept in the cookie."""
    who = signed_in(app)
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.id == who.actor.staff_id).values(role="marketing"))
    again = sign_in.resume(app, who.session_id, app.clock.now())
    assert again is not None
    assert again.actor.role == "marketing"


def test_at_high_speed_a_session_lasts_as_long_as_on_the_wall_clock(app: TestApp) -> None:
    """A demo at 600 times speed does not sign people out each six seconds."""
    app.clock.speed = 600.0
    who = signed_in(app)
    app.clock.advance(timedelta(hours=5))  # thirty real seconds
    assert sign_in.resume(app, who.session_id, app.clock.now()) is not None


def test_a_changed_password_ends_every_other_session(app: TestApp) -> None:
    """After a change only the page that made it goes on."""
    elsewhere = signed_in(app)
    here = signed_in(app)
    after = changing_password.change(app, here, OTHER, OTHER, app.clock.now())
    assert sign_in.resume(app, elsewhere.session_id, app.clock.now()) is None
    assert sign_in.resume(app, after.session_id, app.clock.now()) is not None
    assert isinstance(attempt(app, PASSWORD), Refused)
    assert isinstance(attempt(app, OTHER), SignedIn)


def test_an_initial_password_must_be_changed_once(app: TestApp) -> None:
    """The password that somebody else chose is good for choosing one's own."""
    give_password(app, must_change_password=True)
    who = attempt(app, PASSWORD)
    assert isinstance(who, SignedIn)
    assert who.must_change_password
    assert not changing_password.change(app, who, OTHER, OTHER, app.clock.now()).must_change_password


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short words", "short words", "12 characters"),
        (OTHER, OTHER + "x", "differ"),
        ("frontdesk-2026-spring", "frontdesk-2026-spring", "user name"),
        ("password1234", "password1234", "easy to guess"),
        ("x1" * 40, "x1" * 40, "72"),
        (PASSWORD, PASSWORD, "another"),
    ],
)
def test_a_weak_new_password_is_refused_with_what_to_do(
    app: TestApp, password: str, again: str, said: str
) -> None:
    """The refusal names the one thing to change."""
    who = signed_in(app)
    with pytest.raises(InvalidInput, match=said):
        changing_password.change(app, who, password, again, app.clock.now())


def test_a_refused_sign_in_leaves_no_session(app: TestApp) -> None:
    """Only success writes a session."""
    give_password(app)
    attempt(app, "wrong")
    with app.db.read() as session:
        assert session.execute(select(func.count()).select_from(sessions)).scalar_one() == 0
