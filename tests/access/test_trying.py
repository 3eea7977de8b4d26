"""Each line of the matrix is tried as each of the five roles, through the code that a browser reaches."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import streamlit as st

from console import nav
from console.client import Client
from console.live import Hub
from console.topics import TOPICS
from core.domain.roles import Role
from core.flows.access import sign_in
from core.flows.access.sign_in import SignedIn
from tests.access import collecting, trying
from tests.access.trying import CLOSED, OPEN, TABLE, expected
from tests.awaiting import result_of
from tests.conftest import TestApp
from tests.pages.conftest import Visit, words
from tests.pages.test_results_pages import add_leads

TITLE = '<h1 class="luxe-title">{}</h1>'
UNLIKE_THEIR_ENTRY = {"lead": "No such lead"}  # none is asked for


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.fixture
def people(console: TestApp) -> Mapping[Role, SignedIn]:
    """One of each role, signed in."""
    return {role: trying.session_of(console, role) for role in Role}


@pytest.mark.parametrize("role", Role)
def test_each_page_opens_for_whom_the_matrix_says(visit: Visit, console: TestApp, role: Role) -> None:
    """Whoever may not sees none of it, whatever their menu shows; a file is offered to nobody else either."""
    add_leads(console, 25, 10)
    page, found, files = visit(role.value), {}, {}
    for entry in nav.ENTRIES:
        page.switch_page(f"../pages/{entry.file}").run()
        assert not page.exception, entry.url
        title = TITLE.format(UNLIKE_THEIR_ENTRY.get(entry.url, entry.title))
        found[entry.url] = OPEN if title in words(page) else CLOSED
        files[f"pages/{entry.file}: exporting.csv"] = OPEN if page.get("download_button") else CLOSED
    assert found == {url: expected(who)[role] for url, who in TABLE["pages"].items()}
    asked = {place: who for place, who in TABLE["files"].items() if place in files}
    assert {place: files[place] for place in asked} == {
        place: expected(who)[role] for place, who in asked.items()
    }


def test_each_topic_is_followed_by_whom_the_matrix_says(
    console: TestApp, people: Mapping[Role, SignedIn]
) -> None:
    found = result_of(followed(console, people))
    assert found == {topic: expected(who) for topic, who in TABLE["topics"].items()}


async def followed(app: TestApp, people: Mapping[Role, SignedIn]) -> dict[str, dict[str, str]]:
    hub = Hub(app, TOPICS)
    return {
        topic.name: {role: follow(hub, topic.name, who) for role, who in people.items()} for topic in TOPICS
    }


def follow(hub: Hub, name: str, who: SignedIn) -> str:
    """What a page hears that asks for the topic, with whichever argument it takes."""
    client = Told(who)
    nobody = f"{'0' * 8}-0000-7000-8000-{'0' * 12}"
    arguments = (nobody, "week", "downtown.2026-11-23.1", who.actor.staff_id)
    for key in (name, *(f"{name}:{one}" for one in arguments)):
        hub.follow(client, key)
    denied = any(message.get("kind") == "denied" for message in client.heard)
    assert denied != bool(client.following), name
    return CLOSED if denied else OPEN


class Told(Client):
    """A page that remembers what it is told; nothing is behind it."""

    def __init__(self, who: SignedIn) -> None:
        super().__init__(Silent(), who.session_id, who.actor)
        self.heard: list[dict[str, Any]] = []

    def offer(self, text: str) -> None:
        self.heard.append(json.loads(text))


class Silent:
    """A wire with nobody at its end."""

    async def send_text(self, data: str) -> None:
        """Heard by nobody."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("part", ["flows", "reads"])
def test_each_story_lets_in_whom_the_matrix_says(
    console: TestApp, people: Mapping[Role, SignedIn], part: str
) -> None:
    """With records that are not there: who may not is refused before anything is looked up, and learns nothing."""
    stories = getattr(collecting, part)()
    found = {
        name: {role: trying.story(console, stories[name], who.actor) for role, who in people.items()}
        for name in TABLE[part]
    }
    assert found == {name: expected(who) for name, who in TABLE[part].items()}


def test_each_action_is_done_for_whom_the_matrix_says(
    console: TestApp, people: Mapping[Role, SignedIn]
) -> None:
    """By the console's own dispatcher, whatever page a message pretends to come from."""
    handlers = collecting.actions()
    sessions = dict(people)
    found: dict[str, dict[str, str]] = {}
    for name in TABLE["actions"]:
        found[name] = {}
        for role in Role:
            if not sign_in.watch(console, sessions[role].session_id, console.clock.now()):
                sessions[role] = trying.session_of(console, role)  # the action before was to sign out
            found[name][role] = trying.action(console, handlers[name], sessions[role])
    assert found == {name: expected(who) for name, who in TABLE["actions"].items()}


def test_who_is_signed_out_starts_nothing(console: TestApp, people: Mapping[Role, SignedIn]) -> None:
    """A page that was left open acts for nobody, the admin's neither."""
    admin = people[Role.ADMIN]
    sign_in.sign_out(console, admin.session_id, console.clock.now())
    handlers = collecting.actions()
    for name in ("parts.lead_actions.take", "lead_queue.actions.search", "audit_trail.actions.read"):
        assert trying.outcome(console, handlers[name], admin).state == "ended", name
