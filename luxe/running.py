"""Whether processes of the product work on this database right now."""

from datetime import timedelta

from core.app import App
from core.domain.clock import machine_span
from core.operations import store as operations
from luxe.opening import CommandError

ALIVE_SECONDS = 10.0
PROCESSES = ("scheduler", "gateway", "console")


def running_processes(app: App) -> list[str]:
    """Kinds of processes with a recent sign of life."""
    now, allowance = app.clock.now(), machine_span(app.clock, ALIVE_SECONDS)
    with app.db.read() as session:
        # A beat from the future was left by a run with another clock, and says nothing.
        return [
            process
            for process in PROCESSES
            if any(
                timedelta(0) <= now - beat.beat_at < allowance
                for beat in operations.beating(session, process)
            )
        ]


def refuse_while_running(app: App, what: str) -> None:
    """Raises CommandError while a process works on the database."""
    running = running_processes(app)
    if running:
        raise CommandError(
            f"Can't {what} while the {' and '.join(running)} is running. Stop everything, then try again."
        )
