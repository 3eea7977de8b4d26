"""What is allowed and yet unwise in the levels of escalation, each in a sentence at its place. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.alerting.rules import APOLOGY, BACKUP, Escalation, Level


@dataclass(frozen=True)
class Concern:
    """`place`: `levels.2`, `priorities`."""

    place: str
    words: str


def concerns(found: Escalation, goal_minutes: int) -> Iterator[Concern]:
    """`goal_minutes`: the shortest target of a first contact, by which a person was to have called."""
    if not found.levels:
        yield Concern("levels", "Without a level nobody but the owner hears that a lead waits.")
    if not found.priorities:
        yield Concern("priorities", "No lead has these levels: nobody but its owner hears that it waits.")
    sorry = next((at for at, level in enumerate(found.levels) if APOLOGY in level.does), None)
    if sorry is not None:
        yield from _of_the_apology(found.levels, sorry, goal_minutes)


def _of_the_apology(levels: tuple[Level, ...], sorry: int, goal_minutes: int) -> Iterator[Concern]:
    place, level = f"levels.{sorry}", levels[sorry]
    if level.minutes <= goal_minutes:
        yield Concern(
            place,
            f"The patient gets an apology before the target of {goal_minutes} minutes has passed: "
            "nobody is late yet.",
        )
    elif not any(_brings_somebody(one) for one in levels[:sorry]):
        yield Concern(place, "The patient gets an apology before anybody but the owner had a chance to call.")
    if level.unless_acknowledged:
        yield Concern(place, "Whoever acknowledges and does not call keeps the apology from the patient.")
    for at, later in enumerate(levels[sorry + 1 :], sorry + 1):
        if BACKUP in later.does:
            yield Concern(
                f"levels.{at}", "Another owner is found only after the patient was told that nobody called."
            )


def _brings_somebody(level: Level) -> bool:
    return bool(level.tell) or BACKUP in level.does
