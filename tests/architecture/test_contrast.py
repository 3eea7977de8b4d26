"""The colours of the components: words can be read on every ground they stand on, in light and in dark."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "console" / "parts" / "tokens.css").read_text(encoding="utf-8")
READABLE = 4.5  # WCAG AA for text
STATES = ("approaching", "breached", "within", "info", "machine")
WORDS = ("text", "muted", "accent-text", *(f"{state}-text" for state in STATES))
GROUNDS = ("bg", "bg-2", "side", "selected", "hover")
PAIRS = [
    *((word, ground) for word in WORDS for ground in GROUNDS),
    *((f"{state}-text", f"{state}-tint") for state in (*STATES, "paused")),
    ("urgent-text", "urgent"),
    ("text", "patient"),
    ("muted", "patient"),  # a reaction, which counts for nothing, and is read all the same
    ("text", "machine-tint"),
    ("accent-text", "accent-tint"),
]


def _colours(name: str) -> tuple[str, str]:
    """A token in light and in dark."""
    found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", TOKENS)
    assert found, name
    return found[1], found[2]


def _light(colour: str) -> float:
    """Relative luminance, 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_can_be_read_on_the_grounds_they_stand_on(theme: int) -> None:
    """4.5 to 1 at least."""
    low = {}
    for word, ground in PAIRS:
        dim, bright = sorted(_light(_colours(name)[theme]) for name in (word, ground))
        if (ratio := (bright + 0.05) / (dim + 0.05)) < READABLE:
            low[word, ground] = round(ratio, 2)
    assert low == {}
