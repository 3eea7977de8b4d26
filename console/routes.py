"""The console's own routes: the live socket, the session cookie, and the scripts of the components."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from console import assets, nav
from console.live import SIGNED_OUT, Client, Hub
from console.process import current_app
from core.flows.access import sign_in
from core.staff.rules import SESSION_HOURS

WRONG_ORIGIN = 4403
MAX_TICKET = 100
SERVERS_OWN = ("healthz", "oauth2callback", "auth")  # single words that Streamlit answers itself


def cookie_name(console_url: str) -> str:
    """Browsers keep a `__Host-` cookie to this very host and to https."""
    return "__Host-luxe_session" if console_url.startswith("https://") else "luxe_session"


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that asks is ours. A request without an Origin is no browser's cross-site request."""
    origin = connection.headers.get("origin")
    return not origin or urlsplit(origin).netloc == connection.headers.get("host")


def address_of(connection: HTTPConnection) -> str:
    """Who asks. Behind a proxy on this machine the server has put the forwarded address here already."""
    return connection.client.host if connection.client else ""


def session_of(connection: HTTPConnection) -> str:
    """The session that the connection's cookie names, or '' without one."""
    token = connection.cookies.get(cookie_name(current_app().settings.console))
    return sign_in.hashed(token) if token else ""


async def start_session(request: Request) -> Response:
    """Exchange the ticket of a sign-in for the cookie, which no script can read."""
    if not same_origin(request):
        return Response(status_code=403)
    app = current_app()
    try:
        ticket = str((await request.json())["ticket"])[:MAX_TICKET]
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"message": "Send a ticket."}, status_code=400)
    token = await asyncio.to_thread(sign_in.redeem, app, ticket, app.clock.now())
    if token is None:
        return JSONResponse({"message": "This ticket is spent. Sign in again."}, status_code=403)
    response = Response(status_code=204)
    secure = app.settings.console.startswith("https://")
    response.set_cookie(
        cookie_name(app.settings.console),
        token,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        secure=secure,
        samesite="lax",
        path="/",
    )
    return response


async def end_session(request: Request) -> Response:
    """Sign out: revoke the session and forget the cookie."""
    if not same_origin(request):
        return Response(status_code=403)
    app = current_app()
    session_id = session_of(request)
    if session_id:
        await asyncio.to_thread(sign_in.sign_out, app, session_id, app.clock.now())
        if _hub:
            _hub.end_session(session_id)
    response = Response(status_code=204)
    response.delete_cookie(cookie_name(app.settings.console), path="/")
    return response


_hub: Hub | None = None


def use_hub(hub: Hub | None) -> None:
    """The server's start-up hands over the hub that its sockets join."""
    global _hub
    _hub = hub


async def live(websocket: WebSocket) -> None:
    """One open page: says which topics it follows, hears what changes."""
    await websocket.accept()
    if not same_origin(websocket):
        await websocket.close(WRONG_ORIGIN)
        return
    app, session_id = current_app(), session_of(websocket)
    who = await asyncio.to_thread(sign_in.watch, app, session_id, app.clock.now()) if session_id else None
    if who is None or who.must_change_password or _hub is None:
        await websocket.close(SIGNED_OUT)
        return
    await serve(websocket, _hub, Client(websocket, session_id, who.actor, address=address_of(websocket)))


def hub() -> Hub | None:
    """The hub of this server; None before its start-up and after its end."""
    return _hub


async def serve(websocket: WebSocket, hub: Hub, client: Client) -> None:
    """Speak and listen until the page closes or is dropped."""
    hub.join(client)
    speaking = asyncio.create_task(client.speak())
    listening = asyncio.create_task(_listen(websocket, hub, client))
    try:
        await asyncio.wait({speaking, listening}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.leave(client)
        for task in (speaking, listening):
            task.cancel()
        await asyncio.gather(speaking, listening, return_exceptions=True)


async def _listen(websocket: WebSocket, hub: Hub, client: Client) -> None:
    try:
        while True:
            message = _parsed(await websocket.receive_text())
            for key in message.get("follow", ()):
                hub.follow(client, str(key))
            for key in message.get("unfollow", ()):
                hub.unfollow(client, str(key))
            if message.get("active"):
                await _stay(hub, client)
    except WebSocketDisconnect:
        return


async def _stay(hub: Hub, client: Client) -> None:
    """A hand on the page keeps its session; an open page alone does not."""
    app = current_app()
    ends = await asyncio.to_thread(sign_in.stay, app, client.session_id, app.clock.now())
    if ends is not None:
        hub.stays(client.session_id, ends)


def _parsed(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


class StrayAddress(StringConvertor):
    """One word that is the address of no page: 'queue' (the queue stands at '/'), or one that was mistyped."""

    regex = f"(?!(?:{'|'.join([*(entry.url for entry in nav.ENTRIES[1:]), *SERVERS_OWN])})$)[a-z][a-z0-9-]*"


async def home(request: Request) -> Response:
    """Streamlit would show the queue behind a dialog that our style hides, and nothing on it could be pressed."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{query}", 307)


register_url_convertor("stray", StrayAddress())
ROUTES: list[BaseRoute] = [
    WebSocketRoute("/live", live),
    Route("/session", start_session, methods=["POST"]),
    Route("/sign-out", end_session, methods=["POST"]),
    Route("/luxe/{version}/{path:path}", assets.serve, methods=["GET"]),
    Route("/{page:stray}", home, methods=["GET"]),
]
