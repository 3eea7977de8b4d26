"""Forms that wait on Check these: one of a person in a hurry, the others of a program."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.db.prepared import InsertOne
from core.domain.ids import new_id
from core.intake.store import RawState, fingerprint
from core.intake.suspicion_rules import Reason, written
from core.intake.tables import raw_payloads

_PAYLOAD = InsertOne(raw_payloads)
Why = tuple[Reason, ...]
SPAM = "Get 10,000 followers for your clinic today, write to grow@example.com"
PROGRAM: Why = (Reason("words", 14), Reason("no_page"), Reason("untouched"))
HELD: tuple[tuple[float, str, Why, dict[str, str]], ...] = (
    (0.4, "198.51.100.23", (Reason("hurried", 1.8), Reason("untouched")),
     {"name": "Priscilla Vaughn", "phone": "407-555-0168", "treatment": "dermal_filler", "notes": "Fridays suit me."}),
    (2.1, "203.0.113.77", PROGRAM, {"name": "Growth Team", "phone": "305-555-0143", "notes": SPAM}),
    (2.2, "203.0.113.80", PROGRAM, {"name": "Growth Team", "phone": "305-555-0144", "notes": SPAM}),
)  # fmt: skip
CONTACT = ("name", "phone")


def add_held_forms(session: Session, now: datetime) -> None:
    for hours, ip, why, said in HELD:
        at = now - timedelta(hours=hours)
        body = json.dumps(_document(said, at)).encode()
        _PAYLOAD.run(
            session,
            id=new_id(at),
            connector="hosted",
            received_at=at,
            content_type="application/json",
            headers={"headers": {}, "ip": ip, "verified": False},
            body=body,
            body_index=fingerprint(session, body),
            state=RawState.TO_CHECK,
            error=written(why),
        )


def _document(said: dict[str, str], at: datetime) -> dict[str, Any]:
    """As the gateway writes a page that was filled in; its first box is ticked."""
    box = {
        "scope": "transactional",
        "ticked": True,
        "wording": "I agree to texts about my request.",
        "version": "1",
    }
    return {
        "form_type": "lead_capture",
        "submitted_at": at.isoformat(),
        "external_id": f"demo-{said['phone']}",
        "contact": {name: said[name] for name in CONTACT},
        "fields": {name: value for name, value in said.items() if name not in CONTACT},
        "boxes": [box],
    }
