"""Whoever fills in a form may give a stranger's number: what they called a name must not become a letter from us."""

from datetime import timedelta

import pytest

from console.parts import quick_texts
from core import kinds
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, run_until, take_in

PHONE = "+14075550155"
LURE = "Claim your $500 at prize.example.com/win"


def test_generic_address_as_name(app: TestApp) -> None:
    """No text of two weeks carries it; each reads as if no name had been given."""
    take_in(app, submission(first_name=LURE, last_name=""))
    run_until(app, timedelta(days=15))
    bodies = app.sms.bodies_to(PHONE)
    assert len(bodies) > 3
    assert bodies[0].startswith("Hi there, it's Luxe Medical Spa. We got your request")
    assert not [body for body in bodies if "prize" in body or "Claim" in body or "500" in body.split("(")[0]]


@pytest.mark.parametrize(
    ("written", "greeting"),
    [
        ("D. St.John", "Hi D. St.John, it's"),
        ("ROBIN", "Hi Robin, it's"),
        ("O&#39;Brien", "Hi O'Brien, it's"),
        ("\u202eOmar\u200b", "Hi Omar, it's"),
        ("FINAL NOTICE: your parcel is held", "Hi there, it's"),
    ],
)
def test_the_first_text_greets_with_a_name_or_with_none(app: TestApp, written: str, greeting: str) -> None:
    """At hand-over, whatever intake let pass and the profile keeps."""
    take_in(app, submission(first_name=written))
    run_due(app)
    assert app.sms.bodies_to(PHONE)[0].startswith(greeting)


def test_a_quick_text_carries_no_more_than_an_automatic_one(app: TestApp) -> None:
    """Staff press a button; they do not proofread what a stranger typed."""
    clinic = app.reference.clinic
    with app.db.read() as session:
        texts = list(kinds.quick_texts(session).values())
    filled = quick_texts.filled(texts, clinic, clinic.location(""), LURE, "Maya Torres", app.clock.now())
    assert not [one for one in filled if "prize" in one["body"]]
    assert filled[0]["body"].startswith("Hi there, it's Maya at Luxe.")
