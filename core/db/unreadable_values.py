"""Values that were found damaged while this process ran: said once each, counted for whoever is on call."""

import structlog

log = structlog.get_logger()
_seen: set[tuple[str, bytes]] = set()
MOST = 10_000


def note(label: str, row: bytes) -> None:
    """A value of column `label` (`table.column`) in this row can't be decrypted."""
    found = (label, row)
    if found in _seen or len(_seen) >= MOST:
        return
    _seen.add(found)
    log.error("value_unreadable", column=label, row=row.decode(errors="replace"))


def count() -> int:
    """How many different ones this process has met."""
    return len(_seen)
