"""The audit trail in words: rows of the table, and what the page is asked for. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from console.live import millis
from console.parts.words import as_words
from core.audit.chain import BROKEN, JOB_RAN, LOOKED, LOOKED_AT_MANY
from core.domain.ids import reference
from core.reads.audit_trail import Line, Page, Wanted

SPANS = {"1": "Last 24 hours", "7": "Last 7 days", "30": "Last 30 days", "all": "All of it"}
KINDS = {
    "": "Everything",
    "looks": "Looks at patients",
    "acts": "What was done",
    "jobs": "Background work",
    "alarms": "Alarms",
}
ACTIONS = {
    LOOKED_AT_MANY: "Looked at unusually many patients",
    "signed_in": "Signed in",
    "signed_out": "Signed out",
    "code_failed": "Code after the password was wrong",
    "provider_refused": "Came from the identity provider and has no account",
    "stepped_up": "Confirmed again who they are",
    "step_up_failed": "Failed to confirm who they are",
    "second_factor_set": "Set up a second factor",
    "second_factor_removed": "Removed their second factor",
    "recovery_codes_made": "Made new recovery codes",
    "recovery_code_used": "Used up a recovery code",
    "sessions_ended": "Ended sessions",
    "password_reset": "Password reset",
    "second_factor_reset": "Second factor removed by an admin",
    "delays_cleared": "Cleared the wait after failures",
    "staff_disabled": "Account closed",
    "staff_enabled": "Account opened again",
    "staff_changed": "Profile changed",
    "staff_introduced": "What patients choose them by changed",
    "shifts_set": "Weekly shifts set",
    "shift_day_set": "Shifts of one date set",
    "shift_day_cleared": "A date has its usual shifts again",
    "time_off_added": "Time off planned",
    "time_off_removed": "Time off taken back",
    "on_call_added": "Turn on call planned",
    "on_call_removed": "Turn on call taken back",
    "week_copied": "Shifts of a week copied",
    "status_set": "Status set",
    "exported": "Exported",
    "sign_in_locked": "Name locked after failed sign-ins",
    BROKEN: "The trail was set back before this line",
    "backed_up": "Database backed up",
    "restored": "Backup put back",
    "keys_rotated": "Encryption keys rotated",
    "index_key_rotated": "Key of the indexes rotated",
    "backup_failed": "Nightly backup failed",
    "key_copies_mended": "Copies of patients' keys written anew",
    "stray_keys_forgotten": "Keys of people of newer backups forgotten",
    "placed_anew": "Zones of patients looked up anew",
    "experiment_started": "Experiment started",
    "experiment_stopped": "Experiment stopped",
    "experiment_void": "Experiment void",
    "experiment_ended": "Experiment ended and read",
    "experiment_decided": "Experiment decided",
    "leads_handed_over": "All leads of somebody handed over",
    "alerts_by_push_on": "A browser shows their alerts",
    "alerts_by_push_off": "A browser shows their alerts no more",
    "alerts_by_chat": "Chat tool for alerts set",
    "alert_ways_set": "Ways of their alerts set",
    "calendar_feed_set": "Calendar elsewhere connected",
    "calendar_feed_removed": "Calendar elsewhere taken away",
    "calendar_address_made": "New address of their visits made",
    "calendar_address_removed": "Address of their visits taken away",
    "off_rotation": "Taken off the rotation of leads",
    "back_on_rotation": "Back on the rotation of leads",
}
# Whose subject is a name: of an account or a file.
SAY_WHOM = frozenset(
    {
        "staff_added",
        "staff_disabled",
        "staff_enabled",
        "staff_changed",
        "staff_introduced",
        "shifts_set",
        "shift_day_set",
        "shift_day_cleared",
        "time_off_added",
        "time_off_removed",
        "on_call_added",
        "on_call_removed",
        "status_set",
        "staff_phone_set",
        "staff_email_set",
        "password_reset",
        "second_factor_reset",
        "sessions_ended",
        "delays_cleared",
        "exported",
        "backed_up",
        "restored",
    }
)
DEPTHS = {"found": "Saw in a list", "opened": "Opened", "picture": "Saw a picture"}


# What a periodic job changed; the number follows.
JOBS = {
    "look_up": "Texts of unknown fate looked up",
    "waiting_leads": "Leads that waited given out",
    "sweep": "Clocks breached and snoozes ended",
    "opening_again": "Clocks due again by mended hours",
    "received_files": "Files of texts fetched",
    "missed_messages": "Missed texts and results taken in",
    "rolling_up": "Days counted anew",
    "namesakes": "New names compared",
    "retention": "Rows of no more use deleted",
    "seal_values": "Rows encrypted anew",
    "digest": "Daily summaries planned",
    "own_days": "Lines planned for people about their own day",
    "hand_overs": "Hand-overs made at the end of shifts",
    "calendar_feeds": "Busy times of calendars elsewhere read",
    "experiments": "Experiments that are over",
    "finish_sequences": "Enrollments ended",
    "wake_quiet": "Quiet leads looked at",
    "ended_groups": "People taken out of a sequence",
    "take_over": "Texts of a dead scheduler taken over",
}
SLOWED = {
    "pair": "further tries {whose} from there",
    "address": "every further try from there",
    "name": "tries {whose} from anywhere",
    "browser": "further tries {whose} with this browser",
}
HOW = {
    "code": ", by password and code",
    "recovery": ", by password and recovery code",
    "provider": ", by the identity provider",
}
TRIED = frozenset({"sign_in_failed", "sign_in_slowed", "guessing_slowed"})


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
        "who": who(line.actor) if line.actor or not line.staff else line.staff,
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
    if line.action == JOB_RAN:
        words = f"{JOBS.get(line.subject, line.subject)}: {line.detail.get('changed', 0):,}"
    if line.action == "signed_in":
        words += HOW.get(str(line.detail.get("how")), "")
    if line.action in TRIED:
        words = _tried(line)
    if line.action in SAY_WHOM and line.subject:
        words = f"{words}, {line.subject}"
    return f"{words}: {line.reason}" if line.reason else words


def _tried(line: Line) -> str:
    """Whose name a stranger tried and with what browser; or what was slowed down after that."""
    whose = f"for {line.staff}" if line.staff else "for a name that nobody has"
    slowed = SLOWED.get(str(line.detail.get("by")))
    if slowed:
        return f"Slowed down after failures: {slowed.format(whose=whose)}"
    known = ", from a browser known to them" if line.detail.get("browser") == "known" else ""
    return f"Sign-in failed {whose}{known}"
