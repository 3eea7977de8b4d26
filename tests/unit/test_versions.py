"""Versions: what is in use, and how two of them differ."""

import pytest

from core.kinds import KINDS, QUICK_TEXT
from core.versions.rules import InUse, Line, Span, compare, in_use


def told(lines: list[Line]) -> list[str]:
    """Each line as '[-gone-]{+new+}same'."""
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return ["".join(marks[span.how].format(span.words) for span in line.spans) for line in lines]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("Hi there", "Hi there", ["Hi there"]),
        ("Book here: now", "Pick a time: now", ["[-Book here-]{+Pick a time+}: now"]),
        ("Hi {{firstName}}!", "Hi {{staffName}}!", ["Hi [-{{firstName}}-]{+{{staffName}}+}!"]),
        ("One\nTwo", "One\nTwo\nThree", ["One", "Two", "{+Three+}"]),
        ("One\nTwo", "Two", ["[-One-]", "Two"]),
        ("", "New", ["{+New+}"]),
        ("It's on Monday", "It's on Monday, at 9", ["It's on Monday{+, at 9+}"]),
    ],
)
def test_two_wordings_differ_where_they_differ(before: str, after: str, lines: list[str]) -> None:
    """Lines first, then words; a variable is one word."""
    assert told(compare(before, after)) == lines


@pytest.mark.parametrize(("before", "after"), [("a b c", "a x c"), ("one\ntwo", "zero\ntwo\n three")])
def test_a_comparison_loses_no_word_of_either(before: str, after: str) -> None:
    """Without what is new it reads as the old one, without what is gone as the new one."""
    lines = compare(before, after)
    for how, whole in (("new", before), ("gone", after)):
        kept = [
            "".join(span.words for span in line.spans if span.how != how) for line in lines if line.how != how
        ]
        assert "\n".join(kept) == whole


def test_spans_that_touch_are_one() -> None:
    """What reads as one change is marked as one."""
    assert compare("Book here", "Pick a time")[0].spans == (
        Span("gone", "Book here"),
        Span("new", "Pick a time"),
    )


def test_the_clinics_own_is_used_and_else_what_ships() -> None:
    """Own ones stand where the shipped one stood, retired ones nowhere, further ones at the end."""
    shipped = {"b": {"x": 1}, "a": {"x": 2}, "c": {"x": 3}}
    own = [InUse("z", 1, {"x": 9}), InUse("a", 4, {"x": 5}), InUse("c", 2, {"x": 3}, retired=True)]
    found = in_use(shipped, own)
    assert [(one.key, one.number, one.body["x"]) for one in found.values()] == [
        ("b", 1, 1),
        ("a", 4, 5),
        ("z", 1, 9),
    ]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_what_the_product_ships_could_be_published(kind: object) -> None:
    """No clinic finds a mistake of ours when it changes a word of it."""
    assert {key: QUICK_TEXT.parse(body) for key, body in QUICK_TEXT.shipped().items()} == {
        key: [] for key in QUICK_TEXT.shipped()
    }


@pytest.mark.parametrize(
    ("body", "field", "place"),
    [
        ({"title": "", "body": "Hi"}, "title", (0, 0)),
        ({"title": "A title that is far too long for a button", "body": "Hi"}, "title", (0, 0)),
        ({"title": "Hi", "body": "  "}, "body", (0, 0)),
        ({"title": "Hi", "body": "x" * 1601}, "body", (0, 0)),
        ({"title": "Hi", "body": "Hi\nyou {{surname}}"}, "body", (2, 5)),
        ({"title": "Hi", "body": "Hi {{#if firstName}}you"}, "body", (1, 4)),
        ({}, "title", (0, 0)),
    ],
)
def test_a_quick_text_that_cannot_be_used_says_where(
    body: dict[str, str], field: str, place: tuple[int, int]
) -> None:
    """The field, and the line and column of a variable that does not exist."""
    problem = QUICK_TEXT.parse(body)[0]
    assert (problem.field, (problem.line, problem.column)) == (field, place)
    assert problem.message.endswith((".", "closed", "}}."))
