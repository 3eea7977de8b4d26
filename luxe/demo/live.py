"""A few leads that arrive while one watches: made-up forms to our own gateway, replies from simulated phones."""

import threading
from collections.abc import Callable
from random import Random
from typing import Any

from core.app import App
from luxe.connectors import WayIn, ways_in
from luxe.demo import words
from luxe.demo.people import FIRST, LAST, SET_ASIDE
from luxe.loopback import is_local, request

FIRST_AFTER_SECONDS = 12.0
PAUSE_SECONDS = (40.0, 90.0)
AT_MOST = 200
REPLIES = 0.45
REPLY_AFTER_SECONDS = (6.0, 30.0)


class LiveDemo:
    """Posts until told to stop, or until it has posted AT_MOST forms. To processes on this machine only."""

    def __init__(self, app: App, stopping: threading.Event, say: Callable[[str], None]) -> None:
        self._app = app
        self._stopping = stopping
        self._say = say
        self._dice = Random()
        self._areas = sorted(SET_ASIDE)

    def start(self) -> None:
        """Begin in the background; does nothing where the gateway's public address is another machine."""
        way = next((way for way in ways_in(self._app.settings) if way.name == "generic"), None)
        if way and is_local(self._gateway):
            threading.Thread(target=self._run, args=(way,), name="live-demo", daemon=True).start()
            self._say("a made-up lead arrives about once a minute; --no-demo leaves that out")

    @property
    def _gateway(self) -> str:
        return f"http://127.0.0.1:{self._app.settings.gateway_port}"

    def _run(self, way: WayIn) -> None:
        wait = FIRST_AFTER_SECONDS
        for number in range(AT_MOST):
            if self._stopping.wait(wait):
                return
            document = self._submission(number)
            request(f"{self._gateway}/webhooks/forms/generic/{way.key}", document, secret=way.secret)
            wait = self._dice.uniform(*PAUSE_SECONDS)
            if self._dice.random() < REPLIES:
                pause = self._dice.uniform(*REPLY_AFTER_SECONDS)
                if self._stopping.wait(pause):
                    return
                self._reply(document["contact"]["phone"])
                wait = max(1.0, wait - pause)

    def _reply(self, phone: str) -> None:
        body = self._dice.choice(words.PATIENT_SAYS)
        simulator = f"http://127.0.0.1:{self._app.settings.simulator_port}"
        request(f"{simulator}/control/reply", {"phone": phone, "body": body})

    def _submission(self, number: int) -> dict[str, Any]:
        dice, now = self._dice, self._app.clock.now()
        first, last = dice.choice(FIRST), dice.choice(LAST)
        phone = f"+1{dice.choice(self._areas)}5550{dice.randrange(100, 200)}"
        origin = words.origin(dice)
        full = dice.random() < 0.5
        return {
            "source": origin.source,
            "form_type": "consultation_request" if full else "lead_capture",
            "external_id": f"live-{now:%Y%m%d%H%M%S%f}-{number}",
            "submitted_at": now.isoformat(),
            "contact": {
                "first_name": first,
                "last_name": last,
                "phone": phone,
                "email": f"{first}.{last}@example.com".lower(),
            },
            "fields": {"treatment": words.weighted(dice, words.TREATMENTS)}
            | (self._details() if full else {}),
            "consent": {
                "sms_transactional": True,
                "sms_marketing": dice.random() < 0.8,
                "text": words.CONSENT["marketing"],
                "version": words.CONSENT_VERSION,
                "ip": "203.0.113.40",
            },
            "utm": {
                "utm_source": origin.utm,
                "utm_medium": origin.medium,
                "utm_campaign": dice.choice(origin.campaigns),
            },
        }

    def _details(self) -> dict[str, str]:
        dice = self._dice
        return {
            "timeframe": words.weighted(dice, words.TIMEFRAMES),
            "budget": words.weighted(dice, words.BUDGETS),
            "notes": dice.choice(words.NOTES) if dice.random() < 0.3 else "",
        }
