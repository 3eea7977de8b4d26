"""`luxe try template`: wording as handlebars.js renders it, without our policy and fallbacks, or why it is refused."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel

from core.messaging.templates import TemplateError, render_bare
from core.reference import Reference


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise ValueError("A value is text, true, false, a number or null.")


class Line(BaseModel):
    """A name that has no value is absent; any well-formed name may be used."""

    body: str
    values: dict[str, Annotated[Any, AfterValidator(_plain)]] | None = None


def answer(line: Line, _: Reference) -> dict[str, Any]:
    """`text`, or `refused` with line and column from 1."""
    try:
        return {"text": render_bare(line.body, line.values or {})}
    except TemplateError as error:
        return {"refused": {"line": error.line, "column": error.column, "message": error.words}}
