"""Push: one watcher and one reading for each topic, their differences to every browser that follows it.

A topic is read once after a change (gathered for a moment), its rows are serialised once, and only rows that changed
or went are sent. A browser that reads too slowly is dropped and takes a snapshot when it is back.
"""

import asyncio
import itertools
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.app import App
from core.domain.roles import Actor, Permission, Role
from core.flows.access import sign_in, wall_links
from core.flows.access.looking import Depth, Looks

log = structlog.get_logger(__name__)

GATHER_SECONDS = 0.03
BEAT_SECONDS = 5.0
SESSION_BEATS = 3  # every third beat asks whether the sessions are still open
RETRY_SECONDS = 1.0
SEND_SECONDS = 10.0
WAITING_MESSAGES = 32
TOPICS_EACH = 24
CODE_LETTERS = "ACDEFGHJKMNPQRTUVWXY34679"
SIGNED_OUT = 4401
TOO_SLOW = 4429
# A reading is shared by everybody who may follow the topic: each follower is asked for the permission instead.
READER = Actor("", "Live", Role.ADMIN)

Row = Mapping[str, Any]
Reading = Callable[[App, Session, str, datetime], Iterable[Row]]


@dataclass(frozen=True)
class Topic:
    """Rows that browsers follow. `read(app, session, argument, now)` gives rows with a unique text "id".

    Moments are product milliseconds (`millis`); nothing in a row may change only because time passes.
    `together`: who follows such topics with one argument is told who else does. `of_lead`: the argument is a lead's id,
    and to follow it is to look at that patient.
    """

    name: str
    permission: Permission | None
    read: Reading
    together: bool = False
    of_lead: bool = False


def reference_code() -> str:
    """What a person reads out and a log can be searched for: 'E-7K2M', without letters that are misheard."""
    return "E-" + "".join(secrets.choice(CODE_LETTERS) for _ in range(4))


def millis(moment: datetime | None) -> int | None:
    """A moment as browsers take it: milliseconds since 1970."""
    return None if moment is None else round(moment.timestamp() * 1000)


class Wire(Protocol):
    """The part of a WebSocket that is used to speak."""

    async def send_text(self, data: str) -> None: ...

    async def close(self, code: int = 1000, reason: str | None = None) -> None: ...


class Client:
    """One open page. Messages wait in a short queue; when it is full the page is dropped."""

    def __init__(
        self,
        wire: Wire,
        session_id: str,
        actor: Actor,
        only: frozenset[str] = frozenset(),
        address: str = "",
    ) -> None:
        """`only` names the topics that this page may follow at all; empty for every topic of its role."""
        self.session_id = session_id
        self.actor = actor
        self.only = only
        self.address = address
        self.following: set[str] = set()
        self.closing: int | None = None
        self._wire = wire
        self._waiting: asyncio.Queue[str] = asyncio.Queue(WAITING_MESSAGES)
        self._dropped = asyncio.Event()

    def offer(self, text: str) -> None:
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.drop(TOO_SLOW)

    def drop(self, code: int) -> None:
        self.closing = self.closing or code
        self._dropped.set()

    async def speak(self) -> None:
        """Send what waits until dropped; then close with the reason."""
        sending = asyncio.create_task(self._send())
        dropped = asyncio.create_task(self._dropped.wait())
        try:
            await asyncio.wait({sending, dropped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, dropped):
                task.cancel()
            await asyncio.gather(sending, dropped, return_exceptions=True)
        await self._wire.close(self.closing or TOO_SLOW)

    async def _send(self) -> None:
        while True:
            text = await self._waiting.get()
            # Not wait_for: Python 3.11's forgets a cancellation that comes when the sending has just ended.
            async with asyncio.timeout(SEND_SECONDS):
                await self._wire.send_text(text)


@dataclass
class Feed:
    """One topic with one argument: the rows as last read, each already JSON, and who follows."""

    key: str
    topic: Topic
    argument: str
    rows: dict[str, str] = field(default_factory=dict)
    read_at: int = -1
    failed_at: int = -1
    followers: set[Client] = field(default_factory=set)


class Hub:
    """All feeds and clients of this process. Lives on the server's event loop."""

    def __init__(self, app: App, topics: Iterable[Topic], looks: Looks | None = None) -> None:
        self._app = app
        self._looks = looks
        self._topics = {topic.name: topic for topic in topics}
        self._feeds: dict[str, Feed] = {}
        self._clients: set[Client] = set()
        self._changes = 0
        self._wake = asyncio.Event()
        self._readers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")
        self._loop = asyncio.get_running_loop()

    def changed(self) -> None:
        """The database changed. Called by the watcher's thread."""
        self._loop.call_soon_threadsafe(self._note_change)

    def _note_change(self) -> None:
        self._changes += 1
        self._wake.set()

    async def run(self) -> None:
        """Read and send until cancelled."""
        await asyncio.gather(self._follow_changes(), self._beat())

    async def _follow_changes(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if all(feed.read_at >= 0 for feed in self._feeds.values()):
                await asyncio.sleep(GATHER_SECONDS)
            started = self._loop.time()
            for feed in list(self._feeds.values()):
                if feed.read_at < self._changes and feed.failed_at < self._changes:
                    await self._refresh(feed)
            # At most a third of the time goes into reading, however fast the database changes.
            await asyncio.sleep(2 * (self._loop.time() - started))

    async def _refresh(self, feed: Feed) -> None:
        changes = self._changes
        try:
            rows = await self._loop.run_in_executor(self._readers, self._read, feed)
        except SQLAlchemyError as error:
            log.warning("live_reading_failed", topic=feed.topic.name, error=type(error).__name__)
            self._loop.call_later(RETRY_SECONDS, self._wake.set)
            return
        except Exception:
            # One screen's mistake must not stop the others' push.
            code = reference_code()
            log.exception("live_reading_broken", topic=feed.topic.name, code=code)
            for client in list(feed.followers):
                client.offer(json.dumps({"topic": feed.key, "kind": "failed", "code": code}))
            feed.failed_at = changes  # tried again at the next change
            return
        first = feed.read_at < 0
        changed = [text for row_id, text in rows.items() if feed.rows.get(row_id) != text]
        gone = [row_id for row_id in feed.rows if row_id not in rows]
        feed.rows, feed.read_at = rows, changes
        if first or changed or gone:
            message = self._message(feed, "all" if first else "some", changed, gone)
            for client in list(feed.followers):
                client.offer(message)

    def _read(self, feed: Feed) -> dict[str, str]:
        with self._app.db.read() as session:
            rows = feed.topic.read(self._app, session, feed.argument, self._app.clock.now())
            return {row["id"]: json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows}

    def _message(self, feed: Feed, kind: str, rows: Iterable[str], gone: list[str]) -> str:
        return (
            f'{{"topic":{json.dumps(feed.key)},"kind":"{kind}",{self._time()},'
            f'"gone":{json.dumps(gone)},"rows":[{",".join(rows)}]}}'
        )

    def _time(self) -> str:
        return f'"now":{millis(self._app.clock.now())},"speed":{self._app.clock.speed}'

    async def _beat(self) -> None:
        """A sign of life to every page, and an end to those whose session is over."""
        for turn in itertools.count(1):
            await asyncio.sleep(BEAT_SECONDS)
            if turn % SESSION_BEATS == 0:
                await self.beat()
            else:
                self._say_that_we_live()

    def _say_that_we_live(self) -> None:
        for client in list(self._clients):
            client.offer(f'{{"kind":"beat",{self._time()}}}')

    async def beat(self) -> None:
        """Tell every page that we live and when its session ends; close those whose session is over."""
        asked = {client.session_id for client in self._clients}
        ends = await self._ends(asked) if asked else {}
        for client in list(self._clients):
            if client.session_id in asked and client.session_id not in ends:
                client.drop(SIGNED_OUT)
            else:
                client.offer(self._beat_message(ends.get(client.session_id)))

    async def _ends(self, asked: set[str]) -> Mapping[str, datetime | None]:
        try:
            return await self._loop.run_in_executor(self._readers, self._ends_of, list(asked))
        except SQLAlchemyError as error:
            log.warning("live_session_check_failed", error=type(error).__name__)
            return dict.fromkeys(asked)

    def _ends_of(self, ids: list[str]) -> dict[str, datetime | None]:
        """When each open session ends if nobody does anything; None for a wall display, which does not by itself."""
        open_sessions = sign_in.ends_at(self._app, ids, self._app.clock.now())
        walls = wall_links.still_open(self._app, [one for one in ids if one not in open_sessions])
        return {**open_sessions, **dict.fromkeys(walls)}

    def _beat_message(self, ends: datetime | None) -> str:
        return f'{{"kind":"beat",{self._time()},"ends":{json.dumps(millis(ends))}}}'

    def stays(self, session_id: str, ends: datetime) -> None:
        """Somebody is there: every page of the session hears that it goes on."""
        for client in self._clients:
            if client.session_id == session_id:
                client.offer(self._beat_message(ends))

    def end_session(self, session_id: str) -> None:
        """Close every page of a session that was signed out here."""
        for client in list(self._clients):
            if client.session_id == session_id:
                client.drop(SIGNED_OUT)

    def join(self, client: Client) -> None:
        self._clients.add(client)
        client.offer(f'{{"kind":"hello",{self._time()}}}')

    def leave(self, client: Client) -> None:
        self._clients.discard(client)
        for key in list(client.following):
            self.unfollow(client, key)

    def follow(self, client: Client, key: str) -> None:
        """Send `client` the rows of `key` (a topic's name, or `name:argument`), then what changes."""
        name, _, argument = key.partition(":")
        topic = self._topics.get(name)
        if topic is None or len(client.following) >= TOPICS_EACH or len(key) > 80:
            return
        if client.only and name not in client.only:
            return
        if topic.permission is not None and not client.actor.may(topic.permission):
            client.offer(json.dumps({"topic": key, "kind": "denied"}))
            return
        feed = self._feeds.setdefault(key, Feed(key, topic, argument))
        client.following.add(key)
        feed.followers.add(client)
        if topic.of_lead and self._looks:
            where = f"{client.address} {name}, live".strip()
            self._looks.note(client.actor.staff_id, [argument], Depth.OPENED, where, self._app.clock.now())
        self._tell_together(feed)
        if feed.read_at >= 0:
            client.offer(self._message(feed, "all", feed.rows.values(), []))
        else:
            self._wake.set()

    def unfollow(self, client: Client, key: str) -> None:
        client.following.discard(key)
        feed = self._feeds.get(key)
        if feed:
            feed.followers.discard(client)
            if not feed.followers:
                del self._feeds[key]
            self._tell_together(feed)

    def _tell_together(self, changed: Feed) -> None:
        """Say to each who looks at the same thing who all of them are, by id and name. Of this process's pages only."""
        if not changed.topic.together:
            return
        feeds = [
            one for one in self._feeds.values() if one.topic.together and one.argument == changed.argument
        ]
        actors = {client.actor for feed in feeds for client in feed.followers}
        who = sorted([actor.staff_id, actor.name] for actor in actors)
        for feed in feeds:
            for client in list(feed.followers):
                client.offer(json.dumps({"topic": feed.key, "kind": "together", "who": who}))
