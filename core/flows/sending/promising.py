"""What a text may promise of a call: computed when it leaves, from what is still ahead. Pure.

A text may be held for a night or tried again after an hour; a time that was right when it was planned would then be a
lie in the clinic's name.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.hours import WeeklyHours
from core.flows.sending.alerts import due_words

READ_BY = timedelta(minutes=1)  # from our hand-over to the patient's eyes, at the least


def call_by(due_at: datetime, hours: WeeklyHours, zone: ZoneInfo, now: datetime) -> str:
    """`by 3:55 PM`, `when we open, by Wed 10:05 AM`, `when we open, Wed 10:00 AM`; '' where nothing can be promised.

    The last but one while we are closed and the call is due after we open; the last where its time has passed.
    """
    opens = hours.next_open(now)
    if opens is None:
        return ""
    if is_ahead(due_at, now):
        words = due_words(due_at, zone, now)
        return f"by {words}" if opens == now else f"when we open, by {words}"
    return "" if opens == now else f"when we open, {due_words(opens, zone, now)}"


def is_ahead(due_at: datetime, now: datetime) -> bool:
    """Whether the minute that we name has not begun when the promise is read."""
    return due_at.replace(second=0, microsecond=0) >= now + READ_BY
