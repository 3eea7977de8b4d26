"""What a manager does with selected leads of the weekly list: seen, taken up, given to somebody, closed."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act
from core.domain.roles import Actor
from core.flows.leads import reviewing
from core.flows.leads.reviewing import MOST


def review_seen(message: Message) -> Outcome:
    ids = _ids(message)
    done = _many(
        lambda session, actor, now: reviewing.mark_seen(session, actor, ids, now=now), "seen: off the list"
    )
    return Outcome("done", done.words, {"action": "review_unseen", "ids": ids}) if done.ok else done


def review_unseen(message: Message) -> Outcome:
    ids = _ids(message)
    return _many(lambda session, actor, _now: reviewing.mark_unseen(session, actor, ids), "on the list again")


def review_take(message: Message) -> Outcome:
    ids = _ids(message)
    return _many(lambda session, actor, now: reviewing.take_up(session, actor, ids, now=now), "yours now")


def review_assign(message: Message) -> Outcome:
    """To the colleague `staff`."""
    settings, ids, staff_id = current_app().settings, _ids(message), str(message["staff"])
    return _many(
        lambda session, actor, now: reviewing.assign(session, settings, actor, ids, staff_id, now=now),
        "handed over",
    )


def review_close(message: Message) -> Outcome:
    """With `reason`, one of those of disqualifying."""
    ids, reason = _ids(message), str(message["reason"])
    return _many(lambda session, actor, now: reviewing.close(session, actor, ids, reason, now=now), "closed")


def _ids(message: Message) -> list[str]:
    return [str(one) for one in list(message["ids"])[:MOST]]


def _many(flow: Callable[[Session, Actor, datetime], int], said: str) -> Outcome:
    done = act(flow)
    if not done.ok:
        return done
    return Outcome("done", f"{'1 lead' if done.value == 1 else f'{done.value} leads'} {said}")


ACTIONS: dict[str, Handler] = {
    "review_seen": review_seen,
    "review_unseen": review_unseen,
    "review_take": review_take,
    "review_assign": review_assign,
    "review_close": review_close,
}
