"""A wording texted to oneself: with made-up values, to one's own number, once a click and not without end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, require
from core.kinds import TEMPLATE
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.rules.lint.linting import words_of
from core.messaging.store import planned as planned_actions
from core.messaging.store import planning
from core.messaging.templates import TemplateError, parse_template
from core.messaging.variables import EMAIL, LANGUAGES, samples, variables
from core.staff.store import people

USEFUL = timedelta(minutes=10)  # one who waits for it does not wait longer
APART = timedelta(seconds=10)  # two clicks within it are one
MOST = 20  # in an hour


def send_test(
    session: Session,
    actor: Actor,
    key: str,
    body: Mapping[str, Any],
    language: str,
    part: str,
    *,
    now: datetime,
) -> str:
    """Plan it; the number it goes to. `body` is a template's as it stands in the fields, `part` body or neutral.

    Raises Denied, and InvalidInput by field: words that can't be read, no number of one's own, too many.
    """
    require(actor, TEMPLATE.permission)
    if body.get("channel") == EMAIL:
        raise InvalidInput.of("channel", "An email can't be tested by text.")
    words, phone = _rendered(body, language, part), _own_phone(session, actor)
    action = NewAction(
        key=_free_key(session, actor, now),
        kind="text",
        due_at=now,
        purpose=Purpose.STAFF_ALERT,
        lane=Lane.INSTANT,
        useful_until=now + USEFUL,
        audience="staff",
        staff_id=actor.staff_id,
        phone=phone,
        body=words,
    )
    planning.plan(session, action, now)
    detail = {"language": language, "part": part}
    audit.note(
        session,
        staff_id=actor.staff_id,
        action="test_text_sent",
        subject=f"template:{key}",
        detail=detail,
        now=now,
    )
    return phone


def _rendered(body: Mapping[str, Any], language: str, part: str) -> str:
    """With the samples of the picker, so that no patient's name is ever on a private phone."""
    if language not in LANGUAGES:
        raise InvalidInput.of("language", f"Choose one of {', '.join(LANGUAGES)}.")
    words = words_of(body, language, part)
    try:
        template = parse_template("test", 0, "", words, frozenset(variables()), language)
    except TemplateError as error:
        raise InvalidInput.of(f"wordings.{language}.{part}", f"It can't be read yet: {error}.") from error
    text = template.render(samples(language))
    if not text:
        raise InvalidInput.of(
            f"wordings.{language}.{part}", "There is nothing to send yet: write the wording."
        )
    return text


def _own_phone(session: Session, actor: Actor) -> str:
    own = next((one for one in people.colleagues(session) if one.id == actor.staff_id), None)
    if own is None or not own.phone:
        raise InvalidInput.of("phone", "No phone number of yours is on file. An admin can add it.")
    return own.phone


def _free_key(session: Session, actor: Actor, now: datetime) -> str:
    """One key for each test of an hour: two that are planned at once are one row."""
    keys = [f"test:{actor.staff_id}:{now:%Y%m%d%H}:{number}" for number in range(MOST)]
    planned = planned_actions.planned_at(session, keys)
    if any(now - at < APART for at in planned.values()):
        raise InvalidInput.of("test", "A test text left a moment ago. Wait ten seconds for the next one.")
    free = next((key for key in keys if key not in planned), None)
    if free is None:
        raise InvalidInput.of("test", f"{MOST} test texts in an hour are the most. Wait for the next hour.")
    return free
