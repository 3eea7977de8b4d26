"""`luxe try segments`: what a text is on the air, as Twilio counts it."""

from typing import Any

from pydantic import BaseModel

from core.messaging.characters import smart_encoded
from core.messaging.segments import size_of
from core.reference import Reference


class Line(BaseModel):
    """One text."""

    text: str


def answer(line: Line, _: Reference) -> dict[str, Any]:
    """Encoding and segments without and with Smart Encoding."""
    plain, smart = size_of(line.text), size_of(smart_encoded(line.text))
    return {
        "encoding": plain.encoding,
        "segments": plain.segments,
        "smart_encoding": smart.encoding,
        "smart_segments": smart.segments,
    }
