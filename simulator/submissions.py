"""What a made-up person fills in: the generic connector's JSON, as CONTRACT.md prints it."""

import hashlib
import hmac
import random
import uuid
from datetime import datetime
from typing import Any

from simulator.people import Person

TREATMENTS = ("botox", "lip_filler", "dermal_filler", "laser_hair_removal", "microneedling")
TIMEFRAMES = ("this_week", "this_month", "just_looking")
BUDGETS = ("under_500", "500-1000", "1000-2500", "not_sure")
CAMPAIGNS = (("google", "spring"), ("instagram", "glow"), ("facebook", "holiday"), ("newsletter", "november"))
CONSENT = "I agree to get texts about my request from Luxe Medical Spa. Reply STOP to opt out."


def make_submission(form: str, person: Person, now: datetime, dice: random.Random) -> dict[str, Any]:
    """`form` is `lead_capture` or `consultation_request`; `now` is when it was filled in."""
    source, campaign = dice.choice(CAMPAIGNS)
    fields = {"treatment": dice.choice(TREATMENTS)}
    contact = {"first_name": person.first_name, "last_name": person.last_name, "phone": person.phone}
    if form == "consultation_request":
        fields |= {"timeframe": dice.choice(TIMEFRAMES), "budget": dice.choice(BUDGETS)}
        contact["email"] = person.email
    return {
        "source": "website",
        "form_type": form,
        "external_id": f"made-up-{uuid.uuid4()}",
        "submitted_at": now.isoformat(),
        "contact": contact,
        "fields": fields,
        "consent": {
            "sms_transactional": True, "sms_marketing": True, "text": CONSENT, "version": "made-up-1",
            "ip": "203.0.113.9",
        },
        "utm": {"utm_source": source, "utm_campaign": campaign},
    }  # fmt: skip


def sign_submission(body: bytes, secret: str) -> dict[str, str]:
    """The generic connector's header; none without a secret."""
    if not secret:
        return {}
    return {"X-Signature": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}
