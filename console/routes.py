"""The console's own routes: the live socket, the session cookie, and the scripts of the components."""

import asyncio
import json
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from console import assets, nav
from console.client import SIGNED_OUT, Client
from console.gate import origin
from console.live import TOPICS_EACH, Hub
from console.process import current_app
from core.flows.access import known_browsers, sign_in
from core.staff.rules import SESSION_HOURS

log = structlog.get_logger(__name__)
WRONG_ORIGIN = 4403
MAX_TICKET = 100
STREAMLITS = ("oauth2callback",)  # a word that it answers itself, if the gate lets it


def cookie_name(console_url: str) -> str:
    """Browsers keep a `__Host-` cookie to this very host and to https."""
    return "__Host-luxe_session" if console_url.startswith("https://") else "luxe_session"


def browser_cookie_name(console_url: str) -> str:
    """The cookie by which a browser that somebody has signed in with is known again."""
    return cookie_name(console_url).replace("_session", "_browser")


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that asks is ours. The gate asks the same first, of everything that could change something."""
    return origin.same_origin(connection.scope["headers"])


def address_of(connection: HTTPConnection) -> str:
    """Who asks. Behind a trusted proxy the gate has put the forwarded address here already."""
    return connection.client.host if connection.client else ""


def session_of(connection: HTTPConnection) -> str:
    """The session that the connection's cookie names, or '' without one."""
    token = connection.cookies.get(cookie_name(current_app().settings.console))
    return sign_in.hashed(token) if token else ""


def signed_in(connection: HTTPConnection) -> bool:
    """Whether the cookie opens a session of somebody who may work. Reads the database.

    Nobody is signed in where it does not answer: the page itself then says so, if only it can connect.
    """
    app, session_id = current_app(), session_of(connection)
    try:
        who = sign_in.watch(app, session_id, app.clock.now()) if session_id else None
    except SQLAlchemyError as error:
        log.warning("session_check_failed", error=type(error).__name__)
        return False
    return who is not None and not who.held


async def start_session(request: Request) -> Response:
    """Exchange the ticket of a sign-in for the cookie, which no script can read."""
    if not same_origin(request):
        return Response(status_code=403)
    app = current_app()
    try:
        sent = str((await request.json())["ticket"])[:MAX_TICKET]
    except (ValueError, KeyError, TypeError, RecursionError):
        return JSONResponse({"message": "Send a ticket."}, status_code=400)
    ticket = sent.encode(errors="replace").decode()  # half a character is no letter of any ticket
    token = await asyncio.to_thread(sign_in.redeem, app, ticket, app.clock.now())
    if token is None:
        return JSONResponse({"message": "This ticket is spent. Sign in again."}, status_code=403)
    name = browser_cookie_name(app.settings.console)
    known = request.cookies.get(name, "")
    session_id, now = sign_in.hashed(token), app.clock.now()
    browser = await asyncio.to_thread(known_browsers.keep, app, session_id, known, now)
    response = Response(status_code=204)
    _set_cookie(response, cookie_name(app.settings.console), token, hours=SESSION_HOURS)
    _set_cookie(response, name, browser, hours=known_browsers.COOKIE_DAYS * 24)
    return response


def _set_cookie(response: Response, name: str, value: str, *, hours: int) -> None:
    """No script can read it, and it goes to this server only."""
    secure = current_app().settings.console.startswith("https://")
    response.set_cookie(
        name, value, max_age=hours * 3600, httponly=True, secure=secure, samesite="lax", path="/"
    )


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
    if who is None or who.held or _hub is None:
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
            for key in _keys(message.get("follow")):
                hub.follow(client, key)
            for key in _keys(message.get("unfollow")):
                hub.unfollow(client, key)
            if isinstance(writing := message.get("writing"), dict):
                hub.write(client, str(writing.get("in")), str(writing.get("what") or ""))
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


def _keys(value: Any) -> list[str]:
    """The topics of a message: no page follows more at once, and each may send all of its rows."""
    return [str(key) for key in value[:TOPICS_EACH]] if isinstance(value, list) else []


def _parsed(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


class StrayAddress(StringConvertor):
    """One word that is the address of no page: 'queue' (the queue stands at '/'), or one that was mistyped."""

    regex = f"(?!(?:{'|'.join([*(entry.url for entry in nav.ENTRIES[1:]), *STREAMLITS])})$)[a-z][a-z0-9-]*"


async def home(request: Request) -> Response:
    """Streamlit would show the queue behind a dialog that our style hides, and nothing on it could be pressed."""
    query = request.scope["query_string"].decode("latin-1")
    return RedirectResponse(f"/?{query}" if query else "/", 307)


register_url_convertor("stray", StrayAddress())
ROUTES: list[BaseRoute] = [
    WebSocketRoute("/live", live),
    Route("/session", start_session, methods=["POST"]),
    Route("/sign-out", end_session, methods=["POST"]),
    Route("/luxe/{version}/{path:path}", assets.serve, methods=["GET"]),
    Route(assets.WORKER, assets.serve_worker, methods=["GET"]),
    Route("/{page:stray}", home, methods=["GET"]),
]
