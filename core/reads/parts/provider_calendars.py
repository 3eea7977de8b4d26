"""Calendars of who gives treatments: which one elsewhere says when they are busy, whether their visits are read."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from core.booking import store_feeds as feeds
from core.domain.feeds import words_of
from core.domain.roles import Actor, Permission
from core.staff.store import treating


@dataclass(frozen=True)
class Calendars:
    """Those of one provider. `host`: where their calendar elsewhere lies, '' without one; `trouble` in words.

    `address_since`: since when there is a secret address of their visits; None without.
    """

    staff_id: str
    name: str
    host: str = ""
    seen_at: datetime | None = None
    trouble: str = ""
    failing_since: datetime | None = None
    address_since: datetime | None = None


def of(session: Session, actor: Actor) -> list[Calendars]:
    """One's own, and as a manager everybody's, by name; one's own first. Nobody's for who gives no treatments."""
    everybody = actor.may(Permission.PLAN_SHIFTS)
    shown = [one for one in treating.providers(session) if everybody or one.id == actor.staff_id]
    found = [_of(session, one.id, one.name) for one in shown]
    return sorted(found, key=lambda one: one.staff_id != actor.staff_id)


def _of(session: Session, staff_id: str, name: str) -> Calendars:
    feed, since = feeds.of_staff(session, staff_id), feeds.address_since(session, staff_id)
    if feed is None:
        return Calendars(staff_id, name, address_since=since)
    host = urlsplit(feed.url or "").hostname or "an address that can't be read"
    return Calendars(staff_id, name, host, feed.seen_at, words_of(feed.trouble), feed.failing_since, since)
