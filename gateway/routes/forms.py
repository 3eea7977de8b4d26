"""The hosted forms: `GET`, `POST /f/{form}`, the page of thanks, and the words about texts and privacy."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote, urlsplit

import structlog
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from core.app import App
from core.domain.addresses import sender_of
from core.domain.errors import FieldError, UnreadablePayload
from core.domain.ids import is_id, new_id
from core.domain.names import fold
from core.flows.intake import receive_form
from core.flows.intake.receive_form import Verdict
from core.intake.connectors.form_body import parts_of
from core.intake.draft import Delivery
from core.reads import thanks as thanks_read
from core.reads.thanks import Promise
from gateway import pages
from gateway.context import Context, context_of
from gateway.hosted import filled
from gateway.hosted.definition import HostedForm
from gateway.hosted.filled import SEAL, TOUCHED, TRAP_BOX, Sender
from gateway.hosted.seal import open_change, open_page, open_thanks, seal_change, seal_page, seal_thanks
from gateway.hosted.thanks import CHANGED_FOR, thanks
from gateway.security import FORM_LIMIT, TooLarge, address_of, read_body

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
LEGAL = {"terms": "terms.html", "privacy": "privacy.html"}
UNREADABLE = "We could not read what your browser sent. Please fill in the form again."
TOO_LONG = "That is more text than this form takes. Please shorten it."


@router.api_route("/f/{slug}", methods=READ)
async def show(request: Request, slug: str) -> Response:
    """The empty form, with the treatment of `?treatment=` chosen and the source kept; or what `?change=` had sent."""
    context = context_of(request)
    if slug in LEGAL:
        return pages.render(LEGAL[slug])
    form = context.forms.get(slug)
    if form is None:
        return _unknown()
    query = dict(request.query_params)
    before = await _filled_before(context, form, query.get("change", ""))
    if before:
        return _page(context, form, before)
    values = filled.carried(query, _referrer(request))
    wanted = fold(query.get("treatment", "").replace("-", " "))
    return _page(context, form, values | {"treatment": context.app.reference.treatment_names.get(wanted, "")})


@router.post("/f/{slug}")
async def send(request: Request, slug: str) -> Response:
    """Store it and say thanks, or show it again with what to fix."""
    context = context_of(request)
    form = context.forms.get(slug)
    if form is None:
        return _unknown()
    try:
        body = await read_body(request, FORM_LIMIT)
        values = parts_of(body, request.headers.get("content-type", ""))
    except TooLarge:
        return _page(context, form, {}, [FieldError("", TOO_LONG)], 413)
    except UnreadablePayload:
        return _page(context, form, {}, [FieldError("", UNREADABLE)], 422)
    wait = context.form_limit.wait(sender_of(address_of(request)))
    if wait:
        return _slow_down(context, form, values, wait)
    return await _take(request, context, form, values)


@router.api_route("/f/{slug}/thanks", methods=READ)
async def show_thanks(request: Request, slug: str) -> Response:
    """Who calls, at which number, by when. Reading it again changes nothing."""
    context = context_of(request)
    form = context.forms.get(slug)
    if form is None:
        return _unknown()
    submission_id = open_thanks(context.app.db.keyring, request.query_params.get("l", ""))
    promise = await context.read(_promise, context.app, submission_id) if is_id(submission_id) else None
    said = thanks(promise, context.app.reference.clinic, context.app.clock.now())
    change = quote(seal_change(context.app.db.keyring, submission_id)) if said.change_until else ""
    return pages.render("thanks.html", form=form, thanks=said, change=change)


async def _filled_before(context: Context, form: HostedForm, sealed: str) -> dict[str, str]:
    """What a form just sent holds, for whoever came from its thanks; nothing later, or where the words were changed."""
    submission_id = open_change(context.app.db.keyring, sealed)
    if not is_id(submission_id):
        return {}
    since = context.app.clock.now() - CHANGED_FOR
    body = await context.read(_kept, context.app, submission_id, since)
    return filled.filled_before(form, body) if body else {}


async def _take(request: Request, context: Context, form: HostedForm, values: Mapping[str, str]) -> Response:
    app = context.app
    now = app.clock.now()
    seal = open_page(app.db.keyring, values.get(SEAL, ""))
    sender = Sender(address_of(request), request.headers.get("user-agent", ""), _page_url(app, form))
    delivery = Delivery(filled.document(form, values, seal, sender, now), "application/json", {}, sender.ip)
    page = filled.page_of(values, seal, now, app.clock.speed)
    faults = filled.missing(form, values)
    answer = await context.write(receive_form.fill_in, app, delivery, faults, page, now=now)
    if answer.verdict in (Verdict.KEPT, Verdict.HELD):  # staff have it: true, if without a promise
        return _say_thanks(context, form, new_id(now))
    if not answer.accepted:
        return _page(context, form, values, filled.in_order(form, answer.errors), 422)
    log.info("form_received", connector="hosted", form=form.slug, verdict=answer.verdict.value,
             submission_id=answer.submission_id)  # fmt: skip
    return _say_thanks(context, form, answer.submission_id)


def _say_thanks(context: Context, form: HostedForm, submission_id: str) -> Response:
    sealed = quote(seal_thanks(context.app.db.keyring, submission_id))
    return RedirectResponse(f"/f/{form.slug}/thanks?l={sealed}", 303)


def _page(
    context: Context,
    form: HostedForm,
    values: Mapping[str, str],
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    """The form with `values` in it. An opened page keeps its seal, so that its corrections belong together."""
    app = context.app
    old = values.get(SEAL, "")
    seal = old if open_page(app.db.keyring, old) else seal_page(app.db.keyring, app.clock.now())
    return pages.render(
        "form.html",
        status,
        form=form,
        values=values,
        errors=errors,
        message_of={error.field: error.message for error in errors},
        hidden=filled.carried(values) | {SEAL: seal},
        trap=TRAP_BOX,
        touched=TOUCHED,
    )


def _slow_down(context: Context, form: HostedForm, values: Mapping[str, str], wait: float) -> Response:
    seconds = math.ceil(wait)
    words = (
        f"Many forms came from your connection. Nothing is lost: wait {seconds} seconds, then send it again."
    )
    answer = _page(context, form, values, [FieldError("", words)], 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _promise(app: App, submission_id: str) -> Promise | None:
    with app.db.read() as session:
        return thanks_read.read(session, submission_id)


def _kept(app: App, submission_id: str, since: datetime) -> bytes | None:
    with app.db.read() as session:
        return thanks_read.filled_in(session, submission_id, since)


def _unknown() -> Response:
    return pages.message(404, "There is no such form", "Perhaps the link was cut on its way to you.")


def _page_url(app: App, form: HostedForm) -> str:
    return f"{app.settings.public}/f/{form.slug}"


def _referrer(request: Request) -> str:
    """The page that led here, without its query: that may hold anything. '' for one of ours, and for what is none."""
    try:
        parts = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or parts.netloc == request.headers.get("host"):
        return ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
