"""The parts around the sender in words: who was heard from when, how fast a form is answered, what is unread. Pure."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.parts.figures import day, span
from console.parts.resend_words import clock_words
from console.parts.words import connector_name
from core.reads.delivery_standing import LOOK_BACK, Standing

KNOWN = ("hosted", "typeform", "jotform", "generic")
TIGHT = 0.1  # of the disk: less than that is worth a look
Lines = list[tuple[str, str]]


def heard(found: Standing, zone: ZoneInfo, now: datetime) -> Lines:
    """The last word of everybody who sends to us."""
    others = sorted(set(found.forms) - set(KNOWN))
    lines = [
        ("Twilio, on a text of ours", found.status_at),
        ("Twilio, with a patient's text", found.inbound_at),
        *((connector_name(name), found.forms.get(name)) for name in (*KNOWN, *others)),
    ]
    never = f"not in {LOOK_BACK.days} days"
    return [(name, moment_words(last, zone, now) if last else never) for name, last in lines]


def moment_words(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """'2:14 PM' today, 'Mon 2:14 PM' within six days, else 'Nov 3'."""
    that_day, today = (one.astimezone(zone).date() for one in (moment, now))
    words = clock_words(moment, zone)
    if that_day == today:
        return words.partition(" ")[2]
    return words if (today - that_day).days < 6 else day(that_day)


def unread(found: Standing, zone: ZoneInfo, now: datetime) -> Lines:
    """'Typeform, 11:48 AM', and why."""
    return [
        (
            f"{connector_name(one.connector)}, {moment_words(one.received_at, zone, now)}",
            one.why or "It could not be read.",
        )
        for one in found.newest_unread
    ]


def speed(found: Standing) -> Lines:
    """'0.4 s' 'half are faster'; empty where nothing was confirmed yet."""
    if found.speed is None:
        return []
    return [(span(found.speed.half), "half are faster"), (span(found.speed.most), "99 of 100 are faster")]


def strip(found: Standing, *, simulated: bool, embedded: bool, free: float | None) -> dict[str, Any]:
    """What the live strip does not learn by push. `free`: share of the disk that the embedded database lies on."""
    answer = found.answer_seconds
    tight = free is not None and free < TIGHT
    return {
        "provider": "Simulator" if simulated else "Twilio",
        "answer": "" if answer is None else f"answers in {span(answer)} at the median",
        "database": [
            "soon" if tight else "good",
            f"{'SQLite' if embedded else 'PostgreSQL'}, {found.database_bytes / 1_000_000:,.0f} MB",
            "" if free is None else f"free space {free:.0%}",
        ],
    }
