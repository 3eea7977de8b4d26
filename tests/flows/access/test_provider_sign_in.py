"""Signing in by the clinic's identity provider: found by a verified email, believed once, never a new account."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.audit.tables import audit_events
from core.domain.errors import SettingsError
from core.flows.access import provider_sign_in, sign_in
from core.flows.access.sign_in import CodeNeeded, SignedIn, Visitor
from core.flows.upkeep import retention
from core.settings import read_settings
from core.staff.store import accounts, provider
from core.staff.tables import provider_sign_ins, staff
from tests.conftest import TestApp
from tests.flows.access.test_second_factor import AT, code, enrolled
from tests.flows.staffing import who

VISITOR = Visitor("203.0.113.9", "", "Firefox/145 Windows")


def claims(**changes: Any) -> dict[str, Any]:
    """What a provider's ID token holds."""
    usual = {
        "iss": "https://id.example.com",
        "sub": "u-17",
        "iat": AT,
        "nonce": "n-1",
        "email": "Frontdesk@Example.com",
        "email_verified": True,
        "is_logged_in": True,
    }
    return {**usual, **changes}


@pytest.fixture
def known(app: TestApp) -> TestApp:
    """Everybody's email can be looked up."""
    with app.db.write() as session:
        for username in ("frontdesk", "manager"):
            person = accounts.account(session, username)
            accounts.set_email(session, person.id, f"{username}@example.com")
    return app


def arrive(app: TestApp, at: float = AT + 5, **changes: Any) -> SignedIn | CodeNeeded | str | None:
    found = provider_sign_in.identity(claims(**changes))
    assert found
    return provider_sign_in.sign_in(app, found, VISITOR, at=at, now=app.clock.now())


def told(app: TestApp) -> list[Any]:
    c = audit_events.c
    with app.db.read() as session:
        statement = select(c.action, c.staff_id, c.subject, c.origin, c.detail).order_by(c.number)
        return list(session.execute(statement))


def test_a_verified_email_opens_its_account(known: TestApp) -> None:
    """With a session of our own, as after the password; case and spaces do not count."""
    answer = arrive(known, email=" FRONTDESK@example.com ")
    assert isinstance(answer, SignedIn)
    assert answer.username == "frontdesk"
    assert sign_in.redeem(known, answer.ticket, known.clock.now())
    assert [(line.action, line.origin, line.detail) for line in told(known)] == [
        ("signed_in", "203.0.113.9 sign-in", {"how": "provider"})
    ]


def test_the_provider_s_word_is_believed_once(known: TestApp) -> None:
    """Streamlit keeps it in a cookie for a month: after our sign-out that cookie opens nothing."""
    assert isinstance(arrive(known), SignedIn)
    assert arrive(known) is None
    assert isinstance(arrive(known, nonce="n-2"), SignedIn)


@pytest.mark.parametrize("age", [300, 86_400, -61])
def test_an_old_word_is_no_word(known: TestApp, age: int) -> None:
    """Nor one from the future."""
    assert arrive(known, at=AT + age) is None
    with known.db.read() as session:
        assert session.execute(select(func.count()).select_from(provider_sign_ins)).scalar_one() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": ""},
        {"email": None},
    ],
)
def test_an_email_that_nobody_vouches_for_opens_nothing(known: TestApp, changes: dict[str, Any]) -> None:
    """Whoever can type an address into a profile does not get the colleague's account."""
    answer = arrive(known, **changes)
    assert isinstance(answer, str)
    assert "does not vouch" in answer


def test_nobody_gets_an_account_by_it(known: TestApp) -> None:
    """A stranger at the same provider is told whom to ask, and stands in the trail without their address."""
    with known.db.read() as session:
        before = accounts.how_many(session)
    answer = arrive(known, email="new@example.com")
    assert isinstance(answer, str)
    assert "no account here" in answer
    with known.db.read() as session:
        assert accounts.how_many(session) == before
    assert [(line.action, line.staff_id, line.detail) for line in told(known)] == [
        ("provider_refused", None, {"why": "no account"})
    ]
    assert "example" not in str(told(known)[0].subject)


def test_a_closed_account_stays_closed(known: TestApp) -> None:
    with known.db.write() as session:
        accounts.set_active(session, who(known, "frontdesk").staff_id, active=False)
    assert isinstance(arrive(known), str)


def test_an_email_that_two_share_opens_neither(known: TestApp) -> None:
    """Nobody can say which of them it is."""
    with known.db.write() as session:
        accounts.set_email(session, who(known, "manager").staff_id, "frontdesk@example.com")
    assert isinstance(arrive(known), str)


def test_a_second_factor_is_asked_for_all_the_same(known: TestApp) -> None:
    """The provider stands for the password, not for the phone."""
    _, secret, _ = enrolled(known)
    half = arrive(known, at=AT + 60, iat=AT + 55)
    assert isinstance(half, CodeNeeded)
    opened = sign_in.finish(known, half, code(secret, AT + 60), VISITOR, at=AT + 60, now=known.clock.now())
    assert isinstance(opened, SignedIn)
    assert [line.detail["how"] for line in told(known) if line.action == "signed_in"] == [
        "password",
        "provider",
    ]


@pytest.mark.parametrize("broken", [{"iss": None}, {"sub": 17}, {"iat": None}, {"iat": "soon"}])
def test_a_token_without_its_parts_is_none(broken: dict[str, Any]) -> None:
    assert provider_sign_in.identity(claims(**broken)) is None
    assert provider_sign_in.identity({"is_logged_in": False}) is None


def test_the_email_is_encrypted_and_its_index_keyed(known: TestApp) -> None:
    """A dump of the database has no address, and nobody can try addresses on it."""
    with known.db.read() as session:
        row = session.execute(select(staff.c.email_index).where(staff.c.username == "frontdesk")).one()
        raw = (
            session.connection()
            .exec_driver_sql("SELECT email FROM staff WHERE username = 'frontdesk'")
            .scalar_one()
        )
        assert row.email_index == provider.email_index(session, "FRONTDESK@example.com ")
    assert b"example" not in bytes(raw)


def test_who_has_no_email_any_more_is_not_found(known: TestApp) -> None:
    with known.db.write() as session:
        accounts.set_email(session, who(known, "frontdesk").staff_id, None)
    assert isinstance(arrive(known), str)


def test_an_account_that_was_made_with_an_email_is_found(app: TestApp) -> None:
    """`luxe staff add --email` is enough."""
    with app.db.write() as session:
        found = session.execute(select(staff).where(staff.c.username == "jordan")).one()._asdict()
        values = {key: found[key] for key in found if key not in {"id", "created_at", "email_index"}}
        session.execute(update(staff).values(email=None, email_index=None))
        accounts.add(
            session, {**values, "username": "robin", "email": "frontdesk@example.com"}, app.clock.now()
        )
    answer = arrive(app)
    assert isinstance(answer, SignedIn)
    assert answer.username == "robin"


def test_what_was_believed_is_forgotten_when_it_is_too_old_to_be_believed_again(known: TestApp) -> None:
    arrive(known)
    known.clock.advance(timedelta(days=2))
    retention.forget(known, now=known.clock.now())
    with known.db.read() as session:
        assert session.execute(select(func.count()).select_from(provider_sign_ins)).scalar_one() == 0


@pytest.mark.parametrize(
    "given",
    [
        {"oidc_metadata_url": "https://id.example.com/.well-known/openid-configuration"},
        {"oidc_client_id": "luxe", "oidc_client_secret": "made-up"},
    ],
)
def test_half_a_provider_is_a_setting_to_correct(given: dict[str, str]) -> None:
    """And none at all is the usual case."""
    with pytest.raises(SettingsError, match="LUXE_OIDC_METADATA_URL"):
        read_settings(**given, _env_file=None)
    assert not read_settings(_env_file=None).oidc
