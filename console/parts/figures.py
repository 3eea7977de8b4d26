"""Figures in words, the same on every screen of results: shares with their base, spans, money, intervals. Pure."""

from dataclasses import dataclass
from datetime import date
from math import sqrt

FEW = 20  # fewer people than this: counts, no per cent, no rank
SOME = 50  # fewer than this: paler, with its interval
Z = 1.96  # 95 %
NAMES = {"tiktok": "TikTok", "google_ads": "Google Ads", "youtube": "YouTube", "linkedin": "LinkedIn"}


@dataclass(frozen=True)
class Share:
    """`part` of `of` people."""

    part: int
    of: int

    @property
    def rate(self) -> float | None:
        """0 to 1; None where there is nobody."""
        return self.part / self.of if self.of else None

    @property
    def few(self) -> bool:
        return self.of < FEW

    @property
    def pale(self) -> bool:
        return self.of < SOME

    @property
    def percent(self) -> int | None:
        return None if self.rate is None else round(100 * self.rate)

    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the rate, 0 to 1; the whole line where there is nobody."""
        if not self.of:
            return (0.0, 1.0)
        rate, n = self.part / self.of, self.of
        middle = (rate + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * sqrt(rate * (1 - rate) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return (max(0.0, middle - half), min(1.0, middle + half))

    def words(self) -> str:
        """'41%', '12 of 15' for few people, 'none' for nobody."""
        if not self.of:
            return "none"
        return f"{self.part} of {self.of}" if self.few else f"{self.percent}%"

    def interval_words(self) -> str:
        """'28 to 55%' between 20 and 50 people, else ''."""
        if self.few or not self.pale:
            return ""
        low, high = self.interval()
        return f"{round(100 * low)} to {round(100 * high)}%"


def money(cents: int) -> str:
    """'$1,450'"""
    return f"${round(cents / 100):,}"


def average_money(cents: int, people: int) -> str:
    return money(round(cents / people)) if people else "none"


def span(seconds: float) -> str:
    """'under 0.1 s', '0.6 s', '14 s', '5 min', '3.2 hours', '2.1 days'."""
    if seconds < 0.05:
        return "under 0.1 s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} hours" if seconds < 129_600 else f"{seconds / 86400:.1f} days"


def day(moment: date) -> str:
    """'Oct 20'"""
    return f"{moment:%b} {moment.day}"


def label(code: str) -> str:
    """'google_ads' as 'Google ads'; '' is 'Not named'."""
    if code in NAMES:
        return NAMES[code]
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else "Not named"


@dataclass(frozen=True)
class Figure:
    """One figure on its own: what it is, its value in words ('' for none yet), and what to hold it against."""

    title: str
    value: str
    about: str


@dataclass(frozen=True)
class Cell:
    """One cell of a table: words, or a bar of `share` (0 to 1). `pale` where it rests on few people.

    `below` is a muted second line. `pick`: the figure whose leads open where it is pressed (`picks`).
    """

    words: str = ""
    share: float | None = None
    pale: bool = False
    below: str = ""
    pick: str = ""


@dataclass(frozen=True)
class Band:
    """A named stretch of a figure's steps, both ends included."""

    first: int
    last: int
    words: str
