"""`/b/{code}/waitlist`, `/b/{code}/offer`: what a person waits for, and the time that is offered to them.

GET changes nothing; each button is a form that works without a script.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from core.booking.waitlist_rules import PARTS, Wanted
from core.domain.errors import InvalidInput, LostRace
from core.domain.ids import is_id
from core.domain.roles import PATIENT
from core.flows.booking import answering_offers, links, waiting
from core.flows.booking.answering_offers import Answered
from core.flows.booking.links import PATH, Door, Look
from core.reads import waitlist_page as reads
from core.reads.waitlist_page import WaitPage
from gateway import own_link, pages
from gateway.booking_page import answering
from gateway.booking_page.answering import Visitor
from gateway.booking_page.showing import SERVICES, Shown
from gateway.own_link import Then
from gateway.waitlist_page import showing
from gateway.waitlist_page.showing import ANY, GONE, OFFER, WAITLIST

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
UNSAID = -1


@router.api_route(f"{PATH}{{code}}/{WAITLIST}", methods=READ)
async def show_list(request: Request, code: str) -> Response:
    """What they wait for, or what they could."""
    return await own_link.get(request, code, WAITLIST, _list)


@router.post(f"{PATH}{{code}}/{WAITLIST}")
async def change_list(request: Request, code: str) -> Response:
    """They join, want something else, or leave."""
    return await own_link.post(request, code, WAITLIST, _change)


@router.api_route(f"{PATH}{{code}}/{OFFER}", methods=READ)
async def show_offer(request: Request, code: str) -> Response:
    """The time that is offered to them."""
    return await own_link.get(request, code, OFFER, _offer)


@router.post(f"{PATH}{{code}}/{OFFER}")
async def answer_offer(request: Request, code: str) -> Response:
    """They take it, pass, or leave the list: what 1, 2 and 3 say by text."""
    return await own_link.post(request, code, OFFER, _answer)


def _look(session: Session, visitor: Visitor) -> Look:
    return links.look(session, visitor.asked.code, visitor.browser, visitor.now)


def _list(visitor: Visitor, sent: Wanted | None = None, fault: str = "", status: int = 200) -> Response:
    with visitor.app.db.read() as session:
        look = _look(session, visitor)
        page = _read(session, visitor, look)
    if page is None:
        return answering.door(visitor, look)
    if not page.service:
        return RedirectResponse(visitor.asked.path(SERVICES), 303)
    return _render(showing.waiting(visitor, page, sent, fault), status)


def _read(session: Session, visitor: Visitor, look: Look) -> WaitPage | None:
    if look.door is not Door.OPEN or look.link is None or look.lead is None:
        return None
    asked, reference = visitor.asked, visitor.app.reference
    named = visitor.sent.get("service", asked.service)
    provider = visitor.sent.get("provider", asked.provider)
    return reads.read(session, reference, look.link, look.lead, named, provider)


def _change(visitor: Visitor) -> Then:
    look = own_link.enter(visitor)
    if look.door is not Door.OPEN:
        return partial(answering.door, visitor, look)
    wanted = _wanted(visitor.sent)
    try:
        with visitor.app.db.write() as session:
            page = _read(session, visitor, look)
            done = _do(session, visitor, page, wanted) if page else ""
    except InvalidInput as error:
        return partial(_list, visitor, _as_shown(wanted), f"fault_{error.errors[0].field}", 422)
    except LostRace:  # the page shows what stands by now
        return partial(_list, _done(visitor, "on_already"), status=409)
    return partial(RedirectResponse, visitor.asked.path(done=done, day=""), 303)


def _do(session: Session, visitor: Visitor, page: WaitPage, wanted: Wanted) -> str:
    """The key of words about what was done."""
    reference, entry = visitor.app.reference, page.entry
    what = visitor.sent.get("act", "join")
    if what == "leave":
        return "left" if entry and waiting.leave(session, PATIENT, entry.id, now=visitor.now) else "not_on"
    wanted = replace(wanted, provider_id=page.provider_id or None)
    if entry and what == "change":
        waiting.change(session, reference, PATIENT, entry.id, wanted, now=visitor.now)
        return "changed"
    waiting.join(session, reference, PATIENT, page.lead.id, page.service, wanted, now=visitor.now)
    return "joined"


def _wanted(sent: Mapping[str, str]) -> Wanted:
    """What a form says; what no form of ours says is refused by its name (`waitlist_rules.checked`)."""
    place, notice = sent.get("place", ANY), sent.get("notice", "60")
    days = tuple(day for day in range(7) if sent.get(f"day{day}"))
    minutes = int(notice) if notice.isascii() and notice.isdecimal() and len(notice) < 6 else UNSAID
    return Wanted("" if place == ANY else place, None, days, sent.get("part", "any"), minutes)


def _as_shown(wanted: Wanted) -> Wanted:
    part = wanted.part if wanted.part in PARTS else "any"
    return replace(wanted, part=part)


def _done(visitor: Visitor, done: str) -> Visitor:
    return replace(visitor, asked=replace(visitor.asked, done=done))


def _offer(visitor: Visitor, fault: str = "", status: int = 200) -> Response:
    with visitor.app.db.read() as session:
        look = _look(session, visitor)
        page = reads.read_offer(session, look.link, look.lead) if look.link and look.lead else None
    if page is None:
        return answering.door(visitor, look)
    return _render(showing.offered(visitor, page, fault), status)


def _answer(visitor: Visitor) -> Then:
    look = own_link.enter(visitor)
    if look.door is not Door.OPEN or look.lead is None:
        return partial(answering.door, visitor, look)
    offer_id = visitor.sent.get("offer", "")
    with visitor.app.db.write() as session:
        if not is_id(offer_id) or not reads.is_theirs(session, look.lead, offer_id):
            done = Answered.GONE
        else:
            done = _say(session, visitor, offer_id)
    if done is Answered.GONE:
        return partial(_offer, visitor, GONE, 409)
    to, said = (WAITLIST, "left") if done is Answered.LEFT else (OFFER, "")
    return partial(RedirectResponse, visitor.asked.path(to, done=said), 303)


def _say(session: Session, visitor: Visitor, offer_id: str) -> Answered:
    reference, now = visitor.app.reference, visitor.now
    match visitor.sent.get("act", ""):
        case "take":
            return answering_offers.take(session, reference, PATIENT, offer_id, now=now).what
        case "leave":
            return answering_offers.leave(session, PATIENT, offer_id, now=now).what
        case "pass":
            return answering_offers.let_pass(session, PATIENT, offer_id, now=now).what
    return Answered.HAD_IT  # nothing was said: the page as it is


def _render(shown: Shown, status: int) -> Response:
    return pages.render(f"booking/{shown.template}", status, **shown.values)
