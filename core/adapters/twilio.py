"""Texts through Twilio's official client. Vendor types do not leave this file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from core.domain.ports import Outcome, OutgoingText, ProviderText, ProviderUnavailable, SendResult
from core.settings import TWILIO_API, Settings

TIMEOUT_SECONDS = 10.0
MEDIA_LIMIT = 10_000_000
STATUS_PATH = "/twilio/status"

# compliance.md C5. Whatever is not listed and carries a Twilio code with HTTP 4xx was refused for good.
RETRY_CODES = frozenset({20429, 30001, 30022})


class PooledHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """The official transport with a pool as wide as our slots, and the API's address replaceable.

    The library's own pool holds ten connections and would open and drop one for each text beyond that.
    """

    def __init__(self, api_url: str, slots: int) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._api_url = api_url
        self.session = requests.Session()
        self.session.trust_env = False  # reads .netrc and proxy settings from disk on every call otherwise
        # No retries below us: a repeated POST is a second text.
        pool = HTTPAdapter(pool_connections=2, pool_maxsize=slots, max_retries=0, pool_block=True)
        self.session.mount("https://", pool)
        self.session.mount("http://", pool)

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> Response:
        """Send one request, to the configured address in place of Twilio's."""
        return super().request(method, url.replace(TWILIO_API, self._api_url, 1), *args, **kwargs)


@dataclass
class TwilioSms:
    """SmsProvider over Twilio's REST API, or over anything that speaks it (`LUXE_TWILIO_API_URL`)."""

    settings: Settings
    slots: int = 0
    sender: str = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        self.sender = settings.sender
        self._http = PooledHttpClient(settings.twilio_api, self.slots or settings.slots)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=self._http)

    def prepare(self) -> None:
        _ = self._client.messages

    def send(self, text: OutgoingText) -> SendResult:
        ours = urlencode({"action": text.action_id, "attempt": text.attempt})
        callback = f"{self.settings.public}{STATUS_PATH}?{ours}"
        sender = {"messaging_service_sid" if self.sender.startswith("MG") else "from_": self.sender}
        try:
            made = self._client.messages.create(
                to=text.to, body=text.body, status_callback=callback, **sender
            )
        except TwilioRestException as error:
            return _refusal(error)
        except requests.exceptions.ConnectTimeout:
            return SendResult(Outcome.RETRY, detail="could not connect in time")
        except requests.exceptions.ConnectionError as error:
            return _connection_lost(error)
        except (requests.exceptions.RequestException, TwilioException, ValueError) as error:
            return SendResult(Outcome.UNKNOWN, detail=type(error).__name__)
        return SendResult(Outcome.ACCEPTED, sid=made.sid, status=str(made.status or "queued"))

    def sent_to(self, to: str, since: datetime) -> Sequence[ProviderText]:
        # DateSent is documented by day and empty while queued: ask by number, compare creation times ourselves.
        try:
            found = self._client.messages.list(to=to, limit=100, page_size=100)
        except (TwilioException, requests.exceptions.RequestException) as error:
            raise ProviderUnavailable(type(error).__name__) from error
        texts = [
            ProviderText(
                str(m.sid),
                str(m.to),
                str(m.messaging_service_sid or m.from_),
                str(m.body),
                str(m.status),
                m.date_created,
                m.error_code,
            )
            for m in found
            if m.date_created and str(m.direction).startswith("outbound")
        ]
        # Twilio prints whole seconds: a text made at .9 of a second reads as earlier than our claim.
        return [text for text in texts if text.created_at >= since - timedelta(seconds=1)]

    def fetch_media(self, url: str) -> tuple[str, bytes]:
        if not url.startswith((f"{TWILIO_API}/", f"{self.settings.twilio_api}/")):
            raise ProviderUnavailable("the picture is not at the provider")
        target = url.replace(TWILIO_API, self.settings.twilio_api, 1)
        try:
            answer = self._http.session.get(
                target,
                auth=(self.settings.account_sid, self.settings.auth_token),
                timeout=TIMEOUT_SECONDS,
                stream=True,
            )
            answer.raise_for_status()
            content = answer.raw.read(MEDIA_LIMIT + 1, decode_content=True)
        except requests.exceptions.RequestException as error:
            raise ProviderUnavailable(type(error).__name__) from error
        if len(content) > MEDIA_LIMIT:
            raise ProviderUnavailable("the picture is larger than 10 MB")
        return answer.headers.get("Content-Type", "application/octet-stream"), content


def _refusal(error: TwilioRestException) -> SendResult:
    code, status = error.code or error.status, error.status
    if status == 429 or code in RETRY_CODES:
        return SendResult(Outcome.RETRY, code=code, detail="too many requests")
    if status >= 500:
        return SendResult(Outcome.UNKNOWN, code=code, detail="provider error")
    return SendResult(Outcome.REFUSED, code=code, detail=re.sub(r"\+?\d{7,}", "...", str(error.msg))[:200])


def _connection_lost(error: requests.exceptions.ConnectionError) -> SendResult:
    # Only a connection that was never made is certainly not a text; any later loss may be one.
    refused = "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
    return SendResult(
        Outcome.RETRY if refused else Outcome.UNKNOWN,
        detail="connection refused" if refused else "connection lost",
    )


def signature_is_valid(auth_token: str, url: str, params: dict[str, str], signature: str) -> bool:
    """Whether Twilio signed this webhook (its own validator), for the configured public `url`."""
    return bool(RequestValidator(auth_token).validate(url, params, signature))
