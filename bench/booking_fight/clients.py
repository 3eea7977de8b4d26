"""Somebody who wants a time and takes what is free, by the API or by their own page, until the minute is over."""

import asyncio
import random
import re
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

import httpx

from bench.booking_fight.world import KEY, SERVICE

AWAY = (httpx.TransportError, asyncio.TimeoutError)
PAUSE, AGAIN = 0.2, 1.0  # seconds before they look anew, and before they call a gateway that does not answer
WALKS_AWAY = 0.1  # of those who hold a time


@dataclass
class Fight:
    """What everybody shares. `told`: the state of each visit as its client heard last."""

    gateways: list[str]
    day: str
    until: float
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    told: dict[str, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def gateway(self) -> str:
        return self.dice.choice(self.gateways)

    def goes_on(self) -> bool:
        return time.monotonic() < self.until


async def ask(fight: Fight, http: httpx.AsyncClient, what: str, method: str, path: str, **more: Any) -> Any:
    """The answer, or None where nobody answered; times are counted by what was asked."""
    began = time.monotonic()
    try:
        answer = await http.request(method, f"{fight.gateway()}{path}", **more)
    except AWAY:
        fight.answers[f"{what}: no answer"] += 1
        await asyncio.sleep(AGAIN)
        return None
    fight.answers[f"{what}: {answer.status_code}"] += 1
    fight.seconds.setdefault(what, []).append(time.monotonic() - began)
    if answer.status_code in (429, 503):
        await asyncio.sleep(PAUSE)
    return answer


async def by_api(fight: Fight, http: httpx.AsyncClient, phone: str) -> None:
    """Books, thinks for a while, cancels, and wants another one."""
    wall = ""
    while fight.goes_on():
        wall = wall or await _any_free(fight, http)
        if not wall:
            await asyncio.sleep(PAUSE)
            continue
        made, wall = await _create(fight, http, phone, wall)
        if made:
            await asyncio.sleep(fight.dice.uniform(0, 3))
            if fight.goes_on():
                await _cancel(fight, http, made)


async def _any_free(fight: Fight, http: httpx.AsyncClient) -> str:
    query = {"treatment": SERVICE, "location": "downtown", "from": fight.day, "days": "1"}
    answer = await ask(fight, http, "availability", "GET", "/api/booking/availability", params=query)
    slots = answer.json()["slots"] if answer is not None and answer.status_code == 200 else []
    return str(fight.dice.choice(slots)["start"]) if slots else ""


async def _create(fight: Fight, http: httpx.AsyncClient, phone: str, wall: str) -> tuple[str, str]:
    """The visit's id, or the next time to try; asked again with the same key until somebody answers."""
    body = _request(phone, wall)
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": secrets.token_hex(8)}
    for _ in range(20):
        answer = await ask(fight, http, "create", "POST", "/api/booking/create", json=body, headers=headers)
        if answer is None or answer.status_code in (429, 500, 503):
            continue
        if answer.status_code in (200, 201):
            made = str(answer.json()["appointmentId"])
            fight.told[made] = "booked"
            return made, ""
        near = answer.json().get("alternatives", []) if answer.status_code == 409 else []
        return "", str(fight.dice.choice(near)["start"]) if near and fight.dice.random() < 0.5 else ""
    return "", ""


def _request(phone: str, wall: str) -> dict[str, str]:
    at = datetime.fromisoformat(wall)
    return {
        "treatment": SERVICE, "provider": "any", "location": "downtown", "date": at.date().isoformat(),
        "time": f"{at:%H:%M}", "firstName": "Fight", "lastName": "Er", "phone": phone, "source": "website",
    }  # fmt: skip


async def _cancel(fight: Fight, http: httpx.AsyncClient, made: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    for _ in range(20):
        answer = await ask(
            fight,
            http,
            "cancel",
            "POST",
            f"/api/booking/{made}/cancel",
            json={"reason": "time"},
            headers=headers,
        )
        if answer is not None and answer.status_code == 200:
            fight.told[made] = "cancelled"
            return
        if answer is not None and answer.status_code not in (429, 500, 503):
            return
    fight.doubtful.add(made)


AT = re.compile(r'name="at" value="([^"]+)"')
TIMES = re.compile(r'<form method="post" id="times" action="([^"]+)"')
HELD = re.compile(r'action="([^"]+/confirm[^"]*)">\s*<input type="hidden" name="hold" value="([^"]+)"')


async def by_page(fight: Fight, http: httpx.AsyncClient, code: str) -> None:
    """Looks at their page, taps a time, taps 'Book', thinks for a while, cancels; sometimes walks away from a hold."""
    while fight.goes_on():
        shown = await ask(fight, http, "page", "GET", f"/b/{code}")
        times, where = AT.findall(shown.text if shown is not None else ""), TIMES.search(_text(shown))
        if not times or where is None:
            await asyncio.sleep(PAUSE)
            if "/cancel" in _text(shown):  # booked before an answer was lost
                await _cancel_on_page(fight, http, code)
            continue
        at = fight.dice.choice(times)
        held = await ask(
            fight, http, "hold", "POST", unescape(where[1]), data={"at": at}, follow_redirects=True
        )
        found = HELD.search(_text(held))
        if found is None or fight.dice.random() < WALKS_AWAY:
            continue
        done = await _confirm(fight, http, unescape(found[1]), found[2])
        if done is not None and done.status_code == 303:
            await asyncio.sleep(fight.dice.uniform(0, 3))
            if fight.goes_on():
                await _cancel_on_page(fight, http, code)


async def _confirm(fight: Fight, http: httpx.AsyncClient, path: str, hold: str) -> Any:
    """Taps 'Book' until somebody answers: a second tap books nothing."""
    while fight.goes_on():
        answer = await ask(fight, http, "confirm", "POST", path, data={"hold": hold})
        if answer is not None and answer.status_code not in (429, 503):
            return answer
    return None


async def _cancel_on_page(fight: Fight, http: httpx.AsyncClient, code: str) -> None:
    await ask(fight, http, "page cancel", "POST", f"/b/{code}/cancel", data={"reason": "time"})


def _text(answer: Any) -> str:
    return str(answer.text) if answer is not None else ""
