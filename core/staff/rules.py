"""Signing in: how long things last, when a name is locked, which passwords are good enough. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.clock import Clock, machine_span
from core.domain.errors import FieldError

TRIES = 5
LOCK_MINUTES = 15
SESSION_HOURS = 12
IDLE_MINUTES = 60
TICKET_SECONDS = 60
TOUCH_SECONDS = 60
MIN_LENGTH = 12
MAX_BYTES = 72  # bcrypt reads no further
MIN_DIFFERENT = 5
# A hash that no password opens: checking against it costs what a real check costs.
NO_PASSWORD = "$2b$12$C6UzMDM.H6dfI/f/IKcEeO7ZrVm3B3U7M2bKjEV3QXxZ3Uq0Yd0mW"  # noqa: S105


@dataclass(frozen=True)
class Lifetimes:
    """Spans in product time. They follow the machine: at 600 times speed nobody is signed out each 6 seconds."""

    lock: timedelta
    session: timedelta
    idle: timedelta
    ticket: timedelta
    touch: timedelta


def lifetimes(clock: Clock) -> Lifetimes:
    """The constants above under this clock."""
    return Lifetimes(
        lock=machine_span(clock, LOCK_MINUTES * 60),
        session=machine_span(clock, SESSION_HOURS * 3600),
        idle=machine_span(clock, IDLE_MINUTES * 60),
        ticket=machine_span(clock, TICKET_SECONDS),
        touch=machine_span(clock, TOUCH_SECONDS),
    )


@dataclass(frozen=True)
class Tries:
    """How often a name failed since its last success, and until when it is locked."""

    failed: int = 0
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    @property
    def left(self) -> int:
        return max(0, TRIES - self.failed)


def one_more(tries: Tries, now: datetime, lock: timedelta) -> Tries:
    """The count after another try, which is taken to fail until the password proves right."""
    if tries.locked(now):
        return tries
    failed = 1 if tries.locked_until else tries.failed + 1
    return Tries(failed, now + lock if failed >= TRIES else None)


def password_errors(password: str, again: str, username: str) -> list[FieldError]:
    """What is wrong with a new password; empty when it is good."""
    if password != again:
        return [FieldError("again", "The two passwords differ. Type the same one twice.")]
    checks = (
        (
            len(password) >= MIN_LENGTH,
            f"Use {MIN_LENGTH} characters or more; several words are easy to keep.",
        ),
        (len(password.encode()) <= MAX_BYTES, f"Use at most {MAX_BYTES} characters."),
        (password == password.strip(), "Leave out the spaces at the beginning and the end."),
        (username.lower() not in password.lower(), "Leave out your user name."),
        (len(set(password)) >= MIN_DIFFERENT, f"Use at least {MIN_DIFFERENT} different characters."),
    )
    return [FieldError("password", words) for good, words in checks if not good][:1]
