"""Pushes what changed to the open pages. Costs nothing while none is open, little however fast texts come."""

import asyncio
import heapq
import json
from collections import deque
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from simulator.ledger import Ledger
from simulator.requests_log import LogLine
from simulator.views import line_view, phone_head, phone_view, text_view

PHONES_SHOWN = 24
LINES_SHOWN = 60
PAUSE_SECONDS = 0.12
MOST_PENDING = 400
MOST_PAGES = 20

Document = dict[str, Any]


class OpenPage:
    """What one page has not been told yet. `known` are the phones that it has whole."""

    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self.dirty: dict[str, set[str]] = {}
        self.lines: deque[LogLine] = deque(maxlen=LINES_SHOWN)
        self.known: set[str] = set()
        self.whole = True

    def note_phone(self, number: str, sid: str | None) -> None:
        self.dirty.setdefault(number, set()).update([sid] if sid else [])
        # A page that fell this far behind is cheaper to paint anew.
        self.whole = self.whole or len(self.dirty) > MOST_PENDING
        self.wake.set()

    def forget(self) -> None:
        self.dirty.clear()
        self.lines.clear()
        self.known.clear()
        self.whole = True
        self.wake.set()


class Live:
    """`attach` it to the ledger once that is loaded; `standing` gives what every message carries."""

    def __init__(self) -> None:
        self._pages: set[OpenPage] = set()
        self._ledger: Ledger | None = None
        self._standing: Callable[[], Document] = dict

    def attach(self, ledger: Ledger, standing: Callable[[], Document]) -> None:
        self._ledger = ledger
        self._standing = standing

    @property
    def open_pages(self) -> int:
        return len(self._pages)

    def note_phone(self, number: str, sid: str | None) -> None:
        for page in self._pages:
            page.note_phone(number, sid)

    def note_line(self, line: LogLine) -> None:
        for page in self._pages:
            page.lines.append(line)
            page.wake.set()

    def note_standing(self) -> None:
        for page in self._pages:
            page.wake.set()

    def note_cleared(self) -> None:
        for page in self._pages:
            page.forget()

    async def serve(self, socket: WebSocket, first_lines: list[LogLine]) -> None:
        """Runs for as long as the page stays open."""
        if len(self._pages) >= MOST_PAGES or not self._ledger:
            await socket.close(1013)
            return
        await socket.accept()
        page = OpenPage()
        page.lines.extend(first_lines)
        self._pages.add(page)
        sending = asyncio.create_task(self._send(socket, page, self._ledger))
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            self._pages.discard(page)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, socket: WebSocket, page: OpenPage, ledger: Ledger) -> None:
        page.wake.set()
        while True:
            await page.wake.wait()
            page.wake.clear()
            message = _snapshot(page, ledger) if page.whole else _delta(page, ledger)
            await socket.send_text(json.dumps({**message, **self._standing()}, separators=(",", ":")))
            await asyncio.sleep(PAUSE_SECONDS)


def _snapshot(page: OpenPage, ledger: Ledger) -> Document:
    page.whole = False
    page.dirty.clear()
    phones = heapq.nlargest(PHONES_SHOWN, ledger.phones(), key=lambda phone: phone.touched)
    page.known = {phone.number for phone in phones}
    return {
        "kind": "snapshot",
        "phones": [phone_view(ledger, phone) for phone in phones],
        "lines": _lines(page),
    }


def _delta(page: OpenPage, ledger: Ledger) -> Document:
    """Phones the page has: their changed texts. Phones it has not: whole, the newest few only."""
    dirty, page.dirty = page.dirty, {}
    touched = [phone for number in dirty if (phone := ledger.phone(number))]
    heads, texts = [], []
    for phone in touched:
        if phone.number in page.known:
            heads.append(phone_head(phone))
            texts += [text_view(text) for sid in dirty[phone.number] if (text := ledger.get(sid))]
    new = (phone for phone in touched if phone.number not in page.known)
    newest = heapq.nlargest(PHONES_SHOWN, new, key=lambda phone: phone.touched)
    page.known.update(phone.number for phone in newest)
    return {
        "kind": "delta",
        "heads": heads,
        "texts": texts,
        "phones": [phone_view(ledger, phone) for phone in newest],
        "lines": _lines(page),
    }


def _lines(page: OpenPage) -> list[Document]:
    lines = [line_view(line) for line in page.lines]
    page.lines.clear()
    return lines
