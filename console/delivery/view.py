"""How texts are delivered: the live strip as a row that browsers follow, figures and plans as words and bars."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.figures import Band, Cell, Figure, Share
from console.parts.resend_words import clock_words
from console.parts.why_words import reason_words
from console.parts.words import sentence_case, template_name
from core.app import App
from core.domain.clock import machine_span
from core.domain.hours import WeeklyHours, at
from core.domain.roles import Permission
from core.messaging import failures
from core.messaging.rules.statuses import OPTED_OUT_CODES, UNREACHABLE_CODES
from core.reads import delivery, delivery_standing
from core.reads.delivery import FILTERED, Ahead, Emails, Failures, OfTemplate, Outcomes, Recent

SILENT_SECONDS = 15
LAG_SECONDS = (5, 60)  # below the first all is well, above the second it is not
SPANS = {"hour": "Last hour", "day": "Last 24 hours", "week": "Last 7 days"}
USUAL = "day"
HOUR = timedelta(hours=1)
PLACES = 25  # of the plan: the hour that is under way, and the next 24


def rows(app: App, session: Session, _argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    """One row; how long something waits is the browser's to count."""
    found = delivery.pulse(session, READER, now=now)
    zone = app.reference.clinic.zone
    today = delivery_standing.day(session, READER, at(now.astimezone(zone).date(), time.min, zone))
    yield {
        "id": "pulse",
        "gateway": millis(today.gateway_at),
        "forms": today.forms,
        "last_form": millis(today.last_form_at),
        "texts": today.texts,
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


def doubtful_height(waiting: int) -> int:
    """Px of the list of texts whose fate is unknown: heading, names of columns, rows, buttons."""
    return 160 + 46 * min(waiting, 20) if waiting else 0


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


def _pace(gone: int, hours: float) -> str:
    if not gone:
        return "no text"
    return f"{gone / hours:,.0f} an hour on average" if gone >= hours else "less than one an hour"


def figures(total: Outcomes, hours: float) -> list[Figure]:
    """Four in a row. `hours`: the length of the time that they speak of."""
    gone = total.handed_over
    return [
        Figure("Handed over", f"{gone:,}", _pace(gone, hours)),
        Figure("Delivered", f"{total.delivered:,}", _share(total.delivered, gone)),
        Figure(
            "On their way",
            f"{total.on_the_way:,}",
            "the carrier has not reported yet" if total.on_the_way else "",
        ),
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


def reasons(found: Sequence[Failures]) -> list[str]:
    """Why texts failed, each once: several codes may say the same."""
    return list(dict.fromkeys(failures.of(one.code).why for one in found))


def because(found: Sequence[Failures], wanted: Collection[str]) -> tuple[Failures, ...]:
    """Those of the `wanted` reasons; all of them where none is."""
    return tuple(one for one in found if not wanted or failures.of(one.code).why in wanted)


FAILURE_COLUMNS = ("Why", "Texts", "Newest", "What the system did", "What can be done")
FAILURES_MINOR = ("Newest", "What the system did")


def failure_rows(found: Sequence[Failures], stopped: Collection[str], zone: ZoneInfo) -> list[list[Cell]]:
    """Failures by code, most first. `stopped`: templates that stand still at this moment."""
    return [
        [
            Cell(failures.of(one.code).why, below=_code(one)),
            Cell(f"{one.texts:,}"),
            Cell(clock_words(one.last, zone), pale=True),
            Cell(did_words(one, stopped)),
            Cell(failures.of(one.code).remedy),
        ]
        for one in found
    ]


def _code(one: Failures) -> str:
    """'30007, 3 wordings': the provider's code, and how many wordings it met."""
    wordings = f"{one.templates} wordings" if one.templates > 1 else ""
    return ", ".join(filter(None, (str(one.code or ""), wordings)))


def did_words(one: Failures, stopped: Collection[str]) -> str:
    """What happened by itself; everything else is a person's to decide."""
    if one.code in OPTED_OUT_CODES:
        return "opt-out kept, call only"
    if one.code in UNREACHABLE_CODES:
        return "texts stopped, call only"
    if one.code == FILTERED:
        return "wording stopped" if stopped else "counted against the wording"
    return f"tried {one.tries} times" if one.tries > 1 else "shown at the lead"


def email_lines(found: Emails) -> list[tuple[str, str]]:
    """'12' 'handed to a mail server', and what went wrong; whether one was read nobody knows."""
    lines = [
        (found.handed_over, "handed to a mail server"),
        (found.bounced, "came back: the address takes no email"),
        (found.failed, "refused, or given up"),
        (found.complained, "marked as unwanted"),
        (found.doubtful, "of unknown fate: a person decides"),
    ]
    return [(f"{count:,}", words) for count, words in lines if count or words == lines[0][1]]


TEMPLATE_COLUMNS = ("Template", "Handed over", "Delivered", "Failed", "Filtered")


def named(found: Sequence[OfTemplate], words: str) -> tuple[OfTemplate, ...]:
    """Those whose name has the words, given in lower case."""
    return tuple(one for one in found if words in template_name(one.template, "manual").casefold())


def template_rows(found: Sequence[OfTemplate]) -> list[list[Cell]]:
    """What came of each template's texts; counts where fewer than 20 were sent."""
    return [
        [
            Cell(template_name(one.template, "manual")),
            Cell(f"{one.outcomes.handed_over:,}"),
            _delivered(Share(one.outcomes.delivered, one.outcomes.handed_over)),
            _some(one.outcomes.failed),
            _some(one.filtered),
        ]
        for one in found
    ]


def _delivered(share: Share) -> Cell:
    return Cell(share.words(), pale=share.few)


def _some(count: int) -> Cell:
    return Cell(f"{count:,}" if count else "none", pale=not count)


def ahead_title(ahead: Ahead) -> str:
    count = f"at least {ahead.texts:,}" if ahead.more else f"{ahead.texts:,}"
    return f"Going out in the next 24 hours: {count} {'text' if ahead.texts == 1 else 'texts'}"


def ahead_bars(ahead: Ahead, zone: ZoneInfo) -> list[Bar]:
    starts = [(ahead.start + place * HOUR).astimezone(zone) for place in range(PLACES)]
    return [
        Bar(_name(start, HOUR), _tick(start, HOUR), ahead.hours.get(place, 0))
        for place, start in enumerate(starts)
    ]


def quiet(ahead: Ahead, week: WeeklyHours) -> list[Band]:
    """Stretches of the plan in which the clinic's zone allows no automatic text."""
    half = HOUR / 2
    closed = [place for place in range(PLACES) if not week.is_open(ahead.start + place * HOUR + half)]
    runs = [
        [place for _, place in run]
        for _, run in groupby(enumerate(closed), key=lambda pair: pair[1] - pair[0])
    ]
    return [Band(run[0], run[-1], _band_words(ahead.start, run, week.zone)) for run in runs]


def _band_words(start: datetime, run: Sequence[int], zone: ZoneInfo) -> str:
    """'no automatic texts, 9 PM to 8 AM'; an end beyond the plan is not told."""
    closes = _clock((start + run[0] * HOUR).astimezone(zone))
    opens = _clock((start + (run[-1] + 1) * HOUR).astimezone(zone))
    if run[0] == 0:
        return f"no automatic texts until {opens}"
    return f"no automatic texts {f'after {closes}' if run[-1] == PLACES - 1 else f'from {closes} to {opens}'}"


def held_lines(ahead: Ahead, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Why, how many, and when the first of them may go."""
    return [
        (sentence_case(reason_words(one.reason)), f"{one.texts:,}, first {clock_words(one.first, zone)}")
        for one in ahead.held
    ]
