"""What the clinic published holds in every process within a second, and costs nobody a question in between."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.domain.roles import Permission
from core.flows.publishing import publish
from core.in_use import Following, InUse, Part
from core.reference import Reference
from core.versions.rules import InUse as Published
from core.versions.rules import Kind
from tests.conftest import TestApp
from tests.factories import actor

NAME = Kind(
    name="clinic_name",
    noun="name",
    sees=Permission.SEE_TEMPLATES,
    permission=Permission.EDIT_TEMPLATES,
    parse=lambda _body: [],
    shipped=lambda: {"name": {"name": "As shipped"}},
    shown=lambda body: {"Name": str(body["name"])},
)


def named(reference: Reference, own: list[Published]) -> Reference:
    name = own[0].body["name"]
    if not isinstance(name, str):
        raise ValueError("a name is text")
    return replace(reference, clinic=replace(reference.clinic, name=name))


@pytest.fixture
def in_use(app: TestApp) -> InUse:
    return InUse(app.shipped, (Part(NAME.name, named),))


def call_it(app: TestApp, name: Any) -> None:
    """A manager publishes another name of the clinic."""
    with app.db.write() as session:
        who, now = actor(session, "manager"), app.clock.now()
        saved = publish.save_draft(session, who, NAME, "name", {"name": name}, 0, now=now)
        publish.publish(session, who, NAME, "name", saved.revision, "Another name", now=now)


def test_what_ships_is_in_use_until_something_is_published(app: TestApp, in_use: InUse) -> None:
    with app.db.read() as session:
        assert not in_use.catch_up(session)
    assert in_use.reference is app.shipped


def test_another_process_has_it_at_its_next_look(app: TestApp, in_use: InUse) -> None:
    call_it(app, "Westlake Spa")
    Following(in_use, app.db).look()
    assert in_use.reference.clinic.name == "Westlake Spa"


def test_it_is_read_once_for_each_publishing(app: TestApp, in_use: InUse) -> None:
    call_it(app, "Westlake Spa")
    with app.db.read() as session:
        assert in_use.catch_up(session)
        before = in_use.reference
        assert not in_use.catch_up(session)
    assert in_use.reference is before, "what is worked out from it may be kept under it"


def test_what_this_release_cannot_read_gives_way_to_what_ships(app: TestApp, in_use: InUse) -> None:
    """An older release's words must not keep anybody's form from being taken in."""
    call_it(app, 7)
    Following(in_use, app.db).look()
    assert in_use.reference.clinic.name == app.shipped.clinic.name


def test_a_process_that_is_told_of_changes_looks_when_it_hears(app: TestApp) -> None:
    """And ends at once where nothing ever changes."""
    looked = threading.Event()

    class Seen(InUse):
        def catch_up(self, session: Session) -> bool:
            looked.set()
            return super().catch_up(session)

    seen = Seen(app.shipped, (Part(NAME.name, named),))
    following = Following(seen, app.db, told=True)
    following.start()
    following.hear()
    assert looked.wait(30)
    following.stop()
    assert not following.is_alive()
