"""Something of each kind that a story or an action asks for: no record has the id, no number is anybody's."""

import dataclasses
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.alerting.rules import Escalation
from core.app import App
from core.assignment.rules.replaying import Past
from core.booking import waitlist_rules
from core.domain.phone import Phone, read_phone
from core.domain.roles import Actor
from core.experiments.rules.designing import Metric
from core.experiments.rules.proposal import Proposal
from core.flows.booking import blocking
from core.flows.booking.asking_to_move import Question
from core.flows.booking.at_the_desk import Start
from core.flows.leads.lead_by_hand import ByHand
from core.flows.sequences.dry_run import Person
from core.flows.sequences.trying_out import Course
from core.free_times import Wish
from core.kinds import QUICK_TEXT
from core.leads.store.leads import LeadBrief
from core.reads import audit_trail, lead_backlog, sla_backlog
from core.reads.known_people import KnownPeople
from core.reads.parts.periods import Period
from core.reads.parts.scopes import Scope
from core.reads.text_words import TextWords
from core.reference import Reference
from core.sequences.rules.group import Group
from core.settings import Settings
from core.staff import rules
from core.staff.profile_rules import Introduction, Profile
from core.versions.rules import Kind
from tests.conftest import TestApp

NOBODY = "01900000-0000-7000-8000-000000000000"


def arguments(story: Callable[..., Any], app: TestApp, session: Session, actor: Actor) -> dict[str, Any]:
    """What the story can be called with. A kind that is missing here fails: give an example of it."""
    hints = typing.get_type_hints(story)
    hints.pop("return", None)
    known = _examples(app, session, actor)
    return {name: known[hint] for name, hint in hints.items()}


def _examples(app: TestApp, session: Session, actor: Actor) -> dict[Any, Any]:
    now = app.clock.now()
    return {
        Session: session,
        Actor: actor,
        Actor | None: actor,
        App: app,
        Reference: app.reference,
        Settings: app.settings,
        rules.Lifetimes: rules.lifetimes(app.clock),
        str: NOBODY,
        str | None: NOBODY,
        KnownPeople | None: None,
        int: 1,
        float: 1.0,
        bool: False,
        datetime: now + timedelta(hours=1),
        datetime | None: now,
        date: now.date(),
        timedelta: timedelta(hours=1),
        ZoneInfo: ZoneInfo("America/New_York"),
        Sequence[str]: [NOBODY],
        Sequence[Past]: [],
        Iterable[str]: [NOBODY],
        Mapping[str, str]: {},
        Mapping[str, Any]: {},
        dict[str, object]: {},
        dict[str, Any]: {},
        Mapping[str, Sequence[str]]: {},
        Introduction: Introduction(),
        Profile: Profile("Omar Reyes", "frontdesk"),
        int | None: None,
        Kind: QUICK_TEXT,
        Phone: read_phone("407-555-0155"),
        waitlist_rules.Wanted: waitlist_rules.Wanted(),
        blocking.Wanted: blocking.Wanted(f"staff:{NOBODY}", now, now + timedelta(hours=1)),
        Question: Question(NOBODY, now, NOBODY, now),
        Start: Start(Wish(app.reference.bookable.services["hydrafacial"], "downtown"), now),
        ByHand: ByHand(NOBODY, "call", phone="407-555-0155", first_name="Omar"),
        LeadBrief: LeadBrief(**dict.fromkeys((one.name for one in dataclasses.fields(LeadBrief)), None)),  # type: ignore[arg-type]
        audit_trail.Wanted: audit_trail.Wanted(),
        lead_backlog.Chosen: lead_backlog.Chosen(),
        sla_backlog.Chosen: sla_backlog.Chosen(),
        Scope: Scope(),
        Escalation: Escalation(),
        Group: Group(NOBODY),
        Person: Person(read_phone("407-555-0155")),
        Course: Course(now),
        TextWords: TextWords(),
        Proposal: Proposal(
            "Tried",
            "template",
            NOBODY,
            "wording",
            (),
            Metric("booked", 14),
            0.2,
            0.1,
            100.0,
            now + timedelta(days=99),
        ),
        Period: Period(
            now - timedelta(days=7), now, now - timedelta(days=14), now - timedelta(days=7), *[now.date()] * 4
        ),
    }


# What the scripts of the screens send, all of it in one: an action takes what it knows.
MESSAGE: Mapping[str, Any] = {
    **dict.fromkeys(
        (
            "id",
            "action_id",
            "text",
            "lead",
            "staff",
            "task",
            "visit",
            "call",
            "batch",
            "pair",
            "merge",
            "kept",
        ),
        NOBODY,
    ),
    "ids": [NOBODY],
    "figure": "never",
    "body": "Hello",
    "note": "",
    "reason": "other",
    "outcome": "no_answer",
    "fields": {},
    "changed": {"first_name": "Omar"},
    "date": "2026-12-01",
    "time": "10:00",
    "due": "2026-12-01T15:00:00+00:00",
    "words": "",
    "kind": "reminder",
    "key": NOBODY,
    "number": 1,
    "before": 1,
    "after": 1,
    "what": "disable",
    "request": NOBODY,
    "how": "call",
    "first_name": "Omar",
    "phone": "407-555-0155",
    "seen": None,
    "stage": "qualified",
    "status": "busy",
    "from": "2026-12-01",
    "to": "2026-12-02",
    "location": "",
    "provider": "",
    "title": "Thanks",
    "until_reply": True,
    "value": 0,
    "cents": 0,
    "endpoint": "https://push.example.com/made-up",
    "p256dh": "",
    "auth": "",
    "address": "",
    "ways": "sms",
    "urgent": "",
    "way": "sms",
    "act": "end",
    "sequence": NOBODY,
    "service": "hydrafacial",
    "resource": f"staff:{NOBODY}",
    "day": "2026-12-01",
    "at": 1796137200000,
    "was": 1796137200000,
    "minutes": 30,
    "hold": NOBODY,
    "block": NOBODY,
    "slot": NOBODY,
    "entry": NOBODY,
    "offer": NOBODY,
}
