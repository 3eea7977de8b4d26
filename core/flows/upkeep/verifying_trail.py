"""Whether the audit trail is whole: no row changed, taken out, put in, moved or cut off at the end."""

from dataclasses import dataclass

from core.app import App
from core.audit import chain, store
from core.audit.chain import BROKEN
from core.audit.store import Lane, Line
from core.flows.upkeep import anchoring
from core.flows.upkeep.anchoring import BrokenAnchors

MOST = 50  # findings that are told; one that is wrong is enough


@dataclass(frozen=True)
class Verdict:
    """`rows` were looked at. `problems` in words, at most MOST; none where the trail is whole."""

    rows: int
    problems: tuple[str, ...]


def verify(app: App) -> Verdict:
    """Look at every row, in one snapshot, and at what was written down outside the database."""
    with app.db.read() as session:
        look = _Look(app.db.keyring.audit_key, {lane.lane: lane for lane in store.lanes(session)})
        look.anchors(app)
        look.lanes()
        for line in store.lines(session):
            look.line(line)
        look.ends()
    return Verdict(look.rows, tuple(look.problems[:MOST]))


class _Look:
    """One walk through the trail, lane by lane."""

    def __init__(self, key: bytes, lanes: dict[int, Lane]) -> None:
        self.rows = 0
        self.problems: list[str] = []
        self._key = key
        self._lanes = lanes
        self._reached = {lane: (0, chain.beginning(key, lane)) for lane in range(chain.LANES)}
        self._anchored: dict[tuple[int, int], tuple[str, str]] = {}  # MAC and moment, until their row was met

    def anchors(self, app: App) -> None:
        try:
            found = anchoring.read(app)
        except BrokenAnchors as error:
            self._say(str(error))
            return
        for one in found:
            self._anchored |= {(lane, number): (mac, one.at) for lane, (number, mac) in one.heads.items()}

    def lanes(self) -> None:
        known = set(self._lanes)
        if known and known != set(range(chain.LANES)):
            self._say("lanes of the trail are missing, or were added")
        for lane in self._lanes.values():
            if lane.seal != chain.seal_of(self._key, lane.lane, lane.number, lane.mac):
                self._say(f"lane {lane.lane} was set back or forward: its seal does not fit")

    def line(self, line: Line) -> None:
        self.rows += 1
        if line.lane not in self._reached:
            self._say(f"row {line.id} was added: there is no lane {line.lane}")
            return
        number, before = self._reached[line.lane]
        if line.number != number + 1:
            missing = f"{number + 1} to {line.number - 1}" if line.number > number + 2 else f"{number + 1}"
            added = line.number <= number
            self._say(
                f"row {line.id} was added" if added else f"rows {missing} of lane {line.lane} are missing"
            )
        self._reached[line.lane] = (line.number, line.mac)
        if self._anchored.get((line.lane, line.number), ("",))[0] == line.mac.hex():
            del self._anchored[line.lane, line.number]
        if line.entry is None:
            self._say(f"row {line.number} of lane {line.lane} holds a value that can't be read")
        elif line.entry.action == BROKEN:
            self._say(f"row {line.number} of lane {line.lane} says that the lane was set back before it")
        elif line.number == number + 1 and line.mac != chain.mac_of(
            self._key, before, line.lane, line.number, line.id, line.at, line.entry
        ):
            self._say(f"row {line.number} of lane {line.lane} was changed ({line.id})")

    def ends(self) -> None:
        for lane, (number, mac) in self._reached.items():
            told = self._lanes.get(lane)
            if told is None:
                if number:
                    self._say(f"lane {lane} has {number} rows and is not known")
            elif (told.number, told.mac) != (number, mac):
                self._say(f"lane {lane} had come to row {told.number}, and ends with row {number}")
        for (lane, number), (_, at) in self._anchored.items():
            self._say(
                f"row {number} of lane {lane} is not what was written down outside the database at {at}"
            )

    def _say(self, problem: str) -> None:
        self.problems.append(problem)
