"""What came of an experiment, as it is kept for good: the verdict, and the counts that it was read from. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.experiments.rules.guardrails import Harm, Tally
from core.experiments.rules.verdict import Ended, NotEnoughData, Result, Stopped, Verdict, Void
from core.experiments.statistics import Comparison, Split

BY_HAND = "by_hand"


@dataclass(frozen=True)
class Reading:
    """`verdict` is None where somebody stopped it: then it is not read."""

    verdict: Verdict | None
    tallies: tuple[Tally, ...]


def as_kept(verdict: Verdict | None, tallies: Sequence[Tally]) -> dict[str, Any]:
    """What `read_kept` reads. Raises ValueError for a verdict that is not final: nothing is kept of those."""
    if isinstance(verdict, NotEnoughData):
        raise ValueError("only what is final is kept")
    code, said = (verdict.code, asdict(verdict)) if verdict else (BY_HAND, {})
    return {"code": code, "said": said, "tallies": [asdict(tally) for tally in tallies]}


def read_kept(kept: Mapping[str, Any]) -> Reading:
    """What `as_kept` made."""
    return Reading(_verdict(kept["code"], kept["said"]), tuple(Tally(**tally) for tally in kept["tallies"]))


def _verdict(code: str, said: Mapping[str, Any]) -> Verdict | None:
    match code:
        case Void.code:
            return Void(Split(**said["split"]))
        case Stopped.code:
            return Stopped(Harm(**said["harm"]))
        case Ended.code:
            return Ended(tuple(_result(result) for result in said["results"]))
    return None


def _result(said: Mapping[str, Any]) -> Result:
    return Result(said["variant"], said["outcome"], _compared(said["compared"]))


def _compared(said: Mapping[str, Any] | None) -> Comparison | None:
    if said is None:
        return None
    intervals = {name: (said[name][0], said[name][1]) for name in ("wald", "newcombe")}
    return Comparison(said["z"], said["p"], said["diff"], **intervals)
