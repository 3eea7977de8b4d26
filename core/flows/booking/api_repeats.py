"""A request to the booking API that names itself is answered the same again, for a day: whoever lost the answer may ask
once more and books nothing twice."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.booking import store_api_requests as requests
from core.domain.errors import InvalidInput, LostRace
from core.domain.ids import new_id

KEPT = timedelta(hours=24)
FIELD = "Idempotency-Key"
OTHER_BODY = "This key came with another request before. Use a new key for a new booking."
GONE = "This request was answered before, and its answer has been erased. Use a new key."


@dataclass(frozen=True)
class Named:
    """`caller`: of LUXE_API_KEYS, whose names are apart. `key`: the caller's own. `body`: what it asks for, in one
    order."""

    caller: str
    key: str
    body: str


def repeatedly(
    session: Session, named: Named | None, work: Callable[[str], tuple[str, dict[str, Any]]], now: datetime
) -> tuple[dict[str, Any], bool]:
    """What `work` answers, and True; or what it answered when this request came before, and False.

    `work` is given a name for its form, and returns the lead with its answer. Raises InvalidInput(Idempotency-Key)
    where the same name comes with another request.
    """
    if named is None:
        return work(new_id(now))[1], True
    begun = requests.begin(session, f"{named.caller}\0{named.key}", named.body, now - KEPT, now)
    if begun.is_new:
        lead_id, document = work(begun.id)
        requests.answered(session, begun.id, lead_id, json.dumps(document))
        return document, True
    if begun.body_index != requests.body_index(session, named.body):
        raise InvalidInput.of(FIELD, OTHER_BODY)
    return _read(begun.answer), False


def _read(answer: str | None) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(answer or "")
    except ValueError:
        raise LostRace(GONE) from None
    return found
