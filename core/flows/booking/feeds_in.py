"""A provider's calendar elsewhere: connected by themselves or a manager, fetched every ten minutes, busy times kept.

What can't be read changes nothing: the times that were last known stand, and the page says since when.
"""

import hashlib
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from core.app import App
from core.booking import ics
from core.booking import store_feeds as feeds
from core.booking.store_feeds import Feed
from core.db.trouble import DATABASE_TROUBLE
from core.domain.errors import InvalidInput, LostRace, NotFound
from core.domain.feeds import SILENT, STUMBLED, TOO_HARD, FeedTrouble, parse_feed
from core.domain.hours import Span
from core.domain.ports import Fetched, Frame
from core.domain.roles import Actor, Permission, require
from core.flows.staff import noting
from core.staff.store import treating

log = structlog.get_logger(__name__)
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
    """What one calendar does to us is no other's business. Raises where the database as a whole refuses."""
    try:
        return _ask(app, feed_id, now)
    except FeedTrouble as trouble:
        told = trouble.told
    except DATABASE_TROUBLE:
        raise
    except OSError:  # no process could be started to read it
        told = TOO_HARD
    except Exception as error:
        # Without the traceback: its text may carry the calendar's address, or what stands in it.
        log.error("feed_stumbled", feed=feed_id, error=type(error).__name__)  # noqa: TRY400
        told = STUMBLED
    with app.db.write() as session:
        feeds.failed(session, feed_id, told, now)
    return False


def _ask(app: App, feed_id: str, now: datetime) -> bool:
    """Whether its busy times were written anew. Raises FeedTrouble, OSError."""
    with app.db.write() as session:
        feed = feeds.claim(session, feed_id, now - EVERY, now)
    if feed is None:  # another scheduler has it
        return False
    with app.db.read() as session:
        frame = _frame(session, app, feed, now)
    return frame is not None and _look(app, feed, frame, now)


def _frame(session: Session, app: App, feed: Feed, now: datetime) -> Frame | None:
    """None where they work here no more."""
    provider = next((one for one in treating.providers(session) if one.id == feed.staff_id), None)
    if provider is None:
        return None
    reference = app.reference
    until = now + timedelta(days=reference.bookable.rules.ahead) + BEYOND
    zone = reference.clinic.location(provider.location).hours.zone
    return Frame(zone, now - BEFORE, until, f"@{ics.host_of(app.settings.public)}")


def _look(app: App, feed: Feed, frame: Frame, now: datetime) -> bool:
    """What is there now is kept, unless it is what was there. Raises FeedTrouble."""
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
