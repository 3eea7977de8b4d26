"""The console's server: Streamlit with routes of our own. `streamlit run console/app.py`, or `python -m console`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
import structlog
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection

HERE = Path(__file__).parent
# `streamlit run` puts this folder on the path, not the one that holds our packages.
if str(HERE.parent) not in sys.path:
    sys.path.append(str(HERE.parent))

from console import media, routes, warm  # noqa: E402
from console.gate.gate import Desk, Gate  # noqa: E402
from console.gate.pages import PAGES  # noqa: E402
from console.live import Hub  # noqa: E402
from console.process import current_app, known_people, looks, text_words  # noqa: E402
from console.sla_monitor import wall_page  # noqa: E402
from console.topics import TOPICS  # noqa: E402
from core.app import App  # noqa: E402
from core.db.trouble import DATABASE_TROUBLE  # noqa: E402
from core.db.watch import ChangeWatcher  # noqa: E402
from core.flows.access.looking import Looks  # noqa: E402
from core.flows.upkeep.heartbeat import BEAT_SECONDS, SignsOfLife  # noqa: E402
from core.serving.plain_queries import PlainQueries  # noqa: E402

log = structlog.get_logger(__name__)
LOOK_SECONDS = 0.02  # between two looks at SQLite: half a percent of a core
LOOKS_SECONDS = 1.0  # how long it may take until the trail knows who saw whom
WORDS_SECONDS, WORDS_EACH = (
    0.3,
    60.0,
)  # between two readings of texts for the search: while it is behind, and then


@asynccontextmanager
async def lifespan(_server: Any) -> AsyncIterator[None]:
    """Build the App, load what the first visitor would wait for, and watch the database."""
    core = current_app()
    alive = SignsOfLife(core, "console")
    await asyncio.to_thread(alive.beat, core.clock.now())
    await asyncio.to_thread(warm.imports)
    seen = looks()
    hub = Hub(core, TOPICS, seen)
    routes.use_hub(hub)
    following = await asyncio.to_thread(core.follow, told=True)

    def changed() -> None:
        hub.changed()
        following.hear()

    watcher = ChangeWatcher(core.db, changed, interval=LOOK_SECONDS)
    watcher.start()
    running = asyncio.create_task(hub.run())
    writing = asyncio.create_task(_write_looks(core, seen))
    beating = asyncio.create_task(_beat(core, alive))
    reading = asyncio.create_task(_read_words(core))
    try:
        yield
    finally:
        routes.use_hub(None)
        running.cancel()
        writing.cancel()
        beating.cancel()
        reading.cancel()
        await asyncio.gather(running, writing, beating, reading, return_exceptions=True)
        await asyncio.to_thread(seen.flush, now=core.clock.now())
        await asyncio.to_thread(watcher.stop)
        await asyncio.to_thread(following.stop)
        await asyncio.to_thread(alive.goodbye, core.clock.now())


async def _beat(core: App, alive: SignsOfLife) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        await asyncio.to_thread(alive.beat, core.clock.now())


async def _write_looks(core: App, seen: Looks) -> None:
    """Who saw whom, into the audit trail, outside anybody's wait."""
    while True:
        await asyncio.sleep(LOOKS_SECONDS)
        await asyncio.to_thread(seen.flush, now=core.clock.now())


async def _read_words(core: App) -> None:
    """What patients and staff wrote and are called, slice by slice; who was erased is soon held in memory no longer."""
    while True:
        whole = False
        try:
            whole = await asyncio.to_thread(_read_slice, core)
        except DATABASE_TROUBLE as error:
            log.warning("words_wait", error=type(error).__name__)
        await asyncio.sleep(WORDS_EACH if whole else WORDS_SECONDS)


def _read_slice(core: App) -> bool:
    with core.db.read() as session:
        words = text_words().read_on(session, now=core.clock.now())
        return known_people().read_on(session) and words


DESK = Desk(
    settings=lambda: current_app().settings,
    session_of=lambda scope: routes.session_of(HTTPConnection(scope)),
    signed_in=lambda scope: routes.signed_in(HTTPConnection(scope)),
    owner_of=PAGES.owner,
    provider=lambda: current_app().settings.oidc,
)
app = st.App(
    HERE / "main.py",
    routes=[*routes.ROUTES, *media.ROUTES, *wall_page.ROUTES],
    middleware=[Middleware(Gate, DESK), Middleware(PlainQueries)],
    lifespan=lifespan,
)
