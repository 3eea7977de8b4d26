"""Browsers that somebody has signed in with. The cookie is a name with our signature; the database holds its hash.

It opens nothing: it only spares a browser the wait that others' failures cost.
"""

import hashlib
import secrets
from datetime import datetime

from core.app import App
from core.staff.store import browsers
from core.staff.store import sign_in as store

COOKIE_DAYS = 400  # browsers keep none longer
LONGEST = 100


def read(app: App, cookie: str) -> str:
    """The hash that a cookie of ours stands for; '' for none, and for one that was made up."""
    name, _, signature = cookie[:LONGEST].partition(".")
    good = bool(name) and app.db.keyring.signed("browser", name, signature)
    return hashlib.sha256(name.encode()).hexdigest() if good else ""


def known_to(app: App, cookie: str, username: str) -> str:
    """The browser's hash where this name was signed in to with it, else ''."""
    browser = read(app, cookie)
    if not browser:
        return ""
    with app.db.read() as session:
        return browser if browsers.knows(session, browser, username) else ""


def keep(app: App, session_id: str, cookie: str, now: datetime) -> str:
    """The cookie of the browser that has just fetched its session: the one it has, else a new one."""
    if not read(app, cookie):
        name = secrets.token_urlsafe(18)
        cookie = f"{name}.{app.db.keyring.sign('browser', name)}"
    with app.db.write() as session:
        staff_id = store.owner_of(session, session_id)
        if staff_id:
            browsers.keep(session, read(app, cookie), staff_id, now)
    return cookie
