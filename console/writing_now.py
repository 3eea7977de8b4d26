"""Who is writing in which thread now: their pages say so, and it is forgotten by itself. Nothing is stored."""

from dataclasses import dataclass, field

SECONDS = 8.0  # a page says it again every few seconds while somebody types
KINDS = ("text", "note")


@dataclass
class WritingNow:
    """By thread, who writes what and until when that holds. Times are seconds of one steady clock."""

    _until: dict[str, dict[str, tuple[str, float]]] = field(default_factory=dict)

    def note(self, thread: str, staff_id: str, what: str, at: float) -> bool:
        """`what`: text, note, or '' for somebody who stopped. Whether that is news."""
        before = dict(self.at(thread, at)).get(staff_id, "")
        people = self._until.setdefault(thread, {})
        if what in KINDS:
            people[staff_id] = (what, at + SECONDS)
        else:
            people.pop(staff_id, None)
        return before != (what if what in KINDS else "")

    def forget(self, thread: str, at: float) -> bool:
        """Let go of whoever has not been heard of; whether there was somebody."""
        people = self._until.get(thread, {})
        gone = [staff_id for staff_id, (_, until) in people.items() if until <= at]
        for staff_id in gone:
            del people[staff_id]
        if not people:
            self._until.pop(thread, None)
        return bool(gone)

    def at(self, thread: str, at: float) -> list[tuple[str, str]]:
        """(id, what) of each who writes there."""
        people = self._until.get(thread, {})
        return sorted((staff_id, what) for staff_id, (what, until) in people.items() if until > at)
