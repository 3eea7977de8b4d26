"""Bodies that browsers and Jotform send: multipart and URL-encoded."""

import io
from typing import Any
from urllib.parse import parse_qsl

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError

from core.domain.errors import UnreadablePayload

URL_ENCODED = "application/x-www-form-urlencoded"
MOST_FIELDS = 1000


def parts_of(body: bytes, content_type: str) -> dict[str, str]:
    """The fields by name, the last one where a name comes twice; files are passed over. Raises UnreadablePayload."""
    if not body:
        return {}
    if content_type.strip().casefold().startswith(URL_ENCODED):
        return url_encoded(body)
    parts: dict[str, str] = {}

    def keep(part: Any) -> None:
        name = (part.field_name or b"").decode(errors="replace")
        parts[name] = (part.value or b"").decode(errors="replace")

    headers = {"Content-Type": content_type.encode(errors="replace")}
    try:
        parse_form(headers, io.BytesIO(body), keep, lambda _file: None)
    except (FormParserError, ValueError) as error:
        raise UnreadablePayload("The body is no form that a browser would send.") from error
    return parts


def url_encoded(body: bytes) -> dict[str, str]:
    """The same for a URL-encoded body, blank values kept. Raises UnreadablePayload."""
    try:
        text = body.decode(errors="replace")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise UnreadablePayload("The form has more fields than any form of ours.") from error
