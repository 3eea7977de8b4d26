"""Carries accepted texts to the phones and reports each step to the sender's StatusCallback."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime

from core.domain.clock import Clock, real_seconds_until
from simulator.config import SimulatorConfig
from simulator.faults import Behaviour, Faults
from simulator.ledger import Ledger
from simulator.texts import Changes, Status, Text
from simulator.webhooks import Errand, Webhooks


class Courier:
    """One small task a text. Nothing here is waited for by the REST API."""

    def __init__(
        self, config: SimulatorConfig, ledger: Ledger, faults: Faults, webhooks: Webhooks, real: Clock
    ) -> None:
        self._config = config
        self._ledger = ledger
        self._faults = faults
        self._webhooks = webhooks
        self._real = real
        self._tasks: set[asyncio.Task[None]] = set()

    def carry(self, text: Text) -> None:
        self._spawn(self._carry(text, self._faults.behaviour, self._faults.spoils_callback()))

    def resume(self) -> None:
        """Take up what a former process accepted and did not finish."""
        for text in list(self._ledger.texts()):
            if not text.final:
                self.carry(text)

    async def stop(self) -> None:
        """Unfinished texts stay as they are; `resume` finds them."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def under_way(self) -> int:
        return len(self._tasks)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, text: Text, behaviour: Behaviour, spoiled: bool) -> None:
        if text.send_at:
            clock = self._config.clock
            await asyncio.sleep(real_seconds_until(clock, text.send_at, clock.now()))
        began = text.accepted_at if not text.send_at else self._real.now()
        trouble = behaviour.callbacks if spoiled else "normal"
        first: asyncio.Task[None] | None = None
        if text.status is not Status.SENT and text.ends_as is not Status.FAILED:
            await self._wait(began, behaviour.sent_ms)
            if not self._move(text.sid, Status.SENT):
                return
            if trouble != "out_of_order":
                first = asyncio.create_task(self._report(text.sid, Status.SENT, trouble))
        await self._wait(began, behaviour.delivered_ms)
        if not self._move(text.sid, text.ends_as):
            return
        if first:
            await first
        await self._report(text.sid, text.ends_as, trouble)
        if trouble == "out_of_order":
            await self._report(text.sid, Status.SENT, trouble)

    async def _wait(self, began: datetime, milliseconds: int) -> None:
        passed = (self._real.now() - began).total_seconds()
        await asyncio.sleep(max(0.0, milliseconds / 1000 - passed))

    def _move(self, sid: str, status: Status) -> bool:
        """False when the text was cancelled or cleared in the meantime."""
        text = self._ledger.get(sid)
        if text is None or text.final:
            return False
        now = self._config.clock.now()
        changes = Changes(status=status, updated_at=now)
        if status is Status.SENT:
            changes["sent_at"] = now
        else:
            changes["error_code"] = text.ends_with
            changes["delivered_at"] = self._real.now() if status is Status.DELIVERED else None
        self._ledger.change(sid, changes)
        return True

    async def _report(self, sid: str, status: Status, trouble: str) -> None:
        text = self._ledger.get(sid)
        if text is None or not text.callback or trouble == "lost":
            return
        errand = Errand(
            "status to clinic",
            text.callback,
            self._params(text, status),
            text.phone,
            sid,
            describe(text, status),
        )
        await self._webhooks.post(errand)
        if trouble == "duplicated":
            await self._webhooks.post(errand)

    def _params(self, text: Text, status: Status) -> dict[str, str]:
        params = {
            "AccountSid": self._config.account_sid,
            "ApiVersion": "2010-04-01",
            "From": text.sender,
            "MessageSid": text.sid,
            "MessageStatus": status.value,
            "SmsSid": text.sid,
            "SmsStatus": status.value,
            "To": text.to,
        }
        if text.service_sid:
            params["MessagingServiceSid"] = text.service_sid
        if status is Status.SENT:
            return params
        params["RawDlrDoneDate"] = self._config.clock.now().strftime("%y%m%d%H%M")
        if text.ends_with:
            params["ErrorCode"] = str(text.ends_with)
        return params


def describe(text: Text, status: Status) -> str:
    """'delivered', or 'undelivered, 30003'."""
    code = text.ends_with if status in (Status.UNDELIVERED, Status.FAILED) else None
    return f"{status.value}, {code}" if code else status.value
