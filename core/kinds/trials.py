"""What an experiment that is under way bars: nobody could say any more what was compared."""

from core.experiments.rules.fixed import Running


def under_way(one: Running) -> str:
    """Why a change waits."""
    return (
        f"The experiment '{one.fixed.title}' is under way with it. Stop it first, or wait until it has ended."
    )
