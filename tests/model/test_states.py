"""Every interleaving of two schedulers and one text, and what each guard is there for."""

import pytest

from tests.model.states import ALL_GUARDS, search


def test_no_interleaving_breaks_a_promise() -> None:
    """To the last state, crashes and freezes between any two commits included: no depth is left unseen."""
    states, broken = search(ALL_GUARDS)
    assert broken == {}
    assert states > 2000


@pytest.mark.parametrize("guard", sorted(ALL_GUARDS))
def test_without_a_guard_the_search_finds_a_text_that_arrives_twice(guard: str) -> None:
    _, broken = search(ALL_GUARDS - {guard})
    assert "it arrived twice" in broken
