"""Failed sign-ins slow down whoever makes them: by address, by name, by both, and each known browser by itself. Pure.

Nobody is locked out by what others do: a browser that somebody has signed in with counts its own failures only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_NAME = 40
Span = Callable[[float], timedelta]  # real seconds as product time


@dataclass(frozen=True)
class Brake:
    """`free` failures, less one, cost nothing. From the `free`th on each doubles the wait, from `first` to `most`
    seconds. After `quiet` seconds without a failure counting begins anew; `quiet` is longer than `most`."""

    free: int
    first: int
    most: int
    quiet: int


BRAKES: dict[str, Brake] = {
    "pair": Brake(free=3, first=5, most=900, quiet=43_200),  # a name from an address
    # Any names from an address, and a name from any. Short: whoever comes with a new browser from there, or owns the
    # name, waits as long as those who guess.
    "address": Brake(free=15, first=5, most=60, quiet=7_200),
    "name": Brake(free=20, first=5, most=60, quiet=7_200),
    "browser": Brake(free=5, first=5, most=900, quiet=43_200),  # a name from a browser that it is known to
    "code": Brake(free=5, first=5, most=900, quiet=43_200),  # codes after the right password
    "again": Brake(free=5, first=5, most=900, quiet=43_200),  # proofs that it is still the same person
}
# A success shows that these failures were slips; those of the other kinds may be somebody else's.
FORGIVEN = frozenset({"pair", "browser", "code", "again"})


@dataclass(frozen=True)
class Count:
    """Failures in a row, and when the last one was."""

    failed: int = 0
    failed_at: datetime | None = None


def wait_after(brake: Brake, failed: int) -> int:
    """Seconds until the next try."""
    if failed < brake.free:
        return 0
    return min(brake.most, brake.first << min(failed - brake.free, 20))


def fresh(brake: Brake, count: Count, now: datetime, span: Span) -> Count:
    """The count as it stands now: nothing after a time of quiet."""
    quiet = count.failed_at is not None and now - count.failed_at >= span(brake.quiet)
    return Count() if quiet else count


def open_at(brake: Brake, count: Count, span: Span) -> datetime | None:
    """When the next try is looked at; None for at once."""
    wait = wait_after(brake, count.failed)
    return count.failed_at + span(wait) if wait and count.failed_at else None


def held_until(counts: Mapping[str, Count], now: datetime, span: Span) -> datetime | None:
    """The last of the moments that `counts`, by the kind of their brake, make one wait for; None for no wait."""
    waits = (
        open_at(BRAKES[kind], fresh(BRAKES[kind], count, now, span), span) for kind, count in counts.items()
    )
    return max((until for until in waits if until and until > now), default=None)


def one_more(kind: str, count: Count, now: datetime, span: Span) -> Count:
    """The count after another try, which is taken to fail until it proves right."""
    return Count(fresh(BRAKES[kind], count, now, span).failed + 1, now)


def tries_left(counts: Mapping[str, Count]) -> int:
    """How many more tries there are before a wait."""
    return max(0, min(BRAKES[kind].free - count.failed for kind, count in counts.items()))


def just_slowed(counts: Mapping[str, Count]) -> list[str]:
    """The kinds whose first wait begins with this failure."""
    return [kind for kind, count in counts.items() if count.failed == BRAKES[kind].free]


def as_name(typed: str) -> str:
    """A user name as it is looked up: cut before anything else is done with it."""
    return typed[:LONGEST_NAME].strip().encode(errors="replace").decode()
