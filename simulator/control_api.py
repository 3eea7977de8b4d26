"""The simulator's own interface, for its page, for tests and for benchmarks. JSON under /control/."""

import heapq
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.form_job import FormOrder
from simulator.live import PHONES_SHOWN, Live
from simulator.parts import Parts
from simulator.pictures import Picture, draw_picture, read_upload
from simulator.refusals import is_dialable
from simulator.views import message_view, phone_view

Endpoint = Callable[[Request], Awaitable[Response]]
MOST_PICTURES = 10


class Upload(BaseModel):
    content_type: str
    data: str


class ReplyOrder(BaseModel):
    """`media`: names of drawn pictures ('cheek', 'forehead', 'hand') or files as base64."""

    model_config = ConfigDict(extra="forbid")

    phone: str
    body: str = Field("", max_length=1600)
    media: list[str | Upload] = Field(default_factory=list, max_length=MOST_PICTURES)


class PhoneOrder(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phone: str
    name: str = Field("", max_length=80)


class ControlApi:
    def __init__(self, parts: Parts, live: Live) -> None:
        self._parts = parts
        self._live = live

    def routes(self) -> list[Route]:
        return [
            Route("/control/messages", self.messages, methods=["GET"]),
            Route("/control/stats", self.stats, methods=["GET"]),
            Route("/control/phones", self.phones, methods=["GET"]),
            Route("/control/phones", _told(self.add_phone), methods=["POST"]),
            Route("/control/media/{sid}/{media}", self.media, methods=["GET"]),
            Route("/control/faults", self.faults, methods=["GET"]),
            Route("/control/faults", _told(self.change_faults), methods=["POST"]),
            Route("/control/reply", _told(self.reply), methods=["POST"]),
            Route("/control/forms", self.forms, methods=["GET"]),
            Route("/control/forms", _told(self.send_forms), methods=["POST"]),
            Route("/control/forms", self.stop_forms, methods=["DELETE"]),
            Route("/control/reset", _told(self.reset), methods=["POST"]),
        ]

    async def messages(self, request: Request) -> Response:
        """All texts, oldest first. `?after=N` leaves out the first N; `?direction=outbound` or `inbound`."""
        after = request.query_params.get("after", "0")
        direction = request.query_params.get("direction", "")
        views = [
            message_view(text)
            for text in list(self._parts.ledger.texts())[int(after) if after.isdigit() else 0 :]
        ]
        kept = [view for view in views if not direction or view["direction"] == direction]
        return JSONResponse({"count": len(kept), "messages": kept})

    async def stats(self, _request: Request) -> Response:
        texts, phones = self._parts.ledger.counts()
        statuses: dict[str, int] = {}
        for text in self._parts.ledger.texts():
            name = text.status.value
            statuses[name] = statuses.get(name, 0) + 1
        return JSONResponse(
            {
                "texts": texts,
                "phones": phones,
                "statuses": statuses,
                "under_way": self._parts.courier.under_way,
                "requests": self._parts.log.counts(),
                "open_pages": self._live.open_pages,
                "clock": self._parts.config.clock.now().isoformat(),
                "speed": self._parts.config.clock.speed,
            }
        )

    async def phones(self, request: Request) -> Response:
        """The newest phones whose number, owner or latest text holds `?q=`."""
        wanted = request.query_params.get("q", "").strip().lower()
        digits = re.sub(r"\D", "", wanted) if not re.search("[a-z]", wanted) else ""
        ledger = self._parts.ledger
        found = [
            phone
            for phone in ledger.phones()
            if wanted in phone.name.lower()
            or (digits and digits in phone.number)
            or (phone.sids and (text := ledger.get(phone.sids[-1])) and wanted in text.body.lower())
        ]
        newest = heapq.nlargest(PHONES_SHOWN, found, key=lambda phone: phone.touched)
        return JSONResponse({"found": len(found), "phones": [phone_view(ledger, phone) for phone in newest]})

    async def add_phone(self, request: Request) -> Response:
        order = PhoneOrder.model_validate_json(await request.body())
        _check_phone(order.phone)
        self._parts.ledger.name(order.phone, order.name.strip())
        return JSONResponse({"phone": order.phone}, 201)

    async def media(self, request: Request) -> Response:
        """A picture on a phone, without the account's password: for the page."""
        text = self._parts.ledger.get(request.path_params["sid"])
        media = (
            next((item for item in text.media if item.sid == request.path_params["media"]), None)
            if text
            else None
        )
        content = self._parts.pictures.read(media.sid) if media else None
        if media is None or content is None:
            return _problem(404, "no such picture")
        return Response(content, media_type=media.content_type, headers={"X-Content-Type-Options": "nosniff"})

    async def faults(self, _request: Request) -> Response:
        return JSONResponse(self._parts.faults.behaviour.model_dump(mode="json"))

    async def change_faults(self, request: Request) -> Response:
        """Sets the given fields and leaves the others; `"faults": []` switches the troubles off."""
        update = await request.json()
        if not isinstance(update, dict):
            raise ValueError('an object is needed, such as {"faults": [{"kind": "drop", "count": 1}]}')
        behaviour = self._parts.faults.change(update)
        self._live.note_standing()
        return JSONResponse(behaviour.model_dump(mode="json"))

    async def reply(self, request: Request) -> Response:
        """A patient's text. Answers when the gateway has, so that a test needs no waiting of its own."""
        order = ReplyOrder.model_validate_json(await request.body())
        _check_phone(order.phone)
        if not order.body and not order.media:
            raise ValueError("a text needs words or a picture")
        text = self._parts.inbound.receive(order.phone, order.body, [_picture(item) for item in order.media])
        return JSONResponse(asdict(await self._parts.inbound.forward(text)))

    async def forms(self, _request: Request) -> Response:
        job = self._parts.forms.job
        return JSONResponse({"job": asdict(job) if job else None})

    async def send_forms(self, request: Request) -> Response:
        """One form: sent before the answer. More: 202 at once, and how far it is under GET."""
        order = FormOrder.model_validate_json(await request.body())
        if order.count == 1:
            sent = await self._parts.forms.send_one(order)
            return JSONResponse({"sent": asdict(sent), "taken": sent.taken})
        job = self._parts.forms.start(order)
        self._live.note_standing()
        return JSONResponse({"job": asdict(job)}, 202)

    async def stop_forms(self, _request: Request) -> Response:
        await self._parts.forms.stop()
        return Response(status_code=204)

    async def reset(self, _request: Request) -> Response:
        """Forgets texts, emails, phones, pictures, the log and the troubles, and stops what is under way."""
        await self._parts.forms.forget()
        await self._parts.courier.stop()
        self._parts.ledger.clear()
        self._parts.pictures.clear()
        self._parts.outbox.clear()
        self._parts.log.clear()
        self._parts.faults.reset()
        self._live.note_cleared()
        return JSONResponse({"cleared": True})


def _told(endpoint: Endpoint) -> Endpoint:
    """Only JSON is taken: a page of another site can't send that here without being asked first (CORS)."""

    async def answer(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("application/json"):
            return _problem(415, "send application/json")
        try:
            return await endpoint(request)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            return _problem(422, f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}")
        except ValueError as error:
            return _problem(422, str(error))

    return answer


def _problem(status: int, words: str) -> JSONResponse:
    document: dict[str, Any] = {"error": words}
    return JSONResponse(document, status)


def _check_phone(number: str) -> None:
    if not is_dialable(number):
        raise ValueError("write the number as +14075550155")


def _picture(item: str | Upload) -> Picture:
    return draw_picture(item) if isinstance(item, str) else read_upload(item.content_type, item.data)
