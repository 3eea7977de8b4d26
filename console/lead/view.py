"""One lead as rows that browsers follow: the lead itself, what is to come, request, consent, why this person.

Words that depend on the time are the browser's; moments are product milliseconds.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.lead import consent
from console.lead import people as people_view
from console.lead import thread as thread_view
from console.live import READER, Topic, millis
from console.parts.alarms import urgency
from console.parts.words import (
    STATES,
    TARGETS,
    budget,
    form_name,
    only_if,
    reason,
    source_name,
    template_name,
    timeframe,
)
from core.app import App
from core.booking import rules as booking
from core.domain.errors import NotFound
from core.domain.ids import reference
from core.domain.phone import dial_phone, show_phone
from core.domain.roles import Permission
from core.flows.conversation.staff_text import closed_words
from core.leads.reasons import CALL_OUTCOMES, DISQUALIFIED, STAGES
from core.reads import lead, lead_people, lead_thread
from core.reads.lead import Clock, Earlier, Later, Lead
from core.reads.lead_work import LoggedCall, OpenTask, VisitShown
from core.reads.parts import sending_state, texting_hours
from core.reference import Reference
from core.sla.rules import FIRST_CONVERSATION, FROM_THE_FORM

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


def rows(app: App, session: Session, lead_id: str, now: datetime) -> Iterable[Row]:
    """Nothing where the lead does not exist."""
    try:
        found = lead.read(session, READER, lead_id)
    except NotFound:
        return
    yield lead_row(found, app.reference, now)
    yield from (later_row(one, found, app.reference) for one in found.later)
    yield from (task_row(one) for one in found.tasks)
    yield {
        "id": "request",
        "facts": request(found, app.reference),
        "earlier": [earlier(one) for one in found.earlier],
        "leftOut": [
            f'Could not be used: {one.label.lower()} "{one.value}": {one.message}' for one in found.set_aside
        ],
    }
    yield consent.row(found, app.reference.clinic.zone)
    yield why_row(found)
    stopped = sending_state.read(session).stopped
    people = lead_people.read(session, READER, lead_id)
    yield people_view.row(found, people, app.reference)
    thread = lead_thread.read(session, READER, lead_id)
    said = thread_view.rows(thread, lead_id, stopped)
    yield from people_view.whose(said, {text.id: text.whose for text in thread.texts}, people.household)


def name_of(found: Lead) -> str:
    return f"{found.profile.first_name} {found.profile.last_name}".strip() or "New number"


def lead_row(found: Lead, data: Reference, now: datetime) -> Row:
    """What stands above the conversation, and what the composer must know."""
    r, p = found.request, found.profile
    zones = tuple(p.zone.split(",")) if p.zone else (data.clinic.zone.key,)
    return {
        "id": "lead",
        "lead": r.id,
        "ref": reference(r.number),
        "name": name_of(found),
        "first": p.first_name or "them",
        "phone": show_phone(r.phone or "", r.extension or ""),
        "dial": dial_phone(r.phone or "", r.extension or ""),
        "email": p.email or "",
        "prefers": prefers(found),
        "wants": wants(found, data),
        "state": r.state,
        "stateName": STATES.get(r.state, r.state),
        "reason": DISQUALIFIED.get(r.disqualified_reason or "", "").lower(),
        **urgency(found.alarm, r.priority),
        "hot": r.temperature == "hot",
        "vip": p.vip,
        "location": r.location,
        "owner": r.owner_id,
        "ownerName": found.owner,
        "created": millis(r.created_at),
        "viewed": millis(r.viewed_at),
        "attempted": millis(r.attempted_at),
        "contacted": millis(r.contacted_at),
        "wrongNumber": r.wrong_number_at is not None,
        "calls": [call_row(one) for one in found.calls],
        "visits": [visit_row(one, data) for one in found.visits],
        "snoozed": millis(r.snoozed_until),
        "unread": r.unread,
        "value": r.value_cents,
        "stages": {stage: millis(getattr(r, column)) for stage, column in STAGES.items()},
        "clock": clock(found.clocks),
        "closed": closed_words(r.phone or "", found.standing, call_only=r.call_only, zone=data.clinic.zone),
        "consented": found.standing.transactional_at is not None or found.standing.marketing_at is not None,
        "wrote": millis(p.last_response_at),
        "spans": [
            [millis(opens), millis(closes)]
            for opens, closes in texting_hours.spans(data.texting_hours, zones, p.state, now)
        ],
        "zone": "" if data.clinic.zone.key in zones else zones[0],
    }


def prefers(found: Lead) -> str:
    """'prefers calls, after 2 PM'"""
    channel = {"call": "prefers calls", "email": "prefers email"}.get(found.profile.preferred_channel, "")
    best = (found.profile.preferred_time or "").replace("_", " ").lower()
    return ", ".join(word for word in (channel, f"best time: {best}" if best else "") if word)


def wants(found: Lead, data: Reference) -> str:
    """'Lip filler, this week'"""
    r = found.request
    when = timeframe(r.timeframe)
    return ", ".join(
        word for word in (data.treatment_label(r.treatment) if r.treatment else "", when) if word
    )


def clock(clocks: Iterable[Clock]) -> Row | None:
    """The live clock that is due first, as clocks.js takes it."""
    live = [one for one in clocks if one.state in ("running", "paused")]
    if not live:
        return None
    # Until somebody has tried, the clock of the first attempt says what to do; afterwards what is due first does.
    first = min(live, key=lambda one: (one.target == FIRST_CONVERSATION, one.due_at))
    return {
        "due": millis(first.due_at),
        "target": first.target_seconds * 1000,
        "state": first.state,
        "what": TARGETS.get(first.target, first.target),
        "from": "the form" if first.target in FROM_THE_FORM else "their text",
        "policy": first.policy,
    }


def later_row(one: Later, found: Lead, data: Reference) -> Row:
    """A step that is to come, or one that was stopped, with the reason."""
    stopped = one.state in ("cancelled", "dropped")
    is_text = one.kind == "text"
    title = template_name(one.template, one.purpose) if is_text else one.variables.get("taskTitle", "Call")
    return {
        "id": f"u:{one.id}",
        "action": one.id,
        "kind": "later",
        "isText": is_text,
        "at": millis(one.due_at),
        "state": "stopped" if stopped else one.state,
        "title": title,
        "note": later_note(one),
        "why": reason(one.reason, {}, None) if stopped or one.reason else "",
        "preview": preview(one, found, data) if is_text and not stopped else "",
        "byHand": one.reason in ("cancelled_by_staff",),
    }


def later_note(one: Later) -> str:
    kind = "Automatic" if one.kind == "text" else "Task for the owner"
    return ", ".join(words for words in (kind, only_if(one.conditions)) if words)


def preview(one: Later, found: Lead, data: Reference) -> str:
    """The wording as it would go out now."""
    template = data.templates.get(one.template or "")
    clinic = data.clinic
    values = {
        "firstName": found.profile.first_name,
        "clinicName": clinic.name,
        "clinicShortName": clinic.short_name,
        "clinicPhone": show_phone(clinic.phone),
        **one.variables,
    }
    return template.render(values) if template else ""


def task_row(one: OpenTask) -> Row:
    return {
        "id": f"t:{one.id}",
        "task": one.id,
        "kind": "task",
        "what": one.kind,
        "at": millis(one.due_at),
        "title": f"{one.title}: {one.words}" if one.words else one.title,
        "words": one.words,
        "setBy": one.set_by or "",
        "owner": one.owner or "nobody yet",
    }


def call_row(one: LoggedCall) -> Row:
    """A call with what came of it; it can be corrected until `until`."""
    return {
        "id": one.id,
        "outcome": one.outcome,
        "words": CALL_OUTCOMES.get(one.outcome, one.outcome),
        "at": millis(one.at),
        "by": one.by or "",
        "correctedBy": one.corrected_by or "",
        "until": millis(one.correctable_until),
    }


def visit_row(one: VisitShown, data: Reference) -> Row:
    """A visit; `seen` goes back with a move, so that nobody moves what a colleague has moved."""
    return {
        "id": one.id,
        "state": one.state,
        "stateName": booking.STATES.get(one.state, one.state),
        "at": millis(one.starts_at),
        "seen": one.starts_at.isoformat() if one.starts_at else "",
        "place": data.clinic.location(one.location).name,
        "kind": booking.KINDS.get(one.kind, ""),
        "provider": one.provider or "",
        "value": one.value_cents,
        "reason": booking.CANCELLED.get(one.reason or "", ""),
        "endedBy": one.ended_by or "",
    }


def request(found: Lead, data: Reference) -> list[list[str]]:
    """What was asked for, as [label, value] lines; what is not known is left out."""
    r, form = found.request, found.form_data
    birth = found.profile.birth_date or ""
    facts = [
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
    return [[label, value] for label, value in facts if value.strip()]


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


def why_row(found: Lead) -> Row:
    """Why this person: the last decision about the owner."""
    why = found.why
    return {
        "id": "why",
        "rule": why.rule if why else "",
        "at": millis(why.at) if why else None,
        "trace": [
            {"name": line.get("name", ""), "chosen": bool(line.get("chosen")), "why": line.get("why", "")}
            for line in (why.trace if why else ())
        ],
    }


LEAD = Topic("lead", Permission.SEE_LEADS, rows, together=True, of_lead=True)
