"""What is wrong with the product itself, and whether the scheduler lives: for everybody who is signed in.

It says nothing of patients, and whoever relies on texts must know: no permission is asked for.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.operations import store as operations
from core.operations import store_troubles, watch_rules
from core.reads.parts import waiting


@dataclass(frozen=True)
class TroubleShown:
    """Something that is wrong now, in words. `todo` is for who works with patients, `elsewhere` for who sees none;
    `page` is the heading of the runbook."""

    name: str
    title: str
    todo: str
    elsewhere: str
    page: str
    since: datetime


@dataclass(frozen=True)
class WatchState:
    """`beat_at`: the scheduler's last sign of life. `first_due`: when the automatic text that waits longest was due;
    None when nothing waits."""

    beat_at: datetime | None
    first_due: datetime | None
    troubles: tuple[TroubleShown, ...] = ()


def read(session: Session) -> WatchState:
    """Three small statements."""
    beats = operations.beating(session, "scheduler")
    return WatchState(beats[0].beat_at if beats else None, waiting.first_due(session), _troubles(session))


def _troubles(session: Session) -> tuple[TroubleShown, ...]:
    found = []
    for one in store_troubles.current(session):
        said = watch_rules.words(one.name, dict(one.figures))
        found.append(TroubleShown(one.name, said.title, said.todo, said.elsewhere, said.page, one.since))
    return tuple(found)
