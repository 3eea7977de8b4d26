"""`luxe try segments`: the names that others rely on, with and without Smart Encoding."""

import pytest

from core.reference import load_reference
from core.settings import Settings
from luxe.try_out import segments

REFERENCE = load_reference(Settings(_env_file=None).zone)


@pytest.mark.parametrize(
    ("text", "encoding", "count", "smart_encoding", "smart_count"),
    [
        ("Hi", "GSM-7", 1, "GSM-7", 1),
        ("It\u2019s " * 20, "UCS-2", 2, "GSM-7", 1),
        ("\U0001f600" * 36, "UCS-2", 2, "UCS-2", 2),
        ("\u00a0" * 100, "UCS-2", 2, "GSM-7", 2),
    ],
)
def test_a_text_is_counted_both_ways(
    text: str, encoding: str, count: int, smart_encoding: str, smart_count: int
) -> None:
    """Smart Encoding saves what a curly quote costs, and nothing where an emoji stands."""
    assert segments.answer(segments.Line(text=text), REFERENCE) == {
        "encoding": encoding,
        "segments": count,
        "smart_encoding": smart_encoding,
        "smart_segments": smart_count,
    }
