"""Which passwords are taken, and what is said of those that are not (finding 8)."""

import pytest

from core.staff import password_rules as rules


def said(password: str, name: str = "Maya Torres", username: str = "frontdesk") -> str:
    found = rules.errors(password, password, name=name, username=username)
    return found[0].message if found else ""


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd1234",
        "qwertyuiop12",
        "iloveyou2026",
        "Summer2026!!",
        "aaaabbbbcccc",
        "123456789012",
        "abcdefghijkl",
        "letmeinletmein",
        "Winter is coming",
    ],
)
def test_a_common_password_is_refused_however_it_is_varied(password: str) -> None:
    """Finding 8: `password1234` was taken for an admin."""
    assert said(password) == rules.EASY


@pytest.mark.parametrize(
    ("password", "way_out"),
    [
        ("frontdesk-heron-9", "user name"),
        ("quiet-FrontDesk-heron", "user name"),
        ("herons of maya quiet", "own name"),
        ("TORRES-quiet-herons", "own name"),
        ("quiet herons at Luxe", "'luxe'"),
        ("short words", "12 characters"),
        ("quiet heron lake " * 5, "72"),
        (" quiet heron lake", "spaces"),
        ("quiet heron\0 lake", "can't be seen"),
    ],
)
def test_the_refusal_names_the_one_thing_to_change(password: str, way_out: str) -> None:
    assert way_out in said(password)


def test_a_name_counts_without_its_accents_and_its_short_parts_do_not() -> None:
    """'Jose' is no cover for José, and 'Al' may be in any word."""
    assert "own name" in said("quiet jose herons", name="José Al")
    assert said("tall quiet herons", name="José Al") == ""


@pytest.mark.parametrize(
    "password", ["seven quiet herons", "made-up-words-1", "correct horse battery", "kx7m-93qd-tt4v-2wpa"]
)
def test_several_words_or_letters_at_random_are_good(password: str) -> None:
    assert said(password) == ""


def test_a_long_password_is_judged_in_a_moment_and_never_raises() -> None:
    """The judge looks at 72 characters at most: whatever is longer was refused before."""
    assert said("x" * 100_000) == "Use at most 72 characters."
    assert said("\U0001f9ff" * 18) != ""
