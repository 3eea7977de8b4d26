"""Push: one watcher and one reading for each topic, their differences to every browser that follows it.

A topic is read once after a change (gathered for a moment), its rows are serialised once, and only rows that changed
or went are sent.
"""

import asyncio
import itertools
import json
import secrets
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from console import writing_now
from console.client import SIGNED_OUT, Client
from console.feed import Feed, Topic
from core.app import App
from core.domain.roles import Actor, Role
from core.flows.access import sign_in, wall_links
from core.flows.access.looking import Depth, Looks

__all__ = ["READER", "TOPICS_EACH", "Hub", "Topic", "millis", "reference_code"]
log = structlog.get_logger(__name__)

GATHER_SECONDS = 0.03
BEAT_SECONDS = 5.0
SESSION_BEATS = 3  # every third beat asks whether the sessions are still open, whatever happened
SESSION_SECONDS = 1.0  # and so does a change of the database, once in so long
RETRY_SECONDS = 1.0
TOPICS_EACH = 24
CODE_LETTERS = "ACDEFGHJKMNPQRTUVWXY34679"
# A reading is shared by everybody who may follow the topic: each follower is asked for the permission instead.
READER = Actor("", "Live", Role.ADMIN)


def reference_code() -> str:
    """What a person reads out and a log can be searched for: 'E-7K2M', without letters that are misheard."""
    return "E-" + "".join(secrets.choice(CODE_LETTERS) for _ in range(4))


def millis(moment: datetime | None) -> int | None:
    """A moment as browsers take it: milliseconds since 1970."""
    return None if moment is None else round(moment.timestamp() * 1000)


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
        self._writing = writing_now.WritingNow()
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
        await asyncio.gather(self._follow_changes(), self._beat(), self._watch_sessions())

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
            rows, leads = await self._loop.run_in_executor(self._readers, self._read, feed)
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
        changed = {row_id: text for row_id, text in rows.items() if feed.rows.get(row_id) != text}
        gone = [row_id for row_id in feed.rows if row_id not in rows]
        feed.rows, feed.leads, feed.read_at = rows, leads, changes
        if first or changed or gone:
            message = self._message(feed, "all" if first else "some", changed.values(), gone)
            for client in list(feed.followers):
                client.offer(message)
                self._note(client, feed, feed.shown(changed), Depth.FOUND)

    def _read(self, feed: Feed) -> tuple[dict[str, str], dict[str, str]]:
        """The rows as JSON, and whom each shows where that is noted."""
        now, texts, leads = self._app.clock.now(), dict[str, str](), dict[str, str]()
        beyond = feed.topic.beyond(self._app, feed.argument, now)
        with self._app.db.read() as session:
            for row in feed.topic.read(self._app, session, feed.argument, now):
                texts[row["id"]] = json.dumps(row, separators=(",", ":"), ensure_ascii=False)
                if beyond and row.get("lead"):
                    leads[row["id"]] = row["lead"]
        return texts, leads

    def _note(self, client: Client, feed: Feed, lead_ids: Iterable[str], depth: Depth) -> None:
        """Somebody looks at these patients; written outside their wait."""
        if self._looks:
            where = f"{client.address} {feed.topic.name}, live".strip()
            self._looks.note(client.actor.staff_id, lead_ids, depth, where, self._app.clock.now())

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

    async def _watch_sessions(self) -> None:
        """Whoever was signed out or closed elsewhere gets no more rows, on any of their sockets."""
        seen = self._changes
        while True:
            await asyncio.sleep(SESSION_SECONDS)
            if self._clients and seen != self._changes:
                seen = self._changes
                await self.drop_ended()

    async def drop_ended(self) -> None:
        """Close the pages whose session is over."""
        asked = {client.session_id for client in self._clients}
        ends = await self._ends(asked)
        for client in list(self._clients):
            if client.session_id in asked and client.session_id not in ends:
                client.drop(SIGNED_OUT)

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
        if topic is None or key in client.following or not topic.takes(argument):
            return
        if (topic.own and argument != client.actor.staff_id) or self._has_enough(client, key):
            return
        if client.only and name not in client.only:
            return
        if topic.permission is not None and not client.actor.may(topic.permission):
            client.offer(json.dumps({"topic": key, "kind": "denied"}))
            return
        feed = self._feeds.setdefault(key, Feed(key, topic, argument))
        client.following.add(key)
        feed.followers.add(client)
        if topic.of_lead:
            self._note(client, feed, [argument], Depth.OPENED)
        self._tell_together(feed)
        if feed.read_at >= 0:
            client.offer(self._message(feed, "all", feed.rows.values(), []))
            self._note(client, feed, feed.shown(feed.rows), Depth.FOUND)
        else:
            self._wake.set()

    def _has_enough(self, client: Client, key: str) -> bool:
        """Each page so many topics, and all pages of a session together so many different ones: each is read anew."""
        mine = [one.following for one in self._clients if one.session_id == client.session_id]
        known = set[str]().union(*mine)
        full = key not in known and len(known) >= self._app.settings.console_topics
        return full or len(client.following) >= TOPICS_EACH

    def unfollow(self, client: Client, key: str) -> None:
        client.following.discard(key)
        feed = self._feeds.get(key)
        if feed:
            feed.followers.discard(client)
            self._writing.note(feed.argument, client.actor.staff_id, "", self._loop.time())
            if not feed.followers:
                del self._feeds[key]
            self._tell_together(feed)

    def _tell_together(self, changed: Feed) -> None:
        """Say to each who looks at the same thing who all of them are, and who writes. Of this process's pages only."""
        if not changed.topic.together:
            return
        feeds = [
            one for one in self._feeds.values() if one.topic.together and one.argument == changed.argument
        ]
        actors = {client.actor for feed in feeds for client in feed.followers}
        who = sorted([actor.staff_id, actor.name] for actor in actors)
        writing = self._writing.at(changed.argument, self._loop.time())
        for feed in feeds:
            for client in list(feed.followers):
                client.offer(
                    json.dumps({"topic": feed.key, "kind": "together", "who": who, "writing": writing})
                )

    def write(self, client: Client, key: str, what: str) -> None:
        """Somebody writes a text or a note in a thread that they look at, or stopped ('')."""
        feed = self._feeds.get(key)
        if feed is None or key not in client.following or not feed.topic.together:
            return
        if self._writing.note(feed.argument, client.actor.staff_id, what, self._loop.time()):
            self._tell_together(feed)
        if what:
            self._loop.call_later(writing_now.SECONDS, self._forget_writing, feed)

    def _forget_writing(self, feed: Feed) -> None:
        if self._writing.forget(feed.argument, self._loop.time()):
            self._tell_together(feed)
