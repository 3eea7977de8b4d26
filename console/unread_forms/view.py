"""Forms that could not be read as rows that browsers follow: no word of their content travels with the list.

What one of them says goes only to who opened it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.words import connector_name
from core.app import App
from core.domain.ids import reference
from core.domain.roles import Permission
from core.flows.conversation.staff_text import closed_words
from core.flows.conversation.twilio_webhooks import STATUS, TEXT
from core.flows.intake.mend_form import FieldToMend, FormToMend
from core.flows.intake.unread_forms import OpenForm
from core.flows.intake.vocabulary import choices
from core.intake.reasons import DISMISSALS
from core.reads import unread_forms
from core.reads.lead import Lead
from core.reads.unread_forms import WAITING, UnreadForm
from core.reference import Reference

HANDLED_FOR = timedelta(days=7)
NOT_FORMS = (TEXT, STATUS)
LAYOUT = "Its layout is not one we know. Nothing is lost: open it, and fill in what it says."
KINDS = {"phone": "phone", "email": "email", "notes": "textarea"}
LISTS = {"treatment": "treatments", "timeframe": "timeframes", "budget": "budgets"}


def rows(_app: App, session: Session, _argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    """What waits, then what was handled lately."""
    return [_row(form) for form in unread_forms.read(session, READER, now - HANDLED_FOR)]


def _row(form: UnreadForm) -> dict[str, Any]:
    return {
        "id": form.id,
        "at": millis(form.received_at),
        "connector": connector_name(form.connector),
        "text": form.connector in NOT_FORMS,
        "waits": form.state in WAITING,
        "dismissed": form.state == "dismissed",
        "why": why_words(form),
        "field": form.field,
        "outcome": outcome_words(form),
        "ref": reference(form.lead_number) if form.lead_number else "",
        "handled": millis(form.handled_at),
    }


def why_words(form: UnreadForm) -> str:
    """A fault of a field in its own words; what only a programmer would understand, as what it means for staff."""
    return form.why if form.why and (form.field or form.connector in NOT_FORMS) else LAYOUT


def outcome_words(form: UnreadForm) -> str:
    """'Made a lead by Maya Torres', 'Dismissed by Maya Torres: A test', '' while it waits."""
    did = {"replayed": "Read again", "mended": "Made a lead", "dismissed": "Dismissed"}.get(form.state, "")
    who = f"{did} by {form.handled_by}" if did and form.handled_by else did
    return f"{who}: {form.reason}" if form.reason else who


def text_content(form: OpenForm) -> dict[str, Any]:
    """A patient's text or a delivery report: it can be read again or dismissed."""
    return {"lines": _lines(form), "waits": form.waits, "fields": [], "why": ""}


def form_content(found: FormToMend, known: Reference) -> dict[str, Any]:
    """What was sent, and the fields as the form of the drawer takes them, each with its fault."""
    fields = [_field(field, known) for field in found.fields]
    return {"lines": _lines(found.form), "waits": found.form.waits, "fields": fields, "why": found.why}


def _lines(form: OpenForm) -> list[list[str]]:
    return [[name, value] for name, value in form.lines]


def _field(field: FieldToMend, known: Reference) -> dict[str, Any]:
    """A choice as a list, with what the person wrote at its end where we have no code for it."""
    options = _options(field.name, known)
    if options and field.value not in dict(options):
        options = [*options, (field.value, field.value)]
    return {
        "name": field.name,
        "label": field.label,
        "kind": "select" if options else KINDS.get(field.name, "text"),
        "options": options,
        "value": field.value,
        "fault": field.fault,
    }


def _options(name: str, known: Reference) -> list[tuple[str, str]]:
    if name == "location":
        places = [(place.slug, place.name) for place in known.clinic.locations.values()]
    elif name in LISTS:
        places = [(choice.code, choice.label) for choice in choices(LISTS[name], known)]
    else:
        return []
    return [("", "Not said"), *places]


def became(made: Lead | None, zone: ZoneInfo, *, repeated: bool) -> dict[str, Any]:
    """What a form has become: {title, ref, texting}."""
    if made is None:
        title = "It was stored before; nothing new was made" if repeated else "Read"
        return {"title": title, "ref": "", "texting": ""}
    ref = reference(made.request.number)
    title = f"It was stored before, as lead {ref}" if repeated else f"It is lead {ref} now"
    return {"title": title, "ref": ref, "texting": texting_words(made, zone)}


def texting_words(made: Lead, zone: ZoneInfo) -> str:
    """Whether the lead may be texted, and why."""
    asked, known = made.request, made.standing
    closed = closed_words(asked.phone or "", known, call_only=False, zone=zone)
    if closed:
        return closed
    if not (known.transactional_at or known.marketing_at):
        return "Call: nobody at this number agreed to texts on the form, so no automatic text goes out."
    closed = closed_words(asked.phone or "", known, call_only=asked.call_only, zone=zone)
    return closed or "May be texted: this number has agreed to texts."


def settings() -> dict[str, Any]:
    """What the component must know besides the rows."""
    return {"dismissals": list(DISMISSALS.items())}


TOPIC = Topic("unread", Permission.SEE_DEAD_LETTERS, rows)
