"""Why a target was missed. One cause for each breach, the first that holds. Pure."""

from dataclasses import dataclass

NOBODY_ON_SHIFT = "nobody_on_shift"
OVER_CAPACITY = "over_capacity"
UNACKNOWLEDGED = "unacknowledged"
LATE = "late"
CAUSES = (NOBODY_ON_SHIFT, OVER_CAPACITY, UNACKNOWLEDGED, LATE)


@dataclass(frozen=True)
class Standing:
    """How things stood when a target was missed.

    `somebody_there`: at least one person who takes leads was at work. `owned`: the lead was somebody's. `full`: who
    owned it had as many open leads as they may. `seen`: they, or somebody, had looked at it.
    """

    somebody_there: bool
    owned: bool
    full: bool
    seen: bool


def cause_of(standing: Standing) -> str:
    """A lead that nobody owns though somebody was there found everybody full: that is over capacity, too."""
    if not standing.somebody_there:
        return NOBODY_ON_SHIFT
    if standing.full or not standing.owned:
        return OVER_CAPACITY
    return LATE if standing.seen else UNACKNOWLEDGED
