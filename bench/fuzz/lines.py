"""Every kind of `luxe try`: a line is answered, or is an error in words."""

import json
from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bench.fuzz import bodies, strange
from bench.fuzz.target import Target, Wrong
from core.reference import Reference, load_reference
from luxe.try_out.lines import KINDS, Kind, answer_line, open_kind

WEEK = {"mon": [["09:00", "18:00"]], "sat": [["10:00", "24:00"]], "sun": [["22:00", "02:00"]]}
USUAL: dict[str, dict[str, Any]] = {
    "template": {"body": "Hi {{first_name}}{{#if a}}, {{a}}{{/if}}", "values": {"first_name": "Ana",
    "a": True, "b": 1.5}},
    "segments": {"text": "See you at 9 \u201ctomorrow\u201d"},
    "phone": {"text": "(407) 555-0155 ext 7"},
    "reply": {"text": "yes please", "lang": "en", "context": "Reply YES to confirm"},
    "hours": {
        "class": "marketing", "at": "2026-11-23T09:00:00-05:00", "phone": "407-555-0155", "zip": "32801",
        "state": "FL",
        "zones": ["America/New_York"], "clinic_zone": "America/New_York",
    },
    "clock": {
        "start": "2026-11-23T09:00:00-05:00", "minutes": 90,
        "calendar": {"zone": "America/New_York", "week": WEEK, "days": {"2026-12-24": [["09:00",
        "13:00"]], "2026-12-25": []}},
        "pauses": [["2026-11-23T10:00:00-05:00", "2026-11-23T11:00:00-05:00"], ["2026-11-24T10:00:00-05:00", None]],
    },
    "assign": {
        "lead": {
            "treatment": "botox", "value": 450, "vip": False, "zip": "32801", "location": "downtown",
            "form_type": "consultation_request", "language": "es", "priority": 2, "at": "2026-11-23T10:00:00-05:00",
        },
        "staff": [
            {"id": "ana", "title": "coordinator", "location": "downtown", "skills": ["botox"], "open_leads": 2,
             "capacity": 8, "on_shift": True, "languages": ["es"], "seniority": 2},
            {"id": "lea", "title": "manager", "location": "westlake", "on_shift": True},
        ],
        "rules": {
            "nobody": ["location", "manager"],
            "rules": [
                {"name": "Spanish", "match": "all", "conditions": [{"field": "language", "values": ["es"]}],
                 "give": [{"strategy": "round_robin", "titles": ["coordinator"]}, {"location": "any"}]},
            ],
        },
    },
    "plan": {
        "sequence": "pre_treatment", "anchor_at": "2026-11-30T14:00:00-05:00", "booked_at": None,
        "person": {"phone": "407-555-0155", "zip": "32801", "lang": "en"},
        "events": [{"at": "2026-11-28T10:00:00-05:00", "what": "opt_out"}], "consent": ["transactional", "marketing"],
    },
    "stats": {"function": "two_proportions", "args": {"x1": 9, "n1": 41, "x2": 12, "n2": 38}},
}  # fmt: skip
OUR_FAULT = "The rules could not answer this"


def targets() -> Iterator[Target]:
    """One for each kind."""
    reference = load_reference(ZoneInfo("America/New_York"))
    for name in KINDS:
        kind = open_kind(name)
        yield Target(f"try-{name}", 6, partial(_line, USUAL[name]), partial(_answered, kind, reference))


def _line(usual: dict[str, Any], rng: Random) -> bytes:
    document = strange.mutated(rng, {"id": rng.choice((1, "a", None)), **usual})
    if isinstance(document, dict) and rng.random() < 0.2 and "end" not in document:
        document["end"] = document.pop("minutes", strange.text(rng))
    body = bodies.as_json(rng, document)
    return bodies.broken(rng, body) if rng.random() < 0.08 else body


def _answered(kind: Kind, reference: Reference, raw: bytes) -> None:
    said = answer_line(kind, reference, raw)
    json.dumps(said).encode()
    message = said.get("error", {}).get("message", "")
    if message.startswith(OUR_FAULT):
        raise Wrong(message)
