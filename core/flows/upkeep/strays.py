"""Keys of people whom a restored database does not know: they came after the backup that was put back.

They stay for a while, because newer backups, and what the restore replaced, are of no use without them. But nobody can
erase these people here, so after that they are forgotten by themselves.
"""

from datetime import datetime, timedelta

from core.app import App
from core.audit import store as audit
from core.db import key_rows
from core.db.data_keys import keys_of_dialect
from core.db.erasing import leave_no_trace
from core.flows.upkeep import key_copies
from core.operations import store as operations

RESTORED, SETTLED = "restored", "restored_settled"
KEPT = timedelta(days=30)  # by then whoever put back the wrong backup has noticed


def expected(app: App, *, now: datetime) -> None:
    """A backup was put back."""
    with app.db.write() as session:
        operations.reach(session, RESTORED, now)


def due_at(app: App) -> datetime | None:
    """When strays are forgotten by themselves; None where no backup was put back since they were."""
    with app.db.read() as session:
        restored, settled = operations.reached(session, RESTORED), operations.reached(session, SETTLED)
    if restored is None or (settled is not None and settled >= restored):
        return None
    return restored + KEPT


def count(app: App) -> int:
    with app.db.read() as session:
        return key_rows.stray_count(session)


def forget_due(app: App, *, now: datetime) -> int:
    """Forget them once their time has come; how many."""
    due = due_at(app)
    return forget(app, now=now) if due is not None and now >= due else 0


def forget(app: App, *, now: datetime) -> int:
    """Forget them now, in the copies of the data keys too; how many. Copies out of reach are mended each hour."""
    with app.db.write() as session:
        gone = key_rows.forget_strays(session)
        operations.reach(session, SETTLED, now)
        if gone:
            audit.note(session, action="stray_keys_forgotten", detail={"keys": gone}, now=now)
    keys_of_dialect(app.db.engine.dialect).clear()
    leave_no_trace(app.db)
    if gone:
        key_copies.rewrite_copies(app)
    return gone
