"""`luxe try phone`: how a number that somebody wrote is read."""

from typing import Any

from pydantic import BaseModel

from core.domain.errors import InvalidInput
from core.domain.phone import read_phone
from core.reference import Reference


class Line(BaseModel):
    """A number as it was written."""

    text: str


def answer(line: Line, _reference: Reference) -> dict[str, Any]:
    """`valid` as the numbering plan says, `textable` as our policy says."""
    try:
        phone = read_phone(line.text)
    except InvalidInput as refused:
        return {"valid": False, "message": refused.errors[0].message}
    return {"valid": True, "e164": phone.e164, "extension": phone.extension, "textable": phone.textable}
