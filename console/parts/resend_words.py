"""The words of sending again: what becomes of each text, what it costs, what was done. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.parts.why_words import reason_words
from core.domain.hours import at
from core.flows.sending.preview_resend import Preview
from core.messaging.actions import EMAIL, TEXT

SPANS = {"today": 0, "week": 6}  # days before today
CENTS_A_SEGMENT = 0.79  # Twilio's list price for a text in the United States


def start(span: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Midnight in the clinic, today or six days ago; an unknown word reads as the week."""
    first = now.astimezone(zone).date() - timedelta(days=SPANS.get(span, SPANS["week"]))
    return at(first, time.min, zone)


def verdict_words(preview: Preview, zone: ZoneInfo) -> str:
    """'goes now, 2 segments', 'held until 4:00 PM: 3 texts in 24 hours', 'will not go: booked meanwhile'."""
    why = reason_words(preview.reason)
    if preview.verdict == "goes" and preview.channel == EMAIL:
        return "goes now"
    if preview.verdict == "goes":
        return f"goes now, {segments_words(preview.segments)}"
    if preview.verdict == "held" and preview.until is not None:
        return f"held until {clock_words(preview.until, zone)}: {why}"
    return f"will not go: {why}"


def segments_words(segments: int) -> str:
    return f"{segments} segment" if segments == 1 else f"{segments} segments"


def clock_words(moment: datetime, zone: ZoneInfo) -> str:
    """'Tue 8:00 AM'"""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.hour % 12 or 12}:{local:%M} {'PM' if local.hour > 11 else 'AM'}"


def noun(channels: Iterable[str]) -> str:
    """What some of them are called together: text, email, or message where there are both."""
    found = set(channels)
    return found.pop() if len(found) == 1 else "message" if found else TEXT


def texts_words(count: int, name: str = TEXT) -> str:
    """'3 texts'. `name`: of `noun`."""
    return f"1 {name}" if count == 1 else f"{count} {name}s"


def cost_words(previews: Iterable[Preview]) -> str:
    """Segments of what will go, now or when its hold is over, and about what they cost; emails have none."""
    found = list(previews)
    if noun(preview.channel for preview in found) == EMAIL:
        return "nothing"
    segments = sum(preview.segments for preview in found if preview.verdict != "dropped")
    return f"{segments_words(segments)}, about ${segments * CENTS_A_SEGMENT / 100:.2f}"


def count_words(previews: Iterable[Preview]) -> str:
    """'3 now', '2 now, 1 later, 1 not at all': how many get one, and when."""
    found = Counter(preview.verdict for preview in previews)
    parts = [(found["goes"], "now"), (found["held"], "later"), (found["dropped"], "not at all")]
    return ", ".join(f"{count} {words}" for count, words in parts if count)


def dropped_words(dropped: int, asked: int, name: str = TEXT) -> str:
    """What became of those that were to be dropped."""
    rest = asked - dropped
    settled = f". {texts_words(rest, name)} had been settled meanwhile" if rest else ""
    return f"{texts_words(dropped, name)} will not be sent{settled}"


def outcome_words(planned: int, already: int, refused: Iterable[str], name: str = TEXT) -> str:
    """What became of a confirmed selection."""
    why = list(refused)
    parts = [
        f"{texts_words(planned, name)} {'leaves' if planned == 1 else 'leave'} in 10 seconds"
        if planned
        else ""
    ]
    parts.append(f"{texts_words(already, name)} had been resent before" if already else "")
    parts.append(f"{texts_words(len(why), name)} not resent: {why[0].lower()}" if why else "")
    return ". ".join(part for part in parts if part)


def stamp(now: datetime) -> str:
    """Tells one confirmed batch from the next."""
    return now.astimezone(UTC).isoformat()
