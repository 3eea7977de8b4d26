"""The SLA policies as the editor shows them: targets, choices, and what a policy means in words."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from console.live import Topic
from console.parts import words
from console.parts.editor import Editor, is_key
from console.parts.moments import SATURDAY, TUESDAY, long, next_weekday, short, usual
from console.process import current_app
from console.shell import Visit
from core import policies
from core.domain.hours import WeeklyHours
from core.domain.roles import Permission
from core.kinds import SLA_POLICIES
from core.reads import policies as reads
from core.reference import Reference
from core.sla import policy_body
from core.sla.forecast import forecast
from core.sla.rules import Policy, due_at, parse_policies
from core.versions.rules import Body

Row = dict[str, Any]
ABOUT = {
    "first_contact": "A person calls or texts, whatever comes of it",
    "first_conversation": "They speak: by phone, in the clinic, or by texts both ways",
    "next_reply": "A person answers what the patient wrote",
    "danger": "A person reaches a patient who may be in danger",
    "assignment": "The lead has an owner",
    "confirmation": "The first text left by itself",
    "qualification": "The lead is marked qualified, or booked",
    "consultation_scheduled": "A visit is booked",
    "photo_review": "A clinician has looked at the photos",
    "provider_response": "The patient has the provider's answer",
    "post_treatment_checkin": "A person has asked how it went",
}
GROUPS = (
    ("People answer", ("first_contact", "first_conversation", "next_reply", "danger")),
    ("What becomes of a request", ("qualification", "consultation_scheduled")),
    ("The product by itself", ("assignment", "confirmation")),
    (
        "Later: begins with photos and treatments",
        ("photo_review", "provider_response", "post_treatment_checkin"),
    ),
)
WITH_OCCASION = ("photo_review", "provider_response", "post_treatment_checkin")
LATELY = timedelta(days=30)
# Two moments that show what opening hours do: a weekday morning, and a weekend night.
EXAMPLES = ((TUESDAY, time(10)), (SATURDAY, time(21)))


def look(body: Body) -> list[Row]:
    """For each policy that can be read: when its two example leads would be due. The browser finds them by place."""
    app = current_app()
    today = app.clock.now().astimezone(app.settings.zone).date()
    return [
        {"place": f"{target}.{index}", "examples": _examples(app.reference, target, entry, today)}
        for target, entries in body.items()
        if target in policy_body.NAMES and isinstance(entries, list | tuple)
        for index, entry in enumerate(entries)
        if isinstance(entry, Mapping)
    ]


def _examples(reference: Reference, target: str, entry: Mapping[str, Any], today: date) -> list[list[str]]:
    """[['Sat 3:00 PM', 'Mon 10:00 AM'], ...]; none while it can't be read."""
    try:
        (policy,) = parse_policies({target: [{"name": "?", **entry}]})
        hours = reference.clinic.location(str(entry.get("location") or "")).hours
        return [_example(policy, hours, next_weekday(day, wall, today, hours)) for day, wall in EXAMPLES]
    except (ValueError, KeyError, TypeError, OverflowError):
        return []


def _example(policy: Policy, hours: WeeklyHours, moment: datetime) -> list[str]:
    due = due_at(policy, hours, moment).astimezone(hours.zone)
    started = moment.astimezone(hours.zone)
    return [short(started), short(due, beside=started)]


def tried(reference: Reference, body: Body, lead: Mapping[str, str], moment: datetime) -> Row:
    """What the policies mean for one made-up lead, in words. A body that can't be read says so."""
    for fault in policy_body.faults(body, policies.CONDITIONS):
        return {"problem": f"This can be tried once it can be published: {fault.message}"}
    place = reference.clinic.location(lead.get("location", ""))
    started = moment.astimezone(place.hours.zone)
    dues = forecast(parse_policies(body), dict(lead) | {"location": place.slug}, place.hours, moment)
    closed = "" if place.hours.is_open(moment) else f" {place.name} is closed then."
    return {
        "intro": f"A lead on {started:%A, %b %-d} at {started:%-I:%M %p}.{closed}",
        "rows": [
            {
                "target": one.policy.target,
                "name": policy_body.NAMES[one.policy.target],
                "due": long(one.at.astimezone(place.hours.zone), started),
                "policy": one.policy.name,
                "span": policy_body.span(one.policy.within.total_seconds() / 60),
            }
            for one in dues
            if one.policy.target not in WITH_OCCASION
        ],
    }


def offered(visit: Visit) -> Row:
    """What the page gives its script: targets and choices with their words, and how each policy was kept lately."""
    clinic = visit.app.reference.clinic
    kept = visit.read(reads.kept, visit.now - LATELY)
    hours, today = clinic.location("").hours, visit.now.astimezone(clinic.zone).date()
    return {
        "key": policy_body.KEY,
        "groups": [
            [title, [[target, policy_body.NAMES[target], ABOUT[target]] for target in targets]]
            for title, targets in GROUPS
        ],
        "moments": usual(hours, today),
        "occasioned": list(WITH_OCCASION),
        "kept": {f"{one.target}.{one.policy}": [one.met, one.ended] for one in kept},
        "keptDays": LATELY.days,
        "forms": [[form, words.form_name(form)] for form in policies.CONDITIONS["form_type"]],
        "temperatures": [[one, one.capitalize()] for one in policies.CONDITIONS["temperature"]],
        "locations": [[one.slug, one.name] for one in clinic.locations.values()],
        "occasions": list(policy_body.OCCASIONS.items()),
    }


EDITOR = Editor(SLA_POLICIES, look)
TOPIC = Topic("sla_policies", Permission.SEE_POLICIES, EDITOR.rows, is_key)
