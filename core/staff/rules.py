"""Signing in: how long things last. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from core.domain.clock import Clock, machine_span

SESSION_HOURS = 12
IDLE_MINUTES = 60
TICKET_SECONDS = 60
TOUCH_SECONDS = 60
CODE_MINUTES = 5  # between the password and the code
CONFIRM_MINUTES = 10  # how long a proof of who one is counts for what leaves the house
MAX_BYTES = 72  # bcrypt reads no further
# A hash that no password opens: checking against it costs what a real check costs.
NO_PASSWORD = "$2b$12$C6UzMDM.H6dfI/f/IKcEeO7ZrVm3B3U7M2bKjEV3QXxZ3Uq0Yd0mW"  # noqa: S105


@dataclass(frozen=True)
class Lifetimes:
    """Spans in product time. They follow the machine: at 600 times speed nobody is signed out each 6 seconds."""

    session: timedelta
    idle: timedelta
    ticket: timedelta
    touch: timedelta
    code: timedelta
    confirm: timedelta


def lifetimes(clock: Clock) -> Lifetimes:
    """The constants above under this clock."""
    return Lifetimes(
        session=machine_span(clock, SESSION_HOURS * 3600),
        idle=machine_span(clock, IDLE_MINUTES * 60),
        ticket=machine_span(clock, TICKET_SECONDS),
        touch=machine_span(clock, TOUCH_SECONDS),
        code=machine_span(clock, CODE_MINUTES * 60),
        confirm=machine_span(clock, CONFIRM_MINUTES * 60),
    )
