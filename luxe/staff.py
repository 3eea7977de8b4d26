"""`luxe staff`: accounts from the command line, with passwords that are shown once and must be changed."""

from dataclasses import dataclass
from datetime import datetime

from core.app import App
from core.audit import store as audit
from core.domain.errors import InvalidInput
from core.domain.phone import parse_phone, show_phone
from core.flows.access import delaying, passwords
from core.flows.leads import handing_on
from core.flows.staff.accounts import checked, is_email, opening_hours
from core.staff import profile_rules
from core.staff.profile_rules import Profile
from core.staff.store import accounts, browsers, delays, push, second_factors
from core.staff.store.accounts import Account


@dataclass(frozen=True)
class NewAccount:
    """What `luxe staff add` was given; empty where left out."""

    username: str
    name: str
    role: str
    title: str = ""
    phone: str = ""
    email: str = ""
    location: str = ""
    skills: tuple[str, ...] = ()
    accepts_leads: bool = False


def add(app: App, wanted: NewAccount, now: datetime) -> str:
    """Make an account; its initial password. Raises InvalidInput naming each wrong value."""
    values = checked(app.reference, _profile(wanted), profile_rules.username_errors(wanted.username))
    password = passwords.new_one()
    values |= {
        "username": wanted.username,
        "password_hash": passwords.hashed(password),
        "must_change_password": True,
        "hours": opening_hours(app.reference, wanted.location),
    }
    with app.db.write() as session:
        if accounts.is_taken(session, wanted.username):
            raise InvalidInput.of("username", f"'{wanted.username}' is taken; choose another one")
        accounts.add(session, values, now)
        audit.note(session, action="staff_added", subject=wanted.username, now=now)
    return password


def _profile(wanted: NewAccount) -> Profile:
    return Profile(
        wanted.name,
        wanted.role,
        wanted.title,
        wanted.phone,
        wanted.email,
        wanted.location,
        wanted.skills,
        accepts_leads=wanted.accepts_leads,
    )


def listed(app: App) -> list[Account]:
    """Everybody with an account."""
    with app.db.read() as session:
        return accounts.accounts(session)


def reset_password(app: App, username: str, now: datetime) -> str:
    """Give a new password that must be changed, and sign the person out everywhere. Raises NotFound."""
    password = passwords.new_one()
    with app.db.write() as session:
        person = accounts.account(session, username)
        accounts.set_password(session, person.id, passwords.hashed(password), must_change=True)
        accounts.revoke_sessions(session, person.id, now)
        browsers.forget_all(session, person.id)
        push.all_gone(session, person.id, now)
        delays.forgive_name(session, delaying.name_index(app, username))
        audit.note(session, action="password_reset", subject=username, now=now)
    return password


def set_phone(app: App, username: str, phone: str, now: datetime) -> str:
    """Change where a person's alerts go; the number as it is shown. Raises NotFound and InvalidInput(phone)."""
    number = parse_phone(phone)
    with app.db.write() as session:
        person = accounts.account(session, username)
        accounts.set_phone(session, person.id, number)
        audit.note(session, action="staff_phone_set", subject=username, now=now)
    return show_phone(number)


def set_email(app: App, username: str, email: str, now: datetime) -> None:
    """Change the address by which an identity provider's sign-in finds the account; '' takes it away. Raises NotFound
    and InvalidInput(email)."""
    if not is_email(email):
        raise InvalidInput.of("email", "is not an email address")
    with app.db.write() as session:
        person = accounts.account(session, username)
        accounts.set_email(session, person.id, email or None)
        audit.note(session, action="staff_email_set", subject=username, now=now)


def reset_second_factor(app: App, username: str, now: datetime) -> bool:
    """For a phone that is lost and no recovery code left; whether there was one. Ends all sessions. Raises NotFound."""
    with app.db.write() as session:
        person = accounts.account(session, username)
        removed = second_factors.remove(session, person.id)
        accounts.revoke_sessions(session, person.id, now)
        push.all_gone(session, person.id, now)
        audit.note(session, action="second_factor_reset", subject=username, now=now)
    return removed


def disable(app: App, username: str, now: datetime) -> int:
    """Switch an account off, end its sessions and hand its open leads on; how many sessions. Raises NotFound."""
    with app.db.write() as session:
        person = accounts.account(session, username)
        accounts.set_active(session, person.id, active=False)
        ended = accounts.revoke_sessions(session, person.id, now)
        push.all_gone(session, person.id, now)
        handing_on.hand_on_all(session, app.reference, app.settings, person.id, now=now)
        audit.note(session, action="staff_disabled", subject=username, now=now)
    return ended
