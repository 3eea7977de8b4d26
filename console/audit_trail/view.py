"""The audit trail in words: rows of the table, and what the page is asked for. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from console.live import millis
from console.parts.words import as_words
from core.audit.chain import BROKEN, LOOKED, LOOKED_AT_MANY
from core.domain.ids import reference
from core.reads.audit_trail import Line, Page, Wanted

SPANS = {"1": "Last 24 hours", "7": "Last 7 days", "30": "Last 30 days", "all": "All of it"}
KINDS = {"": "Everything", "looks": "Looks at patients", "acts": "What was done", "alarms": "Alarms"}
ACTIONS = {
    LOOKED_AT_MANY: "Looked at unusually many patients",
    "signed_in": "Signed in",
    "signed_out": "Signed out",
    "sign_in_failed": "Sign-in failed",
    "sign_in_locked": "Name locked after failed sign-ins",
    BROKEN: "The trail was set back before this line",
    "backed_up": "Database backed up",
    "restored": "Backup put back",
    "keys_rotated": "Encryption keys rotated",
}
# Whose subject is a name: of an account or a file.
SAY_WHOM = frozenset(
    {"staff_added", "staff_disabled", "staff_phone_set", "password_reset", "backed_up", "restored"}
)
DEPTHS = {"found": "Saw in a list", "opened": "Opened", "picture": "Saw a picture"}


def wanted(query: Mapping[str, Any], now: datetime) -> Wanted:
    """What the fields of the page ask for; what makes no sense asks for nothing."""
    days = str(query.get("days") or "")
    kind = str(query.get("kind") or "")
    return Wanted(
        staff_id=str(query.get("staff") or "")[:36],
        lead=str(query.get("lead") or "").strip()[:20],
        kind=kind if kind in KINDS else "",
        since=now - timedelta(days=int(days)) if days in SPANS and days != "all" else None,
        before=str(query.get("before") or "")[:36],
    )


def rows(page: Page) -> dict[str, Any]:
    return {"lines": [row(line) for line in page.lines], "more": page.more}


def row(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "at": millis(line.at),
        "who": line.staff or who(line.actor),
        "what": what(line),
        "ref": reference(line.lead) if line.lead else "",
        "where": line.origin,
        "alarm": line.alarming,
    }


def who(actor: str) -> str:
    """'maya, command line', 'A stranger', 'The system'."""
    kind, _, name = actor.partition(":")
    if kind == "command":
        return f"{name}, command line"
    return {"stranger": "A stranger", "": "Not recorded"}.get(kind, "The system")


def what(line: Line) -> str:
    """The act in words, with the reason that was given."""
    words = DEPTHS.get(str(line.detail.get("depth")), "Looked") if line.action == LOOKED else ""
    words = words or ACTIONS.get(line.action) or as_words(line.action)
    if line.action == LOOKED_AT_MANY:
        words = f"{words}: {line.detail.get('patients')} within an hour"
    if line.action in SAY_WHOM:
        words = f"{words}, {line.subject}"
    return f"{words}: {line.reason}" if line.reason else words
