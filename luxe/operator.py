"""Who runs a command: the lines that it writes into the audit trail name them."""

import getpass
import os

from core.app import App
from core.audit import store as audit
from core.db.migrate import schema_state


def name() -> str:
    """'command:maya', also through sudo; a user without a name is a number."""
    try:
        user = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"command:{user}"


def note(app: App, action: str, subject: str = "") -> None:
    """Tell the trail of a command that has done its work; a database of another version is told nothing."""
    if not schema_state(app.db).ready:
        return
    with app.db.write() as session:
        audit.note(session, action=action, subject=subject[:80], now=app.clock.now())
