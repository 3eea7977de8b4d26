"""Calendars that are fetched: a patient's own visit to take along, and a provider's visits at their secret address."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from core.app import App
from core.booking import ics
from core.domain.addresses import sender_of
from core.domain.errors import FieldError
from core.flows.booking import feeds_out, inviting
from core.flows.booking.feeds_out import ENDING, PATH
from core.flows.booking.links import PATH as LINKS
from gateway.context import context_of
from gateway.errors import refuse
from gateway.security import address_of

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
COOKIE = "booking"  # by which a booking page knows its browser
CALENDAR = "text/calendar; charset=utf-8"
TOO_OFTEN = "Ask for it less often."
NO_FEED = "There is no calendar at this address. Make a new one under My account."


@router.api_route(f"{LINKS}{{code}}/calendar.ics", methods=READ)
async def take_along(request: Request, code: str) -> Response:
    """The visit behind a link, for the browser that may see it; any other is sent to the page, which says why not."""
    context = context_of(request)
    wait = context.booking_limit.wait(sender_of(address_of(request)))
    if wait:
        return refuse(429, FieldError("", TOO_OFTEN), retry_after=wait)
    browser = request.cookies.get(COOKIE, "")
    found = await context.read(_visit, context.app, code, browser)
    if found is None:
        return RedirectResponse(f"{LINKS}{code}", 303)
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return Response(found, media_type=f"{CALENDAR}; method={ics.PUBLISH}", headers=headers)


def _visit(app: App, code: str, browser: str) -> bytes | None:
    with app.db.read() as session:
        return inviting.file_of(session, app.reference, code, browser, app.settings.public, app.clock.now())


@router.api_route(f"{PATH}{{secret}}{ENDING}", methods=READ)
async def feed(request: Request, secret: str) -> Response:
    """A provider's visits. 304 where nothing changed since the mark that the sender names."""
    context = context_of(request)
    wait = context.feed_limit.wait(sender_of(address_of(request)))
    if wait:
        return refuse(429, FieldError("", TOO_OFTEN), retry_after=wait)
    found = await context.read(_feed, context.app, secret)
    if found is None:
        return refuse(404, FieldError("", NO_FEED))
    content, mark = found
    etag = f'W/"{mark}"'
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": etag})
    return Response(content, media_type=CALENDAR, headers={"ETag": etag})


def _feed(app: App, secret: str) -> tuple[bytes, str] | None:
    with app.db.read() as session:
        return feeds_out.calendar(session, app.reference, secret, app.settings.public, app.clock.now())
