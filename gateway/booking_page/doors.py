"""What a browser sees that may not see the page: an unknown link, one that ran out, one that asks who it is. Pure.

None of it says a name or a treatment.
"""

from typing import Any

from core.booking.store_links import Link
from core.domain.phone import show_phone
from core.flows.booking.links import Door, Look
from core.reference import Reference
from gateway.booking_page.asked import Asked
from gateway.booking_page.moments import Wall
from gateway.booking_page.showing import Shown, frame
from gateway.booking_page.words import Say, speak

STATUS = {Door.UNKNOWN: 404, Door.RUN_OUT: 410, Door.LOCKED: 403, Door.ASK: 200}


def language_of(reference: Reference, asked: Asked) -> str:
    return asked.lang or reference.clinic.language


def door(reference: Reference, asked: Asked, look: Look, wall: Wall, fault: str = "") -> Shown:
    """`fault`: words about digits that were entered."""
    say = speak(language_of(reference, asked))
    words = {
        Door.UNKNOWN: say("unknown_why"),
        Door.RUN_OUT: _ran_out(say, wall, reference, look.link),
        Door.LOCKED: say("locked_why"),
        Door.ASK: say("ask_why"),
    }[look.door]
    return _shown(
        reference,
        asked,
        title=say(look.door.value),
        words=words,
        new_link=look.door in (Door.RUN_OUT, Door.LOCKED),
        digits=look.door is Door.ASK,
        fault=fault,
    )


def _ran_out(say: Say, wall: Wall, reference: Reference, link: Link | None) -> str:
    if link is None:
        return ""
    day = wall.whole_date(wall.local(link.expires_at).date())
    return say("run_out_why", day=day, days=reference.bookable.rules.link.days)


def message(reference: Reference, asked: Asked, key: str, **values: object) -> Shown:
    """A page that says one thing: the words `key` and `key_why`."""
    say = speak(language_of(reference, asked))
    return _shown(reference, asked, title=say(key), words=say(f"{key}_why", **values))


def _shown(
    reference: Reference,
    asked: Asked,
    *,
    title: str,
    words: str,
    new_link: bool = False,
    digits: bool = False,
    fault: str = "",
) -> Shown:
    phone = show_phone(reference.clinic.phone)
    values: dict[str, Any] = {
        "title": title,
        "words": words,
        "new_link": new_link,
        "digits": digits,
        "fault": fault,
        "shown_phone": phone,
    }
    return Shown("door.html", frame(asked, language_of(reference, asked)) | values)
