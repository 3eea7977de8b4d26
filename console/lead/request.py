"""What was asked for, as the browser's lines: the request in front, earlier ones below, what could not be used."""

from typing import Any

from console.live import millis
from console.parts.words import STATES, budget, form_name, source_name, timeframe
from core.domain.ids import reference
from core.reads.lead import Earlier, Lead
from core.reference import Reference

Row = dict[str, Any]
SHOWN_APART = frozenset(
    {
        "treatment",
        "timeframe",
        "budget",
        "notes",
        "first_name",
        "last_name",
        "phone",
        "email",
        "zip",
        "fields",
    }
)
MOST_ANSWERS = 12


def wants(found: Lead, data: Reference) -> str:
    """'Lip filler, this week'"""
    r = found.request
    when = timeframe(r.timeframe)
    return ", ".join(
        word for word in (data.treatment_label(r.treatment) if r.treatment else "", when) if word
    )


def row(found: Lead, data: Reference) -> Row:
    return {
        "id": "request",
        "facts": facts(found, data),
        "earlier": [earlier(one) for one in found.earlier],
        "leftOut": [
            f'Could not be used: {one.label.lower()} "{one.value}": {one.message}' for one in found.set_aside
        ],
    }


def facts(found: Lead, data: Reference) -> list[list[str]]:
    """What was asked for, as [label, value] lines; what is not known is left out."""
    r, form = found.request, found.form_data
    birth = found.profile.birth_date or ""
    lines = [
        ("Wants", sentence(wants(found, data))),
        ("Budget", budget(r.budget) if r.budget else ""),
        ("Note", r.notes or ""),
        ("Best time", sentence(str(form.get("best_time") or found.profile.preferred_time or ""))),
        ("Heard of us", str(form.get("heard_from") or found.profile.referral or "")),
        ("Came by", f"{form_name(r.form_type)}, {source_name(r.source, r.campaign)}"),
        ("Location", data.clinic.location(r.location).name),
        ("Score", f"{found.profile.score} of 100" if found.profile.score else ""),
        ("Value", f"${r.value_cents // 100:,}" if r.value_cents else ""),
        ("Birth date", birth),
        ("ZIP code", found.profile.zip or ""),
        ("Replies", replies(found)),
        *_answers(form.get("fields")),
    ]
    return [[label, value] for label, value in lines if value.strip()]


def sentence(code: str) -> str:
    """'after_5 PM' as 'After 5 PM'."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def replies(found: Lead) -> str:
    sent = found.profile.texts_out
    return f"{found.profile.texts_in} to {sent} texts" if sent else ""


def _answers(fields: Any) -> list[tuple[str, str]]:
    """Further questions of the form with their answers."""
    if not isinstance(fields, dict):
        return []
    asked = [
        (key, value) for key, value in fields.items() if key not in SHOWN_APART and value not in ("", None)
    ]
    return [(key.replace("_", " ").capitalize(), _answer(value)) for key, value in asked[:MOST_ANSWERS]]


def _answer(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)[:400]


def earlier(one: Earlier) -> Row:
    return {
        "ref": reference(one.number),
        "words": f"{form_name(one.form_type)}, {STATES.get(one.state, one.state).lower()}",
        "at": millis(one.created_at),
    }
