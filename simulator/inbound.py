"""A patient texts the clinic: kept, posted to the gateway signed, and its TwiML answer shown on the phone."""

from dataclasses import dataclass

from core.domain.clock import Clock
from simulator.config import SimulatorConfig
from simulator.faults import Faults
from simulator.keywords import Keyword, read_keyword
from simulator.ledger import Ledger
from simulator.picture_store import PictureStore
from simulator.pictures import Picture
from simulator.places import place_params
from simulator.requests_log import RequestsLog
from simulator.segments import count_segments
from simulator.texts import Media, Origin, Status, Text, new_sid
from simulator.twiml import read_messages
from simulator.webhooks import Errand, Webhooks

# The provider's own confirmations, only where `answer_stop` is on.
STOPPED = "You are unsubscribed from this number and get no more messages. Reply START to subscribe again."
STARTED = "You are subscribed to this number again. Reply STOP to unsubscribe at any time."


@dataclass(frozen=True)
class Reply:
    """What became of a patient's text. `gateway_status` is None when the gateway could not be reached."""

    sid: str
    gateway_status: int | None
    answered: list[str]


class Inbound:
    def __init__(
        self, config: SimulatorConfig, ledger: Ledger, faults: Faults, webhooks: Webhooks,
        pictures: PictureStore, log: RequestsLog, real: Clock,
    ) -> None:  # fmt: skip
        self._config = config
        self._ledger = ledger
        self._faults = faults
        self._webhooks = webhooks
        self._pictures = pictures
        self._log = log
        self._real = real

    def receive(self, phone: str, body: str, pictures: list[Picture]) -> Text:
        """Keep the text; a keyword sets the phone's opt-out at once, before anyone is told."""
        text = self._keep(phone, body, pictures)
        keyword = read_keyword(body)
        if keyword is Keyword.STOP:
            self._ledger.opt_out(phone, True)
        elif keyword is Keyword.START and self._ledger.opted_out(phone):
            self._ledger.opt_out(phone, False)
            self._confirm(phone, STARTED)
        if keyword is Keyword.STOP:
            self._confirm(phone, STOPPED)
        return text

    async def forward(self, text: Text) -> Reply:
        """Post the text to the gateway, and put the texts in its answer on the phone, marked as such."""
        answer = await self._webhooks.post(
            Errand(
                "inbound to clinic",
                self._config.inbound_url,
                self._params(text),
                text.phone,
                text.sid,
                _excerpt(text),
            )
        )
        if answer.status != 200:
            return Reply(text.sid, answer.status, [])
        try:
            bodies = read_messages(answer.body)
        except ValueError as error:
            self._log.note("out", "inbound answer unreadable", text.phone, 200, text.sid, str(error))
            return Reply(text.sid, answer.status, [])
        shown = [] if self._ledger.opted_out(text.phone) else bodies
        for body in shown:
            self._show(text.phone, body, Origin.TWIML)
        return Reply(text.sid, answer.status, shown)

    def _keep(self, phone: str, body: str, pictures: list[Picture]) -> Text:
        sid = new_sid("MM" if pictures else "SM")
        media = tuple(self._pictures.store(picture) for picture in pictures)
        now = self._config.clock.now()
        text = Text(
            sid=sid, origin=Origin.PHONE, to=self._config.from_number, sender=phone, body=body,
            status=Status.RECEIVED, created_at=now, updated_at=now, sent_at=now, accepted_at=self._real.now(),
            segments=count_segments(body), service_sid=self._config.messaging_service_sid, media=media,
            ends_as=Status.RECEIVED,
        )  # fmt: skip
        self._ledger.add(text)
        return text

    def _confirm(self, phone: str, words: str) -> None:
        if self._faults.behaviour.answer_stop:
            self._show(phone, words, Origin.PROVIDER)

    def _show(self, phone: str, body: str, origin: Origin) -> None:
        now, real = self._config.clock.now(), self._real.now()
        text = Text(
            sid=new_sid("SM"), origin=origin, to=phone, sender=self._config.from_number, body=body,
            status=Status.DELIVERED, created_at=now, updated_at=now, sent_at=now, accepted_at=real,
            delivered_at=real, segments=count_segments(body),
        )  # fmt: skip
        self._ledger.add(text)

    def _params(self, text: Text) -> dict[str, str]:
        params = {
            "AccountSid": self._config.account_sid,
            "ApiVersion": "2010-04-01",
            "Body": text.body,
            "From": text.sender,
            **place_params("From", text.sender),
            "MessageSid": text.sid,
            "NumMedia": str(len(text.media)),
            "NumSegments": str(text.segments),
            "SmsMessageSid": text.sid,
            "SmsSid": text.sid,
            "SmsStatus": "received",
            "To": text.to,
            **place_params("To", text.to),
        }
        if text.service_sid:
            params["MessagingServiceSid"] = text.service_sid
        for number, media in enumerate(text.media):
            params[f"MediaContentType{number}"] = media.content_type
            params[f"MediaUrl{number}"] = self._media_url(text, media)
        return params

    def _media_url(self, text: Text, media: Media) -> str:
        account = f"{self._config.address}/2010-04-01/Accounts/{self._config.account_sid}"
        return f"{account}/Messages/{text.sid}/Media/{media.sid}"


def _excerpt(text: Text) -> str:
    words = text.body if len(text.body) <= 60 else f"{text.body[:57]}..."
    pictures = f"{len(text.media)} picture{'s' if len(text.media) > 1 else ''}" if text.media else ""
    return ", ".join(part for part in (f'"{words}"' if words else "", pictures) if part)
