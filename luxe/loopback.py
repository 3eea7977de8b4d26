"""Requests to our own processes on this machine, never beyond it and never through a proxy."""

import hashlib
import hmac
import http.client
import json
from urllib.parse import urlsplit

from core.reads.setup import LOCAL

TIMEOUT_SECONDS = 5.0


def is_local(url: str) -> bool:
    return urlsplit(url).hostname in LOCAL


def request(url: str, document: object = None, *, secret: str = "") -> int | None:
    """GET, or POST of `document` as JSON; the HTTP status, or None where nobody answers.

    `secret` signs the body as the generic connector wants it. Raises ValueError for an address elsewhere.
    """
    if not is_local(url):
        raise ValueError("only for processes on this machine")
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT_SECONDS)
    try:
        if document is None:
            connection.request("GET", parts.path)
        else:
            body = json.dumps(document).encode()
            connection.request("POST", parts.path, body, _headers(body, secret))
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _headers(body: bytes, secret: str) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if secret:
        headers["X-Signature"] = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    return headers
