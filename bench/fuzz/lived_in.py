"""A clinic in which something has happened: leads with tasks, calls, visits, texts, corrections, forms that wait."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from bench.fuzz import bodies
from bench.fuzz.target import Wrong
from core.app import App
from core.db.metadata import metadata
from core.domain.roles import Actor, Role
from core.flows.access import sign_in
from core.flows.access.sign_in import SignedIn
from core.flows.conversation import staff_text, twilio_webhooks
from core.flows.intake import receive_form
from core.flows.leads import calls, correcting, noting, tasks, visits
from core.intake.draft import Delivery
from core.intake.store import RawState
from core.intake.tables import raw_payloads
from core.staff.tables import staff
from tests.flows.access.test_sign_in import PASSWORD, hashed
from tests.gateway.asking import generic_form

ROLES = ("frontdesk", "manager", "marketing", "admin", "provider")
# What a message calls the id of a row, and where such rows are.
TABLES = {
    "id": ("leads", "raw_payloads", "sessions"), "lead": ("leads",), "ids": ("timed_actions", "raw_payloads"),
    "action_id": ("timed_actions",), "text": ("sms_messages", "timed_actions"), "task": ("tasks",),
    "call": ("lead_calls",),
    "visit": ("appointments",), "pair": ("patient_conflicts", "possible_duplicates"),
    "kept": ("patients",), "merge": ("merges",),
    "batch": ("corrections",), "staff": ("staff",), "provider": ("staff",), "previous": ("staff",),
    "seen": ("staff",),
}  # fmt: skip


def live_in(app: App) -> None:
    """Forms come, one more comes twice under another name, and the front desk works on half of the leads."""
    now = app.clock.now()
    for number in range(12):
        who = {
            "phone": f"407-555-01{number % 10:02}",
            "email": f"p{number}@example.com",
            "first_name": f"Ana{'ab'[number % 2]}",
        }
        form = generic_form(external_id=f"f{number}", contact=who)
        receive_form.take_in(
            app,
            "generic",
            Delivery(json.dumps(form).encode(), bodies.JSON),
            now=now - timedelta(minutes=number),
        )
    for body in (b"{", b'{"contact": {"phone": "1"}}', b'{"contact": {"name": "Ana", "email": "@"}}'):
        receive_form.take_in(app, "generic", Delivery(body, bodies.JSON), now=now)
    texted = {"MessageSid": "SM9", "From": "+14075550100", "Body": "Can I come at 9?", "NumMedia": "0"}
    twilio_webhooks.take_in_text(app, Delivery(b"", bodies.FORM), texted, now=now)
    for lead_id in ids_of(app)["lead"][:6]:
        _work(app, lead_id)
    with app.db.write() as session:
        first = select(raw_payloads.c.id).limit(2).scalar_subquery()
        session.execute(
            update(raw_payloads).where(raw_payloads.c.id.in_(first)).values(state=RawState.TO_CHECK.value)
        )


def _work(app: App, lead_id: str) -> None:
    now, reference = app.clock.now(), app.reference
    tomorrow = now + timedelta(days=1)
    with app.db.write() as session:
        row = session.execute(select(staff.c.id, staff.c.name).where(staff.c.username == "frontdesk")).one()
        maya = Actor(row.id, row.name, Role.FRONT_DESK)
        noting.add_note(session, app.settings, maya, lead_id, "asked for a morning", now=now)
        tasks.add(session, maya, lead_id, "call_back", tomorrow, "call her", now=now)
        calls.log(session, reference, maya, lead_id, "no_answer", "", now=now)
        correcting.correct(session, reference, maya, lead_id, {"last_name": "Diaz"}, now=now)
        staff_text.send_text(session, reference, maya, lead_id, "See you soon", now=now)
        place = next(iter(reference.clinic.locations))
        visits.book(
            session, reference, maya, lead_id, tomorrow,
            location=place, provider_id=None, kind="", value_cents=0, now=now,
        )  # fmt: skip


def ids_of(app: App) -> Mapping[str, list[str]]:
    """The ids there are, by what a message calls them."""
    with app.db.read() as session:
        found = {
            table: [str(one) for one in session.execute(select(metadata.tables[table].c.id)).scalars()]
            for table in {name for names in TABLES.values() for name in names}
        }
    return {name: [one for table in tables for one in found[table]] for name, tables in TABLES.items()}


def signed_in(app: App) -> dict[str, SignedIn]:
    """One of each role, by user name; `ticket` is what the browser's cookie holds."""
    with app.db.write() as session:
        session.execute(update(staff).values(password_hash=hashed(PASSWORD)))
    return {name: _sign_in(app, name) for name in ROLES}


def _sign_in(app: App, name: str) -> SignedIn:
    who = sign_in.sign_in(app, name, PASSWORD, now=app.clock.now())
    if not isinstance(who, SignedIn):
        raise Wrong(f"{name} can't sign in: {who}")
    return replace(who, ticket=sign_in.redeem(app, who.ticket, app.clock.now()) or "")
