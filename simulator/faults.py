"""Troubles that can be switched on: what happens to the next texts, and to their status callbacks."""

import random
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.texts import Status


class FaultKind(StrEnum):
    """`slow` answers late; `too_many` is 429; `server_error` is 500; `drop` accepts and cuts the line without
    an answer; `closed` cuts it before accepting; `undelivered` and `failed` end the text with a code."""

    SLOW = "slow"
    TOO_MANY = "too_many"
    SERVER_ERROR = "server_error"
    DROP = "drop"
    CLOSED = "closed"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


class Fault(BaseModel):
    """One trouble. `count` is how many more texts it hits (none: until switched off), `probability` its odds
    for each text, `only_to` limits it to one phone. `ms` is for `slow`, `code` for the last two."""

    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    count: int | None = Field(None, ge=1)
    probability: float = Field(1.0, gt=0, le=1)
    ms: int = Field(5000, ge=0, le=120_000)
    code: int | None = Field(None, ge=10_000, le=99_999)
    only_to: str = ""

    @property
    def ending(self) -> tuple[Status, int | None]:
        """How a text that met this fault ends, with the carrier's code."""
        if self.kind is FaultKind.UNDELIVERED:
            return Status.UNDELIVERED, self.code or 30003
        if self.kind is FaultKind.FAILED:
            return Status.FAILED, self.code or 30008
        return Status.DELIVERED, None


class EmailFaultKind(StrEnum):
    """`bounce` knows no such address; `refuse` does not want the content; `defer` asks to come again later; `slow`
    answers late; `drop` takes the email and cuts the line without an answer; `closed` cuts it before the content."""

    BOUNCE = "bounce"
    REFUSE = "refuse"
    DEFER = "defer"
    SLOW = "slow"
    DROP = "drop"
    CLOSED = "closed"


class EmailFault(BaseModel):
    """One trouble with emails: as a `Fault`, with an address in `only_to`."""

    model_config = ConfigDict(extra="forbid")

    kind: EmailFaultKind
    count: int | None = Field(None, ge=1)
    ms: int = Field(5000, ge=0, le=120_000)
    only_to: str = ""


class Behaviour(BaseModel):
    """How the simulator behaves until told otherwise. All times are real milliseconds.

    `latency_ms` delays every answer to a create; `list_lag_ms` hides a new text from the list for that long;
    `sent_ms` and `delivered_ms` count from the moment of acceptance. `callbacks` spoils the status callbacks
    with the odds `callback_probability`. `answer_stop` lets the provider itself confirm STOP and START.
    """

    model_config = ConfigDict(extra="forbid")

    faults: list[Fault] = Field(default_factory=list, max_length=20)
    email_faults: list[EmailFault] = Field(default_factory=list, max_length=20)
    latency_ms: int = Field(0, ge=0, le=120_000)
    list_lag_ms: int = Field(0, ge=0, le=600_000)
    sent_ms: int = Field(80, ge=0, le=600_000)
    delivered_ms: int = Field(400, ge=0, le=600_000)
    callbacks: Literal["normal", "duplicated", "out_of_order", "lost"] = "normal"
    callback_probability: float = Field(1.0, gt=0, le=1)
    answer_stop: bool = False
    seed: int | None = None


class Faults:
    """The behaviour in force and its seeded dice."""

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self._dice = random.Random()

    def change(self, update: dict[str, object]) -> Behaviour:
        """Merge `update` into the behaviour. Raises pydantic.ValidationError and then changes nothing."""
        self.behaviour = Behaviour.model_validate(self.behaviour.model_dump() | update)
        if "seed" in update:
            self._dice = random.Random(self.behaviour.seed)
        return self.behaviour

    def reset(self) -> None:
        self.behaviour = Behaviour()
        self._dice = random.Random()

    def take(self, to: str) -> Fault | None:
        """The fault that this text to `to` meets; one whose count is used up is gone."""
        for fault in self.behaviour.faults:
            if fault.only_to and fault.only_to != to:
                continue
            if fault.probability < 1 and self._dice.random() >= fault.probability:
                continue
            self._use(fault)
            return fault
        return None

    def take_for_email(self, to: str) -> EmailFault | None:
        """The fault that an email to `to` meets."""
        faults = self.behaviour.email_faults
        met = next((fault for fault in faults if fault.only_to in ("", to)), None)
        if met is not None and met.count is not None:
            met.count -= 1
            if met.count < 1:
                faults.remove(met)
        return met

    def spoils_callback(self) -> bool:
        """Whether the trouble with callbacks hits the next text's."""
        behaviour = self.behaviour
        if behaviour.callbacks == "normal":
            return False
        return behaviour.callback_probability >= 1 or self._dice.random() < behaviour.callback_probability

    def _use(self, fault: Fault) -> None:
        if fault.count is None:
            return
        fault.count -= 1
        if fault.count < 1:
            self.behaviour.faults.remove(fault)
