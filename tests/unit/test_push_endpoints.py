"""The keys that a browser gives: so many bytes, in the letters of base64url and no others."""

import pytest

from core.domain.push_endpoints import AUTH_BYTES, P256DH_BYTES, is_key


@pytest.mark.parametrize(
    ("text", "size", "right"),
    [
        ("A" * 22, AUTH_BYTES, True),
        ("A" * 22 + "==", AUTH_BYTES, True),
        ("B" + "_-" * 43, P256DH_BYTES, True),
        ("A" * 21, AUTH_BYTES, False),
        ("", AUTH_BYTES, False),
        ("A" * 22 + "\n", AUTH_BYTES, False),
        ("A" * 11 + " !\0" + "A" * 11, AUTH_BYTES, False),
        ("A" * 22 + "!" * 2_000_000, AUTH_BYTES, False),
        ("A" * 22 + "=" * 200, AUTH_BYTES, False),
        ("A" * 20 + "+/", AUTH_BYTES, False),
        ("A" * 21 + "\N{SNOWMAN}", AUTH_BYTES, False),
    ],
)
def test_a_key_is_what_a_browser_writes_and_nothing_beside(text: str, size: int, right: bool) -> None:
    """What the decoder leaves out would be kept with it, however long it is."""
    assert is_key(text, size) == right
