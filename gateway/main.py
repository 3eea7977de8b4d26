"""The gateway process: the public side of the product."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from starlette.staticfiles import StaticFiles

from core.app import App, build_app
from core.audit.store import run_as
from core.clinic import Clinic
from core.db.migrate import schema_state
from core.domain.errors import SettingsError
from core.domain.phone import show_phone
from core.flows.upkeep import watching
from core.flows.upkeep.heartbeat import BEAT_SECONDS, SignsOfLife
from core.logs import configure_logs
from core.private_files import begin_privately, close_to_others
from core.serving import files
from core.serving.asking import WhoAsks
from core.serving.crowd import Crowd
from core.serving.guarded import Limits, guarded
from core.serving.plain_queries import PlainQueries
from core.settings import Settings, load_settings
from gateway import errors, pages
from gateway.context import Context, build_context
from gateway.routes import (
    alerts,
    booking,
    booking_api,
    calendar_file,
    emails,
    embed,
    forms,
    health,
    metrics,
    short_links,
    twilio,
    waitlist,
    webhooks,
)
from gateway.security import SafeAnswers

log = structlog.get_logger(__name__)
EXIT_SETTINGS = 78
GRACE_SECONDS = 8
LIMITS = Limits(request_seconds=30)  # a form with its pictures over a poor line
DATABASE_SILENT = "LUXE_DATABASE_URL: the database does not answer; start it, or check the address\n"


def create_app(app: App) -> FastAPI:
    """The gateway's web application. Raises SettingsError where the form keys are not what they should be."""
    context = build_context(app)
    api = FastAPI(
        title="Luxe Follow-Up",
        summary="Forms in, visits booked.",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    api.state.context = context
    pages.introduce(lambda: _introduction(app.reference.clinic))
    for routes in (
        webhooks, twilio, alerts, booking, waitlist, calendar_file, booking_api, embed, emails, short_links, forms,
        health, metrics,
    ):  # fmt: skip
        api.include_router(routes.router)
    api.mount("/static", StaticFiles(directory=pages.STATIC))
    errors.register(api)
    https = app.settings.public.startswith("https://")
    api.add_middleware(PlainQueries)
    api.add_middleware(SafeAnswers, frames=lambda: f"'self' {_site(app.reference.clinic)}", https=https)
    api.add_middleware(WhoAsks, trusted=app.settings.proxies)
    return api


def _introduction(clinic: Clinic) -> dict[str, str]:
    return {
        "clinic": clinic.name,
        "legal_name": clinic.legal_name,
        "clinic_phone": show_phone(clinic.phone),
        "clinic_dial": clinic.phone,
        "texts_a_month": str(clinic.texts_a_month),
    }


def _site(clinic: Clinic) -> str:
    """The origin of the clinic's own pages, which may hold our forms in a frame."""
    parts = urlsplit(clinic.website)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


@asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    context: Context = api.state.context
    life = SignsOfLife(context.app, "gateway")
    # Before anything is taken in: it proves the keys that numbers are looked up by.
    await context.write(life.beat, context.app.clock.now())
    beating = asyncio.create_task(_beat(context, life))
    on_watch = asyncio.create_task(_watch(context))
    following = await asyncio.to_thread(context.app.follow)
    try:
        yield
    finally:
        await asyncio.to_thread(following.stop)
        for task in (on_watch, beating):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        context.close()


async def _beat(context: Context, life: SignsOfLife) -> None:
    clock = context.app.clock
    try:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await context.write(life.beat, clock.now())
    finally:
        life.goodbye(clock.now())


async def _watch(context: Context) -> None:
    """Look whether anything is wrong with the others: a scheduler that fell silent can't say so itself."""
    app = context.app
    while True:
        await asyncio.sleep(watching.SECONDS)
        try:
            await context.write(watching.look, app, now=app.clock.now())
        except SQLAlchemyError as error:
            log.warning("watch_missed", error=type(error).__name__)


def main() -> int:
    """Run until SIGTERM or Ctrl-C; the exit code."""
    begin_privately()
    configure_logs("gateway")
    run_as("gateway")  # in the trail, where nobody is signed in
    try:
        settings = load_settings()
        close_to_others(settings)
        app = build_app(settings)
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
        uvicorn.Server(_config(api, app.settings)).run(sockets=[door])
    finally:
        log.info("gateway_stopped")
    return 0


def _config(api: FastAPI, settings: Settings) -> uvicorn.Config:
    crowd = Crowd(settings.connections_each, files.places(), settings.proxies)
    return uvicorn.Config(
        api,
        http=guarded(crowd, LIMITS),
        ws="none",
        proxy_headers=False,  # WhoAsks reads them
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
