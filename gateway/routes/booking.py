"""`/b/{code}`: a patient's own page. GET changes nothing; each button is a form that works without a script."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from core.domain.errors import InvalidInput, LostRace, NotFound, SlotTaken
from core.flows.booking import by_link, links, renewing
from core.flows.booking.links import PATH, Door, Look
from core.leads.store.leads import LeadBrief
from gateway import own_link
from gateway.booking_page import answering
from gateway.booking_page.answering import Visitor
from gateway.booking_page.asked import time_of
from gateway.booking_page.showing import CALL_ASKED, CANCEL, CANCELLED, CHANGE, SERVICES
from gateway.booking_page.standing import AGAIN, BOOKED, MOVED
from gateway.own_link import Act, Then

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
FAULTS = {
    "service": "gone_service",
    "location": "gone_place",
    "provider": "gone_person",
    "at": "gone_time",
    "reason": "fault_reason",
}


Do = Callable[[Session, Visitor, LeadBrief], str]  # the address to go on to


@router.api_route(f"{PATH}{{code}}", methods=READ)
async def home(request: Request, code: str) -> Response:
    """Times to choose from, or the visit that is booked."""
    return await _get(request, code, "")


@router.api_route(f"{PATH}{{code}}/{CHANGE}", methods=READ)
async def change(request: Request, code: str) -> Response:
    """Another time for the visit, which stays where it is until that is confirmed."""
    return await _get(request, code, CHANGE)


@router.api_route(f"{PATH}{{code}}/{CANCEL}", methods=READ)
async def ask_to_cancel(request: Request, code: str) -> Response:
    """Whether it is meant, and why."""
    return await _get(request, code, CANCEL)


@router.api_route(f"{PATH}{{code}}/{SERVICES}", methods=READ)
async def services(request: Request, code: str) -> Response:
    """What can be booked online."""
    return await _get(request, code, SERVICES)


@router.post(f"{PATH}{{code}}/opened")
async def opened(request: Request, code: str) -> Response:
    """The page's script: a person has it before them."""
    return await _post(request, code, "", _opened)


@router.post(f"{PATH}{{code}}/prove")
async def prove(request: Request, code: str) -> Response:
    """The last four digits of the phone, in another browser than the first."""
    return await _post(request, code, "", _prove)


@router.post(f"{PATH}{{code}}/new-link")
async def new_link(request: Request, code: str) -> Response:
    """A text with a new link, to the number that we have."""
    return await _post(request, code, "", _new_link)


@router.post(f"{PATH}{{code}}/hold")
async def hold(request: Request, code: str) -> Response:
    """A time was tapped: kept for some minutes."""
    return await _post(request, code, "", lambda visitor: _act(visitor, _hold))


@router.post(f"{PATH}{{code}}/confirm")
async def confirm(request: Request, code: str) -> Response:
    """The held time is booked, or the visit moves there."""
    return await _post(request, code, "", lambda visitor: _act(visitor, _confirm))


@router.post(f"{PATH}{{code}}/let-go")
async def let_go(request: Request, code: str) -> Response:
    """The held time is free for others."""
    return await _post(request, code, "", lambda visitor: _act(visitor, _let_go))


@router.post(f"{PATH}{{code}}/{CANCEL}")
async def cancel(request: Request, code: str) -> Response:
    """The visit is called off."""
    return await _post(request, code, CANCEL, lambda visitor: _act(visitor, _cancel))


@router.post(f"{PATH}{{code}}/call")
async def call(request: Request, code: str) -> Response:
    """Staff are to call."""
    return await _post(request, code, "", lambda visitor: _act(visitor, _call))


async def _get(request: Request, code: str, step: str) -> Response:
    return await own_link.get(request, code, step, answering.page)


async def _post(request: Request, code: str, step: str, act: Act) -> Response:
    return await own_link.post(request, code, step, lambda visitor: act(_moving(visitor)))


def _moving(visitor: Visitor) -> Visitor:
    """A form of the page on which a visit is moved goes on there."""
    step = CHANGE if visitor.sent.get("moves") else visitor.asked.step
    return replace(visitor, asked=replace(visitor.asked, step=step))


def _opened(visitor: Visitor) -> Then:
    look = own_link.enter(visitor)
    return partial(Response, status_code=404 if look.door is Door.UNKNOWN else 204)


def _prove(visitor: Visitor) -> Then:
    digits = visitor.sent.get("digits", "").strip()
    with visitor.app.db.write() as session:
        look = links.prove(session, visitor.asked.code, visitor.browser, digits, visitor.now)
    if look.door is Door.OPEN:
        return partial(RedirectResponse, visitor.asked.path(""), 303)
    wrong = ("digits_wrong", 422) if look.door is Door.ASK else ()
    return partial(answering.door, visitor, look, *wrong)


def _new_link(visitor: Visitor) -> Then:
    try:
        with visitor.app.db.write() as session:
            planned = renewing.ask(session, visitor.asked.code, now=visitor.now)
    except NotFound:
        return partial(answering.door, visitor, Look(Door.UNKNOWN))
    said = ("link_coming", 200) if planned else ("link_wait", 429)
    return partial(answering.say, visitor.app, visitor.asked, *said)


def _act(visitor: Visitor, do: Do) -> Then:
    """Do it and show what is so now; what can't be done is said on the page that it came from."""
    look = own_link.enter(visitor)
    if look.door is not Door.OPEN or look.lead is None:
        return partial(answering.door, visitor, look)
    try:
        with visitor.app.db.write() as session:
            to = do(session, visitor, look.lead)
    except SlotTaken:
        return partial(answering.gone, visitor)
    except InvalidInput as error:
        return partial(answering.page, visitor, FAULTS.get(error.errors[0].field, "gone_time"), 422)
    except LostRace:  # the page shows what stands by now
        done = CANCELLED if visitor.asked.step == CANCEL else AGAIN
        return partial(answering.page, replace(visitor, asked=replace(visitor.asked, done=done)), status=409)
    return partial(RedirectResponse, to, 303)


def _hold(session: Session, visitor: Visitor, lead: LeadBrief) -> str:
    wanted, language = answering.picked_time(visitor), visitor.asked.lang
    by_link.hold(session, visitor.app.reference, lead, wanted, language, now=visitor.now)
    return visitor.asked.path()


def _confirm(session: Session, visitor: Visitor, lead: LeadBrief) -> str:
    done = by_link.confirm(session, visitor.app.reference, lead, answering.hold_id(visitor), now=visitor.now)
    return visitor.asked.path("", **_bare(), done=MOVED if done.moved else AGAIN if done.again else BOOKED)


def _bare() -> dict[str, str | int]:
    """A visit that stands has been chosen for: the address forgets what by."""
    return {"service": "", "where": "", "provider": "", "day": "", "later": 0}


def _let_go(session: Session, visitor: Visitor, lead: LeadBrief) -> str:
    by_link.let_go(session, lead.id, answering.hold_id(visitor))
    return visitor.asked.path("")


def _cancel(session: Session, visitor: Visitor, lead: LeadBrief) -> str:
    reason, seen = visitor.sent.get("reason", "not_said"), visitor.sent.get("seen", "")
    asked_about = time_of(seen) if seen else None
    by_link.cancel(session, visitor.app.reference, lead, reason, seen=asked_about, now=visitor.now)
    return visitor.asked.path("", **_bare(), done=CANCELLED)


def _call(session: Session, visitor: Visitor, lead: LeadBrief) -> str:
    by_link.ask_for_call(session, visitor.app.reference, lead, now=visitor.now)
    return visitor.asked.path("", done=CALL_ASKED)
