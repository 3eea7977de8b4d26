"""A seeded month of forty patients in one picture: `python -m bench.six_weeks.picture` -> docs/images/month.svg.

A lane for each patient, a mark for each text that the provider took, by sequence and class; rings where one waited, and
letters where something ended a sequence.
"""

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.picture import palette
from bench.simulated.people import Person
from bench.simulated.stand import empty_clinic
from bench.six_weeks.judge import advertises
from bench.six_weeks.run import BEGINS, Outcome, run
from bench.stage import ROOT
from core.messaging.actions import State
from core.messaging.tables import action_moves, timed_actions
from core.shipped import shipped_plans

PICTURE = ROOT / "docs" / "images" / "month.svg"
PATIENTS, SPAN, SEED = 40, timedelta(days=28), 11
WIDTH, LEFT, RIGHT, TOP, LANE = 1440, 92, 24, 118, 21
APART = 8.5  # pixels from one mark to the next: the first minutes would be one dot
COLOURS = {
    "lead": "#A5673F",
    "consultation": "#7A4B8C",
    "abandoned_booking": "#C2477F",
    "abandoned_link": "#8A5BB5",
    "missed_call": "#C98A00",
    "pre_treatment": "#1F77A8",
    "post_treatment": "#2E8B57",
    "reengagement": "#6B6F76",
}
LETTERS = {
    "reply": "R", "contact": "T", "booking": "B", "opt_out": "S", "reaction": "!", "disqualified": "D",
    "new_form": "F", "cancelled": "C", "checkout": "V",
}  # fmt: skip
MEANINGS = {
    "R": "replied", "T": "talked with staff", "B": "booked", "C": "cancelled", "V": "visit over", "F": "newer form",
    "D": "disqualified", "S": "STOP", "!": "danger",
}  # fmt: skip
KINDS = {
    "text": "its own business", "advert": "advertises", "other": "a person's, or an answer", "wait": "waited",
}  # fmt: skip
OTHER = "#B9B2A6"
SATURDAY = 5
WAITED = ("quiet_hours", "window", "daily_cap", "gap", "apart", "automation_paused")


@dataclass(frozen=True)
class Mark:
    """Something on a lane. `kind`: text, advert, other, wait, stop."""

    at: datetime
    kind: str
    colour: str
    words: str
    letter: str = ""


def marks_of(one: Person, outcome: Outcome, waits: Iterable[tuple[datetime, str, str, str]]) -> list[Mark]:
    """All of a patient's, in order."""
    judge, found = outcome.judge, []
    for text in map(judge.text, (taken for taken in judge.record.taken if taken.to == one.phone)):
        kind = "other" if not text.label.sequence else "advert" if advertises(text) else "text"
        what = (
            f"{_title(text.label.sequence)}, {text.label.step}" if text.label.sequence else text.label.purpose
        )
        found.append(Mark(text.taken.at, kind, COLOURS.get(text.label.sequence, OTHER), what))
    for lead in one.leads:
        for happened in judge.record.causes.get(lead, ()):
            letter = LETTERS[happened.cause]
            found.append(Mark(happened.at, "stop", "", MEANINGS[letter], letter))
    found += [
        Mark(at, "wait", COLOURS.get(key, ""), f"{_title(key)} waited: {reason.replace('_', ' ')}")
        for at, lead, key, reason in waits
        if lead in one.leads
    ]
    once = {(mark.at, mark.kind, mark.letter or mark.words): mark for mark in found}
    return sorted(once.values(), key=lambda mark: (mark.at, mark.kind))


def waits_in(session: Session) -> list[tuple[datetime, str, str, str]]:
    """When a step of a sequence was held: the moment, its lead, its sequence, why."""
    m, a = action_moves.c, timed_actions.c
    held = (m.state == State.PLANNED.value, m.reason.in_(WAITED), a.sequence.is_not(None))
    rows = session.execute(
        select(m.at, a.lead_id, a.sequence, m.reason).join(timed_actions, a.id == m.action_id).where(*held)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _title(key: str) -> str:
    return shipped_plans()[key].title if key in COLOURS else key


def svg(people: list[Person], lanes: dict[int, list[Mark]]) -> str:
    """The whole picture."""
    colours = palette()
    height = TOP + LANE * len(people) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' font-family="Liberation Sans, Arial, sans-serif" font-size="12" role="img">',
        "<title>A month of a clinic: what each of forty made-up patients got</title>",
        f'<rect width="100%" height="100%" fill="{colours["background"]}"/>',
        *_legend(colours),
        *_days(len(people), colours),
    ]
    for row, one in enumerate(people):
        parts += _lane(row, one, lanes[one.number], colours)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _x(at: datetime) -> float:
    return LEFT + (at - BEGINS) / SPAN * (WIDTH - LEFT - RIGHT)


def _legend(colours: dict[str, str]) -> Iterator[str]:
    text = colours["text"]
    yield f'<text x="24" y="30" font-size="19" font-weight="600" fill="{text}">A month of a clinic</text>'
    yield _words(
        220,
        30,
        f"{PATIENTS} made-up patients, a lane each; every mark is a text that a phone got",
        colours["quiet"],
    )
    x = 24.0
    for key, colour in COLOURS.items():
        yield f'<circle cx="{x + 5}" cy="52" r="5" fill="{colour}"/>{_words(x + 15, 56, _title(key), text)}'
        x += 34 + 6.3 * len(_title(key))
    x = 24.0
    for kind, words in KINDS.items():
        yield _shape(Mark(BEGINS, kind, OTHER if kind == "other" else text, ""), x + 5, 75) + _words(
            x + 15, 79, words, text
        )
        x += 34 + 6.3 * len(words)
    for letter, words in MEANINGS.items():
        yield _letter(letter, x + 4, 75, text) + _words(x + 13, 79, words, text)
        x += 28 + 6.1 * len(words)


def _words(x: float, y: float, words: str, colour: str, size: float = 12) -> str:
    return f'<text x="{x:.1f}" y="{y}" font-size="{size}" fill="{colour}">{escape(words)}</text>'


def _days(lanes: int, colours: dict[str, str]) -> Iterator[str]:
    bottom, line, wide = TOP + LANE * lanes, colours["line"], (WIDTH - LEFT - RIGHT) / SPAN.days
    for day in range(1, SPAN.days + 1):
        at = BEGINS.replace(hour=5, minute=0) + timedelta(days=day)  # midnight in New York
        x = _x(at)
        if at.weekday() >= SATURDAY:
            place = f'x="{x:.1f}" y="{TOP - 4}" width="{wide:.1f}" height="{bottom - TOP + 4}"'
            yield f'<rect {place} fill="{line}" opacity=".35"/>'
        yield f'<path d="M{x:.1f} {TOP - 4}V{bottom}" stroke="{line}" stroke-width=".7"/>'
        if day < SPAN.days:
            yield _words(x + 3, TOP - 9, f"{at:%a} {at.day}", colours["quiet"], 10.5)


def _lane(row: int, one: Person, marks: list[Mark], colours: dict[str, str]) -> Iterator[str]:
    y = TOP + LANE * row + LANE / 2
    yield f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{colours["line"]}" stroke-width=".7"/>'
    yield _words(24, y + 4, f"{one.first}, {one.state}", colours["quiet"], 11.5)
    reached = 0.0
    for mark in marks:
        x = max(_x(mark.at), reached)
        reached = x + (APART if mark.kind != "wait" else APART - 2)
        if x > WIDTH - 8:
            return
        shape = _letter(mark.letter, x, y, colours["text"]) if mark.kind == "stop" else _shape(mark, x, y)
        yield f"<g><title>{mark.at:%a %b %d %H:%M} UTC: {escape(mark.words)}</title>{shape}</g>"


def _shape(mark: Mark, x: float, y: float) -> str:
    match mark.kind:
        case "advert":
            return f'<path d="M{x:.1f} {y - 5}l5 5l-5 5l-5-5z" fill="{mark.colour}"/>'
        case "wait":
            return f'<circle cx="{x:.1f}" cy="{y}" r="2.6" fill="none" stroke="{mark.colour}" stroke-width="1.1"/>'
        case "other":
            return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5}" width="7" height="7" fill="{mark.colour}"/>'
        case _:
            return f'<circle cx="{x:.1f}" cy="{y}" r="4.3" fill="{mark.colour}"/>'


def _letter(letter: str, x: float, y: float, colour: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y + 4}" text-anchor="middle" font-size="11" font-weight="700" fill="{colour}">'
        f"{letter}</text>"
    )


def main() -> None:
    """Play the month, draw it."""
    parser = argparse.ArgumentParser(prog="python -m bench.six_weeks.picture", description=__doc__)
    parser.add_argument("--out", type=Path, default=PICTURE)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    with empty_clinic("", BEGINS) as app:
        outcome = run(app, patients=PATIENTS, span=SPAN, seed=options.seed)
        with app.db.read() as session:
            waits = waits_in(session)
    people = [one for one in outcome.judge.people.values() if one.leads]
    lanes = {one.number: marks_of(one, outcome, waits) for one in people}
    people.sort(key=lambda one: lanes[one.number][0].at if lanes[one.number] else BEGINS)
    options.out.write_text(svg(people, lanes))
    print(options.out)


if __name__ == "__main__":
    main()
