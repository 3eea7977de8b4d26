"""Sends made-up forms to the gateway: one, or a bounded stream of them."""

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

from simulator.config import FormKey, SimulatorConfig
from simulator.hosted_form import fill_form, read_form
from simulator.ledger import Ledger
from simulator.people import EVERYONE, Person, make_person, named_person
from simulator.requests_log import RequestsLog
from simulator.submissions import make_submission, sign_submission
from simulator.webhooks import Webhooks

MOST_FORMS = 2000
AT_ONCE = 32
PHONE = r"^(\+[1-9]\d{6,14})?$"


class FormOrder(BaseModel):
    """`key` and `secret` stand in for the configured ones of the generic connector. With `phone` the form
    comes from that person every time, else each from someone new."""

    model_config = ConfigDict(extra="forbid")

    form: Literal["lead_capture", "consultation_request"] = "lead_capture"
    connector: Literal["generic", "hosted"] = "generic"
    count: int = Field(1, ge=1, le=MOST_FORMS)
    per_second: float = Field(1.0, gt=0, le=200)
    phone: str = Field("", pattern=PHONE)
    name: str = Field("", max_length=80)
    key: str = Field("", pattern=r"^[A-Za-z0-9_-]*$")
    secret: str = ""


@dataclass
class Job:
    """How far a stream has come. `taken` were accepted, `refused` answered otherwise, `lost` not answered."""

    wanted: int
    taken: int = 0
    refused: int = 0
    lost: int = 0
    running: bool = True


@dataclass(frozen=True)
class Sent:
    """`status` is None when the gateway did not answer; `words` is its answer, cut short."""

    phone: str
    status: int | None
    words: str

    @property
    def taken(self) -> bool:
        return self.status in (200, 201, 302, 303)


class FormDesk:
    def __init__(
        self, config: SimulatorConfig, ledger: Ledger, webhooks: Webhooks, log: RequestsLog,
        on_change: Callable[[], None],
    ) -> None:  # fmt: skip
        self._config = config
        self._ledger = ledger
        self._webhooks = webhooks
        self._log = log
        self._on_change = on_change
        self._dice = random.Random()
        self._next = self._dice.randrange(EVERYONE)
        self._task: asyncio.Task[None] | None = None
        self.job: Job | None = None

    async def send_one(self, order: FormOrder) -> Sent:
        """Raises ValueError when no key is known for the generic connector."""
        person = self._person(order)
        post = self._post_generic if order.connector == "generic" else self._post_hosted
        try:
            sent = await post(order, person)
        except (aiohttp.ClientError, TimeoutError) as error:
            sent = Sent(person.phone, None, str(error) or "no answer")
        if sent.taken:
            self._ledger.name(person.phone, person.name)
        way = "webhook" if order.connector == "generic" else "hosted page"
        words = f"{way}, {'taken' if sent.taken else sent.words}"
        self._log.note("out", "form to clinic", person.phone, sent.status, "", words)
        return sent

    def start(self, order: FormOrder) -> Job:
        """Raises ValueError while another stream runs, or without a key."""
        if self.job and self.job.running:
            raise ValueError("forms are being sent already; stop that first")
        if order.connector == "generic":
            self._key(order)
        self.job = Job(order.count)
        self._task = asyncio.create_task(self._run(order, self.job))
        return self.job

    async def forget(self) -> None:
        """Stop, and no longer speak of it."""
        await self.stop()
        self.job = None

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, order: FormOrder, job: Job) -> None:
        loop = asyncio.get_running_loop()
        began, places = loop.time(), asyncio.Semaphore(AT_ONCE)
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(order.count):
                    await asyncio.sleep(max(0.0, began + number / order.per_second - loop.time()))
                    await places.acquire()
                    group.create_task(self._count(order, job, places))
        finally:
            job.running = False
            self._on_change()

    async def _count(self, order: FormOrder, job: Job, places: asyncio.Semaphore) -> None:
        try:
            sent = await self.send_one(order)
        finally:
            places.release()
        job.taken += sent.taken
        job.refused += not sent.taken and sent.status is not None
        job.lost += sent.status is None
        self._on_change()

    def _person(self, order: FormOrder) -> Person:
        if order.phone:
            return named_person(order.name, order.phone)
        self._next += 1
        return make_person(self._next)

    def _key(self, order: FormOrder) -> FormKey:
        key = FormKey(order.key, order.secret) if order.key else self._config.form_keys.get("generic")
        if key is None:
            raise ValueError("no key for the generic connector is known; set LUXE_FORM_KEYS, or give one")
        return key

    async def _post_generic(self, order: FormOrder, person: Person) -> Sent:
        key = self._key(order)
        document = make_submission(order.form, person, self._config.clock.now(), self._dice)
        body = json.dumps(document).encode()
        headers = {"Content-Type": "application/json", **sign_submission(body, key.secret)}
        url = f"{self._config.callback_base}/webhooks/forms/generic/{key.key}"
        async with self._webhooks.session.post(
            url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            return Sent(person.phone, answer.status, (await answer.text())[:200])

    async def _post_hosted(self, order: FormOrder, person: Person) -> Sent:
        """Reads the page first, so that a token or a new field on it is sent as a browser would."""
        url = f"{self._config.callback_base}/f/{order.form.replace('_', '-')}"
        async with self._webhooks.session.get(url) as answer:
            document, cookies = (
                await answer.text(),
                {name: cookie.value for name, cookie in answer.cookies.items()},
            )
        if answer.status != 200:
            return Sent(person.phone, answer.status, "the form page did not open")
        try:
            pairs = fill_form(read_form(document), person, self._dice)
        except ValueError as error:
            return Sent(person.phone, 422, str(error))
        async with self._webhooks.session.post(
            url, data=aiohttp.FormData(pairs), cookies=cookies, allow_redirects=False
        ) as answer:
            return Sent(
                person.phone, answer.status, answer.headers.get("Location", "")[:200] or "form shown again"
            )
