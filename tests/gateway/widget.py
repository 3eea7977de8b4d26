"""What a stranger does in the booking widget, and what they read there."""

import html
import re
from typing import Any

import httpx
from starlette.testclient import TestClient

from simulator.hosted_form import read_form
from tests.gateway.asking import Gateway
from tests.samples import TWILIO_URL

BOOK, HOLD = "/embed/book", "/embed/book/hold"
GRACE = {"name": "Grace Kim", "phone": "(512) 555-0147", "email": "grace@example.com"}
TUESDAY = "2026-11-24T15:30:00+00:00"  # 10:30


def visitor(site: Gateway, address: str) -> TestClient:
    """Somebody else's browser, at this address."""
    return TestClient(site.client.app, base_url=TWILIO_URL, follow_redirects=False, client=(address, 1))


def hidden(page: httpx.Response) -> dict[str, str]:
    return {one.name: one.value for one in read_form(page.text).controls if one.kind == "hidden"}


def slots(page: httpx.Response) -> list[str]:
    return [html.unescape(value) for value in re.findall(r'name="at" value="([^"]+)"', page.text)]


def hold(client: Any, query: str = "treatment=hydrafacial", at: str = TUESDAY, **more: str) -> httpx.Response:
    """Open the page and tap a time."""
    page = client.get(f"{BOOK}?{query}")
    answer: httpx.Response = client.post(HOLD, data=hidden(page) | {"at": at} | more)
    return answer


def send(client: Any, page: httpx.Response, **values: str) -> httpx.Response:
    answer: httpx.Response = client.post(BOOK, data=hidden(page) | GRACE | values)
    return answer


def notice(page: httpx.Response) -> str:
    found = re.search(r'class="notice"[^>]*>([^<]+)<', page.text)
    return html.unescape(found[1]) if found else ""


def rows(site: Gateway) -> dict[str, int]:
    return {name: site.count(name) for name in ("patients", "leads", "form_submissions", "appointments")}
