"""How long a thread that looks for due work may rest."""

from datetime import datetime

from core.app import App
from core.domain.clock import real_seconds_until


def seconds_to_wait(app: App, next_due: datetime | None, longest: float) -> float:
    """Real seconds until something is due, `longest` at most: another process may plan something sooner."""
    if next_due is None:
        return longest
    return min(real_seconds_until(app.clock, next_due, app.clock.now()), longest)
