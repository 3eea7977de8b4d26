"""The sequences in use: what the clinic published, over what ships; and the version that somebody under way is in.

Versions never change once published, so each is read once for a process.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core.sequences.rules.definition import FaultySequence, Sequence
from core.sequences.rules.reading import parse_sequence
from core.shipped import shipped_plans, shipped_sequences
from core.versions import store
from core.versions.rules import SHIPPED_NUMBER, in_use

log = structlog.get_logger(__name__)
KIND = "sequence"


def published(session: Session) -> dict[str, Sequence]:
    """By key. What an older release published and this one can't read gives way to what ships."""
    own = store.published(session, KIND)
    if not own:
        return dict(shipped_plans())
    found = {
        key: _readable(key, one.number, one.body) for key, one in in_use(shipped_sequences(), own).items()
    }
    return {key: sequence for key, sequence in found.items() if sequence}


def pinned(session: Session, key: str, version: int) -> Sequence | None:
    """The version that somebody is under way in; None where nobody knows it any more."""
    found = store.find(session, KIND, key, version)
    if found:
        return _readable(key, version, found.body)
    return shipped_plans().get(key) if version == SHIPPED_NUMBER else None


def _readable(key: str, number: int, body: Mapping[str, Any]) -> Sequence | None:
    try:
        return _parsed(key, number, json.dumps(body, sort_keys=True))
    except FaultySequence:
        log.exception("sequence_unreadable", key=key, number=number)
        return shipped_plans().get(key)


@lru_cache(maxsize=256)
def _parsed(key: str, number: int, body: str) -> Sequence:
    return parse_sequence(key, number, json.loads(body))
