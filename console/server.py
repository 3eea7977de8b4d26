"""The console's web server: uvicorn, with limits at its door that neither it nor Streamlit has."""

import logging
from typing import Any

import streamlit.logger as theirs
import uvicorn

from console.gate.doors import FRAME_BYTES
from core.serving import files
from core.serving.crowd import Crowd
from core.serving.guarded import Limits, guarded
from core.settings import Settings

LIMITS = Limits()
PING_SECONDS = 30
NEVER_STARTED = 3


def configured(app: Any, settings: Settings, most: int) -> uvicorn.Config:
    """uvicorn for `app`, with at most `most` connections."""
    crowd = Crowd(settings.console_connections, most, settings.proxies)
    return uvicorn.Config(
        app,
        host=settings.bind,
        port=settings.console_port,
        http=guarded(crowd, LIMITS),
        ws="websockets-sansio",
        ws_max_size=FRAME_BYTES,
        ws_per_message_deflate=False,  # a few bytes would unpack to a frame that is too large
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        proxy_headers=False,  # whose word counts about who asks is the gate's to say
        server_header=False,
        access_log=False,
        log_config=None,  # through our own log, which masks
    )


def through_our_log() -> None:
    """Streamlit writes past our log, by a handler of each of its loggers, and takes uvicorn's under its hand too."""
    theirs.setup_formatter = _ours
    for logger in theirs._loggers.values():
        _ours(logger)


def _ours(logger: logging.Logger) -> None:
    handler = getattr(logger, "streamlit_console_handler", None)
    if handler:
        logger.removeHandler(handler)
    logger.propagate = True
    if logger.name.startswith(("uvicorn", "websockets")):
        # Below that it has a line for each socket, with the wall's key in its address, and for each broken request.
        logger.setLevel(logging.ERROR)


def run(app: Any, settings: Settings) -> int:
    """Serve until stopped. The exit code: 0, or 3 where it never came to that."""
    through_our_log()
    server = uvicorn.Server(configured(app, settings, files.places()))
    server.run()
    return 0 if server.started else NEVER_STARTED
