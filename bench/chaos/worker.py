"""The scheduler as the product runs it, with a shorter grace, and for the controls with one safeguard taken out.

`python -m bench.chaos.worker '{"grace": 2.0, "without": "fencing"}'`. Nothing of this can be set in the product.
"""

import inspect
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.app import App
from core.db import lease
from core.messaging.actions import State
from core.messaging.rules import send_hold_drop
from core.messaging.store import attempt_results
from core.messaging.tables import timed_actions
from core.settings import Settings
from scheduler import main as scheduler
from scheduler import sender

WITHOUT = ("reconciliation", "fencing", "grace")


def adjust(grace: float, without: str = "") -> None:
    """Change the running code: the wait before a look-up, and in proportion how old a claim may be when it is called.

    Raises AttributeError where the product no longer has what is to be changed.
    """
    wait = 0.0 if without in ("reconciliation", "grace") else grace
    _replace(send_hold_drop, "GRACE_SECONDS", wait)
    _replace(send_hold_drop, "TAKE_OVER_SECONDS", wait)
    _replace(sender, "STALE_SECONDS", grace / 4)
    if without == "reconciliation":
        _replace(scheduler, "build_app", _blind(vars(scheduler)["build_app"]))
    if without == "fencing":
        _replace(attempt_results, "settle", _unfenced(attempt_results.settle))
        _replace(lease.FileLease, "acquire", lambda _self: True)
        _replace(lease.FileLease, "held", lambda _self: True)


def _replace(owner: Any, name: str, value: object) -> None:
    getattr(owner, name)
    setattr(owner, name, value)


def _blind(build: Any) -> Any:
    """The provider's list always looks empty: an unknown text is sent again at once."""

    def build_blind(settings: Settings) -> App:
        app: App = build(settings)
        kind = type(app.sms)

        def nothing(*_: object) -> list[object]:
            return []

        async def nothing_soon(*_: object) -> list[object]:
            return []

        _replace(kind, "sent_to", nothing_soon if inspect.iscoroutinefunction(kind.sent_to) else nothing)
        return app

    return build_blind


def _unfenced(settle: Any) -> Any:
    """Whoever brings a result is believed, whatever has become of its row since."""

    def settle_blindly(session: Session, results: Sequence[Any], *rest: Any) -> Any:
        return settle(session, [_made_to_fit(session, result) for result in results], *rest)

    return settle_blindly


def _made_to_fit(session: Session, result: Any) -> Any:
    """The row is made the result's owner's, and the result one of the row's latest attempt."""
    values = {"owner": result.owner, "state": State.SENDING.value}
    statement = update(timed_actions).where(timed_actions.c.id == result.action_id).values(**values)
    latest = session.execute(statement.returning(timed_actions.c.attempts)).scalar_one()
    return replace(result, attempt=latest)


def main(grace: float, without: str) -> int:
    """Run a scheduler until it is told to stop; its exit code."""
    adjust(grace, without)
    return scheduler.main()


if __name__ == "__main__":
    options = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    sys.exit(main(float(options.get("grace", 2.0)), str(options.get("without", ""))))
