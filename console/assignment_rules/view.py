"""The list of rules as browsers follow it, and every choice that its editor offers with its words."""

from collections.abc import Mapping
from typing import Any

from console.live import Topic, millis
from console.parts import words
from console.parts.editor import Editor, is_key
from console.process import current_app
from console.shell import Visit
from core.assignment.rules import in_words
from core.assignment.rules.conditions import FIELDS
from core.assignment.rules.definition import CHAIN, NOBODY, STRATEGIES, FaultyRules, parse_rules
from core.assignment.rules.replaying import Replayed
from core.domain.roles import Permission
from core.flows.leads.trying_rules import Tried
from core.intake.rules import FORM_TYPES
from core.kinds import ASSIGNMENT, RULES_KEY
from core.messaging.variables import LANGUAGES
from core.reads import assignment_rules
from core.reads.assignment_rules import Taker
from core.reference import Reference
from core.versions.rules import Body

Row = dict[str, Any]
# What a condition's values are chosen from, '' where they are written.
CHOSEN = {
    "group": "groups",
    "treatment": "treatments",
    "form": "forms",
    "location": "locations",
    "language": "languages",
    "priority": "priorities",
    "vip": "yes",
    "referral": "yes",
}
HINTS = {
    "value": "Whole dollars, such as 2000",
    "source": "As the lead shows it, such as Google",
    "zip": "Up to five digits, such as 787",
    "hours": "Such as 17:00-20:00",
}
TITLES = {
    "coordinator": "coordinators",
    "team_lead": "team lead",
    "manager": "managers",
    "nurse_injector": "nurse injectors",
    "aesthetician": "aestheticians",
    "medical_director": "medical director",
}


def look(body: Body) -> Row:
    """Each rule as a sentence, by its place; what can't be read yet has none."""
    names, entries = _names(current_app().reference, body), body.get("rules")
    return {
        "sentences": [_sentence(entry, names) for entry in entries]
        if isinstance(entries, list | tuple)
        else [],
        "nobody": _chain(body),
    }


def _sentence(entry: object, names: Mapping[str, str]) -> Row:
    try:
        rule = parse_rules({"rules": [entry]}).rules[0]
    except FaultyRules:
        return {"when": "", "give": ""}
    return {"when": in_words.when_words(rule, names), "give": in_words.give_words(rule, names)}


def _chain(body: Body) -> str:
    steps = body.get("nobody", CHAIN)
    known = [str(step) for step in steps if step in NOBODY] if isinstance(steps, list | tuple) else []
    return in_words.chain_words(known)


def _names(reference: Reference, body: Body) -> dict[str, str]:
    """What codes and ids are called in a sentence."""
    people = body.get("people")
    return {
        **{code: one.label for code, one in reference.treatments.items()},
        **{slug: place.name for slug, place in reference.clinic.locations.items()},
        **{form: words.form_name(form) for form in FORM_TYPES},
        **LANGUAGES,
        **TITLES,
        **words.PRIORITIES,
        **({str(id_): str(name) for id_, name in people.items()} if isinstance(people, Mapping) else {}),
    }


def offered(visit: Visit) -> Row:
    """What the page gives its script: every choice with its words, and who takes leads."""
    reference = visit.app.reference
    takers = visit.read(assignment_rules.people)
    groups = sorted({one.group for one in reference.treatments.values()})
    return {
        "key": RULES_KEY,
        "fields": list(FIELDS.items()),
        "chosen": CHOSEN,
        "hints": HINTS,
        "strategies": list(STRATEGIES.items()),
        "titles": _titles(takers),
        "people": [_taker(one) for one in takers],
        "options": {
            "groups": [[group, words.sentence_case(words.as_words(group))] for group in groups],
            "treatments": [[code, one.label] for code, one in reference.treatments.items()],
            "forms": [[form, words.form_name(form)] for form in sorted(FORM_TYPES)],
            "locations": [[slug, place.name] for slug, place in reference.clinic.locations.items()],
            "languages": list(LANGUAGES.items()),
            "priorities": list(words.PRIORITIES.items()),
            "yes": [["yes", "Yes"], ["no", "No"]],
        },
    }


def _titles(takers: list[Taker]) -> list[list[str]]:
    """Those that rules know of, and what else somebody is called who takes leads."""
    own = {one.title for one in takers if one.title}
    return [
        [title, TITLES.get(title, words.as_words(title))] for title in [*TITLES, *sorted(own - set(TITLES))]
    ]


def _taker(one: Taker) -> Row:
    off = millis(one.off_since) if one.off_since else None
    return {"id": one.id, "name": one.name, "title": one.title, "location": one.location, "off": off}


def tried_row(tried: Tried) -> Row:
    """What-if as the browser takes it: the chosen one first."""
    choice = tried.choice
    lines = [{"name": one["name"], "why": one["why"], "chosen": one["chosen"]} for one in choice.trace]
    return {"place": tried.place, "rule": choice.by or choice.rule, "by": choice.rule, "lines": lines}


def replayed_row(replayed: Replayed, takers: list[Taker]) -> Row:
    """By person, most leads first; who takes none any more is 'Others'."""
    known = {one.id: one.name for one in takers}
    rows: list[Row] = [
        {"name": name, "was": replayed.was.get(id_, 0), "now": replayed.now.get(id_, 0)}
        for id_, name in known.items()
    ]
    others = sum(count for id_, count in replayed.was.items() if id_ not in known)
    rows.sort(key=lambda row: (-max(row["was"], row["now"]), row["name"]))
    return {
        "leads": replayed.leads,
        "moved": replayed.moved,
        "waited": replayed.waited,
        "left": replayed.left,
        "rows": rows + ([{"name": "Others", "was": others, "now": 0}] if others else []),
    }


EDITOR = Editor(ASSIGNMENT, look)
ONE = Topic("rules", Permission.SEE_RULES, EDITOR.rows, is_key)
