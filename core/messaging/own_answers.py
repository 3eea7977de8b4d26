"""Whether a text that reached us is an automatic answer of this product: ours come back, or another clinic's. Pure.

Our own words about stopping, emergencies and help would else be read as a patient's: two clinics that write to one
another would opt each other out, or wake each other's staff. Only a text that is such an answer from its first to its
last word is one: whoever forwards ours and adds a word is a person.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from core.messaging.actions import Purpose
from core.messaging.handlebars import If, Node, Text, Variable, read_blocks
from core.messaging.library import LibraryTemplate
from core.messaging.standalone import settle

PHONE = r"[\d ()+.-]{7,25}"
SHORT = r"[^.!?\n]{1,60}?"
MOMENT = r"[\w ,]{0,30}\d{1,2}:\d\d\ [ap]m"
NAME = r"[^.!?,\n]{1,60}?"
HOLES = {
    "firstName": NAME,
    "clinicPhone": PHONE,
    "onCallPhone": PHONE,
    "availableTime": MOMENT,
    "formerTime": MOMENT,
}
LONGEST = 640  # beyond it nothing is one of ours: two segments and more


def is_answer_of(text: str, templates: Iterable[LibraryTemplate]) -> bool:
    """Whether `text` is an automatic answer of one of these templates, in either language."""
    answers = [one for one in templates if one.purpose is Purpose.REPLY]
    return is_ours(text, (wording.template.body for one in answers for wording in one.full.values()))


def is_ours(text: str, bodies: Iterable[str]) -> bool:
    """Whether `text` is one of these wordings with whatever values."""
    plain = " ".join(text.split()).casefold()
    return len(plain) <= LONGEST and any(_pattern(body).fullmatch(plain) for body in bodies)


@lru_cache(maxsize=128)
def _pattern(body: str) -> re.Pattern[str]:
    written = _written(settle(read_blocks(body, None))).strip()
    # 'Thank you, Ava.' leaves as 'Thank you.' where no name is known.
    return re.compile(written.replace(rf",\ {NAME}", rf"(?:,\ {NAME})?"))


def _written(nodes: tuple[Node, ...]) -> str:
    return "".join(map(_part, nodes))


def _part(node: Node) -> str:
    match node:
        case Text(words):
            return r"\ ".join(re.escape(word.casefold()) for word in re.split(r"\s+", words))
        case Variable(name):
            return HOLES.get(name, SHORT)
        case If(_, then, otherwise):
            return f"(?:{_written(then)}|{_written(otherwise)})"
