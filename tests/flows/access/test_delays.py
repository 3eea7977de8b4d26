"""Failed sign-ins slow down whoever makes them, and nobody else (finding 8); strangers and colleagues alike (12)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core.audit.tables import audit_events
from core.domain.clock import real_seconds_until
from core.flows.access import known_browsers, sign_in
from core.flows.access.sign_in import Refused, SignedIn, Visitor
from core.flows.upkeep import retention
from core.staff import delay_rules
from core.staff.store import accounts, browsers
from core.staff.tables import sign_in_tries
from tests.conftest import TestApp
from tests.factories import PEOPLE
from tests.flows.access.test_sign_in import PASSWORD, attempt, give_password

HERE, ELSEWHERE = "203.0.113.9", "198.51.100.20"
FREE = delay_rules.BRAKES["pair"].free


def fail(app: TestApp, times: int, username: str = "frontdesk", **more: str) -> list[object]:
    return [attempt(app, "wrong", username, **more) for _ in range(times)]


def fail_and_wait(app: TestApp, times: int, username: str = "frontdesk", **more: str) -> None:
    """Failures of somebody who waits as long as they are told to."""
    for _ in range(times):
        answer = attempt(app, "wrong", username, **more)
        assert isinstance(answer, Refused)
        app.clock.advance(timedelta(seconds=answer.seconds))


def cookie_of(app: TestApp, username: str = "frontdesk") -> str:
    """The cookie of a browser with which this person has signed in."""
    give_password(app, username)
    who = attempt(app, PASSWORD, username, address="192.0.2.77")
    assert isinstance(who, SignedIn)
    return known_browsers.keep(app, who.session_id, "", app.clock.now())


def told(app: TestApp) -> list[Any]:
    """The lines of the trail about sign-ins, in order."""
    c = audit_events.c
    with app.db.read() as session:
        statement = select(c.action, c.actor, c.subject, c.staff_id, c.origin, c.detail).order_by(c.number)
        return list(session.execute(statement))


def test_nobody_locks_a_colleague_out(app: TestApp) -> None:
    """Finding 8: twenty-five tries used to keep all five accounts shut, as often as anybody liked."""
    for username, *_ in PEOPLE:
        give_password(app, username)
        fail(app, 5, username, address=ELSEWHERE)
    for username, *_ in PEOPLE:
        assert isinstance(attempt(app, PASSWORD, username, address=HERE), SignedIn)


def test_the_wait_after_failures_doubles_up_to_a_quarter_of_an_hour(app: TestApp) -> None:
    """Two slips cost nothing; a guesser gets a few tries an hour."""
    give_password(app)
    seen = []
    for _ in range(12):
        answer = attempt(app, "wrong")
        assert isinstance(answer, Refused)
        seen.append(answer.seconds)
        app.clock.advance(timedelta(seconds=answer.seconds))
    assert seen == [0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_during_the_wait_not_even_the_right_password_is_looked_at(app: TestApp) -> None:
    """Guessing on meanwhile gains nothing, and the page says how long it takes."""
    give_password(app)
    fail(app, FREE)
    app.clock.advance(timedelta(seconds=2))
    assert attempt(app, PASSWORD) == Refused(seconds=3.0, looked=False)
    app.clock.advance(timedelta(seconds=3))
    assert isinstance(attempt(app, PASSWORD), SignedIn)


def test_tries_during_the_wait_do_not_lengthen_it_and_write_nothing(app: TestApp) -> None:
    """Impatience is not punished, and a flood of tries does not reach the database's one writer."""
    give_password(app)
    fail(app, FREE)
    with app.db.read() as session:
        before = session.execute(select(sign_in_tries)).all(), len(told(app))
    fail(app, 30)
    with app.db.read() as session:
        assert (session.execute(select(sign_in_tries)).all(), len(told(app))) == before
    app.clock.advance(timedelta(seconds=5))
    assert isinstance(attempt(app, PASSWORD), SignedIn)


def test_a_name_that_nobody_has_is_answered_as_one_that_somebody_has(app: TestApp) -> None:
    """Finding 12: the same counts and the same waits, however long one tries; nothing tells who works here."""
    give_password(app)
    known = fail(app, FREE + 2, "frontdesk", address=HERE)
    unknown = fail(app, FREE + 2, "nobody", address=ELSEWHERE)
    assert known == unknown
    app.clock.advance(timedelta(seconds=5))
    assert attempt(app, "wrong", "frontdesk", HERE) == attempt(app, "wrong", "nobody", ELSEWHERE)


def test_strangers_are_remembered_by_the_database_alone(app: TestApp) -> None:
    """Finding 12: no cache of the process to be emptied, no name and no address to be read."""
    fail(app, FREE, "somebody-else")
    with app.db.read() as session:
        rows = session.execute(select(sign_in_tries)).all()
    assert len(rows) == 3
    assert "somebody" not in str(rows)
    assert HERE not in str(rows)


def test_one_address_over_many_names_is_slowed_down_too(app: TestApp) -> None:
    """Finding 8: fifteen guesses a second over many names were never limited."""
    free = delay_rules.BRAKES["address"].free
    answers = [attempt(app, "wrong", f"name-{number}") for number in range(free + 2)]
    assert [answer.looked for answer in answers if isinstance(answer, Refused)] == [True] * free + [False] * 2
    assert delay_rules.wait_after(delay_rules.BRAKES["address"], free + 100) == 60


def test_all_addresses_of_one_ipv6_subscriber_are_one(app: TestApp) -> None:
    """Whoever has 18 trillion addresses has one count."""
    for number in range(FREE):
        attempt(app, "wrong", address=f"2001:db8:1:2::{number + 1:x}")
    assert attempt(app, PASSWORD, address="2001:db8:1:2::ffff") == Refused(seconds=5.0, looked=False)
    assert isinstance(attempt(app, "wrong", address="2001:db8:1:3::1"), Refused)


def test_guesses_at_one_name_from_everywhere_are_bounded(app: TestApp) -> None:
    """A thousand addresses guess no faster than a try a minute."""
    free = delay_rules.BRAKES["name"].free
    for number in range(free):
        assert attempt(app, "wrong", address=f"198.51.100.{number + 1}") != Refused(seconds=5.0, looked=False)
    assert attempt(app, "wrong", address="198.51.100.200") == Refused(seconds=5.0, looked=False)
    assert delay_rules.wait_after(delay_rules.BRAKES["name"], free + 100) == 60


def test_a_known_browser_goes_on_while_strangers_guess(app: TestApp) -> None:
    """The attack costs those who work here nothing: not at the same address, not under the same name."""
    cookie = cookie_of(app)
    for number in range(delay_rules.BRAKES["name"].free):
        attempt(app, "wrong", address=f"198.51.100.{number + 1}")
    fail(app, 15, address=HERE)
    assert isinstance(attempt(app, PASSWORD, address=HERE), Refused)
    assert isinstance(attempt(app, PASSWORD, address=HERE, cookie=cookie), SignedIn)


def test_a_known_browser_s_own_failures_count(app: TestApp) -> None:
    """A thief at the front desk's computer does not get endless tries either."""
    cookie = cookie_of(app)
    fail(app, delay_rules.BRAKES["browser"].free, cookie=cookie)
    assert attempt(app, PASSWORD, cookie=cookie) == Refused(seconds=5.0, looked=False)


def test_a_browser_is_known_to_those_who_signed_in_with_it(app: TestApp) -> None:
    """One's own cookie is no way around the wait at a colleague's name."""
    cookie = cookie_of(app)
    give_password(app, "admin")
    fail(app, FREE, "admin", cookie=cookie)
    assert attempt(app, PASSWORD, "admin", cookie=cookie) == Refused(seconds=5.0, looked=False)


@pytest.mark.parametrize(
    "change", [lambda c: c[:-1] + "~", lambda c: c.partition(".")[0], lambda c: "x" * 5_000]
)
def test_a_cookie_that_we_did_not_sign_makes_no_browser_known(app: TestApp, change: Any) -> None:
    """Nobody makes themselves a known browser."""
    cookie = change(cookie_of(app))
    assert known_browsers.read(app, cookie) == ""
    fail(app, FREE)
    assert attempt(app, PASSWORD, cookie=cookie) == Refused(seconds=5.0, looked=False)


def test_a_new_password_makes_every_browser_strange_again(app: TestApp) -> None:
    """Whoever had the old password may have made theirs known with it."""
    cookie = cookie_of(app)
    with app.db.write() as session:
        browsers.forget_all(session, accounts.account(session, "frontdesk").id)
    assert known_browsers.known_to(app, cookie, "frontdesk") == ""


def test_success_forgives_slips_at_this_name_but_not_the_address_s_others(app: TestApp) -> None:
    """Yesterday's typing mistakes do not count; a right password of one's own buys no guesses at others' names."""
    give_password(app)
    give_password(app, "manager")
    for number in range(delay_rules.BRAKES["address"].free - 1):
        attempt(app, "wrong", f"name-{number}")
    assert isinstance(attempt(app, PASSWORD), SignedIn)
    answer = attempt(app, "wrong")
    assert isinstance(answer, Refused)
    assert answer.seconds == 5.0  # one too many from here, whoever they were for


def test_after_a_time_of_quiet_the_count_begins_anew(app: TestApp) -> None:
    """One slip of today is one slip."""
    give_password(app)
    fail_and_wait(app, 5)
    app.clock.advance(timedelta(seconds=delay_rules.BRAKES["pair"].quiet))
    assert attempt(app, "wrong") == Refused(left=FREE - 1)


@pytest.mark.parametrize("name", ["fr\0ontdesk", "\0", "x" * 20_000_000, "\ud800name"])
def test_a_name_that_can_t_be_one_is_simply_wrong(app: TestApp, name: str) -> None:
    """Findings 7 and 27: no megabytes are kept, and a NUL is no error of the database."""
    assert attempt(app, "wrong", name) == Refused(left=FREE - 1)


def test_a_password_with_a_nul_is_simply_wrong(app: TestApp) -> None:
    """What the browser sends is compared, never refused with a stack."""
    give_password(app)
    assert attempt(app, f"{PASSWORD}\0") == Refused(left=FREE - 1)


def test_only_the_first_forty_letters_of_a_name_count(app: TestApp) -> None:
    """A longer tail makes no other name of it, and no other count."""
    fail(app, FREE, "n" * 40)
    assert attempt(app, "wrong", "n" * 41) == Refused(seconds=5.0, looked=False)


def test_every_failure_is_in_the_trail_with_its_address_and_browser(app: TestApp) -> None:
    """Finding 8: nineteen failures and three locks left no trace, though the page says that all is recorded."""
    cookie = cookie_of(app)
    fail(app, FREE, "admin", address=ELSEWHERE)
    fail(app, 1, "frontdesk", cookie=cookie)
    fail(app, 1, "who-is-this")
    lines = [line for line in told(app) if line.actor == "stranger"]
    assert [line.action for line in lines] == ["sign_in_failed"] * 3 + ["sign_in_slowed"] + [
        "sign_in_failed"
    ] * 2
    assert {line.origin for line in lines[:4]} == {f"{ELSEWHERE} sign-in"}
    assert [line.detail["browser"] for line in lines[3:]] == ["new", "known", "new"]
    assert lines[3].detail["by"] == "pair"
    assert (lines[3].subject, lines[5].staff_id) == ("admin", None)
    assert "who" not in lines[5].subject


def test_guessing_over_many_names_is_an_alarm_of_the_trail(app: TestApp) -> None:
    """The admin's page shows it in red, with the address that it came from."""
    for number in range(delay_rules.BRAKES["address"].free + 1):
        attempt(app, "wrong", f"name-{number}", address=ELSEWHERE)
    alarms = [line for line in told(app) if line.action == "guessing_slowed"]
    assert [(line.detail["by"], line.origin) for line in alarms] == [("address", f"{ELSEWHERE} sign-in")]


def test_what_is_counted_is_forgotten_when_it_is_of_no_more_use(app: TestApp) -> None:
    """A flood of made-up names does not stay in the database."""
    fail(app, 2, "nobody")
    app.clock.advance(timedelta(hours=23))
    retention.forget(app, now=app.clock.now())
    with app.db.read() as session:
        assert session.execute(select(func.count()).select_from(sign_in_tries)).scalar_one() == 3
    app.clock.advance(timedelta(hours=2))
    retention.forget(app, now=app.clock.now())
    with app.db.read() as session:
        assert session.execute(select(func.count()).select_from(sign_in_tries)).scalar_one() == 0


def test_the_wait_is_one_of_the_wall_clock_in_a_fast_demo(app: TestApp) -> None:
    """At 600 times speed five seconds are five seconds."""
    app.clock.speed = 600.0
    answer = fail(app, FREE)[-1]
    assert isinstance(answer, Refused)
    assert answer.seconds == 5.0
    until = app.clock.now() + timedelta(seconds=5 * 600)
    assert real_seconds_until(app.clock, until, app.clock.now()) == 5.0


def test_who_comes_from_nowhere_known_is_counted_as_well(app: TestApp) -> None:
    """Without an address all such visitors share one count."""
    for _ in range(FREE):
        sign_in.sign_in(app, "frontdesk", "wrong", Visitor(), now=app.clock.now())
    again = sign_in.sign_in(app, "frontdesk", "wrong", Visitor(), now=app.clock.now())
    assert again == Refused(seconds=5.0, looked=False)


def test_tries_at_the_same_moment_are_counted_one_by_one(app: TestApp) -> None:
    """Finding 8: fifty at once get no more looked at than fifty in a row."""
    give_password(app, password_hash="!")
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: attempt(app, "wrong"), range(24)))
    looked = [answer for answer in answers if isinstance(answer, Refused) and answer.looked]
    assert len(looked) == FREE
