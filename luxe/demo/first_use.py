"""Demo data when `luxe up` meets an empty database, and the sign-ins to print."""

from collections.abc import Callable
from dataclasses import dataclass

import bcrypt

from core.app import App
from core.reads import status as status_read
from core.staff.store import accounts
from luxe.demo import passwords
from luxe.demo.make import Wanted, make
from luxe.demo.staff import COLLEAGUES, SIGN_INS

SMALL = Wanted(patients=400, months=4, seed=1)


@dataclass(frozen=True)
class SignIn:
    """What the demo's staff sign in with, and who they are: (username, name, role)."""

    password: str
    people: tuple[tuple[str, str, str], ...]


def make_demo(app: App, say: Callable[[str], None]) -> SignIn | None:
    """Make the small demo where nothing is yet; the sign-ins, or None where the staff are real people."""
    with app.db.read() as session:
        untouched = not status_read.has_leads(session) and accounts.how_many(session) == 0
    if untouched:
        say(make(app, SMALL, app.clock.now(), say))
    elif not passwords.is_demo(app.settings):
        return None
    password = passwords.demo_password(app.settings)
    _agree(app, password)
    people = tuple((p.username, p.name, p.role) for p in COLLEAGUES if p.username in SIGN_INS)
    return SignIn(password, people)


def _agree(app: App, password: str) -> None:
    """The password that is printed must be the one that works, also after LUXE_DEMO_PASSWORD has changed."""
    with app.db.write() as session:
        hashes = accounts.password_hashes(session, [person.username for person in COLLEAGUES])
        stored = hashes.get(SIGN_INS[0], (None, ""))[1]
        if stored and not bcrypt.checkpw(password.encode(), stored.encode()):
            fresh = passwords.hashed(password)
            for staff_id, _ in hashes.values():
                accounts.set_password(session, staff_id, fresh, must_change=False)
