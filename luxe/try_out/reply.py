"""`luxe try reply`: how a patient's text would be read, and what it would set off."""

from typing import Any, Literal

from pydantic import BaseModel

from core.conversation.rules.reading import Context, read
from core.reference import Reference


class Line(BaseModel):
    """One text. `lang`: the person's, where it is known. `context`: the last words that were sent to them."""

    text: str
    lang: Literal["en", "es"] | None = None
    context: str | None = None


def answer(line: Line, reference: Reference) -> dict[str, Any]:  # noqa: ARG001  every kind is asked the same way
    """`label`, and `did` in the order in which it is done. Whether the person had opted out is told by `context`."""
    reading = read(line.text, line.lang, Context((line.context,) if line.context else ()))
    return {"label": reading.label.value, "did": [did.value for did in reading.did]}
