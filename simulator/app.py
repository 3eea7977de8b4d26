"""Puts the pieces together: one Starlette application with the provider's API, the controls and the page."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from core.domain.clock import SystemClock
from core.domain.phone import show_phone
from simulator.config import SimulatorConfig
from simulator.control_api import ControlApi
from simulator.courier import Courier
from simulator.faults import Faults
from simulator.form_job import FormDesk
from simulator.inbound import Inbound
from simulator.journal import Journal
from simulator.ledger import Ledger
from simulator.live import LINES_SHOWN, Live
from simulator.mail_server import MailServer
from simulator.outbox import Outbox
from simulator.outbox_pages import OutboxPages
from simulator.parts import Parts
from simulator.picture_store import PictureStore
from simulator.provider_api import ProviderApi
from simulator.requests_log import RequestsLog
from simulator.signing import Signer
from simulator.webhooks import Webhooks

STATIC = Path(__file__).parent / "static"
# The page may load only what this process serves, and talk only to it.
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def build_app(config: SimulatorConfig) -> Starlette:
    """Reads the journal at once. Raises OSError, SpoiledJournalError or JournalInUseError."""
    live = Live()
    journal, emails = Journal(config.journal_path), Journal(config.outbox_path)
    webhooks, parts = _build_parts(config, live, journal, Outbox(emails))
    live.attach(parts.ledger, lambda: _standing(parts))
    return Starlette(
        routes=[
            *ProviderApi(parts).routes(),
            *ControlApi(parts, live).routes(),
            *OutboxPages(parts).routes(),
            Route("/", _page),
            Route("/healthz", _healthz),
            WebSocketRoute("/live", _live_endpoint(live, parts)),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(_PageHeaders)],
        lifespan=_lifespan(webhooks, parts, journal),
    )


def _build_parts(
    config: SimulatorConfig, live: Live, journal: Journal, outbox: Outbox
) -> tuple[Webhooks, Parts]:
    real, faults = SystemClock(), Faults()
    ledger = Ledger(journal, live.note_phone)
    log = RequestsLog(config.clock.now, live.note_line)
    webhooks = Webhooks(Signer(config.auth_token), log)
    pictures = PictureStore(config.media_path)
    parts = Parts(
        config=config,
        real=real,
        ledger=ledger,
        log=log,
        faults=faults,
        pictures=pictures,
        courier=Courier(config, ledger, faults, webhooks, real),
        inbound=Inbound(config, ledger, faults, webhooks, pictures, log, real),
        forms=FormDesk(config, ledger, webhooks, log, live.note_standing),
        outbox=outbox,
    )
    return webhooks, parts


def _lifespan(webhooks: Webhooks, parts: Parts, journal: Journal) -> Any:
    def note(to: str, reply: str) -> None:
        parts.log.note("in", "Email", "", int(reply), "", to)

    mail = MailServer(parts.outbox, parts.faults, parts.config.clock, note)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await webhooks.open()
        parts.courier.resume()
        if parts.config.smtp_port:
            await mail.open(parts.config.bind, parts.config.smtp_port)
        yield
        await mail.close()
        await parts.forms.stop()
        await parts.courier.stop()
        await webhooks.close()
        journal.close()
        parts.outbox.close()

    return lifespan


def _standing(parts: Parts) -> dict[str, Any]:
    """What every message to the page carries beside the changes."""
    config, job = parts.config, parts.forms.job
    texts, phones = parts.ledger.counts()
    return {
        "clinic": {"name": config.clinic_name, "number": show_phone(config.from_number)},
        "timezone": config.timezone,
        "gateway": config.callback_base,
        "clock": {"now": config.clock.now().isoformat(), "speed": config.clock.speed},
        "totals": {"texts": texts, "phones": phones},
        "behaviour": parts.faults.behaviour.model_dump(mode="json"),
        "job": asdict(job) if job else None,
        "keyed": "generic" in config.form_keys,
    }


def _live_endpoint(live: Live, parts: Parts) -> Any:
    async def endpoint(socket: WebSocket) -> None:
        # A page of another site could open this socket too: browsers do not ask first.
        origin = socket.headers.get("origin")
        if origin and urlsplit(origin).netloc != socket.headers.get("host"):
            await socket.close(1008)
            return
        await live.serve(socket, parts.log.latest(LINES_SHOWN))

    return endpoint


async def _page(_request: Request) -> Response:
    return FileResponse(STATIC / "index.html")


async def _healthz(_request: Request) -> Response:
    return Response("ok", media_type="text/plain")


def _is_page(path: str) -> bool:
    """What a browser shows of ours; the HTML of an email has a stricter policy of its own."""
    return (
        path == "/"
        or path.startswith("/static/")
        or (path.startswith("/outbox") and not path.endswith("/html"))
    )


class _PageHeaders:
    """Security headers for the page and its files; the provider's API is left as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_page(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", PAGE_POLICY.encode()),
                    (b"cache-control", b"no-cache"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)
