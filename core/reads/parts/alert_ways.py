"""By which ways somebody is told, as their own page and an administrator's show it: without any address."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.domain.chat_addresses import TOOLS
from core.domain.errors import NotFound
from core.staff.alert_rules import WAYS, is_able
from core.staff.store import people, push
from core.staff.store.push import Shown


@dataclass(frozen=True)
class Ways:
    """`chosen` in their order, `urgent` of what is urgent (empty where that is the same), `able`: which lead to them.

    `tool`: their chat tool's name, '' without one. `browsers`: those that show their alerts, the newest first.
    """

    staff_id: str
    chosen: Sequence[str]
    urgent: Sequence[str]
    able: Sequence[str]
    tool: str
    browsers: Sequence[Shown]


def of(session: Session, staff_id: str) -> Ways:
    """Raises NotFound where nobody works here under this id."""
    found = next((one for one in people.colleagues(session) if one.id == staff_id), None)
    if found is None:
        raise NotFound("This colleague does not exist, or the account is closed.")
    scheme = (found.chat_address or "").partition("://")[0]
    return Ways(
        staff_id,
        tuple(found.alert_channels),
        tuple(found.urgent_channels),
        tuple(one for one in WAYS if is_able(found, one)),
        TOOLS.get("mmosts" if scheme == "mmost" else scheme, ""),
        push.of(session, staff_id),
    )
