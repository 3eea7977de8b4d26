"""Twilio does not repeat a webhook that nobody answered: what came while the gateway was away is asked for.

The provider's list is read from a little before the moment up to which it was read last. Inbound texts that we do not
have are taken in by the story of the webhook, statuses by that of the status callback, oldest first. The moment moves
on only once everything before it is dealt with: after a crash the same stretch is read again, and the sid keeps what
is here already from being doubled.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog

from core.app import App
from core.domain.clock import machine_span
from core.domain.errors import InvalidInput
from core.domain.ports import ProviderText, ProviderUnavailable
from core.flows.conversation import receive_text
from core.flows.sending import delivery_status
from core.messaging.rules.statuses import RANKS, moves_forward
from core.messaging.store import missed
from core.operations import store as operations

log = structlog.get_logger(__name__)
MARK = "missed_messages"
# All in the machine's seconds. A webhook gets its chance first; the provider's clock and list may lag behind ours.
SETTLE_SECONDS = 60
OVERLAP_SECONDS = 180
# Callbacks of these ages are overdue: phones that were off, texts that waited in the provider's queue.
ASK_AT_SECONDS = (900, 3_600, 6 * 3_600, 24 * 3_600)
MOST_ASKED = 40
PAGE = 1000
FINAL = RANKS["delivered"]
STRETCH = timedelta(days=1)
LONGEST_AWAY = timedelta(days=30)


def catch_up(app: App, *, now: datetime) -> int:
    """Take in what the provider has and we do not; how many texts and statuses."""
    until = now - machine_span(app.clock, SETTLE_SECONDS)
    since = max(min(_reached(app, until), until), until - LONGEST_AWAY)
    taken = 0
    try:
        for start, end in _stretches(since, until):
            news = _news(app, start, end)
            done = [_take_in(app, text, now) for text in news]
            taken += sum(done)
            if not all(done):
                break  # read again next time; what could be taken in is known by its sid
            with app.db.write() as session:
                operations.reach(session, MARK, end)
    except ProviderUnavailable as error:
        log.warning("provider_list_unavailable", error=str(error))
    if taken:
        log.info("missed_messages_taken_in", count=taken)
    return taken


def _reached(app: App, until: datetime) -> datetime:
    """Up to where the list was read last; what a new installation's number received before is not asked for."""
    with app.db.read() as session:
        reached = operations.reached(session, MARK)
    if reached is None:
        with app.db.write() as session:
            operations.reach(session, MARK, until)
    return reached or until


def _stretches(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Consecutive stretches that together reach `until`; at least one."""
    while until - since > STRETCH:
        yield since, since + STRETCH
        since += STRETCH
    yield since, until


def _news(app: App, start: datetime, end: datetime) -> list[ProviderText]:
    """What we do not know yet of a stretch, oldest first. Raises ProviderUnavailable."""
    found: dict[str, ProviderText] = {}
    for page in _pages(app, start - machine_span(app.clock, OVERLAP_SECONDS), end):
        with app.db.read() as session:
            known = missed.ranks(session, [text.sid for text in page])
        found |= {text.sid: text for text in page if _is_news(text, known.get(text.sid))}
    found |= {text.sid: text for text in _late_ends(app, start, end)}
    # The list has whole seconds, and names the newest of one second first.
    back_to_front = list(found.values())[::-1]
    return sorted(back_to_front, key=lambda text: text.created_at)


def _pages(app: App, since: datetime, until: datetime) -> Iterator[list[ProviderText]]:
    while True:
        page = list(app.sms.messages_since(since, PAGE, until=until))
        yield page
        if len(page) < PAGE:
            return
        until = min(page[-1].created_at, until - timedelta(seconds=1))


def _is_news(text: ProviderText, rank: int | None) -> bool:
    """A text of ours that we do not know was never adopted: `reconciling` looks after it."""
    if text.inbound:
        return rank is None and text.status == "received"
    return rank is not None and RANKS.get(text.status, 0) >= FINAL and moves_forward(rank, text.status)


def _late_ends(app: App, start: datetime, end: datetime) -> Iterator[ProviderText]:
    """Ask for texts whose callback became overdue in this stretch. Raises ProviderUnavailable."""
    ages = [machine_span(app.clock, seconds) for seconds in ASK_AT_SECONDS]
    with app.db.read() as session:
        waiting = [
            text for age in ages for text in missed.unfinished(session, start - age, end - age, MOST_ASKED)
        ]
    for mine in waiting[:MOST_ASKED]:
        listed = app.sms.sent_to(mine.phone, mine.created_at)
        yield from (t for t in listed if t.sid == mine.sid and _is_news(t, mine.status_rank))


def _take_in(app: App, text: ProviderText, now: datetime) -> bool:
    """Whether this text needs no second look. One that fails must not keep the others, a STOP among them, waiting."""
    try:
        if text.inbound:
            receive_text.receive(app, _as_webhook(app, text), now=now, written_at=text.created_at)
        else:
            delivery_status.record(app, "", "", _as_callback(text), now=now)
    except InvalidInput as error:
        log.warning("missed_text_refused", sid=text.sid, error=str(error))
    except Exception:
        log.exception("missed_text_not_taken_in", sid=text.sid)
        return False
    return True


def _as_webhook(app: App, text: ProviderText) -> dict[str, str]:
    """The parameters that the lost webhook would have had. Raises ProviderUnavailable."""
    pictures = app.sms.pictures_of(text.sid) if text.pictures else ()
    params = {
        "MessageSid": text.sid,
        "From": text.sender,
        "To": text.to,
        "Body": text.body,
        "NumMedia": str(len(pictures)),
    }
    for place, (url, content_type) in enumerate(pictures):
        params |= {f"MediaUrl{place}": url, f"MediaContentType{place}": content_type}
    return params


def _as_callback(text: ProviderText) -> dict[str, str]:
    code = {"ErrorCode": str(text.error_code)} if text.error_code else {}
    return {"MessageSid": text.sid, "MessageStatus": text.status} | code
