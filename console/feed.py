"""What browsers can follow, and what is known of each that somebody follows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.client import Client
from core.app import App
from core.domain.roles import Permission

Row = Mapping[str, Any]
Reading = Callable[[App, Session, str, datetime], Iterable[Row]]
Argument = Callable[[str], bool]
Beyond = Callable[[App, str, datetime], bool]


def nothing(argument: str) -> bool:
    """For a topic that is one for all."""
    return argument == ""


def never(_app: App, _argument: str, _now: datetime) -> bool:
    """For a topic that is the day's work, whoever follows it."""
    return False


@dataclass(frozen=True)
class Topic:
    """Rows that browsers follow. `read(app, session, argument, now)` gives rows with a unique text "id".

    Moments are product milliseconds (`millis`); nothing in a row may change only because time passes.
    `takes` says which arguments there are: any other is followed by nobody and never read.
    `together`: who follows such topics with one argument is told who else does, and who writes.
    `of_lead`: the argument is a lead's id, and to follow it is to look at that patient.
    `beyond(app, argument, now)`: these rows are more than the day's work. Whoever is sent one looks at the patient of
    the lead that it names as "lead", and the trail will say so.
    `own`: the argument is the id of whoever follows, and nobody else follows it.
    """

    name: str
    permission: Permission | None
    read: Reading
    takes: Argument = nothing
    together: bool = False
    of_lead: bool = False
    beyond: Beyond = never
    own: bool = False


@dataclass
class Feed:
    """One topic with one argument: the rows as last read, each already JSON, and who follows.

    `leads`: whom each row shows, where to be sent it is a look that is noted.
    """

    key: str
    topic: Topic
    argument: str
    rows: dict[str, str] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    read_at: int = -1
    failed_at: int = -1
    followers: set[Client] = field(default_factory=set)

    def shown(self, row_ids: Iterable[str]) -> set[str]:
        """The leads whose patients somebody looks at who is sent these rows."""
        return {self.leads[one] for one in row_ids if one in self.leads}
