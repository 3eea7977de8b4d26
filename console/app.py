"""The console's server: Streamlit with routes of our own. `streamlit run console/app.py`, or `python -m console`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
# `streamlit run` puts this folder on the path, not the one that holds our packages.
if str(HERE.parent) not in sys.path:
    sys.path.append(str(HERE.parent))

from console import media, routes, warm  # noqa: E402
from console.live import Hub  # noqa: E402
from console.process import current_app, looks  # noqa: E402
from console.sla_monitor import wall_page  # noqa: E402
from console.topics import TOPICS  # noqa: E402
from core.app import App  # noqa: E402
from core.db.watch import ChangeWatcher  # noqa: E402
from core.flows.access.looking import Looks  # noqa: E402

LOOK_SECONDS = 0.02  # between two looks at SQLite: half a percent of a core
LOOKS_SECONDS = 1.0  # how long it may take until the trail knows who saw whom


@asynccontextmanager
async def lifespan(_server: Any) -> AsyncIterator[None]:
    """Build the App, load what the first visitor would wait for, and watch the database."""
    core = current_app()
    await asyncio.to_thread(warm.imports)
    seen = looks()
    hub = Hub(core, TOPICS, seen)
    routes.use_hub(hub)
    watcher = ChangeWatcher(core.db, hub.changed, interval=LOOK_SECONDS)
    watcher.start()
    running = asyncio.create_task(hub.run())
    writing = asyncio.create_task(_write_looks(core, seen))
    try:
        yield
    finally:
        routes.use_hub(None)
        running.cancel()
        writing.cancel()
        await asyncio.gather(running, writing, return_exceptions=True)
        await asyncio.to_thread(seen.flush, now=core.clock.now())
        await asyncio.to_thread(watcher.stop)


async def _write_looks(core: App, seen: Looks) -> None:
    """Who saw whom, into the audit trail, outside anybody's wait."""
    while True:
        await asyncio.sleep(LOOKS_SECONDS)
        await asyncio.to_thread(seen.flush, now=core.clock.now())


app = st.App(HERE / "main.py", routes=[*routes.ROUTES, *media.ROUTES, *wall_page.ROUTES], lifespan=lifespan)
