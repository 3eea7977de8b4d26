"""`luxe try stats`: what the statistics of experiments make of figures that somebody else worked out too."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel

from core.domain.errors import InvalidInput
from core.experiments import statistics
from core.experiments.means import MeanDifference, Sample, welch
from core.experiments.statistics import LEVEL, Comparison, Split
from core.reference import Reference

MOST_MONEY = 1e15


@dataclass(frozen=True)
class Function:
    """`names` of its arguments in order, of which the first `needed` must be there."""

    ask: Callable[..., Any]
    names: tuple[str, ...]
    needed: int


def _welch(
    n1: int, total1: float, squares1: float, n2: int, total2: float, squares2: float, level: float = LEVEL
) -> MeanDifference:
    """Two means from how many, their sum and the sum of their squares."""
    for name, people in {"n1": n1, "n2": n2}.items():
        if type(people) is not int or not 2 <= people <= statistics.MOST:
            raise InvalidInput.of(name, f"{name} is a whole number, 2 or more.")
    for name, value in {
        "total1": total1,
        "squares1": squares1,
        "total2": total2,
        "squares2": squares2,
    }.items():
        if type(value) not in (int, float) or not -MOST_MONEY <= value <= MOST_MONEY:
            raise InvalidInput.of(name, f"{name} is a number.")
    if type(level) not in (int, float) or not 0 < level < 1:
        raise InvalidInput.of("level", "level: between 0 and 1.")
    return welch(Sample(n1, total1, squares1), Sample(n2, total2, squares2), level)


FUNCTIONS: Mapping[str, Function] = {
    "two_proportions": Function(statistics.two_proportions, ("x1", "n1", "x2", "n2"), 4),
    "wilson": Function(statistics.wilson, ("x", "n", "level"), 2),
    "per_arm": Function(statistics.per_arm, ("p1", "p2", "alpha", "power"), 2),
    "srm": Function(statistics.srm, ("counts", "shares"), 2),
    "welch": Function(_welch, ("n1", "total1", "squares1", "n2", "total2", "squares2", "level"), 6),
}


class Line(BaseModel):
    """A function, and its arguments by name or in order. One that is null is as if it were not there."""

    function: str
    args: dict[str, Any] | list[Any]


def answer(line: Line, _reference: Reference) -> dict[str, Any]:
    """`value`: a number, an interval as two, or an object by what the function works out."""
    if line.function not in FUNCTIONS:
        raise InvalidInput.of("function", f"There is: {', '.join(FUNCTIONS)}.")
    function = FUNCTIONS[line.function]
    given = _by_name(line.args, function.names)
    _check_names(given, function)
    value = function.ask(**given)
    return {"value": asdict(value) if isinstance(value, Comparison | Split | MeanDifference) else value}


def _by_name(args: dict[str, Any] | list[Any], names: tuple[str, ...]) -> dict[str, Any]:
    if isinstance(args, list):
        if len(args) > len(names):
            raise InvalidInput.of("args", f"There are {len(names)} at most: {', '.join(names)}.")
        args = dict(zip(names, args, strict=False))
    return {name: value for name, value in args.items() if value is not None}


def _check_names(given: Mapping[str, Any], function: Function) -> None:
    for name in given:
        if name not in function.names:
            raise InvalidInput.of(name, f"There is no such argument, only {', '.join(function.names)}.")
    for name in function.names[: function.needed]:
        if name not in given:
            raise InvalidInput.of(name, f"{name} is missing.")
