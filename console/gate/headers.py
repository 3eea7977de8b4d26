"""What every answer tells the browser to allow. Pure."""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit

Header = tuple[bytes, bytes]
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
YEAR = 365 * 24 * 3600


@cache
def inline_scripts() -> tuple[str, ...]:
    """The few lines of script in Streamlit's own page, by their hash: no other inline script runs."""
    found = INLINE.findall(INDEX.read_text(encoding="utf-8"))
    return tuple(f"'sha256-{_hash(script)}'" for script in found)


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


POLICY = {
    "default-src": ["'self'"],
    # Streamlit starts a component by importing a few lines from a blob. A page that was injected into can't name
    # one: only script that runs already makes blobs. No eval, no inline script but Streamlit's own.
    "script-src": ["'self'", "blob:"],
    # Streamlit's components style themselves by the element, our pages by st.html.
    "style-src": ["'self'", "'unsafe-inline'"],
    # The wordmark and the icon stand in the page itself: console/frame.py, picture().
    "img-src": ["'self'", "data:"],
    # Streamlit's style sheet carries typefaces of its formulas.
    "font-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "object-src": ["'none'"],
    "frame-src": ["'none'"],
    # The one that shows pushes (console/parts/alerts_worker.js); pages start no other.
    "worker-src": ["'self'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}


def policy() -> str:
    """The Content-Security-Policy. Each thing beyond 'self' is there because a browser was seen to need it."""
    parts = POLICY | {"script-src": [*POLICY["script-src"], *inline_scripts()]}
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in parts.items())


NEVER_USED = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
              "microphone", "midi", "payment", "usb")  # fmt: skip


@cache
def security_headers(https: bool) -> tuple[Header, ...]:
    """`https`: the console's public address is one. Then browsers shall never come by another way."""
    headers = {
        "content-security-policy": policy(),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",  # an address may name a lead
        "permissions-policy": ", ".join(f"{feature}=()" for feature in NEVER_USED),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-frame-options": "DENY",
    }
    if https:
        headers["strict-transport-security"] = f"max-age={YEAR}"
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


def completed(headers: Iterable[Header], ours: Iterable[Header]) -> list[Header]:
    """An answer's own headers, and those of ours that it lacks: a picture's policy is stricter than the page's."""
    own = [(name.lower(), value) for name, value in headers]
    names = {name for name, _ in own}
    return [*own, *(header for header in ours if header[0] not in names)]
