"""What bars a template from use, with the change that mends it; values that may be missing. Pure."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from core.messaging.library import BODY, NEUTRAL, Fault
from core.messaging.rules.lint.findings import ERROR, Edit, Finding, Fix
from core.messaging.rules.lint.wording import TAG, Wording
from core.messaging.variables import Variable, health_classed, variables

NAME = re.compile(r"\w+(?=\s*\}\})")
# What else is missing closes up: a name without its second half, a clinic that has no such number.
NEEDS_WORDS = ("schedule", "health", "link")


def faults_findings(
    faults: list[Fault], wordings: Mapping[str, Wording], known: Mapping[str, Variable]
) -> Iterator[Finding]:
    """The reader's own faults; `wordings` by field."""
    for fault in faults:
        wording = wordings.get(fault.field)
        if wording is None or not fault.line:
            fix = _neutral_fix(fault.field, wordings)
            yield Finding("fault", ERROR, fault.field, fault.message, fault.line, fault.column, fix=fix)
        else:
            yield _placed(fault, wording, known)


def _placed(fault: Fault, wording: Wording, known: Mapping[str, Variable]) -> Finding:
    start = wording.offset(fault.line, fault.column)
    tag = TAG.match(wording.body, start)
    name = NAME.search(tag[0]) if tag else None
    fix = _name_fix(wording, known, start + name.start(), name[0]) if name else None
    return wording.error("fault", fault.message, start, tag.end() if tag else start + 2, fix)


def _name_fix(wording: Wording, known: Mapping[str, Variable], start: int, name: str) -> Fix | None:
    """For a name that can't stand there: its words where it is health, else the nearest name that can."""
    if wording.is_neutral and name in health_classed():
        tag = next((tag for tag in wording.variables if tag.start() <= start < tag.end()), None)
        words = variables()[name].fallback.get(wording.language, "")
        return (
            wording.replace(f'Say "{words}"' if words else "Leave it out", words, tag.span()) if tag else None
        )
    near = [] if name in known else get_close_matches(name, known, 1, 0.5)
    return wording.replace(f"Use {near[0]}", near[0], (start, start + len(name))) if near else None


def _neutral_fix(field: str, wordings: Mapping[str, Wording]) -> Fix | None:
    """Where the neutral words are what is missing: the others with nothing of health in them."""
    neutral = wordings.get(field)
    if neutral is None or not neutral.is_neutral or neutral.body.strip():
        return None
    words = without_health(wordings[field.removesuffix(NEUTRAL) + BODY])
    return Fix("Write it from the other one", (Edit(field, 0, len(neutral.body), words),))


def fallback_findings(wording: Wording) -> Iterator[Finding]:
    """A value that may be missing and has nothing in its place."""
    for tag in wording.variables:
        variable = variables().get(tag[1])
        if variable is None or variable.kind not in NEEDS_WORDS or variable.fallback.get(wording.language):
            continue
        if tag[1] in wording.guarded(tag.start()):
            continue
        guarded = f"{{{{#if {tag[1]}}}}}{tag[0]}{{{{/if}}}}"
        yield wording.error(
            "no_fallback",
            f"'{variable.label}' may be missing, and then nothing stands in its place. Put it and the words around it "
            f"between {{{{#if {tag[1]}}}}} and {{{{/if}}}}.",
            *tag.span(),
            wording.replace("Only where it is known", guarded, tag.span()),
        )


def tells_health(wording: Wording) -> bool:
    """Whether it turns on health information, so that only who asked for plain words gets it."""
    return bool(wording.names & health_classed())


def without_health(wording: Wording) -> str:
    """The wording as it reads where nothing of health is known: blocks that ask for it settled, fallbacks printed."""
    body = wording.body
    for name in sorted(wording.names & health_classed()):
        words = variables()[name].fallback.get(wording.language, "")
        body = re.sub(rf"\{{\{{\s*{name}\s*\}}\}}", words, _settled(body, name))
    return re.sub(r"[ \t]{2,}", " ", body).strip()


def _settled(body: str, name: str) -> str:
    """The innermost blocks that ask for `name`, as their other side."""
    inside = r"((?:(?!\{\{[#/]|\{\{else).)*)"
    block = re.compile(
        rf"\{{\{{#if {name}\}}\}}{inside}(?:\{{\{{else\}}\}}{inside})?\{{\{{/if\}}\}}", re.DOTALL
    )
    return block.sub(lambda found: found[2] or "", body)
