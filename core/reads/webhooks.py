"""Who hears of visits, and what became of each thing that they were told, for who has the product's shell.

Neither a key nor a patient is in it: an address is shown by its host alone.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.booking.tables import appointments
from core.webhooks import store
from core.webhooks.tables import webhook_deliveries, webhook_endpoints

D, E, A = webhook_deliveries.c, webhook_endpoints.c, appointments.c


@dataclass(frozen=True)
class Shown:
    """One endpoint, with how many things it was told, waits for, and never took."""

    id: str
    host: str
    events: tuple[str, ...]
    made_at: datetime
    made_by: str
    delivered: int
    waiting: int
    failed: int


@dataclass(frozen=True)
class Line:
    """One delivery. `confirmation` '' where the visit has no number; `status_code` None where nothing answered."""

    made_at: datetime
    type: str
    host: str
    confirmation: str
    state: str
    tries: int
    status_code: int | None
    error: str
    tried_at: datetime | None


def endpoints(session: Session) -> list[Shown]:
    """Those in use, oldest first."""
    counts = store.counts(session)

    def shown(one: store.Endpoint) -> Shown:
        told, waits, lost = (
            counts.get((one.id, state), 0) for state in (store.DELIVERED, store.WAITING, store.FAILED)
        )
        return Shown(one.id, _host(one.url), one.events, one.made_at, one.made_by, told, waits, lost)

    return [shown(one) for one in store.endpoints(session)]


def log(session: Session, limit: int, *, only_failed: bool = False) -> list[Line]:
    """The newest first."""
    statement = (
        select(
            D.made_at, D.type, E.id, E.url, A.reference, D.state, D.tries, D.status_code, D.error, D.tried_at
        )
        .join(webhook_endpoints, E.id == D.endpoint_id)
        .join(appointments, A.id == D.visit_id)
        .order_by(D.made_at.desc(), D.id.desc())
        .limit(limit)
    )
    if only_failed:
        statement = statement.where(D.state == store.FAILED)
    return [
        Line(row.made_at, row.type, _host(row.url), row.reference or "", row.state, row.tries, row.status_code,
             row.error, row.tried_at)
        for row in session.execute(statement)
    ]  # fmt: skip


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "") if url else "(can't be read)"
