"""`luxe try hours`: whether a text may go at a moment, by the product's own texting hours."""

from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, model_validator

from core.compliance.rules import TextClass
from core.domain.errors import InvalidInput
from core.domain.phone import area_code, read_phone
from core.patients.rules import Whereabouts, whereabouts, zones_of_state
from core.reference import Reference
from luxe.moments import Moment, Zone


class Line(BaseModel):
    """A kind of text, a moment, and where the person is: by their number and ZIP code, or said outright."""

    kind: TextClass = Field(alias="class")
    at: Moment
    phone: str | None = None
    zip: str | None = None
    state: str | None = None
    zones: list[Zone] | None = None
    clinic_zone: Zone | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.phone is None and self.state is None and not self.zones and self.clinic_zone is None:
            raise ValueError("Give phone, or state, zones and clinic_zone.")
        return self


def answer(line: Line, reference: Reference) -> dict[str, Any]:
    """`rule` names what decided; `next` is the first allowed moment on that wall, None where `allowed`."""
    where = _where(line, reference)
    opening = reference.texting_hours.opening(line.kind, where.zones, where.state, line.at)
    allowed = opening.at == line.at
    opens = None if allowed or opening.at is None else opening.at.astimezone(ZoneInfo(where.zones[0]))
    return {"allowed": allowed, "rule": opening.rule, "next": opens.isoformat() if opens else None}


def _where(line: Line, reference: Reference) -> Whereabouts:
    clinic_zone = line.clinic_zone or reference.clinic.zone.key
    if line.phone is not None:
        phone = read_phone(line.phone).e164
        if not area_code(phone):
            raise InvalidInput.of(
                "phone", "Texting hours are those of North America: this number is elsewhere."
            )
        return whereabouts(line.zip or "", phone, reference.area_codes, clinic_zone)
    state = (line.state or "").strip().upper()
    if line.zones:
        return Whereabouts(tuple(line.zones), state)
    return Whereabouts(zones_of_state(state, reference.area_codes) if state else (clinic_zone,), state)
