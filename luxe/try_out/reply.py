"""`luxe try reply`: how a patient's text would be read, and what it would set off."""

from typing import Any, Literal

from pydantic import BaseModel

from core.conversation.rules.reading import Context, Label, read, read_keyword
from core.messaging.own_answers import is_answer_of
from core.reference import Reference
from luxe.try_out import in_use


class Line(BaseModel):
    """One text. `lang`: the person's, where it is known. `context`: the last words that were sent to them."""

    text: str
    lang: Literal["en", "es"] | None = None
    context: str | None = None


def answer(line: Line, reference: Reference) -> dict[str, Any]:  # noqa: ARG001  every kind is asked the same way
    """`label`, and `did` in the order in which it is done. An automatic answer of this very product, in the words
    that are in use, is no person's. Whether the person had opted out is told by `context`."""
    context = Context((line.context,) if line.context else ())
    ours = is_answer_of(line.text, in_use.catalogue().values())
    reading = read_keyword(Label.AUTO_REPLY, context) if ours else read(line.text, line.lang, context)
    return {"label": reading.label.value, "did": [did.value for did in reading.did]}
