"""Wording: what we ship fits, and mistakes are found before a patient sees them."""

from typing import Any

import pytest

from core.messaging.templates import TemplateError, parse_template
from tests.oracles.answers import recorded, rendered

KNOWN = frozenset({"firstName", "callBy"})
RECORDED = recorded("handlebars")


def test_conditions_choose_their_wording() -> None:
    template = parse_template(
        "t", 1, "x", "Hi {{firstName}}{{#if callBy}}, by {{callBy}}{{else}}, soon{{/if}}.", KNOWN
    )
    assert template.render({"firstName": "Ava", "callBy": "2 PM"}) == "Hi Ava, by 2 PM."
    assert template.render({"firstName": "Ava"}) == "Hi Ava, soon."


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        ("Hi {{name}}", 1, 4),
        ("Hi\n  {{#if callBy}}x", 2, 3),
        ("{{else}}", 1, 1),
        ("ok {{/if}}", 1, 4),
        ("{{firstName.__class__}}", 1, 1),
        ("{{ 7*7 }}", 1, 1),
        ("{{firstName", 1, 1),
        ("{{#if callBy}}{{else}}{{else}}{{/if}}", 1, 23),
        ("a\r\nb {{callBy}} {{", 2, 14),
        ("a {{ b {{callBy}}", 1, 3),
        ("{{{firstName}}}", 1, 1),
        ("x {{firstName}}}", 1, 3),
        ("{{&firstName}}", 1, 1),
        ("{{! note}}", 1, 1),
        ("{{!-- note --}}", 1, 1),
        ("{{~firstName~}}", 1, 1),
        ("{{firstName ~}}", 1, 1),
        ("{{first.name}}", 1, 1),
        ("{{../firstName}}", 1, 1),
        ("{{#if callBy}}a{{else if firstName}}b{{/if}}", 1, 16),
        ("{{#if callBy}}a{{^}}b{{/if}}", 1, 16),
        ("{{#each firstName}}x{{/each}}", 1, 1),
        ("{{#unless callBy}}x{{/unless}}", 1, 1),
        ("{{#if}}x{{/if}}", 1, 1),
        ("{{#if callBy firstName}}x{{/if}}", 1, 1),
        ("{{ #if callBy}}x{{/if}}", 1, 1),
        ("{{#if callBy}}x{{/each}}", 1, 16),
        ("{{> partial}}", 1, 1),
        ("a \\{{firstName}}", 1, 3),
        ("{{true}}", 1, 1),
        ("{{lookup}}", 1, 1),
        ("{{}}", 1, 1),
        ("a\0b", 1, 2),
    ],
)
def test_a_broken_template_is_refused_with_line_and_column(body: str, line: int, column: int) -> None:
    with pytest.raises(TemplateError) as refusal:
        parse_template("t", 1, "x", body, KNOWN)
    assert (refusal.value.line, refusal.value.column) == (line, column)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Hi {{firstName", "'{{' is never closed; add '}}'"),
        ("{{{firstName}}}", "three braces are not used; write {{firstName}} with two"),
        ("{{first name}}", "'first name' is not a variable; write a name such as {{firstName}}"),
        ("{{#if}}x{{/if}}", "{{#if}} takes one variable, as in {{#if firstName}}"),
        ("{{#each firstName}}", "the only block is {{#if firstName}}...{{/if}}"),
        ("{{lastName}}", "unknown variable lastName"),
        ("{{#if callBy}}", "{{#if callBy}} is never closed; add {{/if}}"),
        ("{{#if callBy}}" * 101, "blocks stand in one another at most 100 deep"),
    ],
)
def test_a_refusal_says_what_to_do(body: str, words: str) -> None:
    with pytest.raises(TemplateError) as refusal:
        parse_template("t", 1, "x", body, KNOWN)
    assert refusal.value.words == words


@pytest.mark.parametrize("case", RECORDED, ids=range(len(RECORDED)))
def test_bare_rendering_is_what_handlebars_says(case: dict[str, Any]) -> None:
    """Recorded from handlebars.js by `python -m tests.oracles record`; both refuse, or both print the same."""
    assert rendered(case["in"]) == case["out"]
