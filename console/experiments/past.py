"""Experiments that are over, as rows of one list. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from console.experiments.view import Difference, difference, local_day, outcome
from core.experiments.rules.guardrails import COMPLAINTS, FILTERED, LATE, OPT_OUTS
from core.experiments.rules.verdict import Ended, Stopped, Void
from core.experiments.store import Experiment


@dataclass(frozen=True)
class PastLine:
    """One row of the list. `kind`: read, stopped, void. `shown`: where it was read, its differences."""

    title: str
    detail: str
    when: str
    people: str
    shown: tuple[Difference, ...]
    unread: str
    outcome: str
    below: str
    decided: str
    kind: str


def past(one: Experiment, names: Mapping[str, str], zone: ZoneInfo) -> PastLine:
    tallies = one.reading.tallies if one.reading else ()
    shown, unread, outcome, below, kind = _came_of(one, zone)
    who = one.decided_by if one.decision else one.stopped_by
    return PastLine(
        title=one.fixed.title,
        detail="timing" if one.fixed.moves else "wording",
        when=f"{local_day(one.started_at or one.made_at, zone)} to {local_day(one.over_at or one.made_at, zone)}",
        people=f"{sum(tally.assigned for tally in tallies):,}",
        shown=shown,
        unread=unread,
        outcome=outcome,
        below=below,
        decided=names.get(who or "", "a colleague") if who else "by itself",
        kind=kind,
    )


def _came_of(one: Experiment, zone: ZoneInfo) -> tuple[tuple[Difference, ...], str, str, str, str]:
    verdict = one.reading.verdict if one.reading else None
    match verdict:
        case Ended(results):
            said = " ".join(outcome(one.fixed, result) for result in results)
            kept = "A kept" if one.decision == one.fixed.control else f"{one.decision} is used for everybody"
            found = tuple(
                difference(f"{result.variant} less {one.fixed.control}", result.compared)
                for result in results
                if result.compared
            )
            return found, "", f"{kept}. {one.note}", said, "read"
        case Stopped(harm):
            return (
                (),
                f"not read, stopped on day {_days(one, zone)}",
                "Stopped itself",
                _harm(harm.guardrail, harm.words),
                "stopped",
            )
        case Void():
            people = " to ".join(str(tally.assigned) for tally in one.reading.tallies) if one.reading else ""
            return (), f"not read, split was {people}", "Void", "people were not split as planned", "void"
    return (), f"not read, stopped on day {_days(one, zone)}", "Stopped by hand", one.reason, "stopped"


def _harm(guardrail: str, words: str) -> str:
    names = {
        OPT_OUTS: "opt-outs",
        LATE: "late first contacts",
        FILTERED: "filtered by carriers",
        COMPLAINTS: "complaints",
    }
    return f"{names.get(guardrail, guardrail)} {words}"


def _days(one: Experiment, zone: ZoneInfo) -> int:
    if one.started_at is None or one.over_at is None:
        return 0
    return (one.over_at.astimezone(zone).date() - one.started_at.astimezone(zone).date()).days + 1
