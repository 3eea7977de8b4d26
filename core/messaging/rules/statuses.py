"""How far a text got, as the provider reports it: forward only, and which codes end it for good. Pure."""

# Statuses only move forward; the final ones never change again (compliance.md C4).
RANKS = {
    "planned": 0,
    "handing_over": 1,
    "accepted": 2,
    "scheduled": 3,
    "queued": 4,
    "sending": 5,
    "sent": 6,
    "delivered": 9,
    "undelivered": 9,
    "failed": 9,
    "canceled": 9,
    "read": 10,
}
FAILED_STATUSES = frozenset({"failed", "undelivered", "canceled"})
OPTED_OUT_CODES = frozenset({21610, 30640})
UNREACHABLE_CODES = frozenset({21211, 21614, 21217, 30005, 30006})


def moves_forward(current_rank: int, status: str) -> bool:
    """Whether a reported status is news. Unknown words rank below everything and change nothing."""
    rank = RANKS.get(status, -1)
    return rank > current_rank and not (current_rank == RANKS["delivered"] and status != "read")
