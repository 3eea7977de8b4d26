"""`/a/{code}`: the link of an alert to a member of staff. GET shows what it would do, POST does it, once."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from core.app import App
from core.domain.errors import FieldError, LuxeError, UnreadablePayload
from core.flows.escalation import links
from core.flows.escalation.links import Shown, Unusable
from core.flows.sending.alert_links import PATH
from core.intake.connectors.form_body import url_encoded
from gateway import pages
from gateway.context import context_of
from gateway.errors import refuse
from gateway.security import TWILIO_LIMIT, TooLarge, read_body

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]


@router.api_route(f"{PATH}{{code}}", methods=READ)
async def show(request: Request, code: str) -> Response:
    """Buttons for each lead. It changes nothing: messengers open every link for their preview."""
    context = context_of(request)
    return await context.read(_page, context.app, code, "", "")


@router.post(f"{PATH}{{code}}")
async def act(request: Request, code: str) -> Response:
    """A button was pressed."""
    context = context_of(request)
    try:
        sent = url_encoded(await read_body(request, TWILIO_LIMIT))
    except (TooLarge, UnreadablePayload):
        return refuse(413, FieldError("body", "Press one of the buttons: nothing else needs to be sent."))
    return await context.write(_act, context.app, code, sent.get("act", ""), sent.get("which", ""))


def _act(app: App, code: str, what: str, which: str) -> Response:
    try:
        with app.db.write() as session:
            done = links.act(session, app, code, what, which, now=app.clock.now())
    except Unusable as error:
        return _unusable(app, error)
    except LuxeError as error:
        return _page(app, code, "", str(error), 409)
    return _page(app, code, done, "")


def _page(app: App, code: str, done: str, refused: str, status: int = 200) -> Response:
    try:
        with app.db.read() as session:
            shown = links.look(session, app, code, now=app.clock.now())
    except Unusable as error:
        return _unusable(app, error)
    return _render(app, code, shown, done, refused, status)


def _render(app: App, code: str, shown: Shown, done: str, refused: str, status: int) -> Response:
    return pages.render(
        "alert.html",
        status,
        code=code,
        shown=shown,
        several=sum(line.open for line in shown.lines) > 1,
        done=done,
        refused=refused,
        console=app.settings.console,
    )


def _unusable(app: App, error: Unusable) -> Response:
    status = 410 if error.expired else 404
    return pages.render("alert_unusable.html", status, words=str(error), console=app.settings.console)
