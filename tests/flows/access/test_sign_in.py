"""Signing in: who gets in, who is kept out and for how long, and what ends a session."""

from datetime import timedelta

import bcrypt
import pytest
from sqlalchemy import func, select, update

from core.audit.tables import audit_events
from core.domain.errors import InvalidInput
from core.flows.access import sign_in
from core.flows.access.sign_in import Refused, SignedIn
from core.staff import rules
from core.staff.rules import IDLE_MINUTES, LOCK_MINUTES, SESSION_HOURS, TICKET_SECONDS, TRIES, Tries
from core.staff.store import accounts
from core.staff.tables import sessions, staff
from tests.conftest import TestApp

PASSWORD = "made-up-words-1"
OTHER = "seven quiet herons"


@pytest.fixture(autouse=True)
def _quick_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison that strangers get is as slow as a real one; tests have other things to wait for."""
    monkeypatch.setattr(rules, "NO_PASSWORD", hashed("nobody's"))


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def give_password(app: TestApp, username: str = "frontdesk", **more: object) -> None:
    with app.db.write() as session:
        changes = {"password_hash": hashed(PASSWORD), **more}
        session.execute(update(staff).where(staff.c.username == username).values(**changes))


def attempt(
    app: TestApp, password: str, username: str = "frontdesk", strangers: dict[str, Tries] | None = None
) -> SignedIn | Refused:
    known: dict[str, Tries] = {} if strangers is None else strangers
    return sign_in.sign_in(app, username, password, strangers=known, now=app.clock.now())


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


def test_a_sign_in_is_recorded(app: TestApp) -> None:
    """The audit trail says who came in and who went."""
    who = signed_in(app)
    sign_in.sign_out(app, who.session_id, app.clock.now())
    with app.db.read() as session:
        actions = session.execute(select(audit_events.c.action).order_by(audit_events.c.id)).scalars().all()
    assert actions == ["signed_in", "signed_out"]


def test_a_wrong_password_says_how_many_tries_are_left(app: TestApp) -> None:
    """A person sees the wait coming before it starts."""
    give_password(app)
    assert [attempt(app, "wrong"), attempt(app, "wrong")] == [Refused(4), Refused(3)]


def test_a_name_that_nobody_has_is_answered_as_one_that_somebody_has(app: TestApp) -> None:
    """Trying names tells nobody who works here: the same counts, the same lock."""
    give_password(app)
    strangers: dict[str, Tries] = {}
    known = [attempt(app, "wrong") for _ in range(TRIES + 1)]
    unknown = [attempt(app, "wrong", "nobody", strangers) for _ in range(TRIES + 1)]
    assert known == unknown


def test_five_failures_lock_even_the_right_password_out(app: TestApp) -> None:
    """Guessing stops after five tries; the wait is real."""
    give_password(app)
    for _ in range(TRIES):
        attempt(app, "wrong")
    assert attempt(app, PASSWORD) == Refused(0)
    app.clock.advance(timedelta(minutes=LOCK_MINUTES, seconds=1))
    assert isinstance(attempt(app, PASSWORD), SignedIn)


def test_tries_during_the_lock_do_not_lengthen_it(app: TestApp) -> None:
    """Nobody can keep a colleague locked out for ever by trying on."""
    give_password(app)
    for _ in range(TRIES):
        attempt(app, "wrong")
    app.clock.advance(timedelta(minutes=LOCK_MINUTES - 1))
    attempt(app, "wrong")
    app.clock.advance(timedelta(minutes=1, seconds=1))
    assert isinstance(attempt(app, PASSWORD), SignedIn)


def test_after_the_lock_the_count_begins_anew(app: TestApp) -> None:
    """One slip after the wait is one slip, not the next lock."""
    give_password(app)
    for _ in range(TRIES):
        attempt(app, "wrong")
    app.clock.advance(timedelta(minutes=LOCK_MINUTES, seconds=1))
    assert attempt(app, "wrong") == Refused(TRIES - 1)


def test_success_forgets_earlier_slips(app: TestApp) -> None:
    """Yesterday's typing mistakes do not count today."""
    give_password(app)
    attempt(app, "wrong")
    attempt(app, PASSWORD)
    assert attempt(app, "wrong") == Refused(TRIES - 1)


def test_a_closed_account_says_the_same_as_a_wrong_password(app: TestApp) -> None:
    """Somebody who left learns nothing from the right password."""
    give_password(app, active=False)
    assert attempt(app, PASSWORD) == Refused(TRIES - 1)


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
    after = sign_in.change_password(app, here, OTHER, OTHER, app.clock.now())
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
    assert not sign_in.change_password(app, who, OTHER, OTHER, app.clock.now()).must_change_password


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short words", "short words", "12 characters"),
        (OTHER, OTHER + "x", "differ"),
        ("frontdesk-2026-spring", "frontdesk-2026-spring", "user name"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "different"),
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
        sign_in.change_password(app, who, password, again, app.clock.now())


def test_a_refused_sign_in_leaves_no_session(app: TestApp) -> None:
    """Only success writes a session."""
    give_password(app)
    attempt(app, "wrong")
    with app.db.read() as session:
        assert session.execute(select(func.count()).select_from(sessions)).scalar_one() == 0
