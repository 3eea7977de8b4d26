"""How rows of the audit trail hold together. Pure.

Each row carries a MAC over itself and the MAC of the row before it, under a key that is not in the database. So none
can be changed, taken out, put in or moved unseen. Where a lane ends, its seal says how far it had come: the last rows
can't be cut off either. Writers that work at once use a lane each, so that none waits for another.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LANES = 16
# Lines that are asked for by name: somebody saw a patient, or unusually many; a lane was set back before this line.
LOOKED, LOOKED_AT_MANY, BROKEN = "looked", "looked_at_many", "trail_broken"
JOB_RAN = "job_ran"  # what a periodic job changed, gathered


@dataclass(frozen=True)
class Entry:
    """One line of the trail. `detail` never holds what identifies a patient; `reason` and `origin` are encrypted.

    `actor` says who it was where `staff_id` is None: 'command:root', 'job', 'stranger'.
    """

    action: str
    staff_id: str | None = None
    actor: str = ""
    subject: str = ""
    patient_id: str | None = None
    reason: str = ""
    origin: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def mac_of(key: bytes, before: bytes, lane: int, number: int, id_: str, at: datetime, entry: Entry) -> bytes:
    """The MAC of a row whose predecessor has the MAC `before`; 32 bytes."""
    told = [
        lane,
        number,
        id_,
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.staff_id,
        entry.actor,
        entry.action,
        entry.subject,
        entry.patient_id,
        entry.reason,
        entry.origin,
        entry.detail,
    ]
    words = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, before + words.encode(), hashlib.sha256).digest()


def beginning(key: bytes, lane: int) -> bytes:
    """What the first row of a lane follows."""
    return hmac.new(key, f"lane {lane} begins".encode(), hashlib.sha256).digest()


def seal_of(key: bytes, lane: int, number: int, mac: bytes) -> bytes:
    """Proof that a lane had come as far as row `number`."""
    return hmac.new(key, f"lane {lane} at {number} ".encode() + mac, hashlib.sha256).digest()
