"""Whether each process of `luxe up` does its work."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import OperationalError

from core.app import App
from core.operations import store as operations
from luxe.loopback import request

Check = Callable[[], bool]


def checks(app: App, since: datetime) -> dict[str, Check]:
    """A check for each process. A scheduler counts when it has beaten after `since` (product time)."""
    settings = app.settings
    pages = {
        "gateway": f"http://127.0.0.1:{settings.gateway_port}/healthz",
        "console": f"http://127.0.0.1:{settings.console_port}/_stcore/health",
    }
    if settings.simulated:
        pages = {"simulator": f"http://127.0.0.1:{settings.simulator_port}/healthz"} | pages
    answers: dict[str, Check] = {name: _answers(url) for name, url in pages.items()}
    return answers | {"scheduler": lambda: _beats(app, since)}


def _answers(url: str) -> Check:
    return lambda: request(url) == 200


def _beats(app: App, since: datetime) -> bool:
    try:
        with app.db.read() as session:
            return any(beat.beat_at >= since for beat in operations.beating(session, "scheduler"))
    except OperationalError:
        return False  # the database is busy or restarting: asked again in a moment
