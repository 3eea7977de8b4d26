"""What a file that a patient sent is judged by: its bytes, not its name."""

import pytest

from core.messaging.received_files import DRAWN, KEPT, WHY_NOT, judge, words

JPEG, PNG, PDF = b"\xff\xd8\xff\xe0rest", b"\x89PNG\r\n\x1a\nrest", b"%PDF-1.7 rest"
MP4, HEIC = b"\0\0\0\x18ftypisom", b"\0\0\0\x18ftypheic"
CARD = b"BEGIN:VCARD\r\nFN:Someone"
PAGE = b"<html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("announced", "content", "becomes"),
    [
        ("image/jpeg", JPEG, ("image/jpeg", "JPEG", "")),
        ("image/jpeg; name=x.jpg", PNG, ("image/png", "PNG", "")),  # phones mistake one picture for another
        ("", JPEG, ("image/jpeg", "JPEG", "")),
        ("application/octet-stream", PDF, ("application/pdf", "", "")),
        ("application/pdf", PDF, ("application/pdf", "", "")),
        ("video/mp4", MP4, ("video/mp4", "", "")),
        ("audio/3gpp", MP4, ("video/mp4", "", "")),
        ("image/heic", HEIC, ("image/heic", "", "")),
        ("image/jpeg", PAGE, ("image/jpeg", "", "lies")),
        ("image/jpeg", PDF, ("application/pdf", "", "lies")),
        ("application/pdf", JPEG, ("image/jpeg", "", "lies")),
        ("text/html", JPEG, ("image/jpeg", "", "lies")),
        ("video/mp4", PNG, ("image/png", "", "lies")),
        ("image/svg+xml", b"<svg onload=alert(1)>", ("image/svg+xml", "", "lies")),
        ("text/html", PAGE, ("text/html", "", "kind")),
        ("", b"MZ\x90\0", ("", "", "kind")),
        ("application/zip", b"PK\x03\x04", ("application/zip", "", "kind")),
        ("text/x-vcard", CARD, ("text/vcard", "", "contact")),
        ("image/jpeg", CARD, ("text/vcard", "", "contact")),
        ("image/jpeg", b"", ("image/jpeg", "", "lies")),
        ("image/jpeg", b" " + JPEG, ("image/jpeg", "", "lies")),
    ],
)
def test_what_becomes_of_a_file(announced: str, content: bytes, becomes: tuple[str, str, str]) -> None:
    kind = judge(announced, content)
    assert (kind.content_type, kind.decoder, kind.refused) == becomes


@pytest.mark.parametrize("why", WHY_NOT)
def test_what_is_not_kept_says_why_and_what_to_do(why: str) -> None:
    said = words("image/jpeg", why, ready=False)
    assert said.startswith("Not kept: ")
    assert "sk " in said.partition(". ")[2] or "sk " in said


def test_a_file_is_on_its_way_then_shown_or_offered() -> None:
    assert words("image/jpeg", "", ready=False) == "Picture on its way"
    assert words("application/pdf", "", ready=False) == "File on its way"
    assert words("image/jpeg", "", ready=True) == ""
    assert words("application/pdf", "", ready=True) == "PDF document, kept as a file to download"


def test_nothing_is_both_drawn_and_kept_as_it_came() -> None:
    assert not set(DRAWN) & set(KEPT)
