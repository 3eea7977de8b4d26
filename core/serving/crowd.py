"""The connections of one listening process: how many at once, and of whom. Counted in memory, on one event loop."""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from typing import Any

from core.domain.addresses import Network, is_trusted, sender_of
from core.serving.tally import Tally


class Crowd:
    """All connections of this server. `each` at once for one address that is no trusted proxy (0: half of
    all), `most` in all.

    When all places are taken, the one that has waited longest without a whole request makes room: somebody who
    means it has sent theirs within a moment.
    """

    def __init__(self, each: int, most: int, trusted: Sequence[Network]) -> None:
        self._each = min(each or most, most // 2)
        self._most = most
        self._trusted = trusted
        self._there: dict[Any, str] = {}
        self._by_address: Counter[str] = Counter()
        self._waiting: OrderedDict[Any, None] = OrderedDict()
        self.ended = Tally("connections_ended")

    def __len__(self) -> int:
        return len(self._there)

    def enter(self, one: Any, peer: str) -> bool:
        """Whether there is a place. `one` is a connection that can be ended by `cut(why)`."""
        # Who stands behind a proxy, the gate counts.
        key = "" if is_trusted(peer, self._trusted) else sender_of(peer)
        if key and self._by_address[key] >= self._each:
            return False
        if len(self._there) >= self._most:
            if not self._waiting:
                return False
            oldest = next(iter(self._waiting))
            self.leave(oldest)
            oldest.cut("made_room")
        self._there[one] = key
        self._by_address[key] += 1
        self._waiting[one] = None
        return True

    def waits(self, one: Any) -> None:
        """It has no whole request."""
        if one in self._there:
            self._waiting[one] = None
            self._waiting.move_to_end(one)

    def served(self, one: Any) -> None:
        """Its request is there."""
        self._waiting.pop(one, None)

    def leave(self, one: Any) -> None:
        self._waiting.pop(one, None)
        key = self._there.pop(one, None)
        if key is not None:
            self._by_address[key] -= 1
            if not self._by_address[key]:
                del self._by_address[key]
