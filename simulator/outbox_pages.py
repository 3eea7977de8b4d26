"""The outbox in a browser: the list of emails, and one of them. What an email brings along runs and loads nothing."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from simulator.outbox import Email
from simulator.parts import Parts

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# The frame has an origin of its own and no scripts; nothing is fetched, so no picture tells that somebody reads.
FRAME_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class OutboxPages:
    def __init__(self, parts: Parts) -> None:
        self._outbox = parts.outbox
        self._zone = ZoneInfo(parts.config.timezone)

    def routes(self) -> list[Route]:
        return [
            Route("/outbox", self.box),
            Route("/outbox/{number:int}", self.one),
            Route("/outbox/{number:int}/html", self.framed),
            Route("/control/emails", self.emails),
        ]

    async def box(self, _request: Request) -> Response:
        return self._page("Outbox", "/", "Phones", emails=self._outbox.newest())

    async def one(self, request: Request) -> Response:
        email = self._outbox.get(request.path_params["number"])
        if email is None:
            return self._page("There is no such email", "/outbox", "Outbox", 404)
        return self._page(email.subject or "(no subject)", "/outbox", "Outbox", email=email)

    async def framed(self, request: Request) -> Response:
        email = self._outbox.get(request.path_params["number"])
        headers = {"Content-Security-Policy": FRAME_POLICY, "X-Content-Type-Options": "nosniff"}
        return HTMLResponse(email.body("html") if email else "", 200 if email else 404, headers)

    async def emails(self, _request: Request) -> Response:
        """All of them, oldest first."""
        return JSONResponse({"emails": [_view(email) for email in reversed(self._outbox.newest())]})

    def _page(self, title: str, back: str, back_words: str, status: int = 200, **values: Any) -> Response:
        known = {"email": None, "emails": [], "zone": self._zone, **values}
        page = TEMPLATES.get_template("outbox.html")
        return HTMLResponse(page.render(title=title, back=back, back_words=back_words, **known), status)


def _view(email: Email) -> dict[str, Any]:
    return {
        "number": email.number,
        "at": email.at.isoformat(),
        "from": email.sender,
        "to": email.to,
        "subject": email.subject,
        "message_id": email.message_id,
        "headers": dict(email.headers),
        "text": email.body("plain"),
    }
