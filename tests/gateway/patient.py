"""Somebody with a link to their own page, and the browser that they hold it in."""

import re
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.booking import store_holds as holds
from core.booking.store import Visit
from core.booking.store_holds import LINK, Hold
from core.flows.booking import changing, links
from core.staff.tables import staff
from tests.factories import submission
from tests.flows.booking.booking import a_lead, booked, free, wish
from tests.flows.dispatching import take_in
from tests.flows.staffing import do, one
from tests.gateway.asking import Gateway

PHONE_END = "0155"
OTHER_SITE = {"Origin": "https://evil.example.com", "Sec-Fetch-Site": "cross-site"}


class Patient:
    """Somebody with a link, and the browser that they hold it in."""

    def __init__(self, clinic: Gateway, number: int = 0, **form: Any) -> None:
        self.clinic, self.app = clinic, clinic.app
        self.lead_id = a_lead(
            self.app, number, **({"first_name": "Grace", "treatment": "hydrafacial"} | form)
        )
        self.code = do(self.app, links.make, self.app.reference, self.lead_id, "text-1")
        self.path = f"/b/{self.code}"

    def get(self, step: str = "", **query: str) -> httpx.Response:
        under = f"/{step}" if step else ""
        answer: httpx.Response = self.clinic.client.get(f"{self.path}{under}", params=query)
        return answer

    def press(self, page: httpx.Response, action: str, **fields: str) -> httpx.Response:
        """The form of a page whose address ends in `action`, as a browser without scripts sends it."""
        address = next(found for found in actions(page) if urlsplit(found).path.endswith(action))
        answer: httpx.Response = self.clinic.client.post(address, data=fields)
        return answer

    def tap(self, page: httpx.Response, at: str = "", **fields: str) -> httpx.Response:
        """One of the times of a page, the first where none is named."""
        return self.press(page, "/hold", at=at or times(page)[0], **fields)

    def follow(self, answer: httpx.Response) -> httpx.Response:
        assert answer.status_code == 303, answer.text
        to: httpx.Response = self.clinic.client.get(answer.headers["location"])
        return to

    def book(self) -> Visit:
        page = self.follow(self.tap(self.get()))
        done = self.press(page, "/confirm", hold=self.hold().id)
        assert done.status_code == 303
        return self.visit()

    def hold(self) -> Hold:
        with self.app.db.read() as session:
            return holds.of_lead(session, self.lead_id, LINK)[0]

    def holds(self) -> int:
        with self.app.db.read() as session:
            return len(holds.of_lead(session, self.lead_id, LINK))

    def visit(self) -> Visit:
        with self.app.db.read() as session:
            found = changing.ahead(session, self.lead_id)
        assert found
        return found

    def leave_browser(self) -> None:
        self.clinic.client.cookies.clear()


def times(page: httpx.Response) -> list[str]:
    """What the buttons of times send, in the page's order."""
    return re.findall(r'name="at" value="([^"]+)"', page.text)


def actions(page: httpx.Response) -> list[str]:
    return [unescape(found) for found in re.findall(r'action="([^"]+)"', page.text)]


def words(page: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def staff_id(clinic: Gateway, username: str) -> str:
    return str(one(clinic.app, staff, staff.c.username == username).id)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def free_at(clinic: Gateway) -> str:
    return free(clinic.app, wish(clinic.app))[-1].starts_at.isoformat()


def a_lead_of(clinic: Gateway, **changes: Any) -> str:
    """Another form of the person of the first one, told apart by its email."""
    usual = {
        "external_id": "again",
        "email": "b0@example.com",
        "first_name": "Grace",
        "treatment": "hydrafacial",
    }
    found = take_in(clinic.app, submission(**(usual | changes))).lead_id
    assert found
    return found


def fill(clinic: Gateway, day: Any, *, keep: int) -> None:
    """Book downtown's times of a day until so many are left."""
    number = 100 + day.day * 20
    while True:
        here = [
            slot for slot in free(clinic.app, wish(clinic.app)) if local_day(clinic, slot.starts_at) == day
        ]
        if len({slot.starts_at for slot in here}) <= keep:
            return
        number += 1
        last = here[-1]
        lead = a_lead(clinic.app, number, treatment="hydrafacial")
        booked(clinic.app, lead, wish(clinic.app, provider_id=last.provider_id), last.starts_at)


def local_day(clinic: Gateway, at: datetime) -> Any:
    return at.astimezone(clinic.app.reference.clinic.zone).date()
