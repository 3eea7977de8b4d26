"""Twilio's REST API for messages and their pictures, as the official client calls it."""

import asyncio
import base64
import binascii
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from simulator.accept import accept_text
from simulator.faults import Fault, FaultKind
from simulator.listing import find_page, list_document, read_query
from simulator.parts import Parts
from simulator.refusals import RefusalError
from simulator.resources import API, media_resource, message_resource, message_uri
from simulator.texts import Changes, Media, Status, Text
from simulator.wire import CutLine

Endpoint = Callable[[Request], Awaitable[Response]]
REFUSING = {FaultKind.TOO_MANY: 20429, FaultKind.SERVER_ERROR: 20500}


class ProviderApi:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._config = parts.config

    def routes(self) -> list[Route]:
        account = f"{API}/{{account}}"
        one = f"{account}/Messages/{{sid}}"
        return [
            Route(f"{account}/Messages.json", self._guard(self.create), methods=["POST"]),
            Route(f"{account}/Messages.json", self._guard(self.list), methods=["GET"]),
            Route(f"{one}/Media.json", self._guard(self.list_media), methods=["GET"]),
            Route(f"{one}/Media/{{media}}", self._guard(self.media), methods=["GET", "DELETE"]),
            Route(f"{one}.json", self._guard(self.fetch), methods=["GET"]),
            Route(f"{one}.json", self._guard(self.update), methods=["POST"]),
            Route(f"{one}.json", self._guard(self.delete), methods=["DELETE"]),
            Route(f"{API}/{{rest:path}}", self._guard(self.unknown), methods=["GET", "POST", "DELETE"]),
        ]

    def _guard(self, endpoint: Endpoint) -> Endpoint:
        async def answer(request: Request) -> Response:
            try:
                self._check_account(request)
                return await endpoint(request)
            except RefusalError as refusal:
                return self._refuse(request, refusal)

        return answer

    def _refuse(self, request: Request, refusal: RefusalError, phone: str = "") -> Response:
        what = f"{request.method} {request.url.path.rsplit('/', 1)[-1].removesuffix('.json')}"
        self._parts.log.note("in", what, phone, refusal.status, "", f"refused, {refusal.code}")
        return JSONResponse(refusal.document, refusal.status)

    def _check_account(self, request: Request) -> None:
        """Raises RefusalError 20003 for wrong credentials, 20404 for someone else's account."""
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise RefusalError(20003) from None
        right = secrets.compare_digest(user.encode(), self._config.account_sid.encode())
        right &= secrets.compare_digest(password.encode(), self._config.auth_token.encode())
        if not right or scheme.lower() != "basic":
            raise RefusalError(20003)
        if request.path_params.get("account", user) != user:
            raise RefusalError(20404, request.url.path)

    async def create(self, request: Request) -> Response:
        pairs = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        params = dict(pairs)
        to = params.get("To", "")
        fault = self._parts.faults.take(to)
        if fault and fault.kind is FaultKind.CLOSED:
            self._parts.log.note("in", "POST Messages", to, None, "", "line closed before it was read")
            return CutLine()
        if fault and fault.kind in REFUSING:
            return self._refuse(request, RefusalError(REFUSING[fault.kind]), to)
        try:
            text = accept_text(
                self._parts, params, [value for name, value in pairs if name == "MediaUrl"], fault
            )
        except RefusalError as refusal:
            return self._refuse(request, refusal, to)
        return await self._answer_accepted(text, fault)

    async def _answer_accepted(self, text: Text, fault: Fault | None) -> Response:
        dropped = fault is not None and fault.kind is FaultKind.DROP
        state = f"{text.status.value}, line dropped" if dropped else text.status.value
        self._parts.log.note("in", "POST Messages", text.to, None if dropped else 201, text.sid, state)
        pause = fault.ms if fault and fault.kind is FaultKind.SLOW else 0
        pause += self._parts.faults.behaviour.latency_ms
        if pause:
            await asyncio.sleep(pause / 1000)
        return CutLine() if dropped else JSONResponse(message_resource(self._config, text), 201)

    async def list(self, request: Request) -> Response:
        lag = timedelta(milliseconds=self._parts.faults.behaviour.list_lag_ms)
        params: Mapping[str, str] = request.query_params
        query = read_query(params, self._parts.real.now() - lag)
        texts, more = find_page(self._parts.ledger, query)
        document = list_document(request.url.path, params, query, texts, more)
        document["messages"] = [message_resource(self._config, text) for text in texts]
        self._parts.log.note("in", "GET Messages", query.to or query.sender, 200, "", f"{len(texts)} listed")
        return JSONResponse(document)

    async def fetch(self, request: Request) -> Response:
        return JSONResponse(message_resource(self._config, self._text(request)))

    async def update(self, request: Request) -> Response:
        """`Body=` redacts a finished text; `Status=canceled` stops one that has not left."""
        text = self._text(request)
        params = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
        now = self._config.clock.now()
        if params.get("Status") == "canceled":
            if text.status not in (Status.SCHEDULED, Status.ACCEPTED, Status.QUEUED):
                raise RefusalError(30409)
            changes = Changes(status=Status.CANCELED, updated_at=now)
        elif params.get("Body") == "":
            self._must_be_final(text)
            changes = Changes(redacted=True, updated_at=now)
        else:
            raise RefusalError(20001)
        return JSONResponse(message_resource(self._config, self._parts.ledger.change(text.sid, changes)))

    async def delete(self, request: Request) -> Response:
        """Gone from the provider; the patient's phone keeps what it received."""
        text = self._text(request)
        self._must_be_final(text)
        self._parts.ledger.change(text.sid, Changes(deleted=True, updated_at=self._config.clock.now()))
        self._parts.log.note("in", "DELETE Message", text.phone, 204, text.sid, "deleted")
        return Response(status_code=204)

    async def list_media(self, request: Request) -> Response:
        text = self._text(request)
        kept = [media for media in text.media if not media.removed]
        return JSONResponse(
            {
                "media_list": [media_resource(self._config, text, media) for media in kept],
                "first_page_uri": request.url.path,
                "next_page_uri": None,
                "previous_page_uri": None,
                "page": 0,
                "page_size": 50,
                "start": 0,
                "end": max(0, len(kept) - 1),
                "uri": request.url.path,
            }
        )

    async def media(self, request: Request) -> Response:
        """The bytes, or with `.json` the description; DELETE removes both from the provider only."""
        text = self._text(request)
        name = request.path_params["media"]
        media = self._media(text, name.removesuffix(".json"), request)
        if request.method == "DELETE":
            return self._delete_media(text, media)
        if name.endswith(".json"):
            return JSONResponse(media_resource(self._config, text, media))
        if media.url:
            return RedirectResponse(media.url, 307)
        content = self._parts.pictures.read(media.sid)
        if content is None:
            raise RefusalError(20404, request.url.path)
        self._parts.log.note("in", "GET Media", text.phone, 200, media.sid, media.content_type)
        return Response(content, media_type=media.content_type)

    def _delete_media(self, text: Text, media: Media) -> Response:
        left = tuple(replace(item, removed=True) if item == media else item for item in text.media)
        self._parts.ledger.change(text.sid, Changes(media=left, updated_at=self._config.clock.now()))
        self._parts.log.note("in", "DELETE Media", text.phone, 204, media.sid, "deleted")
        return Response(status_code=204)

    async def unknown(self, request: Request) -> Response:
        raise RefusalError(20404, request.url.path)

    def _text(self, request: Request) -> Text:
        sid = request.path_params["sid"]
        text = self._parts.ledger.get(sid)
        if text is None or text.deleted:
            raise RefusalError(20404, f"{message_uri(self._config.account_sid, sid)}.json")
        return text

    def _media(self, text: Text, sid: str, request: Request) -> Media:
        media = next((item for item in text.media if item.sid == sid and not item.removed), None)
        if media is None:
            raise RefusalError(20404, request.url.path)
        return media

    def _must_be_final(self, text: Text) -> None:
        if not text.final:
            raise RefusalError(20009)
