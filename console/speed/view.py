"""Speed in words and figures. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.parts.band_bars import Bar
from console.parts.figure_words import minutes
from console.parts.figures import FEW, Cell, Share, money, span
from core.reads.parts.speed_figures import Rate
from core.reads.speed import Brought, Speed
from core.reads.speed import Cell as Stretch

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SLOT_NAMES = ("to 10 AM", "10 to 12", "12 to 2", "2 to 4", "4 to close")
STEPS = {
    "owner": ("Form to owner", "Automatic"),
    "seen": ("Owner to opened", "Person"),
    "tried": ("Opened to first try", "Person"),
    "talked": ("First try to talked", "Person"),
}
COMPARED = {"was": "As it was", "alike": "Like for like"}
ALIKE_BY = {"temperature": "Temperature", "treatment": "Treatment", "form": "Form"}
AMONG = {
    "temperature": "Among equally hot leads",
    "treatment": "Among leads of the same treatment",
    "form": "Among leads of the same form",
}
RARE = "one kind too rare"  # a stratum of it has too few people to stand for the whole
MEANINGS = (
    "Automatic, first text", "First human contact", "Booked", "Like for like", "Business time", "Wall time",
)  # fmt: skip
POINT = 0.005  # half a point: less than that is no difference worth a word


@dataclass(frozen=True)
class Two:
    """Machine and person, each: what it is, its median in words ('' for none yet), and what to say below."""

    name: str
    value: str
    about: str
    kind: str


def two(found: Speed) -> tuple[Two, Two]:
    machine, person = found.machine, found.person
    return (
        Two(
            "Automatic, first text",
            span(machine.median) if machine else "",
            f"median; 99 of 100 within {span(found.machine_slowest or 0)}" if machine else "no text went out",
            "machine",
        ),
        Two(
            "A person, first try",
            minutes(person.median) if person else "",
            f"median; slowest tenth over {minutes(person.slowest)}" if person else "nobody was contacted",
            "person",
        ),
    )


def heard(found: Speed) -> str:
    """How to read the axis, and its base."""
    return (
        f"{found.forms:,} {'form' if found.forms == 1 else 'forms'}, on one axis of time, each scaled to its own"
        " tallest. The machine is never counted as contact."
    )


def bars(brought: Sequence[Brought]) -> dict[str, list[Bar]]:
    """Reached, booked and value of each band."""
    return {
        name: [_bar(place, one.name, getattr(one, name)) for place, one in enumerate(brought)]
        for name in ("reached", "booked", "value")
    }


def _bar(place: int, name: str, one: Rate) -> Bar:
    why = "too few" if one.of < FEW else RARE.replace("kind ", "kind<br>")
    return Bar(name, one.of, one.rate, one.low, one.high, f"{one.part} of {one.of}", why, f"band:{place}")


def gap_words(found: Speed, by: str = "temperature") -> str:
    """What is speed, and what is keenness; '' where it cannot be told. `by`: what is alike."""
    gap = found.gaps[by]
    if gap is None:
        return ""
    few = (
        f" Only {gap.later} people waited that long."
        if gap.later < FEW
        else f" {gap.later:,} people waited that long."
    )
    sure = gap.low > 0 or gap.high < 0
    begins = f"Keen people get called first, so not all of this is speed. {AMONG[by]}, "
    if not sure:
        return begins + (
            "booking within 5 minutes and within 5 to 15 are not clearly apart"
            f" ({_signed(gap.low)} to {_signed(gap.high)} points).{few}"
        )
    more = "more" if gap.like_for_like > 0 else "less"
    words = (
        f"within 5 minutes books {abs(_points(gap.like_for_like))} points {more} than 5 to 15"
        f" ({_signed(gap.low)} to {_signed(gap.high)})"
    )
    if abs(gap.as_it_was - gap.like_for_like) >= POINT:
        words += f", not {_signed(gap.as_it_was)}"
    return f"{begins}{words}.{few}"


def untold(by: str) -> str:
    """What stands where the gap cannot be told."""
    return f"{AMONG[by]} this cannot be told: too few people of one kind within 5 minutes, or in 5 to 15."


def _points(share: float) -> int:
    return round(100 * share)


def _signed(share: float) -> str:
    """As a whole number of points, with a real minus sign."""
    return str(_points(share)).replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True)
class SlowCell:
    """One cell of the week: words, a muted second line, its kind (over, few, none or '') and the figure it opens."""

    words: str
    below: str
    kind: str
    pick: str = ""


def grid(found: Speed) -> list[tuple[str, list[SlowCell]]]:
    """The weekdays on which any location opens, each with its cells."""
    return [
        (
            DAYS[day],
            [_slow_cell(cell, f"cell:{day}:{slot}", found.goal_seconds) for slot, cell in enumerate(cells)],
        )
        for day, cells in enumerate(found.grid)
        if any(cell.opens or cell.many for cell in cells)
    ]


def _slow_cell(cell: Stretch, pick: str, goal: float) -> SlowCell:
    if cell.median is None:
        return SlowCell("nobody" if cell.opens else "closed", "", "none")
    if cell.many < FEW:
        return SlowCell(f"{cell.many}", "too few", "few", pick)
    return SlowCell(minutes(cell.median), f"{cell.many:,}", "over" if cell.median > goal else "", pick)


def in_grid(found: Speed) -> int:
    return sum(cell.many for cells in found.grid for cell in cells)


def slow_sentence(found: Speed) -> str:
    """The slowest cell in words; '' where nothing is over the goal."""
    able = [
        (cell.median, DAYS[day], SLOT_NAMES[slot])
        for day, cells in enumerate(found.grid)
        for slot, cell in enumerate(cells)
        if cell.median is not None and cell.many >= FEW and cell.median > found.goal_seconds
    ]
    if not able:
        return ""
    worst, day, slot = max(able)
    return f"Slowest: {day}, {slot}, {minutes(worst)}. {len(able)} of these stretches are over the goal."


STEP_COLUMNS = ("Step", "Who", "Within", "Later")


def steps(found: Speed) -> list[list[Cell]]:
    """Medians of each step."""
    return [
        [
            Cell(STEPS[one.code][0]),
            Cell(STEPS[one.code][1]),
            Cell(_step(one.code, one.within)),
            Cell(_step(one.code, one.later)),
        ]
        for one in found.steps
    ]


def _step(code: str, seconds: float | None) -> str:
    if seconds is None:
        return "none"
    if code == "talked" and seconds < 1:
        return "the same call"
    return span(seconds) if seconds < 60 else minutes(seconds)


def lost(found: Speed) -> str:
    """Where the time of late leads goes; '' where there are too few to tell."""
    if found.later < FEW:
        return ""
    share = Share(found.unseen, found.later)
    if (share.rate or 0) >= 0.5:
        return (
            f"The time is lost before anyone looks: {found.unseen:,} of the {found.later:,} contacted later"
            f" had not been opened after {minutes(found.goal_seconds)}."
        )
    return (
        f"The time is lost after somebody has looked: {found.later - found.unseen:,} of the {found.later:,}"
        f" contacted later had been opened within {minutes(found.goal_seconds)}."
    )


def never(found: Speed) -> str:
    """Whom no person has contacted, and what explains it."""
    if not found.never:
        return "Everybody was contacted by a person."
    rest = found.never - found.never_closed - found.never_call_only
    parts = [
        f"{found.never_closed:,} came while the clinic was closed" if found.never_closed else "",
        f"{found.never_call_only:,} may only be called" if found.never_call_only else "",
        f"{rest:,} came in opening hours and could be written to" if rest else "",
    ]
    return f"{found.never:,} of {found.forms:,}: {', '.join(filter(None, parts))}."


def sentence(found: Speed) -> str:
    """The axis for those who cannot see it."""
    return (
        f"{found.within:,} of {found.forms:,} people heard from a person within {minutes(found.goal_seconds)},"
        f" {found.later:,} later, {found.never:,} never."
    )


def bar_sentence(name: str, found: Sequence[Bar], words: Mapping[str, str]) -> str:
    return f"{name} by time to a person: " + ", ".join(
        f"{bar.name} {words.get(bar.name, bar.counts)} of {bar.many:,}" for bar in found
    )


TABLE_COLUMNS = ["Time to a person", "People", "Reached", "Booked", "Value per lead"]


def table(brought: Sequence[Brought], *, opens: bool = False) -> list[list[Cell]]:
    """The bars' figures with their intervals. `opens`: names open their leads."""
    return [
        [
            Cell(one.name, pick=f"band:{place}" if opens and one.booked.of else ""),
            Cell(f"{one.booked.of:,}"),
            Cell(_share_words(one.reached), below=_ends(one.reached)),
            Cell(_share_words(one.booked), below=_ends(one.booked)),
            Cell(_value_words(one.value)),
        ]
        for place, one in enumerate(brought)
    ]


def _share_words(one: Rate) -> str:
    if one.rate is None and one.of >= FEW:
        return RARE
    if one.rate is None or one.of < FEW:
        return f"{one.part} of {one.of}, too few" if one.of else "nobody"
    return f"{_points(one.rate)}%"


def _ends(one: Rate) -> str:
    told = one.rate is not None and one.of >= FEW
    return f"{_points(one.low)} to {_points(one.high)}%" if told else ""


def _value_words(one: Rate) -> str:
    if one.rate is not None and one.of >= FEW:
        return money(round(100 * one.rate))
    return RARE if one.of >= FEW else "too few"
