"""The emails that were handed over, as a mailbox would show them. Kept in a journal of their own."""

import base64
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property

from simulator.journal import Entry, Journal


@dataclass(frozen=True)
class Email:
    """One that was taken. `raw` is what came over the wire, `number` its place in the box, from 1."""

    number: int
    at: datetime
    sender: str
    to: str
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    def body(self, kind: str) -> str:
        """The words as `plain` or as `html`, '' where there are none."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


class Outbox:
    """Reads its journal at once. Raises SpoiledJournalError and JournalInUseError."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._emails: list[Email] = []
        journal.replay(self._read)

    def add(self, at: datetime, sender: str, to: str, raw: bytes) -> Email:
        """Keep one. Raises OSError when the disk is full: it must be refused then."""
        entry = {"at": at.isoformat(), "from": sender, "to": to, "raw": base64.b64encode(raw).decode()}
        self._journal.append(entry)
        self._read(entry)
        return self._emails[-1]

    def newest(self) -> list[Email]:
        return self._emails[::-1]

    def get(self, number: int) -> Email | None:
        return self._emails[number - 1] if 1 <= number <= len(self._emails) else None

    def clear(self) -> None:
        self._journal.clear()
        self._emails.clear()

    def close(self) -> None:
        self._journal.close()

    def _read(self, entry: Entry) -> None:
        at, raw = datetime.fromisoformat(entry["at"]), base64.b64decode(entry["raw"])
        self._emails.append(Email(len(self._emails) + 1, at, entry["from"], entry["to"], raw))
