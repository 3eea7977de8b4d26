"""The simulated quarter in one picture: each one's leads against their fair share, and misses by week and cause."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from bench.stage import ROOT
from core.sla.causes import LATE, NOBODY_ON_SHIFT, OVER_CAPACITY, UNACKNOWLEDGED

PICTURE = ROOT / "docs" / "images" / "quarter.svg"
TONES = {NOBODY_ON_SHIFT: "#7A5BA8", OVER_CAPACITY: "#C27C00", UNACKNOWLEDGED: "#C8372B", LATE: "#8A8378"}
NAMES = {
    NOBODY_ON_SHIFT: "nobody on shift", OVER_CAPACITY: "everybody full", UNACKNOWLEDGED: "not opened in time",
    LATE: "opened, reached too late",
}  # fmt: skip
WIDTH, ROW, TOP = 1200, 15, 92
LEFT, BAR, RIGHT, TALL = 60, 470, 640, 360

Shares = Sequence[tuple[str, int, float]]


def draw(shares: Shares, weeks: Sequence[Mapping[str, int]], title: str) -> Path:
    """Write the picture; where."""
    height = TOP + ROW * len(shares) + 40
    parts = [*_shares(shares), *_weeks(weeks)]
    PICTURE.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' font-family="Liberation Sans, Arial, sans-serif" font-size="12" fill="#23211F">'
        '<rect width="100%" height="100%" fill="#FFFFFF"/>'
        f"{_text(30, 34, 'A simulated quarter', size=22, bold=True)}{_text(30, 56, title, muted=True)}"
        f"{''.join(parts)}</svg>\n",
        encoding="utf-8",
    )
    return PICTURE


def _shares(shares: Shares) -> list[str]:
    """A bar a person; the mark is an equal share of the leads that they could have had."""
    scale = BAR / max(max(given, fair) for _, given, fair in shares)
    parts = [
        _text(
            30,
            80,
            "Leads by person; mark: a fair share of those that came while they could take one",
            bold=True,
        )
    ]
    for place, (name, given, fair) in enumerate(shares):
        y = TOP + ROW * place
        parts += [
            _text(30, y + 10, name, muted=True),
            f'<rect x="{LEFT}" y="{y}" width="{given * scale:.1f}" height="11" rx="2" fill="#155E56"/>',
            f'<rect x="{LEFT + fair * scale - 1:.1f}" y="{y - 2}" width="2.5" height="15" fill="#C27C00"/>',
            _text(LEFT + max(given, fair) * scale + 8, y + 10, str(given), muted=True),
        ]
    return parts


def _weeks(weeks: Sequence[Mapping[str, int]]) -> list[str]:
    """A stacked bar a week."""
    scale = TALL / max(1, *(sum(week.values()) for week in weeks))
    step, base = (WIDTH - RIGHT - 30) / len(weeks), TOP + TALL
    parts = [_text(RIGHT, 80, "Missed targets by week and cause", bold=True)]
    for place, week in enumerate(weeks):
        y, x = float(base), RIGHT + place * step
        for cause, tone in TONES.items():
            tall = week.get(cause, 0) * scale
            y -= tall
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}" height="{tall:.1f}" fill="{tone}"/>'
            )
        parts.append(_text(x + step * 0.35, base + 16, str(place + 1), muted=True, middle=True))
        parts.append(_text(x + step * 0.35, y - 5, str(sum(week.values())), middle=True))
    for place, (cause, tone) in enumerate(TONES.items()):
        many, x, y = (
            sum(week.get(cause, 0) for week in weeks),
            RIGHT + (place % 2) * 260,
            base + 42 + place // 2 * 20,
        )
        parts.append(f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{tone}"/>')
        parts.append(_text(x + 18, y, f"{NAMES[cause]}: {many:,}"))
    return parts


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 12,
    bold: bool = False,
    muted: bool = False,
    middle: bool = False,
) -> str:
    weight = ' font-weight="700"' if bold else ""
    tone = ' fill="#67625B"' if muted else ""
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{weight}{tone}{anchor}>{escape(words)}</text>'
