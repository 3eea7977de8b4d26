"""What a text costs, which signs make it dear, and what one change saves."""

import random

import pytest

from core.messaging.characters import signs, smart_encoded
from core.messaging.meter import measure, odd_signs, plain_for
from core.messaging.segments import GSM_WITH_EXTENSION, size_of

PRICE = 0.0083


def test_a_text_is_counted_with_and_without_smart_encoding() -> None:
    text = f"{'a' * 100} it\u2019s"
    meter = measure(text, PRICE)
    assert (meter.size, meter.smart) == (size_of(text), size_of(smart_encoded(text)))
    assert (meter.size.segments, meter.smart.segments) == (2, 1)
    assert meter.per_hundred == pytest.approx(1.66)


def test_the_change_that_saves_most_is_offered() -> None:
    """Changing the apostrophes alone saves nothing while the quote is still there."""
    saving = measure(f"{'a' * 100} it\u2019s you\u2019re", PRICE).saving
    assert saving is not None
    assert (saving.sign, saving.plain, saving.segments) == ("\u2019", "'", 1)
    assert saving.per_hundred == pytest.approx(0.83)
    assert measure("plain words", PRICE).saving is None
    assert measure("short \u2019", PRICE).saving is None


def test_signs_are_found_where_they_stand() -> None:
    text = "a\u2019b\u2019 \U0001f600 \u00f1\u00e1"
    assert [(one.sign, one.starts, one.plain) for one in odd_signs(text)] == [
        ("\u2019", (1, 3), "'"),
        ("\U0001f600", (5,), None),
        ("\u00e1", (8,), "a"),
    ]


@pytest.mark.parametrize(
    ("sign", "plain"),
    [
        ("\u2019", "'"), ("\u201c", '"'), ("\u2013", "-"), ("\u2026", "..."), ("\u00a0", " "), ("\u00cd", "I"),
        ("e\u0301", "e"), ("\u200b", ""), ("\u4e2d", None), ("\u2764\ufe0f", None), ("\u00a9", None),
    ],
)  # fmt: skip
def test_what_says_the_same_in_plain_signs(sign: str, plain: str | None) -> None:
    assert plain_for(sign) == plain


def test_what_is_put_in_place_never_makes_a_text_dearer_to_encode() -> None:
    """Of random texts: the odd signs are exactly what keeps them out of GSM-7, and every change is GSM-7."""
    rng = random.Random(7)
    pool = "abc \u2019\u201c\u00e1\u00f1\u2014\U0001f600\u20ac{}\u00a0\u4e2d\u0301\n"
    for _ in range(500):
        text = "".join(rng.choices(pool, k=rng.randint(0, 120)))
        odd = odd_signs(text)
        assert (size_of(text).encoding == "UCS-2") == bool(odd)
        assert all(set(one.plain) <= GSM_WITH_EXTENSION for one in odd if one.plain is not None)
        assert all(text[start:].startswith(one.sign) for one in odd for start in one.starts)
        assert sum(len(one.starts) for one in odd) == sum(
            not set(sign) <= GSM_WITH_EXTENSION for sign in signs(text)
        )
