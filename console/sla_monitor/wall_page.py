"""The wall display's own page: an address that needs no sign-in, shows no patient, and can be ended at any time."""

import asyncio
import html
import json
from functools import cache
from pathlib import Path
from typing import Any

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from console import assets, routes
from console.client import SIGNED_OUT, Client
from console.process import current_app
from console.sla_monitor import view
from core.app import App
from core.domain.roles import Actor, Role
from core.flows.access import wall_links
from core.staff.store.walls import WallLink

# Whoever sees the screen sees these rows; no other topic is open to it, whatever it asks for.
FOLLOWS = frozenset({"wall"})
WATCHER = Actor("", "Wall display", Role.FRONT_DESK)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is the key
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        "connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>SLA monitor</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{fonts}body {{ margin: 0; background: #141615; }}</style></head>
<body><div id="wall"></div><script type="application/json" id="data">{data}</script>
<script type="module" src="/luxe/{version}/sla_monitor/wall_page.js"></script></body></html>"""
GONE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Link ended</title>
<style>body {{ margin: 0; display: grid; place-content: center; min-height: 100vh; text-align: center;
background: #141615; color: #eceae6; font: 20px/1.5 system-ui, sans-serif; }}</style></head>
<body><h1>This link has ended</h1><p>A manager makes a new one on the SLA monitor of {clinic}.</p></body></html>"""


async def show(request: Request) -> HTMLResponse:
    """The board, or the words for an address that opens nothing."""
    app = current_app()
    link = await asyncio.to_thread(wall_links.open_wall, app, request.path_params["token"], app.clock.now())
    if link is None:
        gone = GONE.format(clinic=html.escape(app.reference.clinic.short_name))
        return HTMLResponse(gone, status_code=410, headers=HEADERS)
    data = json.dumps(_data(app, link)).replace("<", "\\u003c")
    page = PAGE.format(fonts=fonts(), data=data, version=assets.version())
    return HTMLResponse(page, headers=HEADERS)


def _data(app: App, link: WallLink) -> dict[str, Any]:
    shown = view.settings(app, {"location": link.location}, wall=True)
    return shown | {"zone": str(app.settings.zone), "styles": f"/luxe/{assets.version()}/"}


async def live(websocket: WebSocket) -> None:
    """What the board follows, for as long as the link stands."""
    await websocket.accept()
    app, hub = current_app(), routes.hub()
    link = None
    if routes.same_origin(websocket):
        token = websocket.path_params["token"]
        link = await asyncio.to_thread(wall_links.open_wall, app, token, app.clock.now())
    if link is None or hub is None:
        await websocket.close(SIGNED_OUT)
        return
    await routes.serve(websocket, hub, Client(websocket, link.token_hash, WATCHER, FOLLOWS))


@cache
def fonts() -> str:
    """The console's typefaces, from the files that Streamlit brings along."""
    media = Path(streamlit.__file__).parent / "static" / "static" / "media"
    found = [("Source Sans", "SourceSansVF-Upright*"), ("Source Serif", "SourceSerifVariable-Roman*")]
    faces = [(name, file.name) for name, pattern in found for file in sorted(media.glob(pattern))[:1]]
    return "".join(
        f'@font-face {{ font-family: "{name}"; font-weight: 200 900; src: url(/static/media/{file}); }}\n'
        for name, file in faces
    )


ROUTES: list[BaseRoute] = [
    Route("/wall/{token}", show, methods=["GET"]),
    WebSocketRoute("/wall/{token}/live", live),
]
