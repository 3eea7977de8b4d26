"""One lead as rows that browsers follow: the lead itself, what is to come, request, consent, why this person.

Words that depend on the time are the browser's; moments are product milliseconds.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.lead import consent, request, visits
from console.lead import people as people_view
from console.live import READER, Topic, millis
from console.parts import places, thread_rows
from console.parts.alarms import alerted, urgency
from console.parts.why_words import only_if, reason
from console.parts.words import STATES, TARGETS, template_name
from core.app import App
from core.domain.errors import NotFound
from core.domain.ids import is_id, reference
from core.domain.phone import dial_phone, show_phone
from core.domain.roles import Permission
from core.flows.conversation.staff_text import closed_words
from core.flows.sending.preview_steps import preview_steps
from core.leads.reasons import CALL_OUTCOMES, DISQUALIFIED, STAGES
from core.messaging.actions import EMAIL, LEAVES, TEXT
from core.reads import lead, lead_people, lead_thread
from core.reads.lead import Clock, Later, Lead
from core.reads.lead_work import LoggedCall, OpenTask, UnderWay
from core.reads.parts import sending_state, texting_hours, writing
from core.reference import Reference
from core.sla.rules import FIRST_CONVERSATION, FROM_THE_FORM, RESPONSES

Row = dict[str, Any]


def rows(app: App, session: Session, lead_id: str, now: datetime) -> Iterable[Row]:
    """Nothing where the lead does not exist."""
    try:
        found = lead.read(session, READER, lead_id)
    except NotFound:
        return
    yield lead_row(found, app.reference, now)
    texts = [one.id for one in found.later if one.kind == "text" and one.state == "planned"]
    wordings = preview_steps(session, app, texts, now=now)
    yield from (later_row(one, wordings.get(one.id, "")) for one in found.later)
    yield from (task_row(one) for one in found.tasks)
    yield {"id": "sequences", "under": [sequence_row(one) for one in found.under_way]}
    if found.story:
        where = next((one.location for one in found.visits if one.id == found.story.visit_id), "")
        yield visits.story(found.story, where, app.reference)
    yield request.row(found, app.reference)
    yield consent.row(found, app.reference.clinic.zone)
    yield why_row(found)
    stopped = sending_state.read(session).stopped
    people = lead_people.read(session, READER, lead_id)
    yield people_view.row(found, people, app.reference)
    yield {
        "id": "writers",
        "who": [[one.staff_id, one.name] for one in writing.writers(session, READER, lead_id)],
        "named": writing.named(session, READER, lead_id),
    }
    thread = lead_thread.read(session, READER, lead_id)
    said = thread_rows.rows(thread, lead_id, stopped)
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
        "phone": show_phone("" if r.phone is None else r.phone, r.extension or ""),
        "dial": dial_phone(r.phone or "", r.extension or ""),
        "email": p.email or "",
        "prefers": prefers(found),
        "wants": request.wants(found, data),
        "state": r.state,
        "reason": DISQUALIFIED.get(r.disqualified_reason or "", "").lower(),
        **urgency(found.alarm, r.priority),
        "alert": alerted(found.alerted),
        "hot": r.temperature == "hot",
        "vip": p.vip,
        "location": r.location,
        "owner": r.owner_id,
        "ownerName": found.owner,
        **moments(found),
        "wrongNumber": r.wrong_number_at is not None,
        "calls": [call_row(one) for one in found.calls],
        "visits": [visits.row(one, data) for one in found.visits],
        "paused": paused(found),
        "stateName": STATES.get(r.state, r.state),
        "where": places.NAMES.get(p.state, ""),
        "unread": r.unread,
        "value": r.value_cents,
        "stages": {stage: millis(getattr(r, column)) for stage, column in STAGES.items()},
        "clock": clock(found.clocks),
        "closed": closed_words(r.phone or "", found.standing, call_only=r.call_only, zone=data.clinic.zone),
        "consented": found.standing.transactional_at is not None or found.standing.marketing_at is not None,
        "spans": [
            [millis(opens), millis(closes)]
            for opens, closes in texting_hours.spans(data.texting_hours, zones, p.state, now)
        ],
        "zone": "" if data.clinic.zone.key in zones else zones[0],
    }


def moments(found: Lead) -> Row:
    """When what happened to the lead; None where it has not."""
    r = found.request
    return {
        "created": millis(r.created_at),
        "viewed": millis(r.viewed_at),
        "attempted": millis(r.attempted_at),
        "contacted": millis(r.contacted_at),
        "snoozed": millis(r.snoozed_until),
        "wrote": millis(found.profile.last_response_at),
    }


def paused(found: Lead) -> Row | None:
    """Automation that waits for a person: until when, whom, and why."""
    r = found.request
    if r.paused_until is None:
        return None
    return {"until": millis(r.paused_until), "by": found.paused_by or "", "why": r.paused_why}


def prefers(found: Lead) -> str:
    """'prefers calls, after 2 PM'"""
    channel = {"call": "prefers calls", "email": "prefers email"}.get(found.profile.preferred_channel, "")
    best = (found.profile.preferred_time or "").replace("_", " ").lower()
    return ", ".join(word for word in (channel, f"best time: {best}" if best else "") if word)


def clock(clocks: Iterable[Clock]) -> Row | None:
    """The live clock that is due first, as clocks.js takes it."""
    live = [one for one in clocks if one.state in ("running", "paused") and one.target in RESPONSES]
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


def later_row(one: Later, preview: str) -> Row:
    """A step that is to come, or one that was stopped, with the reason."""
    stopped = one.state in ("cancelled", "dropped")
    is_text = one.kind == "text"
    leaves = one.kind in LEAVES
    title = template_name(one.template, one.purpose) if leaves else one.variables.get("taskTitle", "Call")
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
        "preview": preview,
        "byHand": one.reason in ("cancelled_by_staff",),
    }


def sequence_row(one: UnderWay) -> Row:
    return {"id": one.id, "title": one.title, "since": millis(one.started_at), "steps": one.steps}


def later_note(one: Later) -> str:
    whose = "a manager" if one.variables.get("to") == "manager" else "the owner"
    kind = {TEXT: "Automatic", EMAIL: "Automatic email"}.get(one.kind, f"Task for {whose}")
    return ", ".join(words for words in (kind, only_if(one.conditions)) if words)


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


LEAD = Topic("lead", Permission.SEE_LEADS, rows, is_id, together=True, of_lead=True)
