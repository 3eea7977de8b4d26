"""One thing that reads strange inputs: how an input is made, what is done with it, and what is found on the way."""

import dataclasses
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.stage import ROOT

MOST_TRIES = 800
REDUCING_SECONDS = 10.0
DEEPEST = 20
SLOW = "it takes too long"
SLOW_SECONDS = (
    1.5  # of a core; the parser of JSON alone takes half a second for the largest body that we take
)


class Wrong(Exception):
    """It did not raise, and yet what it did is not what was promised."""


@dataclass(frozen=True)
class Target:
    """`read(input)` raises for what nobody foresaw. `weight`: its part of all inputs. `slow`: seconds of a core."""

    name: str
    weight: int
    make: Callable[[Random], Any]
    read: Callable[[Any], object]
    slow: float = SLOW_SECONDS


@dataclass
class Found:
    """One kind of crash: where, and the smallest input that was seen to bring it about."""

    where: str
    number: int
    input: Any
    times: int = 1


@dataclass
class Report:
    """What a run of one target came to."""

    name: str
    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_number: int = 0
    found: dict[str, Found] = field(default_factory=dict)


def fuzz(target: Target, runs: int, seed: int, first: int = 0) -> Report:
    """Read `runs` inputs. Input number n of a seed is always the same."""
    report = Report(target.name)
    began = time.monotonic()
    for number in range(first, first + runs):
        made = target.make(Random(f"{seed}:{target.name}:{number}"))
        at = time.process_time()
        where = crash_of(target, made)
        took = time.process_time() - at
        if took > report.slowest:
            report.slowest, report.slowest_number = took, number
        report.inputs += 1
        if where in report.found:
            report.found[where].times += 1
        elif where:
            report.found[where] = Found(where, number, reduced(target, made, where))
    report.seconds = time.monotonic() - began
    return report


def crash_of(target: Target, made: Any) -> str:
    """Where it raised, '' where it did not."""
    began = time.process_time()
    try:
        target.read(made)
    except Exception as error:
        return place(error)
    return SLOW if time.process_time() - began > target.slow else ""


def place(error: BaseException) -> str:
    """The kind of an error, and the last line of ours that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if frame.filename.startswith(str(ROOT)) and ".venv" not in frame.filename
    ]
    real = [frame for frame in ours if "/bench/" not in frame.filename]
    last = (real or ours or list(frames))[-1]
    said = f": {error}" if isinstance(error, Wrong) else ""
    return (
        f"{type(error).__name__}{said} at {last.filename.removeprefix(f'{ROOT}/')}:{last.name}:{last.lineno}"
    )


def reduced(target: Target, made: Any, where: str) -> Any:
    """The smallest input found that crashes at the same place."""
    smallest, tries, until = made, 0, time.monotonic() + REDUCING_SECONDS
    simpler = shrunk(smallest)
    while tries < MOST_TRIES and time.monotonic() < until:
        smaller = next(simpler, None)
        if smaller is None:
            break
        tries += 1
        if crash_of(target, smaller) == where:
            smallest, simpler = smaller, shrunk(smaller)
    return smallest


def shrunk(value: Any, deep: int = 0) -> Iterator[Any]:
    """Simpler values than this one, the simplest first; what lies too deep inside is left as it is."""
    if isinstance(value, str | bytes):
        yield from _cut(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for one in dataclasses.fields(value):
            yield from (
                dataclasses.replace(value, **{one.name: smaller})
                for smaller in shrunk(getattr(value, one.name), deep)
            )
    elif deep > DEEPEST:
        return
    elif isinstance(value, dict):
        for key in value:
            yield {name: inner for name, inner in value.items() if name != key}
        for key, inner in value.items():
            yield from ({**value, key: smaller} for smaller in shrunk(inner, deep + 1))
    elif isinstance(value, list | tuple):
        kind = type(value)
        if isinstance(value, list):
            yield from (value[:at] + value[at + 1 :] for at in range(len(value)))
        for at, inner in enumerate(value):
            yield from (kind([*value[:at], smaller, *value[at + 1 :]]) for smaller in shrunk(inner, deep + 1))


def _cut(value: Any) -> Iterator[Any]:
    length = len(value)
    size = length
    while size:
        for at in range(0, length, size):
            yield value[:at] + value[at + size :]
        size //= 2
