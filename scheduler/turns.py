"""The thread that notices and webhooks have each: turn after turn until it is stopped, and what came of each call is
written down, however often the database refuses.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.app import App
from core.db.lease import Lease
from core.db.trouble import DATABASE_TROUBLE, trouble
from core.domain.ports import Outcome, SendResult

log = structlog.get_logger(__name__)
LOOK_SECONDS = 1.0
PAUSE_AFTER_ERROR = 1.0


class Job(Protocol):
    """What was claimed."""

    @property
    def action_id(self) -> str: ...


J = TypeVar("J", bound=Job)
R = TypeVar("R")


class Turns(ABC, Generic[J, R]):
    """One scheduler's. `owner` names it in every claim; `what` of it is told in the log."""

    what: str

    def __init__(self, app: App, owner: str, lease: Lease) -> None:
        self._app = app
        self._owner = owner
        self._lease = lease
        self._stopping = threading.Event()
        self._unwritten: list[tuple[J, R]] = []  # survives a failed commit
        self._lost_touch = False  # a commit may have happened whose answer we never got

    def stop(self) -> None:
        """Claim no more; `run` returns when what is in hand has been written down."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped."""
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = self._turn_or_pause()
        try:
            self.finish()
        except DATABASE_TROUBLE as error:
            self._refused(error)

    def _turn_or_pause(self) -> float:
        try:
            return self.turn()
        except DATABASE_TROUBLE as error:
            self._refused(error)
        except Exception as error:
            # Without the traceback: its text may carry where somebody is told.
            log.warning("turn_given_up", what=self.what, error=type(error).__name__)
        self._lost_touch = True
        return PAUSE_AFTER_ERROR

    def turn(self) -> float:
        """Take up what is due, and write down what has ended; how many seconds to wait for the next look."""
        return self.work() if self._lease.held() else LOOK_SECONDS

    @abstractmethod
    def work(self) -> float:
        """The same of who holds the lease."""

    @abstractmethod
    def finish(self) -> None:
        """Write down what is in hand, and claim no more."""

    @abstractmethod
    def settle(self, job: J, result: R) -> None:
        """Write down what came of one."""

    @abstractmethod
    def take_over(self, except_for: Collection[str]) -> None:
        """Look after what this owner has claimed, but for the actions `except_for`."""

    def write_down(self) -> None:
        """Each by itself: one that can't be written goes again alone, and takes no other's result along."""
        while self._unwritten:
            job, result = self._unwritten[0]
            try:
                self.settle(job, result)
            except DATABASE_TROUBLE:
                raise
            except Exception as error:
                log.warning(
                    "result_given_up", what=self.what, action_id=job.action_id, error=type(error).__name__
                )
                self._lost_touch = True
            self._unwritten.pop(0)

    def look_after_lost_claims(self, in_hand: Collection[str]) -> None:
        """A claim whose commit was never confirmed is in nobody's hands, nor is what was given up."""
        if self._lost_touch:
            self.take_over(in_hand)
            self._lost_touch = False

    def raised(self, job: J, error: Exception) -> SendResult:
        """An adapter must not raise. If it does, who is told may have been: they know it by its id."""
        log.warning("send_raised", what=self.what, action_id=job.action_id, error=type(error).__name__)
        return SendResult(Outcome.RETRY, detail=type(error).__name__[:40])

    def now(self) -> datetime:
        return self._app.clock.now()

    def _refused(self, error: SQLAlchemyError) -> None:
        log.warning("database_refuses", what=self.what, why=trouble(error), error=type(error).__name__)
