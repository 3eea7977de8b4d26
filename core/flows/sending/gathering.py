"""Ten leads at once are one alert with ten lines: later ones join the text that still waits.

The row of the waiting text is held while a line is added, so that it can't leave in between; one that has left, or is
about to, is past joining, and the next begins a new one. Its key is shared by all of one moment: the database lets one
of them make it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.alerting import store
from core.alerting.store import Alert
from core.flows.sending.alert_ways import way_of
from core.messaging.actions import NewAction
from core.messaging.store import planned
from core.messaging.store import planning as messaging

LINES = "leadLines"
MOST_LINES = 20  # a text has 1,600 characters at the most


@dataclass(frozen=True)
class Several:
    """How several alerts of one kind are said: their template, and the line of each (with its variables)."""

    template: str
    line: str


TOGETHER: Mapping[str, Several] = {
    "staff_new_lead": Several("staff_new_leads", "{leadRef} due {dueTime}"),
    "staff_unacknowledged": Several("staff_waiting_leads", "{leadRef} not acknowledged for {waitedTime}"),
    "staff_uncontacted": Several("staff_waiting_leads", "{leadRef} not contacted for {waitedTime}"),
}


def join(session: Session, action: NewAction, key: str, waits: timedelta, now: datetime) -> str:
    """Add this alert to the one of its kind that waits for the same person, or begin one; the action's id."""
    found = store.that_waits(session, action.staff_id or "", action.template or "", way_of(action))
    if found and _add(session, found[0], action, key, now):
        return found[0]
    turn = f"{action.template}:{action.staff_id}:{int(action.due_at.timestamp() // waits.total_seconds())}"
    for shared in (f"alerts:{turn}", key):
        opened = replace(action, key=shared, due_at=max(action.due_at, now + waits))
        action_id = messaging.plan(session, _empty(opened), now)
        if _add(session, action_id, action, key, now):
            return action_id
    return action_id


def _empty(action: NewAction) -> NewAction:
    """Without a line yet: who makes the row and who finds it add theirs in the same way."""
    return replace(action, variables={**action.variables, LINES: ""})


def _add(session: Session, action_id: str, action: NewAction, key: str, now: datetime) -> bool:
    """Whether it still waited and had room; then it is said there, or was said before.

    Whoever assigns a lead holds its turn by now, which the claim that has this text in hand may be waiting for.
    """
    waiting = planned.take_planned(session, action_id)
    if waiting is None or len(_lines(waiting)) >= MOST_LINES:
        return False
    kept = store.keep(
        session,
        key=key,
        lead_id=action.lead_id,
        staff_id=action.staff_id or "",
        channel=way_of(action),
        template=action.template or "",
        action_id=action_id,
        link=waiting["alertLink"],
        now=now,
    )
    lines = [*_lines(waiting), _line(action)] if kept else _lines(waiting)
    if lines:
        _say(session, action_id, action.template or "", waiting, lines)
    else:
        messaging.cancel(session, action_id, "told_already", by=None, now=now)
    return True


def _say(
    session: Session, action_id: str, template: str, waiting: Mapping[str, str], lines: list[str]
) -> None:
    """One lead as a sentence, several as a list."""
    words = {**waiting, LINES: "\n".join(lines), "leadCount": str(len(lines))}
    said = template if len(lines) == 1 else TOGETHER[template].template
    # The sentence of the one that is left: its reference stands first in its line.
    if len(lines) == 1:
        ref = lines[0].split()[0]
        words = {**words, "leadRef": ref, "dueTime": lines[0].partition(" due ")[2] or waiting["dueTime"]}
        words["leadUrl"] = waiting["leadUrl"].rpartition("=")[0] + f"={ref}"
    planned.reword_planned(session, action_id, said, words)


def withdraw(session: Session, lead_id: str, lead_ref: str, now: datetime) -> int:
    """Somebody has reached out to a lead: what would tell of it and has not left says no word of it; how many."""
    waiting = [one for one in store.waiting_of_lead(session, lead_id) if one.template in TOGETHER]
    return sum(_take_out(session, one, lead_ref, now) for one in waiting)


def _take_out(session: Session, alert: Alert, lead_ref: str, now: datetime) -> bool:
    waiting = planned.hold_planned(session, alert.action_id)
    if waiting is None:
        return False
    lines = [line for line in _lines(waiting) if line.split()[0] != lead_ref]
    if lines:
        _say(session, alert.action_id, alert.template, waiting, lines)
    else:
        messaging.cancel(session, alert.action_id, "contacted", by=None, now=now)
    store.withdraw(session, alert.id, now)
    return True


def _lines(variables: Mapping[str, str]) -> list[str]:
    return [line for line in variables.get(LINES, "").split("\n") if line]


def _line(action: NewAction) -> str:
    said = TOGETHER[action.template or ""].line
    return said.format(
        **{name: action.variables.get(name, "") for name in ("leadRef", "dueTime", "waitedTime")}
    )
