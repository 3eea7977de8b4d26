"""Reads the gateway's form page as a browser would, and fills it in as a made-up person would."""

import random
from dataclasses import dataclass, field
from html.parser import HTMLParser

from simulator.people import Person

PASSED_OVER = frozenset({"submit", "button", "reset", "image", "file"})


@dataclass
class Control:
    """One named control: its kind ('text', 'select', 'checkbox', ...) and the values it offers."""

    name: str
    kind: str
    value: str = ""
    required: bool = False
    options: list[str] = field(default_factory=list)


@dataclass
class Page:
    """`action` is '' when the form posts to its own address."""

    action: str = ""
    controls: list[Control] = field(default_factory=list)


class _FormReader(HTMLParser):
    """Takes the first form that posts."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.found = False
        self._inside = False
        self._select: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.found and given.get("method", "").lower() == "post":
            self.found = self._inside = True
            self.page.action = given.get("action", "")
        elif self._inside and tag == "option" and self._select:
            self._select.options.append(given.get("value", ""))
        elif self._inside and tag in ("input", "select", "textarea") and given.get("name"):
            self._take(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None

    def _take(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text").lower() if tag == "input" else tag
        # A made-up person has a hand like any other; the page's own script would have seen it.
        value = "yes" if "data-touched" in given else given.get("value", "")
        control = Control(given["name"], kind, value, "required" in given)
        if kind not in PASSED_OVER:
            self.page.controls.append(control)
        self._select = control if kind == "select" else None


def read_form(document: str) -> Page:
    """Raises ValueError when the page holds no form that posts."""
    reader = _FormReader()
    reader.feed(document)
    if not reader.found:
        raise ValueError("the page has no form to fill in")
    return reader.page


def fill_form(page: Page, person: Person, dice: random.Random) -> list[tuple[str, str]]:
    """What the browser would send. A text field nobody recognises stays empty: it may trap robots."""
    single = [control for control in page.controls if control.kind not in ("checkbox", "radio")]
    boxes = [box for box in page.controls if box.kind == "checkbox" and _is_ticked(box)]
    pairs = [(control.name, _answer(control, person, dice)) for control in single]
    pairs += [(box.name, box.value or "on") for box in boxes]
    groups: dict[str, list[str]] = {}
    for control in page.controls:
        if control.kind == "radio":
            groups.setdefault(control.name, []).append(control.value)
    return pairs + [(name, dice.choice(values)) for name, values in groups.items()]


def _is_ticked(box: Control) -> bool:
    name = box.name.lower()
    return box.required or any(word in name for word in ("consent", "sms", "agree"))


def _answer(control: Control, person: Person, dice: random.Random) -> str:
    if control.kind == "hidden":
        return control.value
    if control.kind == "select":
        offered = [option for option in control.options if option]
        return dice.choice(offered) if offered else ""
    return _typed(control.name.lower(), person)


def _typed(name: str, person: Person) -> str:
    answers = {
        "first": person.first_name,
        "last": person.last_name,
        "phone": person.phone[2:],
        "mobile": person.phone[2:],
        "email": person.email,
        "birth": "1990-04-12",
        "zip": "32801",
        "concern": "I would like to hear what suits me.",
        "notes": "Mornings are best for me.",
    }
    if name in ("name", "full_name", "your_name"):
        return person.name
    return next((answer for word, answer in answers.items() if word in name), "")
