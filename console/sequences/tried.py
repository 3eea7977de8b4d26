"""What a dry run found, as the browser takes it: each step with its moments, and why it waits or does not go. Pure."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from console.live import millis
from console.parts.why_words import reason_words
from core.flows.sequences.pieces import DROP, Outcome, Wait
from core.flows.sequences.trying_out import Tried
from core.versions.rules import Body

Row = dict[str, Any]
LEFT = "left_at_gate"


def tried_row(tried: Tried, body: Body) -> Row:
    """`steps` in the order of time, and how many `sent`, `held` before they went, `dropped`, `calls`."""
    places = _places(body)
    steps = [_step(one, tried.titles, places) for one in sorted(tried.outcomes, key=lambda one: one.at)]
    counts = Counter(_counted(one) for one in tried.outcomes)
    held = sum(one.decision != DROP and bool(one.waited_for) for one in tried.outcomes)
    return {"steps": steps, "counts": {**counts, "held": held}}


def _places(body: Body) -> dict[str, int]:
    steps = body.get("steps")
    entries = steps if isinstance(steps, list | tuple) else []
    return {str(step.get("name")): at for at, step in enumerate(entries) if isinstance(step, Mapping)}


def _counted(one: Outcome) -> str:
    if one.decision == DROP:
        return "dropped"
    return {"task": "calls", "gate": "gates"}.get(one.what, "sent")


def _step(one: Outcome, titles: Mapping[str, str], places: Mapping[str, int]) -> Row:
    return {
        "sequence": one.sequence,
        "title": titles.get(one.sequence, one.sequence),
        "step": one.step,
        "place": places.get(one.step),
        "what": one.what,
        "planned": millis(one.planned_for),
        "at": millis(one.at),
        "goes": one.decision != DROP,
        "leaves": one.reason == LEFT and one.decision != DROP,
        "why": reason_words(one.reason),
        "waits": [_wait(wait, titles, one) for wait in one.waited_for],
        "words": one.words,
    }


def _wait(wait: Wait, titles: Mapping[str, str], step: Outcome) -> Row:
    """`until` is None for what it would have had to wait for in vain."""
    other = titles.get(wait.sequence, wait.sequence)
    words = f"a text of '{other}' goes first" if other else reason_words(wait.reason)
    in_vain = step.decision == DROP and wait.until == step.at
    return {"why": words, "until": None if in_vain else millis(wait.until)}
