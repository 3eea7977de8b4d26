"""What a sender of each kind may do: compliance.md C6, `data/senders.toml`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")


@dataclass(frozen=True)
class SenderLimits:
    """Texts a second; segments on one of the clinic's days, None where there is no budget."""

    texts_a_second: float
    segments_a_day: int | None = None


def parse_senders(raw: Mapping[str, Mapping[str, Any]]) -> dict[str, SenderLimits]:
    """Limits by kind of sender. Raises KeyError for a kind without a rate."""
    return {
        kind: SenderLimits(float(entry["texts_a_second"]), entry.get("segments_a_day"))
        for kind, entry in raw.items()
    }


def kind_of(sender: str) -> str:
    """long_code, toll_free, short_code or messaging_service."""
    if sender.startswith("MG"):
        return "messaging_service"
    if sender.startswith(TOLL_FREE):
        return "toll_free"
    return "short_code" if len(sender) <= 7 else "long_code"
