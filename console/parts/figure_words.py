"""What the figures of speed mean, a sentence each: on hover, under the pages, and word for word in docs/figures.md.

Pure.
"""

from collections.abc import Iterable

FIGURES = {
    "Contacted": "Leads of the period that a person called, wrote to or met: the funnel's 'Contact attempted by a"
    " person'. Automatic texts never count.",
    "First human contact": "From the moment the form was sent to a person's first call or own text, over the leads that"
    " were contacted; the dot is the median, the line ends where the slowest tenth begins.",
    "On time": "Of all first contacts whose target was met or has passed, those made before it passed. A lead that"
    " nobody ever contacted counts as missed; a target that still runs does not count yet.",
    "Booked": "Of the leads contacted, those that are booked by now: the funnel's 'Booked'.",
    "Escalated": "Leads that were still without contact when the team lead had to be told.",
    "Seen within 2 min": "Of the same first contacts as 'On time', those whose lead was opened, or reached, within two"
    " minutes.",
    "Whose lead": "A lead counts once: for who reached it in time, else for who had it as its target passed, whoever"
    " reached it later; one without a missed target for who has it now.",
    "Business time": "Minutes of the location's opening hours, as the targets count: a form sent at night starts at"
    " opening. Where no opening time lies between, all of it.",
    "Wall time": "Every minute, nights and closed days too: how long the patient waited.",
    "Automatic, first text": "From the form to its confirmation, which no person sends. Counted apart from people in"
    " every figure.",
    "Like for like": "The rate that a group would have if hot, warm and cold leads were mixed in it as they are among"
    " all: keen people are called first, and book more often whoever calls.",
}  # fmt: skip


def minutes(seconds: float) -> str:
    """'2:36', '38 min', '3.2 hours', '2.1 days'."""
    whole = round(seconds)
    if whole < 900:
        return f"{whole // 60}:{whole % 60:02d}"
    if whole < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} hours" if seconds < 129_600 else f"{seconds / 86400:.1f} days"


def short_minutes(seconds: float) -> str:
    """As it stands at the end of a line: '6.1', '38 min', '3.2 hours'."""
    return f"{seconds / 60:.1f}" if seconds < 900 else minutes(seconds)


def meanings(names: Iterable[str]) -> list[tuple[str, str]]:
    """Name and sentence of each, for the list under a page."""
    return [(name, FIGURES[name]) for name in names]
