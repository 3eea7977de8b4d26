"""Who is who around a lead, as rows that browsers follow: family on the number, corrections, possible doubles. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from console.live import millis
from console.parts.people_rows import family, full_name, pair_row
from console.parts.words import budget, timeframe
from core.domain.phone import may_be_texted, show_phone, split_dialled
from core.intake.labels import MENDABLE
from core.messaging.variables import LANGUAGES
from core.reads.lead import Lead
from core.reads.lead_people import Correction, Household, Merged, People
from core.reference import Reference

Row = dict[str, Any]
LABELS = MENDABLE


def row(found: Lead, people: People, data: Reference) -> Row:
    """All of it as one row, beside what stands in the fields that can be corrected."""
    return {
        "id": "people",
        "others": family(people.household),
        "corrected": [correction_row(one, data) for one in people.corrected],
        "possible": [pair_row(one) for one in people.possible],
        "merged": [merged_row(one) for one in people.merged],
        "fields": fields(found),
        "patient": found.profile.id,
        "planned": sum(one.kind == "text" and one.state == "planned" for one in found.later),
        "askConsent": lacks_consent(found),
    }


def lacks_consent(found: Lead) -> bool:
    """Call only for no other reason than that nobody agreed yet: staff can ask, and record a yes."""
    r, standing = found.request, found.standing
    barred = r.wrong_number_at or standing.opted_out_at or standing.unreachable_at
    return bool(r.call_only and r.phone and not r.extension and not barred and may_be_texted(r.phone))


def fields(found: Lead) -> dict[str, str]:
    """What can be corrected, as it is now."""
    r, p = found.request, found.profile
    return {
        "first_name": p.first_name,
        "last_name": p.last_name,
        "phone": show_phone("" if r.phone is None else r.phone, r.extension or ""),
        "email": p.email or "",
        "treatment": r.treatment,
        "timeframe": r.timeframe,
        "budget": r.budget,
        "notes": r.notes or "",
        "language": p.language,
        "date_of_birth": p.birth_date or "",
        "zip": p.zip or "",
    }


def correction_row(one: Correction, data: Reference) -> Row:
    """'Phone was (302) 555-0188', by whom and when."""
    return {
        "label": LABELS.get(one.field, one.field),
        "was": shown(one.field, one.was, data) or "empty",
        "by": one.by or "Somebody",
        "at": millis(one.at),
        "undone": one.undone_at is not None,
    }


def shown(field: str, value: str, data: Reference) -> str:
    """A stored value as people read it."""
    if not value:
        return ""
    if field == "language":
        return LANGUAGES.get(value, value)
    readers: dict[str, Callable[[str], str]] = {
        "phone": _number,
        "treatment": data.treatment_label,
        "timeframe": timeframe,
        "budget": budget,
    }
    return readers.get(field, str)(value)


def _number(dialled: str) -> str:
    phone = split_dialled(dialled)
    return show_phone(phone.e164, phone.extension)


def merged_row(one: Merged) -> Row:
    return {
        "merge": one.id,
        "name": full_name(one.first_name, one.last_name),
        "by": one.by or "Somebody",
        "at": millis(one.at),
    }


def whose(rows: Iterable[Row], owners: Mapping[str, str | None], household: Household) -> Iterable[Row]:
    """Rows of the conversation; a text of which somebody else may be the writer says so, with who that may be.

    `owners`: by the text's id, guessed, unclear or said; None where it is plain.
    """
    others = family(household)
    for one in rows:
        told = owners.get(one.get("text", ""))
        if told and others:
            # It stands in every conversation that it may belong to; that is no earlier request.
            one = {**one, "whose": told, "others": others, "earlier": one["earlier"] and told != "unclear"}
        yield one
