"""What the sequence editor can start beyond drafting and publishing: numbers and a dry run."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from console.parts import person_search
from console.parts.component import Handler, Message
from console.parts.message import OLD, moment, number
from console.process import current_app
from console.sequences import group_actions
from console.sequences.tried import tried_row
from console.sequences.view import EDITOR, reach_row
from console.shell import Outcome, ask, saw
from core.domain.errors import LuxeError
from core.domain.phone import read_phone
from core.domain.roles import Actor, Permission, require
from core.flows.access.looking import Depth
from core.flows.sequences import trying_out
from core.flows.sequences.dry_run import Person
from core.flows.sequences.pieces import Event
from core.flows.sequences.trying_out import Course
from core.reads import sequences
from core.reads.parts.periods import USUAL, period
from core.sequences.store_reach import EVERY_VERSION


def reach(message: Message) -> Outcome:
    """How far those came who entered in a period, in one version or, `number` 0, in every one."""
    app, key = current_app(), str(message["key"])
    zone, now = app.reference.clinic.zone, app.clock.now()
    chosen = period(str(message.get("period") or USUAL), zone, now)
    version = number(message, "number", EVERY_VERSION)
    return ask(
        lambda session, actor: reach_row(
            sequences.reach(session, actor, key, chosen.start, version, zone=zone, now=now)
        )
    )


def people(message: Message) -> Outcome:
    """Leads whose patient the dry run may be about."""
    return person_search.found(str(message["text"]), "sequences")


def dry_run(message: Message) -> Outcome:
    """What would become of each step of the body in the fields, for a lead's patient or somebody made up."""
    app, key, body, asked = current_app(), str(message["key"]), message.get("body"), message["fields"]
    course, lead_id = _course(message), str(asked.get("lead") or "")
    given = body if isinstance(body, Mapping) else {}

    def try_it(session: Session, actor: Actor) -> dict[str, Any]:
        require(actor, Permission.SEE_SEQUENCES)
        if not lead_id:
            person = _made_up(asked)
            return tried_row(trying_out.for_somebody(session, app, actor, key, given, person, course), given)
        tried = trying_out.for_lead(session, app, actor, key, given, lead_id, course)
        saw(actor, [lead_id], Depth.OPENED, "sequences", app.clock.now())
        return tried_row(tried, given)

    return ask(try_it)


def _course(message: Message) -> Course:
    """The events are lines such as 'reply 1764100000000'."""
    asked = message["fields"]
    at = moment(asked, "at") or current_app().clock.now()
    return Course(
        at, moment(asked, "visit"), tuple(_event(str(line)) for line in message.get("events") or ())
    )


def _event(line: str) -> Event:
    what, _, at = line.partition(" ")
    when = moment({"at": at}, "at")
    if when is None:
        raise LuxeError(OLD)
    return Event(when, what)


def _made_up(asked: Mapping[str, Any]) -> Person:
    consent = frozenset(one for one in ("transactional", "marketing") if asked.get(one) is True)
    return Person(
        read_phone(str(asked.get("phone") or "")),
        str(asked.get("zip") or ""),
        str(asked.get("language") or ""),
        consent,
    )


ACTIONS: dict[str, Handler] = {
    **EDITOR.actions,
    **group_actions.ACTIONS,
    "reach": reach,
    "people": people,
    "dry_run": dry_run,
}
