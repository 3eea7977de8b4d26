"""Web push (RFC 8030): encrypted for one browser (RFC 8291), signed as ours (RFC 8292), handed to its push service.

`pywebpush` encrypts and `py_vapid` signs, both imported at the first push. The call is our own: one POST to the very
address that was looked up and found public, no redirect, all of it within a few seconds. The client of pywebpush would
look the name up again, and follow wherever it is sent.
"""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.adapters import public_post
from core.adapters.public_post import LOST
from core.domain.clock import real_time
from core.domain.ports import GONE, Browser, Notice, Outcome, SendResult
from core.domain.push_endpoints import NOT_PUBLIC, Endpoint, parse_endpoint
from core.settings import Settings

log = structlog.get_logger(__name__)
SECONDS = 5.0  # for all of one push: name, connection, answer
SIGNED_HOURS = 12  # RFC 8292 allows 24
MOST_BODY, MOST_TITLE = 900, 80  # characters; a push service takes 4,096 bytes, encrypted
TOPIC_BYTES = 18  # 24 characters; RFC 8030 allows 32
HALTED = frozenset({404, 410})  # RFC 8030, 7.3: there no more
LATER = frozenset({408, 425, 429})
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256


class NoPush:
    """Not set up: nothing is ever handed over."""

    public_key = ""

    def send(self, browser: Browser, notice: Notice) -> SendResult:  # noqa: ARG002
        return SendResult(Outcome.REFUSED, detail="not set up")


class WebPush:
    """PushProvider. `seed`: 32 secret bytes, always the same for this database, that our key follows from unless a
    setting names another: a browser takes pushes of the key alone that it was given."""

    def __init__(self, settings: Settings, seed: bytes, seconds: float = SECONDS) -> None:
        given = settings.push_key.get_secret_value()
        self._seed, self._key = seed, private_key(urlsafe_b64decode(given + "==") if given else seed)
        self._contact, self._allowed, self._seconds = settings.push_from, settings.own_push_hosts, seconds
        self.public_key = public_key(self._key)
        self._signed = lru_cache(maxsize=32)(
            self._sign
        )  # by service and hour: a signature takes half a millisecond

    def send(self, browser: Browser, notice: Notice) -> SendResult:
        try:
            endpoint = parse_endpoint(browser.endpoint, self._allowed)
            body = encrypted(browser, notice)
        except ValueError as error:
            log.warning("push_not_possible", browser=browser.id, error=type(error).__name__)
            return SendResult(Outcome.REFUSED, status=GONE, detail="not possible")
        signed = self._signed(endpoint.origin, int(real_time() // 3600))
        try:
            return asyncio.run(self._within(_posted(endpoint, body, self._headers(notice, signed))))
        except LOST as error:
            detail = str(error) if str(error) == NOT_PUBLIC else type(error).__name__
            return SendResult(Outcome.RETRY, detail=detail[:40])

    def _headers(self, notice: Notice, signed: str) -> dict[str, str]:
        """What the push service reads. The topic tells it that two are about one thing, and not about which."""
        topic = blake2b(notice.topic.encode(), key=self._seed, digest_size=TOPIC_BYTES).digest()
        return {
            "Authorization": signed,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(notice.useful_for),
            "Urgency": "high" if notice.urgent else "normal",
            "Topic": urlsafe_b64encode(topic).decode(),
        }

    async def _within(self, call: Any) -> SendResult:
        async with asyncio.timeout(self._seconds):
            answer: SendResult = await call
        return answer

    def _sign(self, origin: str, hour: int) -> str:
        from py_vapid import Vapid02

        claims = {"aud": origin, "sub": self._contact, "exp": (hour + SIGNED_HOURS) * 3600}
        return str(Vapid02(self._key).sign(claims)["Authorization"])


def private_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """The key of these 32 bytes: always the same one."""
    return ec.derive_private_key(int.from_bytes(seed) % (ORDER - 1) + 1, ec.SECP256R1())


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """As a browser takes it."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def encrypted(browser: Browser, notice: Notice) -> bytes:
    """What the browser alone can read. Raises ValueError where its keys are none."""
    from pywebpush import WebPusher, WebPushException

    said = {
        "title": notice.title[:MOST_TITLE],
        "body": notice.body[:MOST_BODY],
        "url": notice.url,
        "tag": notice.topic,
        "urgent": notice.urgent,
    }
    words = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    try:
        made = WebPusher({"endpoint": browser.endpoint, "keys": keys}).encode(words, "aes128gcm")
    except WebPushException as error:
        raise ValueError("no keys of a browser") from error
    return bytes(made["body"])


async def _posted(endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> SendResult:
    answer = await public_post.post(endpoint, body, headers)
    return judge(answer.status, answer.wait)


def judge(status: int, wait: float | None = None) -> SendResult:
    """What an answer means. 413: our words are too long for it, and stay so; 401, 403: our key or contact."""
    if 200 <= status < 300:
        return SendResult(Outcome.ACCEPTED, status="sent", code=status)
    if status in HALTED:
        return SendResult(Outcome.REFUSED, status=GONE, code=status)
    if status in LATER or status >= 500:
        return SendResult(Outcome.RETRY, code=status, retry_after=wait)
    return SendResult(Outcome.REFUSED, status="failed", code=status)
