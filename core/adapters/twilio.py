"""Texts through Twilio's REST API. Vendor types do not leave this file and its neighbour `twilio_account`.

Sending is on the hot path and speaks HTTP by itself (docs/decisions/0005); all else is the official client's, which
is loaded only when it is first needed: it is as large as the rest of the scheduler.
"""

import base64
import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from core.adapters.http_client import Answer, AnswerLost, HttpClient, NotSent
from core.domain.ports import Outcome, OutgoingText, ProviderText, SendResult
from core.settings import Settings

if TYPE_CHECKING:
    from core.adapters.twilio_account import TwilioAccount

TIMEOUT_SECONDS = 10.0
STATUS_PATH = "/twilio/status"

# compliance.md C5. Whatever is not listed and carries a Twilio code with HTTP 4xx was refused for good.
# The second line is our account or sender at fault, not the text: it goes out once somebody has mended that.
RETRY_CODES = frozenset({20429, 30001, 30022}) | frozenset({20003, 20005, 21606, 21660, 21703, 30002, 30034})
TOO_MANY = frozenset({429, 20429, 30022})


class TwilioSms:
    """SmsProvider over Twilio's REST API, or over anything that speaks it (`LUXE_TWILIO_API_URL`)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sender = settings.sender
        self._path = f"/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
        self._sender = {"MessagingServiceSid" if self.sender.startswith("MG") else "From": self.sender}
        self._callback = f"{settings.public}{STATUS_PATH}"
        password = base64.b64encode(f"{settings.account_sid}:{settings.auth_token}".encode()).decode()
        headers = {"Authorization": f"Basic {password}", "Accept": "application/json"}
        self._http = HttpClient(settings.twilio_api, headers, TIMEOUT_SECONDS)

    async def send(self, text: OutgoingText) -> SendResult:
        ours = urlencode({"action": text.action_id, "attempt": text.attempt})
        form = {
            "To": text.to,
            "Body": text.body,
            "StatusCallback": f"{self._callback}?{ours}",
            **self._sender,
        }
        try:
            answer = await self._http.post(self._path, urlencode(form))
        except NotSent:
            return SendResult(Outcome.RETRY, detail="no connection")  # never made: certainly not a text
        except AnswerLost as lost:
            return SendResult(Outcome.UNKNOWN, detail=str(lost))
        return _read(answer)

    async def aclose(self) -> None:
        self._http.close()

    @cached_property
    def _account(self) -> "TwilioAccount":
        from core.adapters.twilio_account import TwilioAccount

        return TwilioAccount(self.settings)

    def sent_to(self, to: str, since: datetime) -> Sequence[ProviderText]:
        return self._account.sent_to(to, since)

    def messages_since(
        self, since: datetime, limit: int, *, until: datetime | None = None
    ) -> Sequence[ProviderText]:
        return self._account.messages_since(since, limit, until=until)

    def pictures_of(self, sid: str) -> Sequence[tuple[str, str]]:
        return self._account.pictures_of(sid)

    def account_status(self) -> str:
        return self._account.account_status()

    def fetch_media(self, url: str) -> tuple[str, bytes]:
        return self._account.fetch_media(url)

    def delete_media(self, url: str) -> None:
        self._account.delete_media(url)


def _read(answer: Answer) -> SendResult:
    """What an answer means: https://www.twilio.com/docs/usage/twilios-response, and compliance.md C5."""
    document = _document(answer.body)
    if answer.status in (200, 201):
        sid = document.get("sid")
        if not sid:
            return SendResult(Outcome.UNKNOWN, code=answer.status, detail="unreadable answer")
        status = str(document.get("status") or "queued")
        return SendResult(Outcome.ACCEPTED, sid=str(sid)[:64], status=status[:20])
    theirs = _number(document.get("code"))
    code = theirs or answer.status
    if answer.status in (401, 403, 429) or code in RETRY_CODES:
        slow_down = answer.status == 429 or code in TOO_MANY
        wait = _seconds(answer.retry_after)
        return SendResult(
            Outcome.RETRY, code=code, retry_after=wait, slow_down=slow_down, detail="refused for now"
        )
    if theirs is None or not 400 <= answer.status < 500:  # a proxy on the way may say anything
        return SendResult(Outcome.UNKNOWN, code=code, detail="provider error")
    return SendResult(Outcome.REFUSED, code=code, detail=_words(str(document.get("message", ""))))


def _words(message: str) -> str:
    """Without numbers of patients, and without characters that no database takes."""
    clean = message.encode("utf-8", "ignore").decode().replace("\0", "")
    return re.sub(r"\+?\d{7,}", "...", clean)[:200]


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _number(value: object) -> int | None:
    return value if type(value) is int and 0 < value < 1 << 31 else None


def _seconds(header: str) -> float | None:
    """Retry-After in seconds (RFC 9110 10.2.3); its other form, a date, is not one that Twilio sends."""
    return min(float(header), 3600.0) if header.isdecimal() else None


def signature_is_valid(auth_token: str, url: str, params: dict[str, str], signature: str) -> bool:
    """Whether Twilio signed this webhook (its own validator), for the configured public `url`."""
    return bool(RequestValidator(auth_token).validate(url, params, signature))
