"""What Twilio refuses, with its own codes and in its own JSON shape."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

E164 = re.compile(r"^\+[1-9]\d{6,14}$")
NORTH_AMERICAN = re.compile(r"^\+1[2-9]\d{2}[2-9]\d{6}$")
SHORT_CODE = re.compile(r"^\d{5,6}$")
SERVICE = re.compile(r"^MG[0-9a-fA-F]{32}$")
LONGEST_BODY = 1600
MOST_MEDIA = 10
# Twilio's numbers for trying: each is always refused with its code.
MAGIC_NUMBERS = {
    "+15005550001": 21211, "+15005550002": 21612, "+15005550003": 21408, "+15005550004": 21610,
    "+15005550009": 21614,
}  # fmt: skip
WORDS = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20009: (409, "Cannot change this resource before it is complete"),
    20404: (404, "The requested resource {0} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    21211: (400, "Invalid 'To' Phone Number: {0}"),
    21212: (400, "Invalid 'From' Number: {0}"),
    21266: (400, "'To' and 'From' number cannot be the same: {0}"),
    21408: (400, "Permission to send an SMS has not been enabled for the region of {0}"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21609: (400, "The 'StatusCallback' URL {0} is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21612: (400, "The 'To' number {0} is not reachable from this 'From' number"),
    21614: (400, "'To' number {0} is not a mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21623: (400, "More than 10 media URLs"),
    21701: (400, "The Messaging Service {0} does not exist"),
    30409: (409, "The Message cannot be canceled in its present state"),
    35118: (400, "A scheduled message needs a MessagingServiceSid"),
    35114: (400, "SendAt must be an ISO 8601 time between 300 seconds and 35 days ahead"),
}


class RefusalError(Exception):
    """Not done, with the code that the sender sees."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    @property
    def status(self) -> int:
        return WORDS[self.code][0]

    @property
    def document(self) -> dict[str, Any]:
        """Twilio's error body."""
        return {
            "code": self.code,
            "message": WORDS[self.code][1].format(self.detail),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def check_create(params: Mapping[str, str], media_urls: list[str]) -> None:
    """Raises RefusalError for the first thing wrong with a create, in the order in which Twilio looks."""
    to, sender, service = params.get("To", ""), params.get("From", ""), params.get("MessagingServiceSid", "")
    if not to:
        raise RefusalError(21604)
    if not is_dialable(to):
        raise RefusalError(21211, to)
    if to in MAGIC_NUMBERS:
        raise RefusalError(MAGIC_NUMBERS[to], to)
    if service and not SERVICE.match(service):
        raise RefusalError(21701, service)
    if not service:
        _check_sender(sender, to)
    _check_content(params.get("Body", ""), media_urls, params.get("ContentSid", ""))
    callback = params.get("StatusCallback", "")
    if callback and not _callable(callback):
        raise RefusalError(21609, callback)


def is_dialable(number: str) -> bool:
    """E.164; numbers with +1 also have the form of the North American plan."""
    pattern = NORTH_AMERICAN if number.startswith("+1") else E164
    return bool(pattern.match(number))


def _check_sender(sender: str, to: str) -> None:
    if not sender:
        raise RefusalError(21603)
    if sender == to:
        raise RefusalError(21266, to)
    if not is_dialable(sender) and not SHORT_CODE.match(sender):
        raise RefusalError(21212, sender)


def _check_content(body: str, media_urls: list[str], content_sid: str) -> None:
    if not body and not media_urls and not content_sid:
        raise RefusalError(21602)
    if len(body) > LONGEST_BODY:
        raise RefusalError(21617)
    if len(media_urls) > MOST_MEDIA:
        raise RefusalError(21623)


def _callable(url: str) -> bool:
    """Twilio takes http and https, and no underscore in the host."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in (parts.hostname or "")
