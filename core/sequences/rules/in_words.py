"""A sequence as people read it: what two versions are compared by. Pure; takes any body, a broken one too."""

from collections.abc import Mapping
from typing import Any

ANCHORS = {
    "submission": "the form",
    "booking": "the booking",
    "visit": "the visit",
    "checkout": "the checkout",
    "last_reply": "the last reply",
    "form_opened": "the booking form was opened",
    "missed_call": "the missed call",
}
KINDS = {
    "text": "text",
    "email": "email",
    "call_task": "call",
    "wait": "wait",
    "condition": "goes on only",
    "exit": "leaves",
}
CONDITIONS = {
    "not_attempted": "nobody has called or written yet",
    "not_contacted": "they have not spoken yet",
    "not_replied": "they have not replied",
    "not_booked": "nothing is booked",
    "attempted": "somebody has called or written",
    "contacted": "they have spoken",
    "replied": "they have replied",
    "booked": "they have booked",
}
STOPS = {
    "reply": "a reply",
    "contact": "a conversation",
    "booking": "a booking",
    "cancelled": "a cancelled visit",
    "opt_out": "an opt-out",
    "disqualified": "disqualified",
    "reaction": "a reported reaction",
    "new_form": "a newer form",
    "checkout": "the checkout",
}
UNITS = {"m": "min", "h": "h", "d": "d"}


def shown(body: Mapping[str, Any]) -> dict[str, str]:
    """By label; the steps a line each."""
    return {
        "Title": _words(body, "title"),
        "Begins with": ANCHORS.get(_words(body, "starts_on"), _words(body, "starts_on")),
        "Forms": ", ".join(map(str, _list(body, "forms"))) or "all others",
        "Consent": _words(body, "consent"),
        "Waits while a person has taken over": "no" if body.get("steps_aside") is False else "yes",
        "Enters again": _words(body, "reentry") or "each",
        "Ends with": ", ".join(STOPS.get(str(one), str(one)) for one in _list(body, "stops_on")),
        "Steps": "\n".join(
            step_words(step, _words(body, "starts_on"))
            for step in _list(body, "steps")
            if isinstance(step, Mapping)
        ),
    }


def step_words(step: Mapping[str, Any], starts_on: str) -> str:
    """`minute-5: text lead_pick_a_time, 5 min after the form, of use for 1 h, if nothing is booked`."""
    kind = _words(step, "kind")
    what = _words(step, "template") or _words(step, "title") or _words(step, "then")
    parts = [f"{_words(step, 'name')}: {KINDS.get(kind, kind)} {what}".rstrip(), _when(step, starts_on)]
    if kind not in ("wait", "condition", "exit"):
        parts.append(f"of use for {span_words(_words(step, 'useful'))}")
    parts += [f"between {step['window']}"] if step.get("window") else []
    conditions = [CONDITIONS.get(str(one), str(one)) for one in _list(step, "conditions")]
    parts += [f"if {' and '.join(conditions)}"] if conditions else []
    parts += [f"by the {step['to']}"] if step.get("to") else []
    parts += ["switched off"] if step.get("on") is False else []
    return ", ".join(parts)


def _when(step: Mapping[str, Any], starts_on: str) -> str:
    offset = _words(step, "offset") or "0m"
    if step.get("kind") == "wait":
        return span_words(offset)
    anchor = ANCHORS.get(_words(step, "anchor") or starts_on, "")
    if offset.lstrip("-").rstrip("mhd") in ("", "0"):
        return f"at {anchor}"
    return f"{span_words(offset.lstrip('-'))} {'before' if offset.startswith('-') else 'after'} {anchor}"


def span_words(text: str) -> str:
    """`5 min` for `5m`."""
    return f"{text[:-1]} {UNITS[text[-1]]}" if text[-1:] in UNITS else text


def _words(body: Mapping[str, Any], name: str) -> str:
    return str(body.get(name) or "")


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    found = body.get(name)
    return list(found) if isinstance(found, list | tuple) else []
