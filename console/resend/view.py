"""Failed and unknown texts as rows that browsers follow; the preview of a resend as words."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from core.app import App
from core.domain.hours import at
from core.domain.ids import reference
from core.domain.phone import show_phone
from core.domain.roles import Permission
from core.flows.sending.resend import Preview
from core.messaging.store.resend import Again
from core.reads import resend
from core.reads.resend import FailedText

SPANS = {"today": 0, "week": 6}  # days before today
CENTS_A_SEGMENT = 0.79  # Twilio's list price for a text in the United States
REASONS = {
    "opted_out": "opted out",
    "unreachable": "number can't get texts",
    "call_only": "call only",
    "consent_missing": "no consent",
    "contacted": "a person reached the patient meanwhile",
    "replied": "the patient replied meanwhile",
    "booked": "booked meanwhile",
    "disqualified": "disqualified meanwhile",
    "too_late": "too late to be useful",
    "quiet_hours": "quiet hours",
    "daily_cap": "3 texts in 24 hours",
    "cancelled_by_staff": "stopped before it left",
}


def rows(app: App, session: Session, argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    """Texts of today or of the week, newest first."""
    since = start(argument, app.reference.clinic.zone, now)
    return [_row(text) for text in resend.read(session, READER, since)]


def start(span: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Midnight in the clinic, today or six days ago; an unknown word reads as the week."""
    first = now.astimezone(zone).date() - timedelta(days=SPANS.get(span, SPANS["week"]))
    return at(first, time.min, zone)


def _row(text: FailedText) -> dict[str, Any]:
    return {
        "id": text.id,
        "ref": reference(text.number),
        "name": text.name or "New number",
        "phone": show_phone(text.phone),
        "state": text.state,
        "why": text.why
        if text.tries < 2 or text.state == "unknown"
        else f"{text.why}, tried {text.tries} times",
        "kind": text.why,
        "code": text.code,
        "remedy": text.remedy,
        "resend": text.resend,
        "template": template_name(text.template, text.purpose),
        "at": millis(text.at),
        "checking": millis(text.checking_until),
        "again": _again(text.again),
    }


def _again(again: Again | None) -> dict[str, Any] | None:
    if again is None:
        return None
    return {
        "id": again.id,
        "state": again.state.value,
        "due": millis(again.due_at),
        "why": REASONS.get(again.reason, again.reason.replace("_", " ")),
    }


def template_name(template: str, purpose: str) -> str:
    """'lead_pick_a_time' as 'Lead: pick a time'; what a person wrote is 'Written by hand'."""
    if not template:
        return "Written by hand" if purpose == "manual" else purpose.replace("_", " ").capitalize()
    group, _, rest = template.partition("_")
    return f"{group.capitalize()}: {rest.replace('_', ' ')}" if rest else group.capitalize()


def verdict_words(preview: Preview, zone: ZoneInfo) -> str:
    """'goes now, 2 segments', 'held until 4:00 PM: 3 texts in 24 hours', 'will not go: booked meanwhile'."""
    why = REASONS.get(preview.reason, preview.reason.replace("_", " "))
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


def texts_words(count: int) -> str:
    return "1 text" if count == 1 else f"{count} texts"


def cost_words(previews: Iterable[Preview]) -> str:
    """Segments of what will go, now or when its hold is over, and about what they cost."""
    segments = sum(preview.segments for preview in previews if preview.verdict != "dropped")
    return f"{segments_words(segments)}, about ${segments * CENTS_A_SEGMENT / 100:.2f}"


def count_words(previews: Iterable[Preview]) -> str:
    """'3 now', '2 now, 1 later, 1 not at all': how many phones get one, and when."""
    found = Counter(preview.verdict for preview in previews)
    parts = [(found["goes"], "now"), (found["held"], "later"), (found["dropped"], "not at all")]
    return ", ".join(f"{count} {words}" for count, words in parts if count)


def dropped_words(dropped: int, asked: int) -> str:
    """What became of texts that were to be dropped."""
    rest = asked - dropped
    settled = f". {texts_words(rest)} had been settled meanwhile" if rest else ""
    return f"{texts_words(dropped)} will not be sent{settled}"


def outcome_words(planned: int, already: int, refused: Iterable[str]) -> str:
    """What became of a confirmed selection."""
    why = list(refused)
    parts = [
        f"{texts_words(planned)} {'leaves' if planned == 1 else 'leave'} in 10 seconds" if planned else ""
    ]
    parts.append(f"{texts_words(already)} had been resent before" if already else "")
    parts.append(f"{texts_words(len(why))} not resent: {why[0].lower()}" if why else "")
    return ". ".join(part for part in parts if part)


def stamp(now: datetime) -> str:
    """Tells one confirmed batch from the next."""
    return now.astimezone(UTC).isoformat()


TOPIC = Topic("resend", Permission.RESEND, rows)
