"""Push: what changed reaches every page that follows it and may see it, and nothing else is sent."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from console.client import SIGNED_OUT, TOO_SLOW, WAITING_MESSAGES, Client
from console.live import Hub, Topic
from console.topics import TOPICS
from core.db.watch import ChangeWatcher
from core.domain.roles import Actor, Permission, Role
from core.flows.access import sign_in
from core.flows.access.sign_in import SignedIn
from core.staff.tables import staff
from tests.awaiting import result_of
from tests.conftest import TestApp
from tests.flows.access.test_sign_in import PASSWORD, hashed

FRONT_DESK = Actor("1", "Maya Torres", Role.FRONT_DESK)
MARKETING = Actor("2", "Sam Okafor", Role.MARKETING)


def names(_app: Any, session: Any, argument: str, _now: Any) -> list[dict[str, Any]]:
    """A topic over the staff: one row a person."""
    rows = session.execute(select(staff.c.username, staff.c.status).order_by(staff.c.username))
    return [{"id": name, "status": status, "of": argument} for name, status in rows]


SPEAKING: set[asyncio.Task[None]] = set()  # the loop itself keeps no hold of its tasks
PEOPLE = Topic("people", Permission.SEE_LEADS, names, str.isascii)
CARD = Topic("card", Permission.SEE_LEADS, names, str.isascii, together=True)
PANEL = Topic("panel", Permission.SEE_LEADS, names, str.isascii, together=True)
JORDAN = Actor("3", "Jordan Blake", Role.FRONT_DESK)


class Ear:
    """The browser's end: remembers what it was sent. `deaf` never takes a message."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.heard: list[dict[str, Any]] = []
        self.closed: int | None = None
        self._deaf = deaf

    async def send_text(self, data: str) -> None:
        if self._deaf:
            await asyncio.Event().wait()
        self.heard.append(json.loads(data))

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        self.closed = code

    def about(self, topic: str) -> list[dict[str, Any]]:
        return [message for message in self.heard if message.get("topic") == topic]

    async def until(self, count: int, topic: str = "people") -> list[dict[str, Any]]:
        """Wait until that many messages about a topic have come."""
        async with asyncio.timeout(10):
            while len(self.about(topic)) < count:
                await asyncio.sleep(0.01)
        return self.about(topic)


@pytest.fixture
def who(app: TestApp) -> SignedIn:
    with app.db.write() as session:
        session.execute(update(staff).values(password_hash=hashed(PASSWORD)))
    answer = sign_in.sign_in(app, "frontdesk", PASSWORD, now=app.clock.now())
    assert isinstance(answer, SignedIn)
    return answer


def with_hub(
    app: TestApp, story: Callable[[Hub], Awaitable[None]], topics: Sequence[Topic] = (PEOPLE, CARD, PANEL)
) -> None:
    """Run a story against a hub that watches the database."""

    async def run() -> None:
        hub = Hub(app, topics)
        watcher = ChangeWatcher(app.db, hub.changed, interval=0.01)
        watcher.start()
        running = asyncio.create_task(hub.run())
        try:
            await story(hub)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await asyncio.to_thread(watcher.stop)

    result_of(run())


def joined(hub: Hub, actor: Actor = FRONT_DESK, ear: Ear | None = None) -> tuple[Client, Ear]:
    """A page that is connected and speaks in the background."""
    ear = ear or Ear()
    client = Client(ear, "session", actor)
    hub.join(client)
    SPEAKING.add(asyncio.create_task(client.speak()))
    return client, ear


def set_status(app: TestApp, username: str, status: str) -> None:
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == username).values(status=status))


def test_a_page_gets_everything_first_and_then_only_what_changed(app: TestApp) -> None:
    """Six rows once, then the one that changed."""

    async def story(hub: Hub) -> None:
        client, ear = joined(hub)
        hub.follow(client, "people")
        everything = (await ear.until(1))[0]
        await asyncio.to_thread(set_status, app, "jordan", "break")
        some = (await ear.until(2))[1]
        assert (everything["kind"], len(everything["rows"])) == ("all", 6)
        assert (some["kind"], some["gone"]) == ("some", [])
        assert some["rows"] == [{"id": "jordan", "status": "break", "of": ""}]

    with_hub(app, story)


def test_a_change_that_shows_nowhere_sends_nothing(app: TestApp) -> None:
    """A heartbeat in the database is no news for a page."""

    async def story(hub: Hub) -> None:
        client, ear = joined(hub)
        hub.follow(client, "people")
        await ear.until(1)
        with app.db.write() as session:
            session.execute(update(staff).values(seniority=2))
        await asyncio.to_thread(set_status, app, "jordan", "busy")
        assert [len(message["rows"]) for message in await ear.until(2)] == [6, 1]

    with_hub(app, story)


def test_every_follower_hears_of_a_change(app: TestApp) -> None:
    """Two desks see the same queue."""

    async def story(hub: Hub) -> None:
        pages = [joined(hub) for _ in range(3)]
        for client, _ in pages:
            hub.follow(client, "people")
        for _, ear in pages:
            await ear.until(1)
        await asyncio.to_thread(set_status, app, "jordan", "break")
        for _, ear in pages:
            assert (await ear.until(2))[-1]["rows"][0]["status"] == "break"

    with_hub(app, story)


def test_an_argument_reaches_the_reading(app: TestApp) -> None:
    """Each lead's page follows its own lead."""

    async def story(hub: Hub) -> None:
        client, ear = joined(hub)
        hub.follow(client, "people:here")
        assert (await ear.until(1, "people:here"))[0]["rows"][0]["of"] == "here"

    with_hub(app, story)


def test_a_role_that_may_not_see_a_topic_gets_no_rows(app: TestApp) -> None:
    """The socket refuses by role as the page does."""

    async def story(hub: Hub) -> None:
        client, ear = joined(hub, MARKETING)
        hub.follow(client, "people")
        message = (await ear.until(1))[0]
        assert message == {"topic": "people", "kind": "denied"}

    with_hub(app, story)


def test_an_unknown_topic_is_ignored(app: TestApp) -> None:
    """A page that is newer than the server breaks nothing."""

    async def story(hub: Hub) -> None:
        client, ear = joined(hub)
        hub.follow(client, "nonsense")
        hub.follow(client, "people")
        await ear.until(1)
        assert client.following == {"people"}

    with_hub(app, story)


@pytest.mark.parametrize("key", ["everything:0-0", "everything:", "lead:a\0b", "lead:x", "wall:1"])
def test_an_argument_that_there_is_not_is_never_read(app: TestApp, key: str) -> None:
    """Finding 23: 'queue:0-0' made a reading of its own, and a NUL one that failed and was read again each second."""
    everything = Topic("everything", Permission.SEE_LEADS, names)

    async def story(hub: Hub) -> None:
        client, _ = joined(hub)
        hub.follow(client, key)
        assert client.following == ({key} if key == "everything:" else set())

    with_hub(app, story, [everything, PEOPLE, *TOPICS])


def test_the_pages_of_one_session_follow_so_many_topics_together(app: TestApp) -> None:
    """Finding 23: 480 feeds of one person slowed everybody's push. What one of their pages follows, others may."""
    most = app.settings.console_topics

    async def story(hub: Hub) -> None:
        pages = [joined(hub)[0] for _ in range(4)]
        for turn, page in enumerate(pages):
            for number in range(20):
                hub.follow(page, f"people:{turn}-{number}")
        assert [len(page.following) for page in pages] == [20, 20, 20, 0]
        hub.follow(pages[3], "people:0-0")
        assert pages[3].following == {"people:0-0"}
        other = Client(Ear(), "another", FRONT_DESK)
        hub.join(other)
        hub.follow(other, "people:mine")
        assert other.following == {"people:mine"}

    assert most == 60
    with_hub(app, story)


def test_a_session_that_was_ended_elsewhere_gets_no_more_rows(app: TestApp, who: SignedIn) -> None:
    """Severity 1: rows went on for up to 15 seconds. Any change of the database asks, once a second."""

    async def story(hub: Hub) -> None:
        ear = Ear()
        mine = Client(ear, who.session_id, FRONT_DESK)
        hub.join(mine)
        SPEAKING.add(asyncio.create_task(mine.speak()))
        await hub.drop_ended()
        assert mine.closing is None
        await asyncio.to_thread(sign_in.sign_out, app, who.session_id, app.clock.now())
        async with asyncio.timeout(10):
            while ear.closed is None:
                await asyncio.sleep(0.01)
        assert ear.closed == SIGNED_OUT

    with_hub(app, story)


def test_a_page_that_reads_too_slowly_is_dropped(app: TestApp) -> None:
    """It takes a fresh snapshot when it is back, instead of a backlog that grows without end."""

    async def story(hub: Hub) -> None:
        client, ear = joined(hub, ear=Ear(deaf=True))
        for _ in range(WAITING_MESSAGES + 2):
            client.offer("{}")
        async with asyncio.timeout(5):
            while ear.closed is None:
                await asyncio.sleep(0.01)
        assert ear.closed == TOO_SLOW

    with_hub(app, story)


def test_following_again_sends_nothing_again(app: TestApp) -> None:
    """A page that asks for one list a thousand times would take the processor from all."""

    async def story(hub: Hub) -> None:
        client, ear = joined(hub)
        for _ in range(100):
            hub.follow(client, "people")
        await ear.until(1)
        for _ in range(100):
            hub.follow(client, "people")
        await asyncio.to_thread(set_status, app, "jordan", "break")
        assert [message["kind"] for message in await ear.until(2)] == ["all", "some"]

    with_hub(app, story)


def test_a_page_that_left_costs_nothing_more(app: TestApp) -> None:
    """Its topics are read no longer when nobody else follows them."""

    async def story(hub: Hub) -> None:
        client, ear = joined(hub)
        hub.follow(client, "people")
        await ear.until(1)
        hub.leave(client)
        assert client.following == set()

    with_hub(app, story)


def test_signing_out_closes_the_pages_of_that_session(app: TestApp) -> None:
    """Other sessions stay open."""

    async def story(hub: Hub) -> None:
        _, mine_ear = joined(hub)
        other_ear = Ear()
        other = Client(other_ear, "another", FRONT_DESK)
        hub.join(other)
        hub.end_session("session")
        async with asyncio.timeout(5):
            while mine_ear.closed is None:
                await asyncio.sleep(0.01)
        assert (mine_ear.closed, other.closing) == (SIGNED_OUT, None)

    with_hub(app, story)


def test_a_revoked_session_closes_its_open_pages(app: TestApp) -> None:
    """A session that was ended elsewhere is found at the next check, without a click."""

    async def story(hub: Hub) -> None:
        client, ear = joined(hub)
        await hub.beat()
        async with asyncio.timeout(5):
            while ear.closed is None:
                await asyncio.sleep(0.01)
        assert ear.closed == SIGNED_OUT
        assert client.closing == SIGNED_OUT

    with_hub(app, story)


def test_a_wall_display_follows_its_one_topic_and_no_other(app: TestApp) -> None:
    """Whoever holds its link must not read patients by asking the socket."""

    async def story(hub: Hub) -> None:
        client = Client(Ear(), "wall", FRONT_DESK, frozenset({"wall"}))
        hub.join(client)
        hub.follow(client, "people")
        assert client.following == set()

    with_hub(app, story)


def test_every_message_carries_the_server_s_time(app: TestApp) -> None:
    """Clocks in the browser follow LUXE_CLOCK, its speed too."""
    app.clock.speed = 60.0
    app.clock.advance(timedelta(days=2))

    async def story(hub: Hub) -> None:
        _, ear = joined(hub)
        async with asyncio.timeout(5):
            while not ear.heard:
                await asyncio.sleep(0.01)
        assert ear.heard[0] == {
            "kind": "hello",
            "now": round(app.clock.now().timestamp() * 1000),
            "speed": 60.0,
        }

    with_hub(app, story)


@pytest.mark.parametrize("broken", [KeyError("a mistake"), ValueError("another")])
def test_one_broken_topic_does_not_stop_the_others(app: TestApp, broken: Exception) -> None:
    """A mistake on one screen leaves the queue live, and is shown there with a reference."""

    def fail(*_: Any) -> list[dict[str, Any]]:
        raise broken

    async def run() -> None:
        hub = Hub(app, [Topic("broken", None, fail), PEOPLE])
        running = asyncio.create_task(hub.run())
        client, ear = joined(hub)
        hub.follow(client, "broken")
        hub.follow(client, "people")
        assert len((await ear.until(1))[0]["rows"]) == 6
        assert (await ear.until(1, "broken"))[0]["code"].startswith("E-")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    result_of(run())


def test_who_looks_at_the_same_lead_knows_of_each_other(app: TestApp) -> None:
    """On its page or beside the list; who looks at another lead, or has left, is not named."""

    async def story(hub: Hub) -> None:
        maya, hers = joined(hub)
        jordan, _ = joined(hub, JORDAN)
        hub.follow(maya, "card:lead1")
        hub.follow(jordan, "card:lead2")
        hub.follow(jordan, "panel:lead1")
        hub.leave(jordan)
        said = [one["who"] for one in await hers.until(4, "card:lead1") if one["kind"] == "together"]
        both = [["1", "Maya Torres"], ["3", "Jordan Blake"]]
        assert said == [[["1", "Maya Torres"]], both, [["1", "Maya Torres"]]]

    with_hub(app, story)


def test_who_writes_is_told_to_who_looks_at_the_same(app: TestApp) -> None:
    """Only in a thread that one looks at; who leaves does not write any more."""

    async def story(hub: Hub) -> None:
        maya, _ = joined(hub)
        jordan, ear = joined(hub, JORDAN)
        hub.follow(jordan, "card:7")
        hub.follow(maya, "card:7")
        hub.write(maya, "card:8", "text")
        hub.write(maya, "card:7", "text")
        hub.leave(maya)
        async with asyncio.timeout(10):
            while len([one for one in ear.about("card:7") if one["kind"] == "together"]) < 4:
                await asyncio.sleep(0.01)
        told = [one["writing"] for one in ear.about("card:7") if one["kind"] == "together"]
        assert told == [[], [], [[FRONT_DESK.staff_id, "text"]], []]

    with_hub(app, story)


OWN = Topic("own", Permission.SEE_LEADS, names, str.isascii, own=True)


def test_what_is_somebodys_own_nobody_else_follows(app: TestApp) -> None:
    """Neither by a colleague's id, nor by none: it is not even read."""

    async def story(hub: Hub) -> None:
        client, ear = joined(hub)
        for argument in (JORDAN.staff_id, "", FRONT_DESK.staff_id):
            hub.follow(client, f"own:{argument}" if argument else "own")
        await ear.until(1, f"own:{FRONT_DESK.staff_id}")
        assert client.following == {f"own:{FRONT_DESK.staff_id}"}
        assert not ear.about("own") + ear.about(f"own:{JORDAN.staff_id}")

    with_hub(app, story, [OWN])


def test_what_one_is_told_is_ones_own() -> None:
    assert [topic.name for topic in TOPICS if topic.own] == ["told"]
