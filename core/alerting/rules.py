"""What happens while nobody reaches out to a new lead, level by level. Pure; `data/escalation.toml`.

Level 0 is the alert to the owner and stands in no list. Levels count from 1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.domain.roles import Role

BACKUP, URGENT, APOLOGY = "backup", "urgent", "apology"
DOES = {
    BACKUP: "another owner is found",
    URGENT: "the lead becomes urgent",
    APOLOGY: "the patient gets an apology",
}
TITLES = ("coordinator", "team_lead", "nurse_injector", "aesthetician", "medical_director")
TELLABLE = frozenset({*Role, *TITLES})
LONGEST_MINUTES = 24 * 60
NOTHING = "nothing"  # how an empty word is named
MOST_LEVELS = 8
LONGEST_DIGITS = 6
PRIORITIES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Level:
    """`tell`: titles and roles; `does`: of DOES. `unless_acknowledged`: nothing once somebody has taken it up."""

    after: timedelta
    tell: tuple[str, ...] = ()
    does: tuple[str, ...] = ()
    unless_acknowledged: bool = False

    @property
    def minutes(self) -> int:
        return int(self.after.total_seconds() // 60)


@dataclass(frozen=True)
class Escalation:
    """The levels in order, and the priorities (1 urgent to 4 cold) of the leads that they are for."""

    priorities: frozenset[int] = frozenset()
    levels: tuple[Level, ...] = ()

    def level(self, number: int) -> Level | None:
        """The level of this number from 1; None where there is none any more."""
        return self.levels[number - 1] if 0 < number <= len(self.levels) else None

    def of(self, priority: int) -> tuple[tuple[int, Level], ...]:
        """(number, level) of each that a lead of this priority has."""
        return tuple(enumerate(self.levels, 1)) if priority in self.priorities else ()


def faults(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, sentence) for all that is wrong, in the order of the file."""
    if not _are_priorities(raw.get("priorities")):
        yield "priorities", "Choose some of 1 (urgent), 2 (hot), 3 (warm), 4 (cold)."
    levels = raw.get("levels")
    if not isinstance(levels, list | tuple) or len(levels) > MOST_LEVELS:
        yield "levels", f"Give a list of {MOST_LEVELS} levels at most."
        return
    before = 0
    for number, level in enumerate(levels):
        place = f"levels.{number}"
        if not isinstance(level, Mapping):
            yield place, "A level says after how many minutes it comes, whom to tell and what to do."
            continue
        yield from _faults_of_minutes(f"{place}.after_minutes", level.get("after_minutes"), before)
        yield from _faults_of_level(place, level)
        before = minutes_of(level.get("after_minutes")) or before
    yield from _second_apologies(levels)


def _faults_of_minutes(field: str, given: object, before: int) -> Iterator[tuple[str, str]]:
    minutes = minutes_of(given)
    if minutes is None:
        yield field, "Give whole minutes, such as 10."
    elif minutes < 1:
        yield field, "1 minute at least: the owner hears at once."
    elif minutes > LONGEST_MINUTES:
        yield field, f"A level comes within a day: {LONGEST_MINUTES} minutes at most."
    elif minutes == before:
        yield field, f"Two levels come at {before} minutes. Give one of them another, or make them one."
    elif minutes < before:
        yield field, f"Each level is later than the one before, which comes at {before}."


def _faults_of_level(place: str, level: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tell, does = level.get("tell", []), level.get("does", [])
    if unknown := _strangers(tell, TELLABLE):
        yield f"{place}.tell", f"{unknown} is no title or role. Known: {', '.join(sorted(TELLABLE))}."
    if unknown := _strangers(does, DOES):
        yield f"{place}.does", f"{unknown} is nothing that a level does. Known: {', '.join(DOES)}."
    if not tell and not does:
        yield place, "A level tells somebody or does something."
    if not isinstance(level.get("unless_acknowledged", False), bool):
        yield f"{place}.unless_acknowledged", "Say true or false."


def _second_apologies(levels: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """The text goes once to a lead: a second level of it would be a promise that nobody keeps."""
    saying = [at for at, level in enumerate(levels) if isinstance(level, Mapping) and _apologises(level)]
    for at in saying[1:]:
        yield f"levels.{at}.does", "A patient gets one apology, and an earlier level sends it."


def _apologises(level: Mapping[str, Any]) -> bool:
    does = level.get("does", [])
    return isinstance(does, list | tuple) and APOLOGY in does


def _are_priorities(value: object) -> bool:
    return isinstance(value, list | tuple) and all(_priority(one) in PRIORITIES for one in value)


def _priority(value: object) -> int:
    return minutes_of(value) or 0


def minutes_of(value: object) -> int | None:
    """A whole number, or one as a person types it; None for anything else."""
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        return (
            int(value) if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_DIGITS else None
        )
    return value if type(value) is int else None


def _strangers(value: object, known: object) -> str:
    """The first that is not known; '' where all are."""
    if not isinstance(value, list | tuple):
        return str(value) or NOTHING
    return next(
        (str(one) or NOTHING for one in value if not isinstance(one, str) or one not in known),  # type: ignore[operator]
        "",
    )


def parse_escalation(raw: Mapping[str, Any]) -> Escalation:
    """Raises ValueError, which names the field, for the first fault."""
    for field, words in faults(raw):
        raise ValueError(f"{field}: {words}")
    return Escalation(frozenset(map(_priority, raw["priorities"])), tuple(map(_level, raw["levels"])))


def _level(raw: Mapping[str, Any]) -> Level:
    return Level(
        timedelta(minutes=minutes_of(raw["after_minutes"]) or 0),
        tuple(raw.get("tell", ())),
        tuple(raw.get("does", ())),
        raw.get("unless_acknowledged", False),
    )


def shown(body: Mapping[str, Any]) -> dict[str, str]:
    """A body as people read it, by label. A draft may be half finished: a level that can't be read is left out."""
    priorities, levels = body.get("priorities"), body.get("levels")
    read = list(levels) if isinstance(levels, list | tuple) else []
    in_order = sorted(map(_priority, priorities)) if _are_priorities(priorities) else []  # type: ignore[arg-type]
    told = {f"Level {n}": in_words(_level(one)) for n, one in enumerate(read, 1) if _is_readable(one)}
    return {"Priorities": ", ".join(map(str, in_order)), **told}


def _is_readable(level: object) -> bool:
    if not isinstance(level, Mapping):
        return False
    return not any(_faults_of_minutes("", level.get("after_minutes"), 0)) and not any(
        _faults_of_level("", level)
    )


def in_words(level: Level) -> str:
    """`5 min: tell team lead; another owner is found; unless somebody has acknowledged`."""
    told = [f"tell {', '.join(one.replace('_', ' ') for one in level.tell)}"] if level.tell else []
    unless = ["unless somebody has acknowledged"] if level.unless_acknowledged else []
    return f"{level.minutes} min: {'; '.join([*told, *(DOES[one] for one in level.does), *unless])}"
