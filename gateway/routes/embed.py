"""The booking widget: `GET /widget.js` for the clinic's own site, and the page `/embed/book` that it frames.

The page works without scripts and by itself. It sets no cookie and keeps nothing in the browser: what it knows of a
visitor travels sealed in its form.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from core.app import App
from core.booking import store as visits
from core.booking.store import Visit
from core.booking.store_holds import Hold
from core.domain.addresses import sender_of
from core.domain.errors import FieldError, LostRace, NotFound, SlotTaken
from core.domain.ids import is_id
from core.flows.booking import by_widget
from core.flows.booking.by_widget import Sent, TooManyHeld
from core.flows.intake.receive_form import Verdict
from core.free_times import Wish
from core.intake.draft import Delivery
from core.staff.store import people as staff_names
from gateway import pages
from gateway.context import Context, context_of
from gateway.embed import sending, view, words
from gateway.embed.asked import ON, PATH, Asked, needed_first
from gateway.embed.drawing import (
    FORM,
    asked_of,
    crowded,
    first_other,
    page,
    render,
    said,
    slow_down,
    values_of,
)
from gateway.hosted import filled
from gateway.hosted.definition import HostedForm
from gateway.hosted.filled import SEAL, Sender
from gateway.hosted.seal import HoldSeal, open_booked, open_page, seal_booked
from gateway.limits import Buckets, Crowded
from gateway.security import address_of, is_foreign

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
SHOWN_FOR, FURTHEST = timedelta(hours=24), timedelta(days=400)


@router.api_route("/widget.js", methods=READ)
async def script() -> Response:
    """What the clinic's own site loads. The same for everybody, so browsers may keep it for some minutes."""
    return FileResponse(pages.STATIC / "widget.js", media_type="text/javascript")


@router.api_route(PATH, methods=READ)
async def show(request: Request) -> Response:
    """Times to choose from. Reading it changes nothing."""
    context = context_of(request)
    given = dict(request.query_params)
    asked = asked_of(context, given)
    wait = context.looks.wait(sender_of(address_of(request)))
    if wait:
        return slow_down(asked, wait)
    notice = needed_first(context.app.reference, given.get("treatment", ""))
    return await page(context, asked, {}, notice=first_other(asked, notice.label) if notice else "")


@router.post(f"{PATH}/hold")
async def hold(request: Request) -> Response:
    """Keep a time for some minutes, and show the page with it. What was typed already stays."""
    context = context_of(request)
    values = await values_of(request)
    asked = asked_of(context, values)
    refused = _refused(request, context, asked, context.holds)
    if refused:
        return refused
    now = context.app.clock.now()
    try:
        sender = sender_of(address_of(request))
        async with context.strangers.turn():
            kept = await context.write(_hold, context.app, asked, values.get("at", ""), sender, now)
    except Crowded:
        return crowded(asked)
    except TooManyHeld as refused:
        which = "each" if str(refused) == by_widget.EACH_HELD else "day"
        return await page(context, asked, values, 429, notice=words.TOO_MANY[which][asked.language])
    except SlotTaken:
        return await page(context, asked, values, 409, notice=words.words_in(asked.language)["taken"])
    if kept is None:
        return await page(context, asked, values, 422)
    held = HoldSeal(kept.id, kept.service, kept.location, kept.starts_at)
    return await page(context, asked.holding(context.app.db.keyring, held), values)


@router.post(PATH)
async def book(request: Request) -> Response:
    """Book the held time with the form: both or neither. Faults are shown at their fields, with what was typed."""
    context = context_of(request)
    values = await values_of(request)
    asked = asked_of(context, values)
    refused = _refused(request, context, asked, context.form_limit)
    if refused:
        return refused
    form = sending.form_of(context.forms[FORM], asked.language)
    missing = filled.missing(form, values)
    try:
        sent: Sent = await _send(request, context, asked, form, values, missing)
    except LostRace:
        gone = words.words_in(asked.language)["taken"]
        return await page(context, asked.holding(context.app.db.keyring, None), values, 409, notice=gone)
    if sent.visit:
        log.info("booked_by_widget", appointment=sent.visit.id)
        sealed = seal_booked(context.app.db.keyring, sent.visit.id, sending.told(form, values))
        return RedirectResponse(asked.link(page="/done", h="", l=sealed), 303)
    if sent.answer.accepted or sent.answer.verdict in (Verdict.HELD, Verdict.KEPT):  # staff have it
        return RedirectResponse(asked.link(page="/asked", h=""), 303)
    faults = filled.in_order(form, sending.faults_in(list(sent.answer.errors), asked.language))
    return await page(context, asked, values, 422, errors=faults)


def _refused(request: Request, context: Context, asked: Asked, limit: Buckets) -> Response | None:
    """What another site's page sends books nothing: each of its visitors would have an address of their own. Nothing is
    worked out for who asks too often."""
    if is_foreign(request, context.app.settings.public):
        return said(asked, "foreign", "foreign_words", 403)
    wait = limit.wait(sender_of(address_of(request)))
    return slow_down(asked, wait) if wait else None


async def _send(
    request: Request,
    context: Context,
    asked: Asked,
    form: HostedForm,
    values: Mapping[str, str],
    missing: list[FieldError],
) -> Sent:
    """Raises LostRace where nothing is held any more, or somebody has the time."""
    app = context.app
    now = app.clock.now()
    if asked.held is None:
        raise SlotTaken(words.ENGLISH["taken"])
    seal = open_page(app.db.keyring, values.get(SEAL, ""))
    sender = Sender(
        address_of(request), request.headers.get("user-agent", ""), f"{app.settings.public}{PATH}"
    )
    document = dict(values) | _of_time(app, asked, asked.held)
    delivery = Delivery(filled.document(form, document, seal, sender, now), "application/json", {}, sender.ip)
    typed = {name: value for name, value in values.items() if name != ON}
    how = filled.page_of(typed, seal, now, app.clock.speed)
    return await context.write(by_widget.book, app, delivery, missing, how, asked.held.id, now=now)


def _of_time(app: App, asked: Asked, held: HoldSeal) -> dict[str, str]:
    """What the form says of the time that it is for: staff read it, should a person have to look first. The same
    however often it is sent."""
    service = app.reference.bookable.services.get(held.service)
    zone = app.reference.clinic.hours(held.location).zone
    return {
        "language": asked.language,
        "embedded_on": asked.passed_on.get(ON, ""),
        "location": held.location,
        "wished_time": words.short_moment(held.starts_at, zone, "en"),
        "treatment": service.treatment if service else "",
    }


@router.api_route(f"{PATH}/done", methods=READ)
async def done(request: Request) -> Response:
    """What is booked, without a name: only who just booked it has this address, and for a day."""
    context = context_of(request)
    asked = asked_of(context, dict(request.query_params))
    visit_id, told = open_booked(context.app.db.keyring, request.query_params.get("l", ""))
    now = context.app.clock.now()
    found = await context.read(_booked, context.app, visit_id, now) if is_id(visit_id) else None
    if found is None:
        return said(asked, "over", "over_words")
    visit, begins, who = found
    where = context.app.reference.clinic.location(visit.location)
    service = context.app.reference.bookable.services.get(visit.service)
    return render(
        "embed_done.html",
        asked,
        when=words.short_moment(begins, where.hours.zone, asked.language),
        what=f"{service.name(asked.language)}, {view.about(service, asked.language)}" if service else "",
        who=who,
        where=where,
        code=visit.code,
        told=told,
        change=view.change_words(context.app.reference, begins, where.hours.zone, asked.language, now),
        deposit=service.deposit if service else "",
    )


@router.api_route(f"{PATH}/asked", methods=READ)
async def asked_only(request: Request) -> Response:
    """Nothing is booked: a person of ours looks at it first."""
    return said(asked_of(context_of(request), dict(request.query_params)), "asked", "asked_words")


def _hold(app: App, asked: Asked, chosen: str, address: str, now: datetime) -> Hold | None:
    """None where nothing that can be held was chosen. Raises SlotTaken, TooManyHeld."""
    moment, _, provider = chosen.partition("|")
    try:
        starts_at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if starts_at.tzinfo is None or asked.service is None or not timedelta() <= starts_at - now <= FURTHEST:
        return None
    wish = Wish(asked.service, asked.location, provider if is_id(provider) else asked.provider)
    try:
        return _hold_once(app, wish, starts_at, address, asked.hold_id, now)
    except TooManyHeld:
        raise
    except SlotTaken:
        if asked.provider:
            raise
        return _hold_once(app, replace(wish, provider_id=""), starts_at, address, asked.hold_id, now)


def _hold_once(app: App, wish: Wish, starts_at: datetime, address: str, earlier: str, now: datetime) -> Hold:
    with app.db.write() as session:
        return by_widget.hold(session, app.reference, wish, starts_at, address, now, instead_of=earlier)


def _booked(app: App, visit_id: str, now: datetime) -> tuple[Visit, datetime, str] | None:
    """A visit of the last day that still stands, when it begins, and who gives it."""
    with app.db.read() as session:
        try:
            found = visits.get(session, visit_id)
        except NotFound:
            return None
        if found.state != "booked" or found.starts_at is None or now - found.created_at > SHOWN_FOR:
            return None
        return found, found.starts_at, staff_names.name(session, found.provider_id)
