"""`luxe staff`: accounts from the command line, with passwords that are shown once and must be changed."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import bcrypt
from email_validator import EmailNotValidError, validate_email

from core.app import App
from core.audit import store as audit
from core.domain.errors import FieldError, InvalidInput
from core.domain.phone import parse_phone, show_phone
from core.domain.roles import ROLE_NAMES, Role
from core.staff.store import accounts
from core.staff.store.accounts import Account

USERNAME_LENGTH = range(3, 41)
# Neither 0 nor O, neither 1 nor l nor I: the password is read off a screen once and typed.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
BCRYPT_COST = 12


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


def new_password() -> str:
    """Sixteen letters and digits in groups of four: 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def hash_password(password: str, cost: int = BCRYPT_COST) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(cost)).decode()


def add(app: App, wanted: NewAccount, now: datetime) -> str:
    """Make an account; its initial password. Raises InvalidInput naming each wrong value."""
    _check(app, wanted)
    password = new_password()
    values = {
        "username": wanted.username,
        "name": wanted.name.strip(),
        "role": wanted.role,
        "title": wanted.title or wanted.role,
        "password_hash": hash_password(password),
        "must_change_password": True,
        "phone": parse_phone(wanted.phone) if wanted.phone else None,
        "email": wanted.email or None,
        "location": wanted.location or app.reference.clinic.default_location,
        "skills": list(wanted.skills),
        "accepts_leads": wanted.accepts_leads,
        "hours": _opening_hours(app, wanted.location),
        "alert_channels": ["sms"],
    }
    with app.db.write() as session:
        if accounts.is_taken(session, wanted.username):
            raise InvalidInput.of("username", f"'{wanted.username}' is taken; choose another one")
        accounts.add(session, values, now)
        audit.note(session, action="staff_added", subject=wanted.username, now=now)
    return password


def _check(app: App, wanted: NewAccount) -> None:
    groups = {treatment.group for treatment in app.reference.treatments.values()}
    unknown = sorted(set(wanted.skills) - groups)
    plain = wanted.username.replace("-", "").replace(".", "").replace("_", "")
    checks = (
        (
            len(wanted.username) in USERNAME_LENGTH
            and plain.isalnum()
            and plain.isascii()
            and plain == plain.lower(),
            FieldError("username", "use 3 to 40 small letters and digits, with . - or _ between"),
        ),
        (bool(wanted.name.strip()), FieldError("name", "give the full name")),
        (wanted.role in ROLE_NAMES, FieldError("role", f"choose one of {', '.join(Role)}")),
        (
            not unknown,
            FieldError("skills", f"unknown {', '.join(unknown)}; known: {', '.join(sorted(groups))}"),
        ),
        (
            not wanted.location or wanted.location in app.reference.clinic.locations,
            FieldError("location", f"choose one of {', '.join(app.reference.clinic.locations)}"),
        ),
        (_is_email(wanted.email), FieldError("email", "is not an email address")),
    )
    errors = [error for holds, error in checks if not holds]
    if errors:
        raise InvalidInput(errors)


def _is_email(text: str) -> bool:
    if not text:
        return True
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def _opening_hours(app: App, location: str) -> dict[str, list[str]]:
    hours = app.reference.clinic.location(location).hours
    return {
        str(day): [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in windows]
        for day, windows in hours.windows.items()
    }


def listed(app: App) -> list[Account]:
    """Everybody with an account."""
    with app.db.read() as session:
        return accounts.accounts(session)


def reset_password(app: App, username: str, now: datetime) -> str:
    """Give a new password that must be changed, and sign the person out everywhere. Raises NotFound."""
    password = new_password()
    with app.db.write() as session:
        person = accounts.account(session, username)
        accounts.set_password(session, person.id, hash_password(password), must_change=True)
        accounts.revoke_sessions(session, person.id, now)
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


def disable(app: App, username: str, now: datetime) -> int:
    """Switch an account off and end its sessions; how many were open. Raises NotFound."""
    with app.db.write() as session:
        person = accounts.account(session, username)
        accounts.set_active(session, person.id, active=False)
        ended = accounts.revoke_sessions(session, person.id, now)
        audit.note(session, action="staff_disabled", subject=username, now=now)
    return ended
