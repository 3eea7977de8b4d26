"""What stops sending, as rows that browsers follow: the banner on every page, and the delivery page."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import Topic, millis
from console.parts.resend_words import texts_words
from console.parts.words import template_name
from core.app import App
from core.operations.store import NOT_CONFIRMED
from core.reads.parts import sending_state
from core.reads.parts.sending_state import StopShown, Waiting


def rows(_app: App, session: Session, _argument: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """One for each stop, by the name that lifts it; none while all is well."""
    return now_stopped(session)


def now_stopped(session: Session) -> list[dict[str, Any]]:
    """The same for a run of a page: the banner stands there before the push does."""
    return [_row(stop) for stop in sending_state.read(session).stops]


def _row(stop: StopShown) -> dict[str, Any]:
    return {
        "id": stop.name,
        "all": not stop.template,
        "title": title(stop),
        "why": "" if stop.by else stop.why,
        "todo": stop.what_to_do,
        "since": millis(stop.since),
        "by": stop.by,
        "reason": stop.reason,
        "here": stop.name != NOT_CONFIRMED,  # whether it is lifted in the console
    }


def title(stop: StopShown) -> str:
    """A template by the name that staff know it by."""
    return f'Texts "{template_name(stop.template, "")}" are stopped.' if stop.template else stop.title


def before_resuming(stop: StopShown, waits: Waiting, others: Sequence[StopShown]) -> list[str]:
    """What a person should know before the button: why it stands, what leaves at once, what stays stopped."""
    why = f'{stop.by} wrote: "{stop.reason}".' if stop.reason else stop.why
    lines = [f"**{title(stop)}** {why}"]
    if stop.template:
        lines.append("Its texts that wait leave at once, where they still help.")
    else:
        lines.append(due_words(waits))
    if any(not other.template for other in others):
        rest = " ".join(other.title for other in others if not other.template)
        lines.append(f"Nothing leaves yet even then: {rest} Each has its own button.")
    return lines


def due_words(waits: Waiting) -> str:
    """'12 texts are due: 9 leave as soon as they may, 3 came too late to help and are dropped.'"""
    leave, drop = waits.overdue_to_send, waits.overdue_to_drop
    if not leave and not drop:
        return "Nothing is due at this moment: nothing leaves at once."
    parts = [f"{leave} {'leaves' if leave == 1 else 'leave'} as soon as the sender may" if leave else ""]
    parts.append(f"{drop} came too late to help and {'is' if drop == 1 else 'are'} dropped" if drop else "")
    return (
        f"{texts_words(leave + drop)} {'is' if leave + drop == 1 else 'are'} due: {', '.join(filter(None, parts))}. "
        "Each is checked again first: opt-outs, texting hours, whether a person has answered meanwhile."
    )


TOPIC = Topic("sending", None, rows)
