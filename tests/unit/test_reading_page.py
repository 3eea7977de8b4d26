"""Every set is read as it deserves, and docs/replies.md tells the truth about it."""

import pytest

from core.conversation.rules.reading import Did, Label
from tests.corpus import LABELLED, labelled, scores
from tests.corpus.confusion import PAGE, page

STOPS = (Label.OPT_OUT, Label.WRONG_NUMBER)


@pytest.mark.parametrize("name", LABELLED)
def test_every_clear_opt_out_is_heard_and_nobody_else_is_shut_out(name: str) -> None:
    found = scores(labelled(name))
    assert found[Label.OPT_OUT].recall == 1
    shut_out = [
        one.text for one in labelled(name) if one.label not in STOPS and one.reading.sets_off(Did.SUPPRESS)
    ]
    assert shut_out == []


@pytest.mark.parametrize("name", LABELLED)
def test_every_danger_pages_and_nothing_else_does(name: str) -> None:
    wanted = [one.text for one in labelled(name) if Did.PAGE_ON_CALL in (one.did or ())]
    assert [one.text for one in labelled(name) if one.reading.sets_off(Did.PAGE_ON_CALL)] == wanted


@pytest.mark.parametrize("name", LABELLED)
def test_what_each_text_sets_off(name: str) -> None:
    wrong = [one.text for one in labelled(name) if frozenset(one.reading.did) != one.did]
    assert len(wrong) <= len(labelled(name)) // 50


def test_the_page_has_the_figures_of_today() -> None:
    """`python -m tests.corpus.confusion` writes it."""
    words = PAGE.read_text(encoding="utf-8")
    assert words == page(words)
