"""`luxe try template`: bare rendering, or the editor's refusal."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.reference import load_reference
from core.settings import Settings
from luxe.try_out import template

REFERENCE = load_reference(Settings(_env_file=None).zone)


def tried(body: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
    return template.answer(template.Line(body=body, values=values), REFERENCE)


def test_wording_is_rendered_without_our_policy() -> None:
    """No 'Hi there', no closed blanks, no trimming: what Handlebars says."""
    assert tried("  Hi {{firstName}},  {{x}} {{y}} ", {"x": True, "y": 1e21}) == {
        "text": "  Hi ,  true 1e+21 "
    }
    assert tried("{{anything_1}}.", {"anything_1": None}) == {"text": "."}


def test_a_refusal_names_line_and_column() -> None:
    """From 1, as the editor shows them."""
    assert tried("a\nb {{#each x}}") == {
        "refused": {"line": 2, "column": 3, "message": "the only block is {{#if firstName}}...{{/if}}"}
    }


@pytest.mark.parametrize("value", [[1], {"a": 1}])
def test_a_value_that_is_no_value_is_refused_by_its_name(value: Any) -> None:
    with pytest.raises(ValidationError, match="A value is text, true, false, a number or null"):
        template.Line(body="x", values={"x": value})
