"""The second factor: set up by its owner, asked for after the password, each code good once (finding 8)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import LargeBinary, literal, select, update

from core.audit.tables import audit_events
from core.domain.errors import InvalidInput, LostRace, SettingsError
from core.domain.roles import Role
from core.flows.access import changing_password, second_factor, sign_in
from core.flows.access.sign_in import CodeNeeded, Refused, SignedIn
from core.settings import read_settings
from core.staff import code_rules, delay_rules
from core.staff.rules import CODE_MINUTES
from core.staff.store import accounts
from core.staff.tables import recovery_codes, second_factors
from tests.conftest import TestApp
from tests.flows.access.test_sign_in import OTHER, PASSWORD, attempt, give_password, signed_in

AT = 1_795_000_000.0  # real seconds: the phone's clock, whatever the product's says


def code(secret: str, at: float = AT) -> str:
    return pyotp.TOTP(secret).at(int(at))


def begun(app: TestApp, who: SignedIn) -> second_factor.Enrolment:
    with app.db.write() as session:
        return second_factor.begin(session, who.actor, who.username, now=app.clock.now())


def confirmed(app: TestApp, who: SignedIn, typed: str, at: float = AT) -> list[str]:
    with app.db.write() as session:
        return second_factor.confirm(session, who.actor, typed, at=at, now=app.clock.now())


def enrolled(app: TestApp) -> tuple[SignedIn, str, list[str]]:
    """Front desk with a second factor: the session, the secret, the recovery codes."""
    who = signed_in(app)
    secret = begun(app, who).secret
    return who, secret, confirmed(app, who, code(secret))


def waiting(app: TestApp) -> CodeNeeded:
    answer = attempt(app, PASSWORD)
    assert isinstance(answer, CodeNeeded)
    return answer


def finish(app: TestApp, half: CodeNeeded, typed: str, at: float = AT + 60) -> SignedIn | Refused | None:
    return sign_in.finish(app, half, typed, at=at, now=app.clock.now())


def actions(app: TestApp) -> list[str]:
    with app.db.read() as session:
        return list(session.scalars(select(audit_events.c.action).order_by(audit_events.c.number)))


def test_after_the_password_a_code_is_asked_for(app: TestApp) -> None:
    """The password alone opens nothing any more."""
    _, secret, _ = enrolled(app)
    opened = finish(app, waiting(app), code(secret, AT + 60))
    assert isinstance(opened, SignedIn)
    assert opened.has_factor
    assert sign_in.resume(app, opened.session_id, app.clock.now()) is not None


def test_a_factor_counts_only_once_its_app_has_shown_a_code(app: TestApp) -> None:
    """Who closes the page half way is not shut out by a secret that no phone has."""
    begun(app, signed_in(app))
    assert isinstance(attempt(app, PASSWORD), SignedIn)


def test_a_wrong_first_code_sets_nothing_up(app: TestApp) -> None:
    """A phone with a wrong clock is noticed now, and not at the next sign-in."""
    who = signed_in(app)
    secret = begun(app, who).secret
    with pytest.raises(InvalidInput, match="shows now"):
        confirmed(app, who, code(secret, AT + 600))
    assert isinstance(attempt(app, PASSWORD), SignedIn)


def test_a_code_works_once(app: TestApp) -> None:
    """Whoever looked over a shoulder comes too late by half a second."""
    _, secret, _ = enrolled(app)
    typed = code(secret, AT + 60)
    assert isinstance(finish(app, waiting(app), typed), SignedIn)
    assert isinstance(finish(app, waiting(app), typed), Refused)
    assert isinstance(finish(app, waiting(app), code(secret, AT + 30)), Refused)  # an earlier one neither


def test_the_code_of_the_set_up_opens_nothing_later(app: TestApp) -> None:
    _, secret, _ = enrolled(app)
    assert isinstance(finish(app, waiting(app), code(secret), at=AT), Refused)


@pytest.mark.parametrize(("off", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phone_s_clock_may_be_half_a_minute_off(app: TestApp, off: int, good: bool) -> None:
    _, secret, _ = enrolled(app)
    answer = finish(app, waiting(app), code(secret, AT + 120 + off), at=AT + 120)
    assert isinstance(answer, SignedIn) == good


def test_a_recovery_code_stands_in_once(app: TestApp) -> None:
    """A lost phone costs nobody the day; the code that was used is worth nothing."""
    _, _, codes = enrolled(app)
    assert len(set(codes)) == code_rules.RECOVERY_CODES
    assert isinstance(finish(app, waiting(app), codes[0].upper().replace("-", " ")), SignedIn)
    assert isinstance(finish(app, waiting(app), codes[0]), Refused)
    assert isinstance(finish(app, waiting(app), codes[1]), SignedIn)
    assert actions(app).count("recovery_code_used") == 2


def test_neither_secret_nor_codes_stand_in_the_database(app: TestApp) -> None:
    """Whoever reads a dump makes no code of anybody's."""
    _, secret, codes = enrolled(app)
    with app.db.read() as session:
        raw = session.connection().exec_driver_sql("SELECT secret FROM second_factors").scalar_one()
        stored = str(session.execute(select(recovery_codes)).all())
    assert secret.encode() not in bytes(raw)
    assert not any(code_rules.plain(one) in stored for one in codes)


def test_a_colleague_s_recovery_code_opens_nothing(app: TestApp) -> None:
    _, _, codes = enrolled(app)
    give_password(app, "admin")
    other = attempt(app, PASSWORD, "admin")
    assert isinstance(other, SignedIn)
    confirmed(app, other, code(begun(app, other).secret))
    half = attempt(app, PASSWORD, "admin")
    assert isinstance(half, CodeNeeded)
    assert isinstance(finish(app, half, codes[0]), Refused)


def test_guessing_codes_is_slowed_down_from_every_address_together(app: TestApp) -> None:
    """Who guesses codes has the password: a million codes are not tried from a thousand addresses."""
    _, secret, _ = enrolled(app)
    free = delay_rules.BRAKES["code"].free
    answers = [finish(app, waiting(app), "000000") for _ in range(free)]
    assert [answer.seconds for answer in answers if isinstance(answer, Refused)] == [0.0] * (free - 1) + [5.0]
    assert finish(app, waiting(app), code(secret, AT + 60)) == Refused(seconds=5.0, looked=False)
    assert actions(app).count("code_failed") == free


def test_the_question_for_a_code_does_not_wait_for_ever(app: TestApp) -> None:
    """A page that was left at the question is no half-open door."""
    _, secret, _ = enrolled(app)
    half = waiting(app)
    app.clock.advance(timedelta(minutes=CODE_MINUTES))
    assert finish(app, half, code(secret, AT + 60)) is None


@pytest.mark.parametrize("change", ["closed", "new password"])
def test_what_happens_to_the_account_meanwhile_counts(app: TestApp, change: str) -> None:
    """An admin who closes the account or resets its password is faster than the code."""
    who, secret, _ = enrolled(app)
    half = waiting(app)
    with app.db.write() as session:
        if change == "closed":
            accounts.set_active(session, who.actor.staff_id, active=False)
        else:
            accounts.set_password(session, who.actor.staff_id, "!", must_change=True)
    assert finish(app, half, code(secret, AT + 60)) is None


@pytest.mark.parametrize(
    "typed", ["", "000000", "12345", "1234567", "x" * 10_000, "123\0456", "١٢٣٤٥٦", "abcde-fghjk"]
)
def test_what_is_no_code_is_simply_wrong(app: TestApp, typed: str) -> None:
    """Digits of other alphabets, a NUL and ten thousand letters are no errors of ours."""
    enrolled(app)
    assert isinstance(finish(app, waiting(app), typed), Refused)


def test_a_damaged_secret_is_no_error_and_recovery_codes_still_work(app: TestApp) -> None:
    """One bit in the database shuts nobody out for good."""
    _, secret, codes = enrolled(app)
    with app.db.write() as session:
        raw = session.connection().exec_driver_sql("SELECT secret FROM second_factors").scalar_one()
        damaged = bytes(raw)[:-1] + bytes([bytes(raw)[-1] ^ 1])
        statement = update(second_factors).values(secret=literal(damaged, LargeBinary))
        session.execute(statement)
    assert isinstance(finish(app, waiting(app), code(secret, AT + 60)), Refused)
    assert isinstance(finish(app, waiting(app), codes[0]), SignedIn)


def test_new_recovery_codes_replace_the_old_ones(app: TestApp) -> None:
    who, _, old = enrolled(app)
    with app.db.write() as session:
        new = second_factor.renew_codes(session, who.actor, now=app.clock.now())
    assert isinstance(finish(app, waiting(app), old[0]), Refused)
    assert isinstance(finish(app, waiting(app), new[0]), SignedIn)


def test_without_it_the_password_is_enough_again(app: TestApp) -> None:
    """Another phone: removed by its owner and set up anew; the old secret is gone."""
    who, _, _ = enrolled(app)
    with app.db.write() as session:
        second_factor.remove(session, who.actor, now=app.clock.now())
    assert isinstance(attempt(app, PASSWORD), SignedIn)
    with app.db.read() as session:
        assert session.execute(select(second_factors)).all() == []
        assert session.execute(select(recovery_codes)).all() == []


def test_two_windows_do_not_set_it_up_twice(app: TestApp) -> None:
    """The second one is told, and the phone that works goes on working."""
    who, secret, _ = enrolled(app)
    with pytest.raises(LostRace):
        begun(app, who)
    with pytest.raises(LostRace):
        confirmed(app, who, code(secret, AT + 60), AT + 60)


def needed_for(app: TestApp, *roles: str) -> Callable[[], Any]:
    return lambda: app.settings.__dict__.update(totp_roles=",".join(roles))


def test_a_role_that_needs_one_can_do_nothing_but_set_it_up(app: TestApp) -> None:
    """The session is held back until then, whoever asks: page, action, socket, picture."""
    needed_for(app, "frontdesk", "admin")()
    who = signed_in(app)
    assert (who.must_enrol, who.held) == (True, True)
    secret = begun(app, who).secret
    confirmed(app, who, code(secret))
    after = sign_in.resume(app, who.session_id, app.clock.now())
    assert after is not None
    assert not after.held


def test_a_role_that_needs_none_works_as_before(app: TestApp) -> None:
    needed_for(app, "admin")()
    assert not signed_in(app).held


def test_the_setting_names_roles_that_there_are() -> None:
    """A slip in it must not leave the admins without."""
    with pytest.raises(SettingsError, match="LUXE_TOTP_ROLES: names no role: boss"):
        read_settings(totp_roles="admin, boss", _env_file=None)
    settings = read_settings(totp_roles=" admin ,manager", _env_file=None)
    assert settings.needs_second_factor == {Role.ADMIN, Role.MANAGER}


def test_a_new_password_leaves_the_second_factor_as_it_is(app: TestApp) -> None:
    """Whoever learns the password can't get rid of the code by changing it."""
    who, _, _ = enrolled(app)
    changing_password.change(app, who, OTHER, OTHER, app.clock.now())
    assert isinstance(attempt(app, OTHER), CodeNeeded)
