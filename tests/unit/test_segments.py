"""What a text costs on the air: counted as Twilio's own calculator does, in core, simulator and browser."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from console import assets
from core.messaging.characters import smart_encoded
from core.messaging.segments import size_of
from simulator.segments import count_segments
from tests.oracles.answers import counted, recorded

RECORDED = recorded("segments")
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # 11 units, one sign


@pytest.mark.parametrize(
    ("text", "segments", "encoding"),
    [
        ("", 1, "GSM-7"),
        ("a" * 160, 1, "GSM-7"),
        ("a" * 161, 2, "GSM-7"),
        ("\u20ac" * 80, 1, "GSM-7"),
        ("\u20ac" * 81, 2, "GSM-7"),
        ("a" * 306, 2, "GSM-7"),
        ("a" * 307, 3, "GSM-7"),
        ("\U0001f600" * 35, 1, "UCS-2"),
        ("\U0001f600" * 36, 2, "UCS-2"),
        ("a" * 70 + "\u2019", 2, "UCS-2"),
        ("a" * 60 + FAMILY + "b" * 56, 2, "UCS-2"),
        ("a" * 60 + FAMILY + "b" * 57, 3, "UCS-2"),
        ("\ud83d" * 71, 2, "UCS-2"),
        ("e" + "\u0301" * 140, 3, "UCS-2"),
    ],
)
def test_segments_are_counted_as_the_carrier_does(text: str, segments: int, encoding: str) -> None:
    """A family that no longer fits moves to the next part whole; what fits none is split after all."""
    assert (size_of(text).segments, size_of(text).encoding) == (segments, encoding)
    assert count_segments(text) == segments


@pytest.mark.parametrize("case", RECORDED, ids=range(len(RECORDED)))
def test_segments_are_what_the_calculator_says(case: dict[str, Any]) -> None:
    """Recorded from Twilio's calculator by `python -m tests.oracles record`, without and with Smart Encoding."""
    assert counted(case["in"]) == case["out"]
    assert count_segments(case["in"]["text"]) == case["out"]["segments"]


def test_smart_encoding_makes_plain_what_keyboards_curl() -> None:
    """'It's' with a curly quote costs 70 characters a segment at Twilio only where Smart Encoding is off."""
    assert (
        smart_encoded("It\u2019s \u201cfine\u201d \u2013 \u00bd price\u2026") == 'It\'s "fine" - 1/2 price...'
    )
    assert smart_encoded("caf\u00e9 \u4f60 \U0001f600") == "caf\u00e9 \u4f60 \U0001f600"


def test_the_browser_cuts_signs_by_the_same_table() -> None:
    """The page can't read our data, so its script carries a copy."""
    script = next(
        body for name, body in assets.files().items() if Path(name).name == "characters.js"
    ).decode()
    copy = {name: codes.split() for name, codes in re.findall(r"(\w+): `([^`]*)`", script)}
    table = tomllib.loads((files("data") / "characters.toml").read_text(encoding="utf-8"))["grapheme"]
    assert copy == {name: codes.split() for name, codes in table.items()}
