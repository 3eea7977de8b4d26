"""A provider's calendar elsewhere: connected by themselves or a manager, fetched every ten minutes, busy times kept.

What can't be read changes nothing: the times that were last known stand, and the page says since when.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.app import App
from core.booking import ics
from core.booking import store_feeds as feeds
from core.booking.store_feeds import Feed
from core.domain.errors import InvalidInput, LostRace, NotFound
from core.domain.feeds import SILENT, TOO_HARD, FeedTrouble, parse_feed
from core.domain.hours import Span
from core.domain.ports import Fetched, Frame
from core.domain.roles import Actor, Permission, require
from core.flows.staff import noting
from core.staff.store import treating

EVERY = timedelta(minutes=9, seconds=30)  # the job that asks comes every minute, a little early or late
# What repeats is worked out for so long; then the same words say more.
READ_ANEW = timedelta(hours=12)
BEFORE, BEYOND = timedelta(days=1), timedelta(days=3)


def set_feed(
    session: Session, actor: Actor, staff_id: str, address: str, *, now: datetime, origin: str = ""
) -> None:
    """The calendar of a provider elsewhere. One's own, or as a manager anybody's.

    Raises Denied, NotFound, InvalidInput(address).
    """
    require_theirs(session, actor, staff_id)
    try:
        endpoint = parse_feed(address)
    except ValueError as error:
        raise InvalidInput.of("address", str(error)) from error
    feeds.put(session, staff_id, f"{endpoint.origin}{endpoint.path}", actor.staff_id, now)
    noting.note(session, actor.staff_id, "calendar_feed_set", staff_id, origin, now, host=endpoint.host)


def remove_feed(session: Session, actor: Actor, staff_id: str, *, now: datetime, origin: str = "") -> None:
    """It is asked no more, and what it said is forgotten. Raises Denied, NotFound, and LostRace where there is none."""
    require_theirs(session, actor, staff_id)
    if not feeds.remove(session, staff_id):
        raise LostRace("There is no calendar connected any more.")
    noting.note(session, actor.staff_id, "calendar_feed_removed", staff_id, origin, now)


def require_theirs(session: Session, actor: Actor, staff_id: str) -> None:
    """Raises Denied, and NotFound for who gives no treatments here."""
    own = staff_id == actor.staff_id
    require(actor, Permission.KEEP_ACCOUNT if own else Permission.PLAN_SHIFTS)
    if all(one.id != staff_id for one in treating.providers(session)):
        raise NotFound("This is nobody who gives treatments here.")


def poll(app: App, *, now: datetime) -> int:
    """Ask for those whose turn it is; of how many the busy times were written anew."""
    with app.db.read() as session:
        waiting = feeds.due(session, now - EVERY)
    return sum(_poll_one(app, feed_id, now) for feed_id in waiting)


def _poll_one(app: App, feed_id: str, now: datetime) -> bool:
    with app.db.write() as session:
        feed = feeds.claim(session, feed_id, now - EVERY, now)
        zone = _frame(session, app, feed, now) if feed else None
    if feed is None or zone is None:  # another scheduler has it, or they work here no more
        return False
    try:
        return _look(app, feed, zone, now)
    except FeedTrouble as trouble:
        told = trouble.told
    except OSError:  # no process could be started to read it
        told = TOO_HARD
    with app.db.write() as session:
        feeds.failed(session, feed.id, told, now)
    return False


def _frame(session: Session, app: App, feed: Feed, now: datetime) -> Frame | None:
    provider = next((one for one in treating.providers(session) if one.id == feed.staff_id), None)
    if provider is None:
        return None
    reference = app.reference
    until = now + timedelta(days=reference.bookable.rules.ahead) + BEYOND
    zone = reference.clinic.location(provider.location).hours.zone
    return Frame(zone, now - BEFORE, until, f"@{ics.host_of(app.settings.public)}")


def _look(app: App, feed: Feed, frame: Frame, now: datetime) -> bool:
    """Whether its busy times were written anew. Raises FeedTrouble."""
    is_fresh = feed.read_at is not None and now - feed.read_at < READ_ANEW
    found = _fetched(app, feed, feed.etag if is_fresh else "")
    digest = hashlib.sha256(found.content).hexdigest() if found.content is not None else ""
    if found.content is None or (is_fresh and digest == feed.content_hash):
        with app.db.write() as session:
            feeds.unchanged(session, feed.id, now)
        return False
    spans: list[Span] = app.busy_times(found.content, frame)
    with app.db.write() as session:
        return feeds.take_in(session, feed, spans, found.etag, digest, now)


def _fetched(app: App, feed: Feed, etag: str) -> Fetched:
    if not feed.url:
        raise FeedTrouble(SILENT)
    return app.calendars.fetch(feed.url, etag)
