"""What everybody who acts in a simulated clinic needs: the product, and to have things happen later."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.app import App
from core.domain.errors import LuxeError


class NothingToDo(LuxeError):
    """What was to happen makes no sense for this patient now: no lead yet, no visit ahead."""


@dataclass
class Acting:
    """`later` asks for something to happen at a moment. `seen` counts what happened, and what was refused."""

    app: App
    later: Callable[[datetime, Callable[[], None]], None]
    seen: Counter[str] = field(default_factory=Counter, kw_only=True)

    @property
    def _now(self) -> datetime:
        return self.app.clock.now()

    def _do(self, flow: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with self.app.db.write() as session:
            return flow(session, *arguments, now=self._now, **named)

    def _read(self, ask: Callable[[Session], Any]) -> Any:
        with self.app.db.read() as session:
            return ask(session)
