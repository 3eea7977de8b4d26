"""Deliveries of every connector taken in: it never raises, never stumbles, and the bytes are there afterwards."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import select

from bench.fuzz import bodies, readers, strange
from bench.fuzz.stage import app_in, let_through
from bench.fuzz.target import Target, Wrong
from core.app import App
from core.flows.intake import receive_form
from core.flows.intake.receive_form import Verdict
from core.intake.draft import Delivery
from core.intake.tables import raw_payloads
from tests.samples import GENERIC, TYPEFORM

USUAL = {"generic": json.loads(GENERIC.body), "typeform": json.loads(TYPEFORM.body)}
KEPT = frozenset(Verdict) - {Verdict.UNKNOWN_CONNECTOR, Verdict.WRONG_KEY, Verdict.WRONG_SIGNATURE}
Sent = tuple[str, Delivery]


class _Undo(Exception):
    """Nothing of one input is left for the next."""


def targets(folder: Path) -> Iterator[Target]:
    """One, for all connectors."""
    yield Target("intake", 3, sent, partial(_take_in, app_in(folder)))


def sent(rng: Random) -> Sent:
    connector = rng.choice(("generic", "typeform", "jotform"))
    if connector == "jotform":
        return connector, readers.jotform_delivery(rng)
    body = bodies.as_json(rng, strange.mutated(rng, USUAL[connector]))
    body = bodies.broken(rng, body) if rng.random() < 0.1 else body
    headers = {name: bodies.header(rng) for name in ("idempotency-key", "user-agent") if rng.random() < 0.1}
    return connector, Delivery(
        body, rng.choice((bodies.JSON, rng.choice(bodies.KINDS))), headers, bodies.header(rng, "203.0.113.9")
    )


def _take_in(app: App, made: Sent) -> None:
    connector, delivery = made
    with suppress(_Undo), app.db.write() as session:
        within = replace(app, db=app.db.within(session))
        answer = receive_form.take_in(within, connector, delivery, now=app.clock.now())
        let_through()
        if answer.verdict not in KEPT:
            raise Wrong(f"answered {answer.verdict}")
        kept = list(session.execute(select(raw_payloads.c.body)).scalars())
        if delivery.body not in kept:
            raise Wrong("the bytes are not there")
        raise _Undo
