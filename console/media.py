"""Files that patients sent, for staff who may see leads: pictures that we drew are shown, all else is downloaded."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from console.process import current_app, looks
from console.routes import address_of, session_of
from core.domain.ids import is_id
from core.domain.roles import Permission
from core.flows.access import sign_in
from core.flows.access.looking import Depth
from core.messaging.received_files import SHOWN, file_name
from core.reads import lead_thread
from core.reads.lead_thread import Image

HEADERS = {
    "Cache-Control": "no-store",  # whoever is next at this screen must not find it
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


async def serve(request: Request) -> Response:
    """One file; 404 for what is unknown, not kept, or not this person's to see."""
    where = f"{address_of(request)} picture".strip()
    media_id = request.path_params["media"]
    found = await asyncio.to_thread(_find, session_of(request), media_id, where)
    if found is None:
        return Response(status_code=404)
    if found.content_type in SHOWN:
        return Response(found.content, media_type=found.content_type, headers=HEADERS)
    # No browser opens it here, whatever is in it: a page of theirs would act with this person's session.
    named = f'attachment; filename="{file_name(found.content_type, media_id)}"'
    headers = HEADERS | {"Content-Disposition": named}
    return Response(found.content, media_type="application/octet-stream", headers=headers)


def _find(session_id: str, media_id: str, where: str) -> Image | None:
    app = current_app()
    who = sign_in.watch(app, session_id, app.clock.now()) if session_id and is_id(media_id) else None
    if who is None or who.held or not who.actor.may(Permission.SEE_LEADS):
        return None
    with app.db.read() as session:
        found = lead_thread.picture(session, who.actor, media_id)
    if found:
        looks().note(who.actor.staff_id, [found.lead_id], Depth.PICTURE, where, app.clock.now())
    return found


ROUTES: list[BaseRoute] = [Route("/pictures/{media}", serve, methods=["GET"])]
