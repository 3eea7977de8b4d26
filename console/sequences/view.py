"""Sequences as rows that browsers follow, and the choices that the editor of one offers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts import why_words, words
from console.parts.editor import Editor, is_key
from console.shell import Visit, visit
from core.app import App
from core.domain.roles import Permission
from core.flows.sequences import forewarning
from core.intake.rules import FORM_TYPES
from core.kinds import SEQUENCE
from core.messaging.rules.send_hold_drop import DAILY_CAP
from core.messaging.variables import LANGUAGES
from core.reads import sequences
from core.reads.parts.periods import PERIODS
from core.reads.sequences import Choice, Listed, Reach, StepReach
from core.sequences.rules import in_words
from core.sequences.rules.definition import ALSO_KNOWN, OPPOSITES, Anchor, StepKind
from core.versions.rules import Body

Row = dict[str, Any]
UNTITLED = "(no name yet)"


def rows(_app: App, session: Session, _argument: str, _now: datetime) -> Iterable[Row]:
    """One for each, in the order of the list."""
    for place, listed in enumerate(sequences.read(session, READER)):
        yield _row(place, listed)


def _row(place: int, listed: Listed) -> Row:
    published, draft = listed.entry.published, listed.entry.draft
    shown = published or draft
    body: Body = shown.body if shown else {}
    starts_on = str(body.get("starts_on") or "")
    return {
        "id": listed.entry.key,
        "place": place,
        "title": str(body.get("title") or UNTITLED),
        "begins": in_words.ANCHORS.get(starts_on, starts_on),
        "forms": [words.form_name(str(form)) for form in _list(body, "forms")],
        "steps": dict(Counter(_kind(step) for step in _list(body, "steps"))),
        "underWay": [[version, people] for version, people in sorted(listed.under_way.items(), reverse=True)],
        "used": list(listed.used),
        "number": published.number if published else None,
        "retired": bool(published and published.retired),
        "at": millis(published.at) if published else None,
        "draft": millis(draft.at) if draft else None,
        "draftBy": draft.by if draft else "",
    }


def _list(body: Body, name: str) -> list[Any]:
    found = body.get(name)
    return list(found) if isinstance(found, list | tuple) else []


def _kind(step: object) -> str:
    """What a step of whatever was drafted does; one that is switched off counts apart."""
    if not isinstance(step, Mapping):
        return ""
    return "off" if step.get("on") is False else str(step.get("kind") or "")


def look(body: Body) -> list[Row]:
    """What bars nothing and is worth a word before publishing; the picture is drawn where one types."""
    here = visit()
    found = here.read(forewarning.warnings, here.app, body, now=here.now)
    return [{"field": one.field, "message": one.message} for one in found]


def offered(visit: Visit) -> Row:
    """What the page gives its script beside the rows: every choice with its words."""
    app, anchors = visit.app, [anchor for anchor in Anchor if anchor is not Anchor.VISIT]
    return {
        "anchors": in_words.ANCHORS,
        "starts": [(anchor.value, in_words.ANCHORS[anchor]) for anchor in anchors],
        "known": {anchor.value: _known(anchor) for anchor in anchors},
        "kinds": [(kind.value, KIND_WORDS[kind]) for kind in StepKind],
        "conditions": [(no, yes, CONDITION_WORDS[yes]) for no, yes in OPPOSITES.items()],
        "conditionWords": in_words.CONDITIONS,
        "onlyIf": ONLY_IF,
        "stops": list(in_words.STOPS.items()),
        "forms": [(form, words.form_name(form)) for form in sorted(FORM_TYPES)],
        "templates": [_template(one) for one in visit.read(sequences.choices)],
        "purposes": PURPOSE_WORDS,
        "periods": list(PERIODS.items()),
        "languages": list(LANGUAGES.items()),
        "hours": _hours(app),
        "cap": DAILY_CAP,
        "locations": [(place.slug, place.name) for place in app.reference.clinic.locations.values()],
    }


def _known(anchor: Anchor) -> list[str]:
    return [anchor.value, *ALSO_KNOWN.get(anchor, ())]


def _template(choice: Choice) -> Row:
    return {
        "key": choice.key,
        "title": choice.title,
        "class": choice.message.text_class,
        "purposes": [one for one in choice.message.purposes if one in PURPOSE_WORDS],
        "channel": choice.message.channel,
    }


def _hours(app: App) -> list[str]:
    """When texts may go on a weekday: of business, and those that advertise."""
    weeks = app.reference.texting_hours
    return [
        f"{opens:%-I:%M %p} to {closes:%-I:%M %p}".replace(":00", "")
        for opens, closes in (weeks.transactional[0], weeks.marketing[0])
    ]


def reach_row(reach: Reach) -> Row:
    """How far people got, as the browser takes it."""
    steps = {name: _step(step) for name, step in reach.steps.items()}
    return {"entered": reach.entered, "steps": steps, "counted": millis(reach.counted_at)}


def _step(step: StepReach) -> Row:
    return {
        "reached": step.reached,
        "waiting": step.waiting,
        "left": _reasons(step.left, why_words.stopped_by),
        "dropped": _reasons(step.dropped, why_words.reason_words),
    }


def _reasons(counted: Counter[str], worded: Any) -> list[list[Any]]:
    """[[words, people]], the most frequent first; different words of ours may be one to a reader."""
    found: Counter[str] = Counter()
    for reason, people in counted.items():
        found[worded(reason)] += people
    return [list(one) for one in found.most_common()]


KIND_WORDS = {
    StepKind.TEXT: "Text",
    StepKind.EMAIL: "Email",
    StepKind.CALL_TASK: "Call by a person",
    StepKind.WAIT: "Wait",
    StepKind.CONDITION: "Go on only if",
    StepKind.EXIT: "Leave",
}
CONDITION_WORDS = {
    "attempted": "Call or text by a person",
    "contacted": "Conversation",
    "replied": "Reply",
    "booked": "Booking",
}
# Behind 'if', in a line that has little room.
ONLY_IF = why_words.CONDITIONS | {
    "attempted": "a call or text by a person",
    "contacted": "a conversation",
    "replied": "a reply",
    "booked": "a booking",
}
PURPOSE_WORDS = {
    "confirmation": "First text after a form",
    "transactional": "Text about a request or visit",
    "marketing": "Advertising",
}
EDITOR = Editor(SEQUENCE, look)
TOPIC = Topic("sequences", Permission.SEE_SEQUENCES, rows)
ONE = Topic("sequence", Permission.SEE_SEQUENCES, EDITOR.rows, is_key)
