"""The booking API: free times for everybody; book, look, move and cancel with a key of LUXE_API_KEYS."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import structlog
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from core import free_times, wishes
from core.app import App
from core.domain.addresses import sender_of
from core.domain.errors import FieldError, InvalidInput
from core.domain.ids import is_id
from core.flows.booking import by_api
from core.flows.booking.by_api import Answered, TimeGone
from core.free_times import Slot
from core.reads import free_slots
from core.reference import Reference
from core.staff.store import treating
from gateway import booking_interface as interface
from gateway.booking_request import booking_request_of, caller_of, document_of, named_of, texts_of
from gateway.context import Context, context_of
from gateway.errors import refuse
from gateway.limits import CROWDED_SECONDS, Crowded
from gateway.security import TooLarge, address_of

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/booking")
USUAL_DAYS, MOST_DAYS, LONGEST_DAYS = 14, 31, 2  # the last in digits
ID = "appointmentId"
NO_KEY = "Send a key of LUXE_API_KEYS: 'Authorization: Bearer ...'."
TOO_MANY_WRONG = "Too many wrong keys from this address. Ask again after the seconds in Retry-After."
TOO_MANY = "Too many requests at once. Ask again after the seconds in Retry-After."
CROWDED = "Many others are looking for a time just now. Ask again after the seconds in Retry-After."
TOO_LARGE = "The body is larger than 64 kB."
UNKNOWN = "There is no such appointment."


@router.get("/availability", **interface.AVAILABILITY)
async def availability(request: Request) -> Response:
    """Free times of a treatment. Open to everybody, as often as a person can look."""
    context = context_of(request)
    wait = context.looks.wait(sender_of(address_of(request)))
    if wait:
        return refuse(429, FieldError("", TOO_MANY), retry_after=wait)
    now = context.app.clock.now()
    try:
        async with context.strangers.turn():
            return JSONResponse(await context.read(_free, context.app, dict(request.query_params), now))
    except Crowded:
        return refuse(503, FieldError("", CROWDED), retry_after=CROWDED_SECONDS)


@router.post("/create", status_code=201, **interface.CREATE)
async def create(request: Request) -> Response:
    """Book a time for somebody. With an Idempotency-Key the same request is answered the same for a day."""
    context = context_of(request)
    caller, refused = _admit(request, context)
    if refused:
        return refused
    try:
        document = await document_of(request)
        asked, named = booking_request_of(document), named_of(request, caller, document)
        now = context.app.clock.now()
        made: Answered = await context.write(by_api.create, context.app, asked, named, now=now)
    except TooLarge:
        return refuse(413, FieldError("body", TOO_LARGE))
    except TimeGone as gone:
        return await _gone(context, gone)
    log.info(
        "booked_by_api", caller=caller, appointment=made.document["appointmentId"], again=not made.is_new
    )
    return JSONResponse(made.document, 201 if made.is_new else 200)


@router.get("/{appointmentId}", **interface.SHOW)
async def show(request: Request) -> Response:
    """One appointment, whatever became of it."""
    context = context_of(request)
    refused = _admit_to_one(request, context)
    if refused:
        return refused
    now, id_ = context.app.clock.now(), request.path_params[ID]
    return JSONResponse(await context.write(by_api.show, context.app, id_, now=now))


@router.post("/{appointmentId}/reschedule", **interface.RESCHEDULE)
async def reschedule(request: Request) -> Response:
    """Another time at the same location."""
    return await _change(request, ("date", "time", "provider"), by_api.reschedule)


@router.post("/{appointmentId}/cancel", **interface.CANCEL)
async def cancel(request: Request) -> Response:
    """It will not take place. Once more is no fault."""
    return await _change(request, ("reason",), by_api.cancel)


async def _change(request: Request, fields: Sequence[str], flow: Any) -> Response:
    context = context_of(request)
    refused = _admit_to_one(request, context)
    if refused:
        return refused
    try:
        said = texts_of(await document_of(request), *fields)
        now, id_ = context.app.clock.now(), request.path_params[ID]
        return JSONResponse(await context.write(flow, context.app, id_, **said, now=now))
    except TooLarge:
        return refuse(413, FieldError("body", TOO_LARGE))
    except TimeGone as gone:
        return await _gone(context, gone)


def _admit(request: Request, context: Context) -> tuple[str, Response | None]:
    """The caller's name, or why nobody is let in."""
    sender = sender_of(address_of(request))
    wait = context.wrong_keys.rest(sender)
    if wait:  # not even a right key is told from a wrong one
        return "", refuse(429, FieldError("", TOO_MANY_WRONG), retry_after=wait)
    caller = caller_of(request, context.api_keys)
    if not caller:
        context.wrong_keys.wait(sender)
        answer = refuse(401, FieldError("Authorization", NO_KEY))
        answer.headers["WWW-Authenticate"] = "Bearer"
        return "", answer
    wait = context.webhook_limit.wait(f"api:{caller}")
    return caller, refuse(429, FieldError("", TOO_MANY), retry_after=wait) if wait else None


def _admit_to_one(request: Request, context: Context) -> Response | None:
    """The same for one appointment: also why there can't be any of that name."""
    _, refused = _admit(request, context)
    if refused or is_id(request.path_params[ID]):
        return refused
    return refuse(404, FieldError(ID, UNKNOWN))


async def _gone(context: Context, gone: TimeGone) -> Response:
    """409 with what is near; read once the request's own transaction is over."""
    near = await context.read(_near, context.app, gone, context.app.clock.now())
    document = {"errors": [{"field": "time", "message": str(gone)}], "alternatives": near}
    return JSONResponse(document, 409)


def _near(app: App, gone: TimeGone, now: datetime) -> list[dict[str, str]]:
    with app.db.read() as session:
        found = free_slots.near(session, app.reference, gone.wish, gone.starts_at, now)
        names = {one.id: one.name for one in treating.providers(session)}
    return [_slot(app.reference, slot, names) for slot in found]


def _free(app: App, asked: dict[str, str], now: datetime) -> dict[str, Any]:
    """Raises InvalidInput."""
    reference = app.reference
    service = wishes.service_of(reference, asked.get("treatment", ""))
    location = wishes.location_of(reference, asked.get("location", ""))
    with app.db.read() as session:
        times = free_times.read(session, reference, now, now, now)
        provider = wishes.provider_of(times.providers, asked.get("provider", ""))
        wish = wishes.wish_of(times, service, location, provider)
        zone = reference.clinic.hours(wish.location).zone
        first = _first_day(asked.get("from", ""), now.astimezone(zone).date())
        since, until = (_midnight(first + timedelta(days=n), zone) for n in (0, _days(asked.get("days", ""))))
        slots = free_slots.between(session, reference, wish, max(since, now), until, now)
        later = free_slots.first_from(session, reference, wish, until, now)
        names = {one.id: one.name for one in times.providers}
    return {
        "slots": [_slot(reference, slot, names) for slot in slots],
        "next": _slot(reference, later, names) if later else None,
    }


def _first_day(asked: str, today: date) -> date:
    """Never before today. Raises InvalidInput(from)."""
    return max(wishes.day_of(asked, today, "from"), today) if asked else today


def _days(asked: str) -> int:
    """Raises InvalidInput(days)."""
    if not asked:
        return USUAL_DAYS
    days = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_DAYS else 0
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput.of("days", f"A number from 1 to {MOST_DAYS}.")
    return days


def _midnight(day: date, zone: Any) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _slot(reference: Reference, slot: Slot, names: dict[str, str]) -> dict[str, str]:
    zone = reference.clinic.hours(slot.location).zone
    return {
        "start": slot.starts_at.astimezone(zone).isoformat(),
        "end": slot.ends_at.astimezone(zone).isoformat(),
        "provider": slot.provider_id,
        "providerName": names.get(slot.provider_id, ""),
        "location": slot.location,
    }
