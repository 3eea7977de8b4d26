"""Texts through Twilio's official client. Vendor types do not leave this file."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import urllib3
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError
from urllib3.util import make_headers

from core.domain.ports import Outcome, OutgoingText, ProviderText, ProviderUnavailable, SendResult
from core.settings import TWILIO_API, Settings

TIMEOUT_SECONDS = 10.0
MEDIA_LIMIT = 10_000_000
LIST_PAGE = 1000
STATUS_PATH = "/twilio/status"

# compliance.md C5. Whatever is not listed and carries a Twilio code with HTTP 4xx was refused for good.
# The second line is our account or sender at fault, not the text: it goes out once somebody has mended that.
RETRY_CODES = frozenset({20429, 30001, 30022}) | frozenset({20003, 20005, 21606, 21660, 21703, 30002, 30034})
# Twilio prints whole seconds of its own clock, and ours may differ. A text of our own that old is known by its id.
CLOCK_SLACK = timedelta(minutes=1)


class PooledHttpClient(HttpClient):  # type: ignore[misc]
    """The official client's transport over urllib3: a pool as wide as our slots, the API's address replaceable.

    The library's own transport keeps ten connections and opens and drops one for each text beyond that.
    """

    def __init__(self, api_url: str, slots: int) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False, timeout=TIMEOUT_SECONDS)
        self._api_url = api_url
        # No retries below us: a repeated POST is a second text.
        self._pool = urllib3.PoolManager(
            maxsize=slots, block=True, retries=False, timeout=urllib3.Timeout(TIMEOUT_SECONDS)
        )

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request, to the configured address in place of Twilio's. Raises urllib3's HTTPError."""
        target = url.replace(TWILIO_API, self._api_url, 1)
        if params:
            target = f"{target}?{urlencode(params, doseq=True)}"
        every = {**(headers or {}), **(make_headers(basic_auth=":".join(auth)) if auth else {})}
        answer = self._pool.request(
            method,
            target,
            body=urlencode(data, doseq=True) if data else None,
            headers=every,
            timeout=urllib3.Timeout(timeout or TIMEOUT_SECONDS),
            redirect=allow_redirects,
        )
        return Response(answer.status, answer.data.decode("utf-8", "replace"), dict(answer.headers))

    def download(self, url: str, auth: tuple[str, str], limit: int) -> tuple[str, bytes]:
        """(content type, at most `limit` + 1 bytes) of a picture. Raises urllib3's HTTPError."""
        target = url.replace(TWILIO_API, self._api_url, 1)
        headers = make_headers(basic_auth=":".join(auth))
        # Twilio redirects once to where the picture lies; our password does not go there with it (urllib3's rule).
        follow = urllib3.Retry(connect=0, read=0, status=0, other=0, redirect=2)
        answer = self._pool.request(
            "GET", target, headers=headers, preload_content=False, redirect=True, retries=follow
        )
        try:
            if answer.status != 200:
                raise urllib3.exceptions.HTTPError(f"answered {answer.status}")
            return answer.headers.get("Content-Type", "application/octet-stream"), answer.read(limit + 1)
        finally:
            answer.release_conn()


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
        except (NewConnectionError, ConnectTimeoutError, NameResolutionError):
            return SendResult(Outcome.RETRY, detail="no connection")  # never made: certainly not a text
        except (HTTPError, TwilioException, ValueError) as error:
            return SendResult(Outcome.UNKNOWN, detail=type(error).__name__)
        return SendResult(Outcome.ACCEPTED, sid=made.sid, status=str(made.status or "queued"))

    def sent_to(self, to: str, since: datetime) -> Sequence[ProviderText]:
        # DateSent is documented by day and empty while queued: ask by number, compare creation times ourselves.
        try:
            found = self._client.messages.list(to=to, limit=100, page_size=100)
        except (TwilioException, HTTPError, ValueError) as error:
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
        return [text for text in texts if text.created_at >= since - CLOCK_SLACK]

    def messages_since(
        self, since: datetime, limit: int, *, until: datetime | None = None
    ) -> Sequence[ProviderText]:
        # Whether DateSent is taken to the second or to the day, what comes back holds what was asked for.
        span = {"date_sent_after": since} | ({"date_sent_before": until} if until else {})
        found: list[ProviderText] = []
        try:
            for message in self._client.messages.stream(page_size=LIST_PAGE, **span):
                at = message.date_sent or message.date_created
                if at and since <= at and (until is None or at <= until) and self._is_ours(message):
                    found.append(_listed(message, at))
                if len(found) == limit:
                    break
        except (TwilioException, HTTPError, ValueError) as error:
            raise ProviderUnavailable(type(error).__name__) from error
        return found

    def _is_ours(self, message: MessageInstance) -> bool:
        """Other numbers of the same account may belong to other people's work."""
        return self.sender in (message.messaging_service_sid, message.to, message.from_)

    def pictures_of(self, sid: str) -> Sequence[tuple[str, str]]:
        base = f"{TWILIO_API}/2010-04-01/Accounts/{self.settings.account_sid}/Messages/{sid}/Media"
        try:
            return [
                (f"{base}/{media.sid}", str(media.content_type))
                for media in self._client.messages(sid).media.list(limit=10)
            ]
        except (TwilioException, HTTPError, ValueError) as error:
            raise ProviderUnavailable(type(error).__name__) from error

    def account_status(self) -> str:
        try:
            account = self._client.api.accounts(self.settings.account_sid).fetch()
        except TwilioRestException as error:
            raise ProviderUnavailable(f"HTTP {error.status}") from error
        except (TwilioException, HTTPError) as error:
            raise ProviderUnavailable(type(error).__name__) from error
        return str(account.status)

    def fetch_media(self, url: str) -> tuple[str, bytes]:
        if not url.startswith((f"{TWILIO_API}/", f"{self.settings.twilio_api}/")):
            raise ProviderUnavailable("the picture is not at the provider")
        try:
            kind, content = self._http.download(
                url, (self.settings.account_sid, self.settings.auth_token), MEDIA_LIMIT
            )
        except HTTPError as error:
            raise ProviderUnavailable(type(error).__name__) from error
        if len(content) > MEDIA_LIMIT:
            raise ProviderUnavailable("the picture is larger than 10 MB")
        return kind, content


def _listed(message: MessageInstance, at: datetime) -> ProviderText:
    return ProviderText(
        str(message.sid),
        str(message.to),
        str(message.from_ or message.messaging_service_sid),
        str(message.body or ""),
        str(message.status),
        at,
        message.error_code,
        inbound=str(message.direction) == "inbound",
        pictures=int(message.num_media or 0),
    )


def _refusal(error: TwilioRestException) -> SendResult:
    code, status = error.code or error.status, error.status
    if status in (401, 403, 429) or code in RETRY_CODES:
        return SendResult(Outcome.RETRY, code=code, detail="refused for now")
    if status >= 500:
        return SendResult(Outcome.UNKNOWN, code=code, detail="provider error")
    return SendResult(Outcome.REFUSED, code=code, detail=re.sub(r"\+?\d{7,}", "...", str(error.msg))[:200])


def signature_is_valid(auth_token: str, url: str, params: dict[str, str], signature: str) -> bool:
    """Whether Twilio signed this webhook (its own validator), for the configured public `url`."""
    return bool(RequestValidator(auth_token).validate(url, params, signature))
