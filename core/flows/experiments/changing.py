"""What a variant would make of a template or of a step: the body that would be published."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput, LuxeError
from core.domain.roles import Actor
from core.experiments.rules.fixed import SEPARATOR, STEP, Fixed
from core.flows.publishing import publish
from core.kinds import SEQUENCE, TEMPLATE
from core.versions import store as versions
from core.versions.rules import Body, Kind, in_use


class FaultyChange(LuxeError):
    """Nobody could publish this. The message says why."""


def changed_sequence(session: Session, key: str, template: str, offset: str) -> Body:
    """The sequence of a step ('lead/minute-2') with another template or offset there, '' for today's.

    Raises FaultyChange where it could not be published so.
    """
    sequence, _, name = key.partition(SEPARATOR)
    body = _body(session, SEQUENCE, sequence)
    at = next((at for at, step in enumerate(body["steps"]) if step.get("name") == name), None)
    if at is None:
        raise FaultyChange("This step is not in use any more.")
    changed = {name: value for name, value in {"template": template, "offset": offset}.items() if value}
    steps = [{**step, **changed} if place == at else step for place, step in enumerate(body["steps"])]
    changed_body = {**body, "steps": steps}
    problems = SEQUENCE.parse(changed_body) or SEQUENCE.sound(session, sequence, changed_body)
    for problem in problems:
        raise FaultyChange(problem.message)
    return changed_body


def changed_template(session: Session, key: str, other: str) -> Body:
    """A template with the words of another in place of its own."""
    return {**_body(session, TEMPLATE, key), "wordings": _body(session, TEMPLATE, other)["wordings"]}


def publish_variant(
    session: Session, actor: Actor, fixed: Fixed, variant: str, note: str, now: datetime
) -> int:
    """What the variant does is done for everybody from now on; the number of the version that says so.

    Raises what publishing raises: Denied, InvalidInput by field, LostRace where a draft is under way.
    """
    kind, key, body = _published(session, fixed, variant)
    if versions.in_state(session, kind.name, key, "draft"):
        raise InvalidInput.of(
            "draft", f"There is a draft of this {kind.noun}. Publish it or discard it first."
        )
    saved = publish.save_draft(session, actor, kind, key, body, publish.NONE_SEEN, now=now)
    return publish.publish(session, actor, kind, key, saved.revision, note, now=now)


def _published(session: Session, fixed: Fixed, variant: str) -> tuple[Kind, str, Body]:
    subject, change = fixed.design.subject, fixed.changes[variant]
    if subject.kind != STEP:
        return TEMPLATE, subject.key, changed_template(session, subject.key, change.template)
    try:
        body = changed_sequence(session, subject.key, change.template, change.offset)
    except FaultyChange as faulty:
        raise InvalidInput.of("variant", str(faulty)) from faulty
    return SEQUENCE, fixed.place[0], body


def _body(session: Session, kind: Kind, key: str) -> Mapping[str, Any]:
    found = in_use(kind.shipped(), versions.published(session, kind.name)).get(key)
    if found is None:
        raise FaultyChange(f"This {kind.noun} is not in use any more.")
    return found.body
