"""Names in texts: a person is greeted by name, and nobody makes our number carry words of theirs."""

import pytest

from core.domain.names import cleaned_name, decode_entities, greeting_name, without_unseen


@pytest.mark.parametrize(
    "name",
    [
        "Ava", "ava", "Mary Ann", "Ana Mar\u00eda Luz", "Jean-Luc", "O'Brien", "D. St.John", "St.John", "J.R.",
        "Dr. Ana", "\u738b\u5c0f\u660e", "\u0418\u0432\u0430\u043d", "\u0938\u0941\u0928\u0940\u0924\u093e",
        "\u1019\u103c\u102d\u102f\u1037", "Ren\u00e9e", "N'Diaye", "A" + "a" * 24, "AJ", "there",
    ],
)  # fmt: skip
def test_a_name_stays_a_name(name: str) -> None:
    """In any script, with hyphen, apostrophe and the period of 'D. St.John'."""
    assert greeting_name(name) == name


@pytest.mark.parametrize(
    "words",
    [
        "", " ", "-", "'", "...", "Claim your $500 at prize.example.com/win", "prize.example", "Prize.Example",
        "bit.ly", "t.co", "St.Link", "St.Jo", "St.John.com", "BIT.LY", "wa.me", "Ava2", "\u0661Ava", "Ava/Tom",
        "a@b", "Ava & Tom", "A" * 26, "Call me right now", "FINAL NOTICE: pay", "prize\uff0eexample",
        "prize\u3002example", "prize\u2024example", "1\u20442", "Ava\U0001f600", "x_y", "\u3164", "\u200b",
        "Ava (mom)", "<b>Ava", "{{firstName}}", "a'-b", "A" + "\u0301" * 6,
    ],
)  # fmt: skip
def test_words_that_are_not_plainly_a_name_are_not_printed(words: str) -> None:
    """Digits, links in whatever dots, sentences, symbols, letters that show nothing."""
    assert greeting_name(words) == ""


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("ROBIN", "Robin"),
        ("MCDONALD", "McDonald"),
        ("McDONALD", "McDonald"),
        ("o'BRIEN", "O'Brien"),
        ("O\u2019BRIEN", "O'Brien"),
        ("O&#39;Brien", "O'Brien"),
        ("O&amp;#x27;Brien", "O'Brien"),
        ("Ka\u02bbiulani", "Ka'iulani"),
        ("SHA'NIYA", "Sha'niya"),
        ("D'ANGELO", "D'Angelo"),
        ("JEAN\u2010LUC", "Jean-Luc"),
        ("D. ST.JOHN", "D. St.John"),
        ("ST JOHN", "St John"),
        ("TJ SMITH", "TJ Smith"),
        ("JO ANN", "Jo Ann"),
        ("John III", "John III"),
        ("\u0418\u0412\u0410\u041d", "\u0418\u0432\u0430\u043d"),
        ("AL\u0130YE", "Aliye"),
        ("\ufb01ona", "fiona"),
        ("\uff32\uff4f\uff42\uff49\uff4e", "Robin"),
        ("Jose\u0301", "Jos\u00e9"),
        ("\u202eAva\u2066 \u200bMaria\u0000", "Ava Maria"),
        ("Ana\nMaria", "Ana Maria"),
        ("  Ava\u00a0 Luz,", "Ava Luz"),
        ("Robin.", "Robin"),
        ("Ren&eacute;e", "Ren\u00e9e"),
    ],
)
def test_a_name_is_printed_as_one_would_write_it(written: str, printed: str) -> None:
    """Shouting, entities, ligatures, full-width letters, curly quotes and what can't be seen."""
    assert greeting_name(written) == printed


def test_what_is_no_name_is_cleaned_all_the_same() -> None:
    """Other places may show more than a text may carry."""
    assert cleaned_name("AVA &amp; TOM2") == "Ava & Tom2"


def test_an_ampersand_is_no_entity() -> None:
    """'AT&T' and 'R&copy' are what somebody typed."""
    assert [decode_entities(text) for text in ("AT&T", "R&copy", "&nonsense;", "a &lt; b")] == [
        "AT&T",
        "R&copy",
        "&nonsense;",
        "a < b",
    ]


def test_nothing_unseen_is_left() -> None:
    """Control, bidi and zero-width characters, lone surrogates; lines become one."""
    assert without_unseen("a\u200b\u202eb\tc\nd\x07\ud83d\u2028e") == "ab c d e"
