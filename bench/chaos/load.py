"""What is going on while everything is under fire: texts planned, texts cancelled, forms sent."""

import itertools
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from core.app import App
from core.domain.errors import InvalidInput
from core.leads.store import leads
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning as messaging

KEY = "chaos-key"
CODES = (205, 212, 213, 214, 303, 305, 312, 404, 407, 415, 512, 602, 612, 617, 702, 713, 720, 786, 818, 917)
FORM_CODES = (201, 202, 203, 206, 207, 208, 209, 210, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231, 234)
PATIENCE = 120.0
RECENT = 40
Result = TypeVar("Result")


def made_up_phone(codes: tuple[int, ...], number: int) -> str:
    """One of the hundred fictional lines of an area code."""
    return f"+1{codes[number // 100 % len(codes)]}55501{number % 100:02d}"


@dataclass
class Load:
    """Plans in the caller's thread; cancels and sends forms in threads of its own between `begin` and `end`."""

    app: App
    seed: int
    forms_a_second: float = 4.0
    planned: dict[str, str] = field(default_factory=dict)  # key to action id
    promised: set[str] = field(default_factory=set)  # action ids whose cancel returned True, committed
    forms: dict[int, str] = field(default_factory=dict)  # number to submission id
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._die = random.Random(self.seed)
        self._numbers = itertools.count(1)
        self._recent: deque[str] = deque(maxlen=RECENT)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, gateway: str) -> None:
        """`gateway`: where forms are sent; '' sends none."""
        works = [self._cancel_now_and_then]
        if gateway:
            works.append(lambda: self._send_forms(f"{gateway}/webhooks/forms/generic/{KEY}"))
        self._threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def plan(self, count: int) -> None:
        """`count` more texts: a third due at once, the others within the next second."""
        now = self.app.clock.now()
        actions = [self._text(next(self._numbers), n % 3 == 0) for n in range(count)]

        def write() -> dict[str, str]:
            with self.app.db.write() as session:
                return messaging.plan_all(session, actions, now)

        made = self._until_written(write)
        self.planned |= made
        self._recent.extend(made.values())

    def _text(self, number: int, at_once: bool) -> NewAction:
        wait = 0.0 if at_once else self._die.uniform(0.1, 1.0)
        return NewAction(
            key=f"chaos:{self.seed}:{number}",
            kind="text",
            due_at=self.app.clock.now() + timedelta(seconds=wait),
            purpose=Purpose.MANUAL,
            lane=self._die.choice(list(Lane)),
            phone=made_up_phone(CODES, number),
            body=f"Chaos text {number}",
        )

    def _until_written(self, write: Callable[[], Result]) -> Result:
        """The database may be down or full: once more. Raises TimeoutError."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                return write()
            except SQLAlchemyError:
                time.sleep(0.1)
        raise TimeoutError("the database takes nothing")

    def _cancel_now_and_then(self) -> None:
        die = random.Random(self.seed + 1)
        while not self._stopping.wait(die.uniform(0.02, 0.1)):
            if not self._recent:
                continue
            action_id = die.choice(list(self._recent))
            try:
                with self.app.db.write() as session:
                    stopped = messaging.cancel(
                        session, action_id, "by_staff", by=None, now=self.app.clock.now()
                    )
            except SQLAlchemyError:
                continue  # nothing was promised
            if stopped:
                self.promised.add(action_id)

    def _send_forms(self, url: str) -> None:
        for number in itertools.count():
            if self._stopping.wait(1 / self.forms_a_second):
                return
            try:
                self.forms[number] = send_form(url, number)
                if number % 2:
                    self._write_to_lead(self.forms[number], number)
            except (TimeoutError, InvalidInput, urllib.error.HTTPError) as error:
                self.troubles.append(f"form {number}: {error}")

    def _write_to_lead(self, submission_id: str, number: int) -> None:
        """One more text to the lead of a form, which the patient's consent must allow."""

        def write() -> dict[str, str]:
            now = self.app.clock.now()
            with self.app.db.write() as session:
                lead_id = leads.of_submission(session, submission_id)
                assert lead_id, f"form {number} was accepted and has no lead"
                action = NewAction(
                    key=f"chaos:{self.seed}:lead:{number}",
                    kind="text",
                    due_at=now,
                    purpose=Purpose.TRANSACTIONAL,
                    lane=Lane.INSTANT,
                    lead_id=lead_id,
                    patient_id=leads.get(session, lead_id).patient_id,
                    phone=made_up_phone(FORM_CODES, number),
                    body=f"Chaos text to lead {number}",
                )
                return messaging.plan_all(session, [action], now)

        self.planned |= self._until_written(write)


def form(number: int) -> bytes:
    """A made-up submission with a number of its own."""
    document = {
        "source": "website",
        "form_type": "lead_capture",
        "external_id": f"chaos-{number}",
        "contact": {
            "first_name": "Pat",
            "last_name": f"Number{number}",
            "phone": made_up_phone(FORM_CODES, number),
        },
        "fields": {"treatment": "hydrafacial"},
        "consent": {
            "sms_transactional": True,
            "sms_marketing": False,
            "text": "I agree to texts.",
            "version": "1",
        },
    }
    return json.dumps(document).encode()


def send_form(url: str, number: int) -> str:
    """Send until it is answered, as real senders do; the submission's id. Raises TimeoutError, HTTPError for a 4xx."""
    until = time.monotonic() + PATIENCE
    last = ""
    while time.monotonic() < until:
        request = urllib.request.Request(url, form(number), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(json.load(answer)["submission_id"])
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise
            last = str(error.code)
        except (OSError, ValueError, HTTPException) as error:
            last = repr(error)
        time.sleep(0.1)
    raise TimeoutError(f"never accepted: {last}")
