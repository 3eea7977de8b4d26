"""What a step asks of its lead: each condition, or its opposite with `not_` before it. Pure."""

from collections.abc import Iterable


def unmet(conditions: Iterable[str], **true: object) -> str | None:
    """The first that does not hold, as the reason why not: `booked` where `not_booked` was asked; None where all hold.

    `true`: each of attempted, contacted, replied, booked, and whether it is so.
    """
    for condition in conditions:
        name = condition.removeprefix("not_")
        if bool(true[name]) == condition.startswith("not_"):
            return name if condition.startswith("not_") else f"not_{name}"
    return None
