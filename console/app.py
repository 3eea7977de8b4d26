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
from console.process import current_app  # noqa: E402
from console.sla_monitor import wall_page  # noqa: E402
from console.topics import TOPICS  # noqa: E402
from core.db.watch import ChangeWatcher  # noqa: E402

LOOK_SECONDS = 0.02  # between two looks at SQLite: half a percent of a core


@asynccontextmanager
async def lifespan(_server: Any) -> AsyncIterator[None]:
    """Build the App, load what the first visitor would wait for, and watch the database."""
    core = current_app()
    await asyncio.to_thread(warm.imports)
    hub = Hub(core, TOPICS)
    routes.use_hub(hub)
    watcher = ChangeWatcher(core.db, hub.changed, interval=LOOK_SECONDS)
    watcher.start()
    running = asyncio.create_task(hub.run())
    try:
        yield
    finally:
        routes.use_hub(None)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.to_thread(watcher.stop)


app = st.App(HERE / "main.py", routes=[*routes.ROUTES, *media.ROUTES, *wall_page.ROUTES], lifespan=lifespan)
