"""What a process keeps of the database until something is published: read anew only where the stamp has changed.

Nothing is asked for a text or a form: whoever decides reads the gate anyway, and its stamp tells whether something was
published since (decision 0018).
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from core.operations import store as operations

T = TypeVar("T")


class Kept(Generic[T]):
    """Shared by threads: what is kept is replaced whole. `at_first` is what holds while nothing was ever published."""

    def __init__(self, read: Callable[[Session], T], at_first: T) -> None:
        self._read = read
        self._kept: tuple[str, T] = (operations.NEVER_PUBLISHED, at_first)

    @property
    def last(self) -> T:
        """As it was last read, without asking."""
        return self._kept[1]

    def at(self, session: Session, stamp: str) -> T:
        """What is in use where `stamp` is that of the gate of this very transaction."""
        kept, value = self._kept
        if kept != stamp:
            value = self._read(session)
            self._kept = (stamp, value)
        return value

    def now(self, session: Session) -> T:
        """The same for who has not read the gate: one small statement."""
        return self.at(session, operations.published_stamp(session))
