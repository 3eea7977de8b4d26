"""The gateway process: the public side of the product."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.staticfiles import StaticFiles

from core.app import App, build_app
from core.db.migrate import schema_state
from core.domain.errors import SettingsError
from core.domain.ids import new_id
from core.domain.phone import show_phone
from core.flows.upkeep import heartbeat
from core.logs import configure_logs
from core.settings import load_settings
from gateway import errors, pages
from gateway.context import Context, build_context
from gateway.routes import forms, health, metrics, twilio, webhooks
from gateway.security import SafeAnswers

log = structlog.get_logger(__name__)
EXIT_SETTINGS = 78
GRACE_SECONDS = 8
BEAT_SECONDS = 5.0
DATABASE_SILENT = "LUXE_DATABASE_URL: the database does not answer; start it, or check the address\n"


def create_app(app: App) -> FastAPI:
    """The gateway's web application. Raises SettingsError where the form keys are not what they should be."""
    context = build_context(app)
    api = FastAPI(
        title="Luxe Follow-Up",
        summary="Forms in.",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    api.state.context = context
    clinic = app.reference.clinic
    pages.introduce(
        clinic=clinic.name,
        legal_name=clinic.legal_name,
        clinic_phone=show_phone(clinic.phone),
        clinic_dial=clinic.phone,
        texts_a_month=str(clinic.texts_a_month),
    )
    for routes in (webhooks, twilio, forms, health, metrics):
        api.include_router(routes.router)
    api.mount("/static", StaticFiles(directory=pages.STATIC))
    errors.register(api)
    https = app.settings.public.startswith("https://")
    api.add_middleware(SafeAnswers, frames=f"'self' {clinic.website}", https=https)
    return api


@asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    context: Context = api.state.context
    beating = asyncio.create_task(_beat(context))
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
        context.close()


async def _beat(context: Context) -> None:
    """Show every few seconds that the gateway lives, so that a restore is not begun under its feet."""
    app = context.app
    started_at = app.clock.now()
    owner = f"gateway:{socket.gethostname()[:20]}:{os.getpid()}:{new_id(started_at)[-8:]}"
    try:
        while True:
            try:
                await context.write(
                    heartbeat.beat, app, owner, started_at=started_at, now=app.clock.now(), process="gateway"
                )
            except OperationalError as error:
                log.warning("heartbeat_missed", error=type(error).__name__)
            await asyncio.sleep(BEAT_SECONDS)
    finally:
        with suppress(OperationalError):
            heartbeat.goodbye(app, owner, now=app.clock.now())


def main() -> int:
    """Run until SIGTERM or Ctrl-C; the exit code."""
    configure_logs("gateway")
    try:
        app = build_app(load_settings())
        _refuse_other_schema(app)
        door = _open_door(app.settings.bind, app.settings.gateway_port)
        api = create_app(app)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_SETTINGS
    except OperationalError:
        sys.stderr.write(DATABASE_SILENT)
        return 1
    log.info("gateway_started", port=app.settings.gateway_port, public=app.settings.public)
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal that stopped it once more when it is done: an ordinary end, not a death.
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        uvicorn.Server(_config(api)).run(sockets=[door])
    finally:
        log.info("gateway_stopped")
    return 0


def _config(api: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        api,
        access_log=False,  # paths hold keys
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
        backlog=1024,
    )


def _refuse_other_schema(app: App) -> None:
    state = schema_state(app.db)
    if not state.ready:
        have = state.current or "no"
        raise SettingsError(
            "LUXE_DATABASE_URL",
            f"has {have} schema, this version needs {state.wanted}; run 'luxe migrate' first",
        )


def _open_door(host: str, port: int) -> socket.socket:
    """Listen before anything else is done. Raises SettingsError where somebody else listens there."""
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError as error:
        door.close()
        raise SettingsError(
            "LUXE_GATEWAY_PORT",
            f"port {port} can't be used ({error.strerror}); stop the other program, or set another port",
        ) from error
    return door
