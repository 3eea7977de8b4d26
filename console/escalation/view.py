"""The levels of escalation as the editor shows them: choices with their words, what is unwise, a made-up lead."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from console.live import Topic, millis
from console.parts.editor import Editor, is_key
from console.parts.moments import long, usual
from console.parts.words import PRIORITIES, TELLABLE
from console.process import current_app
from console.shell import Visit
from console.shell import visit as visiting
from core.alerting.replaying import Fired
from core.alerting.rules import APOLOGY, BACKUP, MOST_LEVELS, URGENT
from core.clinic import Location
from core.domain.roles import Permission
from core.flows.escalation import trying_levels
from core.flows.escalation.trying_levels import Played, Stage
from core.kinds import ESCALATION, LEVELS_KEY
from core.reads import escalation as reads
from core.reads.escalation import LOOK_BACK, Named
from core.staff.alert_rules import Colleague
from core.versions.rules import Body

Row = dict[str, Any]
DOES = {
    BACKUP: "find another owner",
    URGENT: "make the lead urgent",
    APOLOGY: "send the patient one apology",
}
DONE = {
    BACKUP: "Another owner is found among who is at work and has room",
    URGENT: "The lead is urgent, first in the queue",
}
MOST_NAMED = 3


def look(body: Body) -> Row:
    """What is unwise in a body that can be published, and how many leads it would count for at once."""
    app, here = current_app(), visiting()
    found = here.read(trying_levels.concerns_of, app.reference, body)
    return {
        "concerns": [{"field": one.place, "message": one.words} for one in found],
        "underWay": here.read(reads.under_way),
    }


def offered(visit: Visit) -> Row:
    """What the page gives its script: every choice with its words and the people behind it."""
    clinic, people = visit.app.reference.clinic, visit.read(reads.tellable)
    today = visit.now.astimezone(clinic.zone).date()
    return {
        "key": LEVELS_KEY,
        "tell": [[code, words, _names_of(people, code)] for code, words in TELLABLE.items()],
        "does": list(DOES.items()),
        "priorities": list(PRIORITIES.items()),
        "most": MOST_LEVELS,
        "days": LOOK_BACK.days,
        "moments": usual(clinic.hours(""), today),
        "locations": [[one.slug, one.name] for one in clinic.locations.values()],
    }


def _names_of(people: Iterable[Named], code: str) -> str:
    """'Ana Silva, Lea Novak and 2 more'; '' where nobody is that."""
    return listed([one.name for one in people if code in (one.role, one.title)])


def listed(names: list[str]) -> str:
    """'Ana, Lea and Tom', 'Ana, Lea, Tom and 4 more'; '' for nobody."""
    more = len(names) - MOST_NAMED
    shown = [*names[:MOST_NAMED], f"{more} more"] if more > 1 else names
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def played_row(played: Played, place: Location, moment: datetime, priority: str) -> Row:
    """A made-up lead, moment by moment, in words."""
    zone, start = place.hours.zone, moment.astimezone(place.hours.zone)
    closed = "" if place.hours.is_open(moment) else f" {place.name} is closed then."
    row: Row = {"intro": f"A lead on {start:%A, %b %-d} at {start:%-I:%M %p}.{closed}", "stages": []}
    if not played.stages:
        return row | {
            "problem": f"A lead of priority {priority} has no levels: nobody else hears that it waits."
        }
    for stage in played.stages:
        wall = stage.at.astimezone(zone)
        when = "at once" if stage.number == 0 else long(wall, beside=start).replace("the same day at ", "")
        row["stages"].append(
            {"at": millis(stage.at), "when": when, "number": stage.number, **_stage(stage, played)}
        )
        if stage.number == 0 and played.opens:
            opens = long(played.opens.astimezone(zone), beside=start).replace("the same day at ", "")
            row["stages"].append(_opening(played, opens, place))
    return row


def _opening(played: Played, when: str, place: Location) -> Row:
    gets = "" if played.anybody else " The first who is free gets the lead and is alerted."
    return {
        "at": millis(played.opens),
        "when": when,
        "number": -1,
        "lines": [f"{place.name} opens.{gets} The minutes begin."],
    }


def _stage(stage: Stage, played: Played) -> Row:
    level = stage.level
    if level is None:
        return {"lines": [_beginning(stage, played)]}
    does = [DONE[one] for one in level.does if one in DONE]
    sorry = f"The patient gets one apology {_how_to_answer()}, where they may be texted then"
    lines = [*_told(stage), *does, *([sorry] if APOLOGY in level.does else [])]
    return {"lines": lines, "unless": level.unless_acknowledged, "minutes": level.minutes}


def _told(stage: Stage) -> list[str]:
    if not stage.told:
        return []
    why = ": nobody whom the level names is at work then" if stage.instead else ""
    return [f"Told: {_who(stage.told, stage.level.tell if stage.level else ())}{why}"]


def _beginning(stage: Stage, played: Played) -> str:
    if played.anybody:
        return "Its owner is alerted, chosen by the assignment rules"
    return f"Nobody who takes leads is at work. Told: {_who(stage.told, ()) or 'nobody can be'}"


def _who(told: Iterable[Colleague], named: Iterable[str]) -> str:
    """'Ana Silva (team lead)': with what the level names them by."""
    return listed([f"{one.name} ({called(one, named).lower()})" for one in told])


def called(one: Colleague, named: Iterable[str]) -> str:
    """What somebody is called: by what `named` says of them, else by their role."""
    fits = next((code for code in named if code in (one.title, one.role)), one.role)
    return TELLABLE.get(fits, fits)


def _how_to_answer() -> str:
    data = current_app().reference
    own = data.bookable.online() or data.clinic.links.get("booking")
    return "with a link to choose a time" if own else "with the clinic's number"


def replayed_row(was: Iterable[Fired], now: Iterable[Fired], leads: int) -> Row:
    """By minutes: how many leads came to a level then, by what is in use and by the draft; None where there is none."""
    before, after = ({one.minutes: one.leads for one in fired} for fired in (was, now))
    rows = [
        {"minutes": minutes, "was": before.get(minutes), "now": after.get(minutes)}
        for minutes in sorted({*before, *after})
    ]
    return {"leads": leads, "rows": rows}


EDITOR = Editor(ESCALATION, look)
TOPIC = Topic("escalation", Permission.SEE_SLA, EDITOR.rows, is_key)
