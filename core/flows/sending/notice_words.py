"""What a notice says: the words of the text, without the address and without how to answer a text. Pure.

A push carries the alert's own link: only the browser can read it. A message in a chat tool leads to the console and its
sign-in: whoever reads that channel could act by the link as the person whom it was sent to.

A task's title is anybody's free words: it stays out of both, and no address is taken from it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from core.alerting.store import URGENT
from core.domain.ports import Notice
from core.flows.sending.gathering import LINES
from core.messaging.actions import CHAT, TEXT, Claimed
from core.messaging.library import LibraryTemplate

ADDRESS = re.compile(r"\s*https?://\S+")
OURS = ("alertUrl", "leadUrl", "consoleUrl")  # the variables that a click may lead to
UNDER = r"(?:/[a-z][a-z/-]*)?(?![\w/?#@&=-])"  # a page of the console, such as /audit; and there it ends
TITLE, UNSAID = "taskTitle", "open it to see what for"
ANSWER = re.compile(r"\s*Reply 1 to acknowledge( all)?\.")
LEAST, MOST = timedelta(minutes=1), timedelta(hours=4)
PREFIX = "To staff: "


def composed(
    action: Claimed, template: LibraryTemplate | None, words: str, console: str, now: datetime
) -> Notice:
    """`words`: what the text would say; `console`: the address of the console."""
    address = _leads_to(action.variables, words) or console
    said = ANSWER.sub("", ADDRESS.sub("", words)).strip().removesuffix(":")
    title = template.title.removeprefix(PREFIX).capitalize() if template else "Alert"
    urgent = URGENT in action.variables
    useful = min(max((action.useful_until or now + MOST) - now, LEAST), MOST)
    return Notice(
        title=title,
        body=said,
        url=_without_acting(action.variables, address, console) if action.kind == CHAT else address,
        topic=_topic(action, urgent=urgent),
        urgent=urgent,
        useful_for=int(useful.total_seconds()),
    )


def spoken(action: Claimed) -> Claimed:
    """As the text says it that this notice is made of: without the words that somebody gave a task."""
    if not action.variables.get(TITLE):
        return replace(action, kind=TEXT)
    return replace(action, kind=TEXT, variables={**action.variables, TITLE: UNSAID})


def _leads_to(variables: Mapping[str, str], words: str) -> str:
    """The address of ours that stands in the words; '' for none. No other one counts, whoever wrote it there."""
    for ours in filter(None, (variables.get(name) for name in OURS)):
        if found := re.search(re.escape(ours) + UNDER, words):
            return found[0]
    return ""


def _without_acting(variables: Mapping[str, str], address: str, console: str) -> str:
    if address != variables.get("alertUrl"):
        return address
    several = len(variables.get(LINES, "").split("\n")) > 1
    return console if several else variables.get("leadUrl", console)


def _topic(action: Claimed, *, urgent: bool) -> str:
    """One for each lead. What is routine must never replace what is urgent and was not shown yet."""
    about = action.variables.get("leadRef") or (action.template or "alert").replace("_", "-")
    return f"{about}{'-urgent' if urgent else ''}"[:32]
