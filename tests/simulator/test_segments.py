"""Segments as a carrier counts them."""

import pytest

from simulator.segments import count_segments


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("x" * 152 + "[" + "x" * 152, 3),
        ("\u201c" + "x" * 69, 1),
        ("\u201c" + "x" * 70, 2),
        ("\U0001f600" * 35, 1),
        ("\U0001f600" * 36, 2),
        ("Se\u00f1ora", 1),
    ],
)
def test_the_parts_of_a_body(body: str, segments: int) -> None:
    assert count_segments(body) == segments
