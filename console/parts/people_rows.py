"""People around a lead in words: who shares its number, and two profiles that may be one person. Pure."""

from datetime import date
from typing import Any

from console.live import millis
from console.parts.words import LIKENESS, as_words
from core.domain.ids import reference
from core.domain.phone import show_phone
from core.reads.lead_people import Household, Member
from core.reads.parts.pairs import Pair, Side

Row = dict[str, Any]


def full_name(first: str, last: str) -> str:
    return f"{first} {last}".strip() or "No name"


def _born(iso: str) -> str:
    """'1984-03-12' as 'born Mar 12, 1984'; '' for none."""
    if not iso:
        return ""
    born = date.fromisoformat(iso)
    return f"born {born:%b} {born.day}, {born.year}"


def member_row(one: Member) -> Row:
    """Somebody else on the number, with the lead that a text of theirs would join."""
    return {
        "lead": one.lead_id,
        "ref": reference(one.number),
        "name": full_name(one.first_name, one.last_name),
        "first": one.first_name or one.last_name or reference(one.number),
    }


def family(household: Household) -> list[Row]:
    return [member_row(one) for one in household.others]


def pair_row(pair: Pair) -> Row:
    """Two profiles side by side, with what agrees and what does not."""
    return {
        "pair": pair.id,
        "sides": [side_row(pair.one), side_row(pair.other)],
        "reasons": ", ".join(LIKENESS.get(one, as_words(one).lower()) for one in pair.reasons),
        "at": millis(pair.found_at),
    }


def side_row(side: Side) -> Row:
    return {
        "patient": side.patient_id,
        "name": full_name(side.first_name, side.last_name),
        "facts": [
            fact
            for fact in (
                show_phone(side.phone),
                side.email,
                _born(side.born),
                f"ZIP {side.zip}" if side.zip else "",
            )
            if fact
        ],
        "requests": "1 request" if side.leads == 1 else f"{side.leads} requests",
        "ref": reference(side.newest) if side.newest else "",
        "since": millis(side.created_at),
    }
