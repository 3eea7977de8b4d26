"""What somebody on the waitlist wants, which freed time suits it, and in which words offers end. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.errors import InvalidInput

PARTS = {"any": "Any time", "morning": "Before noon", "afternoon": "After noon"}
NOON = 12
NOTICES = {60: "1 hour", 240: "4 hours", 1440: "1 day"}
WAITING, TAKEN, LEFT, ENDED = "waiting", "taken", "left", "ended"  # states of an entry; TAKEN of an offer too
OPEN, FILLED, STOPPED, OVER = "open", "filled", "stopped", "over"  # of a freed time
NEXT, OFFERED, PASSED, EXPIRED, WITHDRAWN, SKIPPED = (
    "next",
    "offered",
    "passed",
    "expired",
    "withdrawn",
    "skipped",
)
# Why staff ask somebody before their turn, and why a time is offered to nobody any more.
JUMPED = {
    "asked": "They asked for it today",
    "passed_over": "They were passed over before",
    "urgent": "They need it soon",
    "other": "Another reason",
}
STOPPED_WHY = {
    "needed": "We need the time ourselves",
    "given": "It is promised to somebody",
    "other": "Another reason",
}
# Why somebody was passed over, or why an offer ended before its time.
WHY = {
    "notice": "Wants more notice",
    "other_day": "Wants other days",
    "too_late": "Wants a time before noon",
    "too_early": "Wants a time after noon",
    "offered_today": "Was offered a time today",
    "has_offer": "Is offered another time just now",
    "own_time": "It was theirs, and they gave it up",
    "visit_sooner": "Has a visit sooner",
    "other_visit": "Has another visit",
    "not_free": "No room or provider is free for it",
    "closed": "The request is closed",
    "quiet_hours": "It is outside texting hours for them",
    "offer_hours": "It is outside the hours of offers for them",
    "opted_out": "Opted out of texts",
    "unreachable": "Texts do not reach them",
    "call_only": "Is for calls only",
    "consent_missing": "Has not agreed to texts",
    "daily_cap": "Had three automatic texts in 24 hours",
    "calling": "Somebody calls them",
    "not_sent": "The text did not go out",
    "left": "Left the list",
    "stopped": "Staff stopped the offers",
    "gone": "The time was gone",
}


@dataclass(frozen=True)
class Wanted:
    """What somebody waits for. `days` none: any. `notice`: so many minutes before, at least."""

    location: str = ""
    provider_id: str | None = None
    days: tuple[int, ...] = ()
    part: str = "any"
    notice: int = 60


def checked(wanted: Wanted, locations: Collection[str], providers: Collection[str]) -> Wanted:
    """The same, days in order. Raises InvalidInput(days, part, notice, location, provider)."""
    if any(not 0 <= day <= 6 for day in wanted.days):
        raise InvalidInput.of("days", "Choose days of the week, or none for any day.")
    if wanted.part not in PARTS:
        raise InvalidInput.of("part", f"Choose one of: {', '.join(PARTS.values())}.")
    if wanted.notice not in NOTICES:
        raise InvalidInput.of("notice", f"Choose one of: {', '.join(NOTICES.values())}.")
    if wanted.location and wanted.location not in locations:
        raise InvalidInput.of("location", "Choose one of the clinic's locations, or any.")
    if wanted.provider_id and wanted.provider_id not in providers:
        raise InvalidInput.of("provider", "Choose somebody who gives treatments here, or anyone.")
    days = tuple(sorted(set(wanted.days)))
    return Wanted(wanted.location, wanted.provider_id or None, days, wanted.part, wanted.notice)


def unsuited(wanted: Wanted, starts_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Why a time does not suit, as a word of WHY, or ''. Days and hours are those on the wall of `zone`."""
    local = starts_at.astimezone(zone)
    if wanted.days and local.weekday() not in wanted.days:
        return "other_day"
    if wanted.part == "morning" and local.hour >= NOON:
        return "too_late"
    if wanted.part == "afternoon" and local.hour < NOON:
        return "too_early"
    return "notice" if starts_at - now < timedelta(minutes=wanted.notice) else ""


def chosen_why(reasons: Mapping[str, str], reason: str) -> str:
    """The reason, one of those. Raises InvalidInput(reason)."""
    if reason not in reasons:
        raise InvalidInput.of("reason", f"Say why: {', '.join(reasons.values())}.")
    return reason
