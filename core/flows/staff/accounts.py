"""What an administrator decides about an account: making one, changing what it may. Each is a line of the trail.

A password is hashed by the caller: that takes a fifth of a second, and no transaction waits for it.
"""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.domain.errors import FieldError, InvalidInput
from core.domain.phone import parse_phone
from core.domain.roles import Actor, Permission, require
from core.flows.staff import noting
from core.leads.store import owners
from core.reference import Reference
from core.staff import plan_rules, profile_rules
from core.staff.profile_rules import Profile
from core.staff.store import accounts
from core.staff.store.accounts import Account


def add(
    session: Session,
    reference: Reference,
    actor: Actor,
    username: str,
    profile: Profile,
    password_hash: str,
    *,
    now: datetime,
    origin: str = "",
) -> str:
    """Make an account, which chooses a password of its own at the first sign-in; its id. Its hours are those of its
    location. Raises Denied and InvalidInput naming each wrong field."""
    require(actor, Permission.MANAGE_STAFF)
    values = checked(reference, profile, profile_rules.username_errors(username))
    values |= {
        "username": username,
        "password_hash": password_hash,
        "must_change_password": True,
        "hours": opening_hours(reference, profile.location),
    }
    try:
        with session.begin_nested():
            staff_id = accounts.add(session, values, now)
    except IntegrityError as taken:
        raise InvalidInput.of("username", f"'{username}' is taken. Choose another one.") from taken
    noting.note(session, actor.staff_id, "staff_added", username, origin, now)
    return staff_id


def change(
    session: Session,
    reference: Reference,
    actor: Actor,
    staff_id: str,
    profile: Profile,
    *,
    now: datetime,
    origin: str = "",
) -> Account:
    """Change a profile; the account as it was. Raises Denied, NotFound, and InvalidInput naming each wrong field: one's
    own role too, so that an administrator is always left."""
    require(actor, Permission.MANAGE_STAFF)
    person = accounts.by_id(session, staff_id)
    own = staff_id == actor.staff_id and profile.role != person.role
    faults = [FieldError("role", "Your own role is changed by another administrator.")] if own else []
    faults += [] if profile_rules.sees_leads(profile.role) else _leads_unseen(session, staff_id)
    values = checked(reference, profile, faults)
    changed = accounts.change(session, staff_id, values)
    noting.note(session, actor.staff_id, "staff_changed", person.username, origin, now, fields=changed)
    return person


def _leads_unseen(session: Session, staff_id: str) -> list[FieldError]:
    count = owners.open_counts(session).get(staff_id, 0)
    words = f"Their open leads ({count}) can't be seen by this role. Give these to somebody else first."
    return [FieldError("role", words)] if count else []


def checked(reference: Reference, profile: Profile, faults: list[FieldError]) -> dict[str, Any]:
    """A profile as columns. Raises InvalidInput with `faults` and its own."""
    groups = {treatment.group for treatment in reference.treatments.values()}
    faults = [*faults, *profile_rules.errors(profile, groups=groups, locations=reference.clinic.locations)]
    values = asdict(
        replace(profile, name=" ".join(profile.name.split()), title=profile.title or profile.role)
    )
    values |= {
        "location": profile.location or reference.clinic.default_location,
        "email": profile.email or None,
    }
    for field in ("skills", "languages", "alert_channels", "urgent_channels"):
        values[field] = list(values[field])
    try:
        values["phone"] = parse_phone(profile.phone) if profile.phone else None
    except InvalidInput as refused:
        faults += refused.errors
    try:
        values["quiet_hours"] = plan_rules.quiet(profile.quiet_hours)
    except InvalidInput as refused:
        faults += refused.errors
    if not is_email(profile.email):
        faults.append(FieldError("email", "This is not an email address. Check it for slips."))
    if faults:
        raise InvalidInput(faults)
    return values


def is_email(text: str) -> bool:
    """Whether it can be one; '' is none, and none is needed."""
    if not text:
        return True
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def opening_hours(reference: Reference, location: str) -> dict[str, list[str]]:
    """The hours of a location as somebody's week, to begin with."""
    hours = reference.clinic.hours(location)
    return {
        str(day): [_until_midnight(f"{opens:%H:%M}-{closes:%H:%M}") for opens, closes in windows]
        for day, windows in hours.windows.items()
    }


def _until_midnight(text: str) -> str:
    return text.replace("-00:00", "-24:00")
