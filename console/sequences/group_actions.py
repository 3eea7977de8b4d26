"""What staff do to a group of those under way in a sequence: look at whom it would touch, then pause, go on, skip, end.

Every message says who is meant in the same words: `key`, `number` of a version (0: every one), `location`, `owner`,
`lead` ('': any).
"""

from typing import Any

from sqlalchemy.orm import Session

from console.parts.component import Handler, Message
from console.parts.message import OLD, moment, number
from console.parts.wording import moment_words
from console.process import current_app
from console.shell import Outcome, act, ask, saw
from core.domain.errors import LuxeError
from core.domain.ids import reference
from core.domain.roles import Actor
from core.flows.access.looking import Depth
from core.flows.sequences import ending, holding, skipping
from core.reads import sequence_group
from core.reads.sequence_group import Named
from core.sequences.rules.group import ACTS, Group
from core.sequences.store_reach import EVERY_VERSION


def group_owners(message: Message) -> Outcome:
    """Whose leads are under way: [[id, name]]."""
    key = str(message["key"])
    return ask(lambda session, actor: [list(one) for one in sequence_group.owners(session, actor, key)])


def preview_group(message: Message) -> Outcome:
    """Whom `act` would touch: {people, steps, left, some: [[lead, reference, name]]}; who is named was looked at."""
    app, group, verb = current_app(), _group(message), str(message.get("act") or "")
    step, start = str(message.get("step") or ""), number(message, "start", 0)
    if verb not in ACTS:
        raise LuxeError(OLD)

    def find(session: Session, actor: Actor) -> dict[str, Any]:
        now = app.clock.now()
        found = sequence_group.read(session, actor, group, verb, step, max(0, start), now=now)
        saw(actor, [one.lead_id for one in found.some], Depth.FOUND, "sequences", now)
        return {
            "people": found.people,
            "steps": found.steps,
            "left": found.left,
            "some": [_named(one) for one in found.some],
        }

    return ask(find)


def end_group(message: Message) -> Outcome:
    """Nobody of them goes on. The steps of many are taken back a moment later, none of them goes meanwhile."""
    group, reason = _group(message), str(message.get("reason") or "")
    done = act(lambda session, actor, now: ending.end_group(session, actor, group, reason, now=now))
    return Outcome("done", f"Ended for {counted(int(done.value))}") if done.ok else done


def pause_group(message: Message) -> Outcome:
    """`until`: milliseconds."""
    app, group = current_app(), _group(message)
    until = moment(message, "until") or app.clock.now()  # no moment at all is refused as one that has passed
    done = act(lambda session, actor, now: holding.pause_group(session, actor, group, until, now=now))
    if not done.ok:
        return done
    when = moment_words(until, app.clock.now(), app.settings.zone)
    return Outcome("done", f"Paused for {counted(int(done.value))} until {when}")


def resume_group(message: Message) -> Outcome:
    group = _group(message)
    done = act(lambda session, actor, now: holding.resume_group(session, actor, group, now=now))
    return Outcome("done", f"Goes on for {counted(int(done.value))}") if done.ok else done


def skip_of_group(message: Message) -> Outcome:
    """`step`: its name."""
    group, step, reason = _group(message), str(message.get("step") or ""), str(message.get("reason") or "")
    done = act(
        lambda session, actor, now: skipping.skip_of_group(session, actor, group, step, reason, now=now)
    )
    return Outcome("done", f"Left out for {counted(int(done.value))}") if done.ok else done


def _group(message: Message) -> Group:
    version = number(message, "number", EVERY_VERSION)
    return Group(
        str(message["key"]),
        None if version == EVERY_VERSION else version,
        str(message.get("location") or ""),
        str(message.get("owner") or ""),
        str(message.get("lead") or ""),
    )


def _named(one: Named) -> list[str]:
    name = f"{one.first_name} {one.last_name}".strip() or "New number"
    return [one.lead_id, reference(one.number), name]


def counted(people: int) -> str:
    return "1 person" if people == 1 else f"{people:,} people"


ACTIONS: dict[str, Handler] = {
    "group_owners": group_owners,
    "preview_group": preview_group,
    "end_group": end_group,
    "pause_group": pause_group,
    "resume_group": resume_group,
    "skip_of_group": skip_of_group,
}
