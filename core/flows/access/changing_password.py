"""A new password of one's own: whatever somebody else may have opened with the old one ends with it."""

from datetime import datetime

from core.app import App
from core.audit import store as audit
from core.domain.errors import InvalidInput
from core.flows.access import passwords
from core.flows.access.sign_in import NOBODY, Refused, SignedIn, Visitor, open_session
from core.staff import password_rules
from core.staff.store import accounts, browsers, push
from core.staff.store import sign_in as store


def change(
    app: App, who: SignedIn, password: str, again: str, now: datetime, visitor: Visitor = NOBODY
) -> SignedIn:
    """Set one's own password, end every session but a new one, and forget which browsers show one's alerts. Raises
    InvalidInput naming the field."""
    errors = password_rules.errors(password, again, name=who.actor.name, username=who.username)
    with app.db.read() as session:
        known = store.credentials(session, who.username)
    if not errors and known and passwords.check(password, known.password_hash):
        raise InvalidInput.of("password", "Choose another password than the one you have.")
    if errors or known is None:
        raise InvalidInput(errors) if errors else InvalidInput.of("password", "This account is closed.")
    fresh = passwords.hashed(password)
    with app.db.write() as session:
        accounts.set_password(session, who.actor.staff_id, fresh, must_change=False)
        accounts.revoke_sessions(session, who.actor.staff_id, now)
        browsers.forget_all(session, who.actor.staff_id)
        push.all_gone(session, who.actor.staff_id, now)
        audit.note(
            session,
            staff_id=who.actor.staff_id,
            action="password_changed",
            subject=who.username,
            origin=visitor.origin,
            now=now,
        )
    opened = open_session(app, known.staff_id, who.username, visitor, now=now)
    if isinstance(opened, Refused):
        raise InvalidInput.of("password", "This account is closed.")
    return opened
