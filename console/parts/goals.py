"""What the clinic aims at, as every screen of results shows it (data/goals.toml). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from core.shipped import read_toml


@dataclass(frozen=True)
class Goal:
    """Per cent of the stage `of`."""

    of: str
    low: int
    high: int

    def words(self) -> str:
        return f"{self.low}%" if self.low == self.high else f"{self.low} to {self.high}%"


@cache
def goals() -> Mapping[str, Goal]:
    """`data/goals.toml`."""
    return {stage: Goal(**entry) for stage, entry in read_toml("goals.toml").items()}
