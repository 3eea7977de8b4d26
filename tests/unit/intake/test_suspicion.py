"""What looks as if no person had sent it, and what does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.addresses import street_of
from core.intake.suspicion_rules import (
    Allowed,
    Knocks,
    Page,
    Reason,
    free_words,
    is_full,
    read_reasons,
    reasons,
    written,
)

ALLOWED = Allowed(number_hour=3, number_day=6, new_numbers=120, network=20, words=3, signs=2)
PERSON = Page(timedelta(seconds=40), "key", touched=True)
SCRIPTLESS = replace(PERSON, touched=False)


def codes(page: Page, knocks: Knocks | None = None, allowed: Allowed = ALLOWED) -> list[str]:
    return [reason.code for reason in reasons(page, knocks or Knocks(), allowed)]


def test_a_person_is_taken_in_with_scripts_or_without() -> None:
    """One missing sign proves nothing: no script, or a browser that fills the form in by itself."""
    assert codes(PERSON) == codes(SCRIPTLESS) == []
    assert codes(replace(PERSON, age=timedelta(seconds=1))) == []
    assert codes(Page(touched=True)) == []


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (Page(), ["no_page", "untouched"]),
        (replace(SCRIPTLESS, age=timedelta(seconds=1)), ["hurried", "untouched"]),
        (replace(SCRIPTLESS, age=timedelta(seconds=-5)), ["hurried", "untouched"]),
    ],
)
def test_two_missing_signs_hold_a_form(page: Page, why: list[str]) -> None:
    assert codes(page) == why


def test_what_gives_a_program_away_holds_a_form_whatever_else_it_shows() -> None:
    """A box that nobody can see was filled in: no limit and no setting is asked."""
    none = Allowed(0, 0, 0, 0, 0, 0)
    assert codes(replace(PERSON, robot="trap"), allowed=none) == ["trap"]


def test_a_page_that_is_sent_again_and_again_is_no_sign_of_a_person() -> None:
    """Corrections send it a few times; a program that opened it once sends it for ever."""
    assert codes(SCRIPTLESS, Knocks(of_page=4)) == []
    assert codes(SCRIPTLESS, Knocks(of_page=5)) == ["page_reused", "untouched"]
    assert codes(PERSON, Knocks(of_page=500)) == []


def test_too_many_of_one_network_or_in_the_same_words_hold_a_form_whatever_its_signs() -> None:
    """Signs can be made up; being many can't be hidden so easily."""
    assert codes(PERSON, Knocks(of_network=19, of_words=2)) == []
    assert reasons(PERSON, Knocks(of_network=22), ALLOWED) == (Reason("network", 23),)
    assert codes(PERSON, Knocks(of_words=3)) == ["words"]


def test_only_a_new_number_meets_the_limit_of_new_numbers() -> None:
    """A patient whom we know is not held because strangers come in masses."""
    assert codes(PERSON, Knocks(new_numbers=120, is_new=True)) == ["new_numbers"]
    assert codes(PERSON, Knocks(new_numbers=500, is_new=False)) == []


def test_a_number_that_was_entered_often_is_full() -> None:
    """Within an hour or a day; the form itself is no more suspicious for it."""
    assert not is_full(Knocks(of_number_hour=2, of_number_day=5), ALLOWED)
    assert is_full(Knocks(of_number_hour=3, of_number_day=3), ALLOWED)
    assert is_full(Knocks(of_number_hour=0, of_number_day=6), ALLOWED)


def test_zero_is_no_limit() -> None:
    none = Allowed(0, 0, 0, 0, 0, 0)
    much = Knocks(900, 900, 900, 900, 900, 900, is_new=True)
    assert reasons(Page(), much, none) == ()
    assert not is_full(much, none)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("127.0.0.1", ""),
        ("::ffff:127.0.0.1", ""),
        ("::1", ""),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_a_network_is_what_one_sender_can_have(address: str, network: str) -> None:
    """This machine's own address tells nothing: it may be a proxy that hides whom it asks for."""
    assert street_of(address) == network


def test_short_words_are_nobodys_own() -> None:
    """'Botox please' is said by many; a name counts where it is a sentence."""
    assert free_words("Botox pls", "Ana Lopez") == ""
    assert free_words("", "Ana Maria de la Cruz Lopez") == "ana maria de la cruz lopez"
    assert free_words("Your parcel is HELD, pay now", "x") == free_words(
        "your parcel is held -  pay now!", "y"
    )


def test_reasons_are_kept_and_read_again() -> None:
    why = (Reason("network", 23), Reason("hurried", 0.4))
    assert read_reasons(written(why)) == why
    assert read_reasons("") == ()
