"""What a text may promise of a call: computed when it leaves, from what is still ahead. Pure.

A text may be held for a night or tried again after an hour; a time that was right when it was planned would then be a
lie in the clinic's name.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.hours import NEVER, WeeklyHours
from core.domain.wall import due_words

WHEN_WE_OPEN = {"en": "when we open", "es": "cuando abramos"}
READ_BY = timedelta(minutes=1)  # from our hand-over to the patient's eyes, at the least


def call_by(due_at: datetime, hours: WeeklyHours, zone: ZoneInfo, now: datetime, language: str = "en") -> str:
    """`by 3:55 PM`, `when we open, by Wed 10:05 AM`, `when we open, Wed 10:00 AM`; '' where nothing can be promised.

    The last but one while we are closed and the call is due after we open; the last where its time has passed.
    """
    opens = hours.next_open(now)
    if opens is None:
        return ""
    if is_ahead(due_at, now):
        by = _by(due_words(due_at, zone, now, language), language)
        return by if opens == now else f"{WHEN_WE_OPEN[language]}, {by}"
    return "" if opens == now else _at_opening(due_words(opens, zone, now, language), language)


def _by(words: str, language: str) -> str:
    return f"antes de {words}".replace(" de el ", " del ") if language == "es" else f"by {words}"


def _at_opening(words: str, language: str) -> str:
    at = f"a {words}" if language == "es" and words.startswith("la") else words
    return f"{WHEN_WE_OPEN[language]}, {at}"


def is_ahead(due_at: datetime, now: datetime) -> bool:
    """Whether the minute that we name has not begun when the promise is read; there is none that never comes."""
    return due_at < NEVER and due_at.replace(second=0, microsecond=0) >= now + READ_BY
