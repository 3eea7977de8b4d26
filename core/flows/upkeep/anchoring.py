"""How far the audit trail had come, written down outside the database each hour.

Whoever holds the database's password could put an older state of the whole trail in place, seals and all. These lines
tell: each names the last row of every lane, and is chained to the line before it with the same key as the rows.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.app import App
from core.audit import store

ANCHOR, RESTORED = "anchor", "restored"


@dataclass(frozen=True)
class Anchor:
    """`heads`: (number, MAC in hex) of the last row of each lane that had any. `kind`: after a `restored` one, those
    before it say nothing of this database any more."""

    at: str
    kind: str
    heads: Mapping[int, tuple[int, str]]


class BrokenAnchors(Exception):
    """The file of anchors was changed. The message says where."""


def anchor(app: App, *, now: datetime) -> bool:
    """Write down where every lane stands; False where nothing was added since. Raises OSError and BrokenAnchors."""
    with app.db.read() as session:
        heads = {lane.lane: (lane.number, lane.mac.hex()) for lane in store.lanes(session) if lane.number}
    known = read(app)
    if known and known[-1].heads == heads:
        return False
    _append(app, ANCHOR, heads, now)
    return True


def restored(app: App, *, now: datetime) -> None:
    """A person put a backup in the database's place: earlier lines say nothing of it. Raises OSError."""
    _append(app, RESTORED, {}, now)


def _append(app: App, kind: str, heads: Mapping[int, tuple[int, str]], now: datetime) -> None:
    path, key = app.settings.anchors, app.db.keyring.audit_key
    before = _last_line(path)
    told = {
        "at": now.isoformat(),
        "kind": kind,
        "heads": {str(lane): list(head) for lane, head in heads.items()},
    }
    line = json.dumps({**told, "mac": _mac(key, before, told)})
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


def read(app: App) -> list[Anchor]:
    """Anchors that count for this database, the oldest first. Raises BrokenAnchors where the file was changed."""
    path, key = app.settings.anchors, app.db.keyring.audit_key
    found: list[Anchor] = []
    before = ""
    for number, line in enumerate(_lines(path), start=1):
        try:
            document = json.loads(line)
            told = {name: document[name] for name in ("at", "kind", "heads")}
            good = hmac.compare_digest(document["mac"], _mac(key, before, told))
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenAnchors(f"line {number} of {path} is damaged") from error
        if not good:
            raise BrokenAnchors(f"line {number} of {path} was changed, or a line before it is missing")
        heads = {int(lane): (int(head[0]), str(head[1])) for lane, head in told["heads"].items()}
        before = line
        if told["kind"] == RESTORED:
            found.clear()
        found.append(Anchor(str(told["at"]), str(told["kind"]), heads))
    return found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _last_line(path: Path) -> str:
    lines = _lines(path)
    return lines[-1] if lines else ""


def _mac(key: bytes, before: str, told: Mapping[str, Any]) -> str:
    words = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, f"{before}\n{words}".encode(), hashlib.sha256).hexdigest()
