"""Webhooks out: one signed POST, ten seconds for all of it. Only a 2xx has taken it."""

import asyncio
from collections.abc import Collection
from typing import Any

import structlog

from core.adapters import public_post
from core.adapters.public_post import LOST
from core.domain.clock import real_time
from core.domain.ports import Hook, Outcome, SendResult
from core.domain.push_endpoints import NOT_PUBLIC, Endpoint, parse_endpoint
from core.domain.signed_hooks import HEADER, signature

log = structlog.get_logger(__name__)
SECONDS = 10.0  # for name, connection, answer
AGENT = "Luxe-Follow-Up-Webhooks"


class SignedWebhooks:
    """WebhookProvider. `allowed`: receivers that need not lie at a public address."""

    def __init__(self, allowed: Collection[str] = (), seconds: float = SECONDS) -> None:
        self._allowed, self._seconds = allowed, seconds

    def send(self, hook: Hook) -> SendResult:
        try:
            endpoint = parse_endpoint(hook.url, self._allowed)
        except ValueError:
            return SendResult(Outcome.RETRY, detail="address not allowed")
        try:
            return asyncio.run(self._within(_posted(endpoint, hook)))
        except LOST as error:
            detail = str(error) if str(error) == NOT_PUBLIC else type(error).__name__
            return SendResult(Outcome.RETRY, detail=detail[:40])

    async def _within(self, call: Any) -> SendResult:
        async with asyncio.timeout(self._seconds):
            answer: SendResult = await call
        return answer


async def _posted(endpoint: Endpoint, hook: Hook) -> SendResult:
    body = hook.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        # Of each try: a receiver may refuse what was signed long ago.
        HEADER: signature(hook.secret, int(real_time()), body),
    }
    answer = await public_post.post(endpoint, body, headers)
    if 200 <= answer.status < 300:
        return SendResult(Outcome.ACCEPTED, status="taken", code=answer.status)
    return SendResult(
        Outcome.RETRY, code=answer.status, detail="a redirect" if answer.status // 100 == 3 else ""
    )
