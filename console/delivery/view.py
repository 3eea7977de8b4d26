"""How texts are delivered: the live strip as a row that browsers follow, figures and plans as words and bars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts import sending
from console.parts.figures import Cell, Figure
from console.resend.view import REASONS, clock_words, template_name, texts_words
from core.app import App
from core.domain.clock import machine_span
from core.domain.hours import at
from core.domain.roles import Permission
from core.messaging import failures
from core.reads import delivery
from core.reads.delivery import Ahead, Failures, OfTemplate, Outcomes, Recent
from core.reads.parts.sending_state import StopShown, Waiting

SILENT_SECONDS = 15
LAG_SECONDS = (5, 60)  # below the first all is well, above the second it is not
SPANS = {"hour": "Last hour", "day": "Last 24 hours", "week": "Last 7 days"}
USUAL = "day"
HOUR = timedelta(hours=1)
HELD = REASONS | {
    "daily_cap": "3 texts to one number in 24 hours",
    "retry": "the provider asked to wait",
    "daily_budget": "the sender's limit for a day",
    "template_stopped": "its wording is stopped",
}


def rows(app: App, session: Session, _argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    """One row; how long something waits is the browser's to count."""
    found = delivery.pulse(session, READER, now=now)
    yield {
        "id": "pulse",
        "beat": millis(found.beat_at),
        "schedulers": found.schedulers,
        "due": found.due,
        "due_since": millis(found.due_since),
        "next_due": millis(found.next_due),
        "sending": found.sending,
        "doubtful": found.doubtful,
        "checking": found.checking,
        "silent_after": machine_span(app.clock, SILENT_SECONDS).total_seconds() * 1000,
        "lag": [machine_span(app.clock, seconds).total_seconds() * 1000 for seconds in LAG_SECONDS],
    }


TOPIC = Topic("delivery", Permission.SEE_DELIVERY, rows)


def stretch(span: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, timedelta, int]:
    """First moment, length of a step, and number of steps; an unknown word reads as the usual one."""
    if span == "hour":
        minute = timedelta(minutes=1)
        return now.replace(second=0, microsecond=0) - 59 * minute, minute, 60
    if span == "week":
        first = now.astimezone(zone).date() - timedelta(days=6)
        return at(first, time.min, zone), 6 * HOUR, 28
    return full_hour(now) - 23 * HOUR, HOUR, 24


def full_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Bar:
    """One step of time: what it is called, what its axis says ('' for nothing), and its texts."""

    name: str
    tick: str
    texts: int
    failed: int = 0


def bars(recent: Recent, steps: int, zone: ZoneInfo) -> list[Bar]:
    """Every step, also those without a text."""
    none = Outcomes()
    found = (recent.steps.get(place, none) for place in range(steps))
    starts = [(recent.start + place * recent.step).astimezone(zone) for place in range(steps)]
    return [
        Bar(_name(start, recent.step), _tick(start, recent.step), one.handed_over, one.failed)
        for start, one in zip(starts, found, strict=True)
    ]


def _name(start: datetime, step: timedelta) -> str:
    """'Tue 2:14 PM', 'Tue 2 PM to 3 PM'."""
    if step < HOUR:
        return f"{start:%a} {_clock(start)}"
    return f"{start:%a} {_clock(start)} to {_clock(start + step)}"


def _tick(start: datetime, step: timedelta) -> str:
    if step < HOUR:
        return _clock(start) if start.minute % 10 == 0 else ""
    if step > HOUR:
        return f"{start:%a} {start.day}" if start.hour < step / HOUR else ""
    return _clock(start) if start.hour % 3 == 0 else ""


def _clock(local: datetime) -> str:
    """'2 PM', '2:14 PM'."""
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes} {'PM' if local.hour > 11 else 'AM'}"


def figures(total: Outcomes, hours: float) -> list[Figure]:
    """Four in a row. `hours`: the length of the time that they speak of."""
    gone = total.handed_over
    return [
        Figure("Handed over", f"{gone:,}", f"{gone / hours:,.0f} an hour on average" if gone else "no text"),
        Figure("Delivered", f"{total.delivered:,}", _share(total.delivered, gone)),
        Figure("On their way", f"{total.on_the_way:,}", "the carrier has not reported yet"),
        Figure("Failed", f"{total.failed:,}", _share(total.failed, gone)),
    ]


def _share(part: int, of: int) -> str:
    """'of 71' for few, else per cent."""
    if not of:
        return ""
    if of < 20:
        return f"of {of}"
    percent = 100 * part / of
    return f"{percent:.1f}% of them" if 0 < percent < 10 else f"{percent:.0f}% of them"


def failure_table(found: Sequence[Failures]) -> dict[str, list[Any]]:
    """Columns of the failures by code, most first; the code is '' where the provider gave none."""
    known = [failures.of(one.code) for one in found]
    return {
        "why": [one.why for one in known],
        "code": [str(one.code) if one.code else "" for one in found],
        "texts": [one.texts for one in found],
        "templates": [one.templates for one in found],
        "last": [one.last for one in found],
        "remedy": [one.remedy for one in known],
    }


def template_table(found: Sequence[OfTemplate]) -> dict[str, list[Any]]:
    """Columns of what came of each template's texts. Shares are per cent, None where fewer than 20 were sent."""
    return {
        "template": [template_name(one.template, "manual") for one in found],
        "texts": [one.outcomes.handed_over for one in found],
        "delivered": [_percent(one.outcomes.delivered, one.outcomes) for one in found],
        "failed": [one.outcomes.failed for one in found],
        "filtered": [one.filtered for one in found],
    }


def _percent(part: int, outcomes: Outcomes) -> float | None:
    return 100 * part / outcomes.handed_over if outcomes.handed_over >= 20 else None


def ahead_title(ahead: Ahead) -> str:
    count = f"at least {ahead.texts:,}" if ahead.more else f"{ahead.texts:,}"
    return f"Going out in the next 24 hours: {count} {'text' if ahead.texts == 1 else 'texts'}"


def ahead_bars(ahead: Ahead, zone: ZoneInfo) -> list[Bar]:
    starts = [(ahead.start + place * HOUR).astimezone(zone) for place in range(25)]
    return [
        Bar(_name(start, HOUR), _tick(start, HOUR), ahead.hours.get(place, 0))
        for place, start in enumerate(starts)
    ]


def held_rows(ahead: Ahead, zone: ZoneInfo) -> list[list[Cell]]:
    """Why, how many, when the first of them may go."""
    return [
        [
            Cell(HELD.get(one.reason, one.reason).capitalize()),
            Cell(str(one.texts)),
            Cell(clock_words(one.first, zone)),
        ]
        for one in ahead.held
    ]


def before_resuming(stop: StopShown, waits: Waiting, others: Sequence[StopShown]) -> list[str]:
    """What a person should know before the button: why it stands, what leaves at once, what stays stopped."""
    why = f'{stop.by} wrote: "{stop.reason}".' if stop.reason else stop.why
    lines = [f"**{sending.title(stop)}** {why}"]
    if stop.template:
        lines.append("Its texts that wait leave at once, where they still help.")
    else:
        lines.append(due_words(waits))
    if any(not other.template for other in others):
        rest = " ".join(other.title for other in others if not other.template)
        lines.append(f"Nothing leaves yet even then: {rest} Each has its own button.")
    return lines


def due_words(waits: Waiting) -> str:
    """'12 texts are due: 9 leave as soon as they may, 3 came too late to help and are dropped.'"""
    leave, drop = waits.overdue_to_send, waits.overdue_to_drop
    if not leave and not drop:
        return "Nothing is due at this moment: nothing leaves at once."
    parts = [f"{leave} {'leaves' if leave == 1 else 'leave'} as soon as the sender may" if leave else ""]
    parts.append(f"{drop} came too late to help and {'is' if drop == 1 else 'are'} dropped" if drop else "")
    return (
        f"{texts_words(leave + drop)} {'is' if leave + drop == 1 else 'are'} due: {', '.join(filter(None, parts))}. "
        "Each is checked again first: opt-outs, texting hours, whether a person has answered meanwhile."
    )
