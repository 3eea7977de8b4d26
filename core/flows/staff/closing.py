"""An account is closed: nobody signs in with it, and its open leads go to who is there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.roles import Actor
from core.flows.access import keeping_accounts
from core.flows.leads import handing_on
from core.reference import Reference
from core.settings import Settings


@dataclass(frozen=True)
class Closed:
    """`moved` open leads have a new owner, `left` wait for the first who is free."""

    name: str
    moved: int
    left: int

    @property
    def words(self) -> str:
        """'Priya's account is closed. 4 open leads have a new owner.'"""
        first = self.name.split()[0]
        said = [f"{first}'s account is closed."]
        said += [f"{_leads(self.moved)} a new owner."] if self.moved else []
        said += [f"{_leads(self.left)} no owner until somebody is free."] if self.left else []
        return " ".join(said)


def close(
    session: Session,
    reference: Reference,
    settings: Settings,
    actor: Actor,
    staff_id: str,
    *,
    now: datetime,
    origin: str = "",
) -> Closed:
    """End every session of a colleague and hand their open leads on by the rules; the new owners are told. Raises
    Denied, NotFound, InvalidInput for one's own account."""
    person = keeping_accounts.set_active(session, actor, staff_id, active=False, now=now, origin=origin)
    moved = handing_on.hand_on_all(session, reference, settings, staff_id, now=now)
    return Closed(person.name, moved.given, moved.waiting)


def _leads(count: int) -> str:
    return "1 open lead has" if count == 1 else f"{count} open leads have"
