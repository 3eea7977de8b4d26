"""What the doctor says of the booking API's keys."""

import pytest

from core.settings import Settings
from luxe.doctor import api_keys

LONG = "made-up-secret-of-thirty-letters"


@pytest.mark.parametrize(
    ("given", "ok", "words"),
    [
        ("", True, "nobody may book"),
        (f'{{"website": "{LONG}"}}', True, "open to website"),
        (f'{{"website": "{LONG}", "desk": "short"}}', False, "the secret of desk is short"),
    ],
)
def test_the_line_says_who_may_book_and_tells_no_secret(given: str, ok: bool, words: str) -> None:
    line = api_keys(Settings(_env_file=None, api_keys=given))
    assert (line.ok, words in line.words) == (ok, True)
    assert LONG not in line.words
