"""Consent on the lead page: what may be sent now, its ledger, and values that later forms gave otherwise. Pure."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.live import millis
from core.domain.phone import show_phone
from core.reads.lead import Lead
from core.reads.lead_consent import Conflict, ConsentLine, Standing

Row = dict[str, Any]
FIELDS = {"first_name": "first name", "last_name": "last name", "birth_date": "birth date", "zip": "ZIP code"}
SCOPES = {
    "transactional": "Texts about the request",
    "marketing": "Marketing texts",
    "unencrypted": "Texts that name the treatment",
    "all": "All texts",
}
LEDGER = {
    "grant": "agreed",
    "decline": "not agreed",
    "revoke": "opted out",
    "resume": "opted in again",
    "correct": "had not opted out: misread",
}
METHODS = {
    "web_form": "our own form",
    "webhook": "the form's sender",
    "keyword": "a keyword by text",
    "plain_language": "their own words by text",
    "verbal": "word of mouth, read out to them",
    "provider": "the carrier",
    "misread": "a correction by staff",
}


def row(found: Lead, zone: ZoneInfo) -> Row:
    """What may be sent, the ledger behind it, and what later forms gave otherwise."""
    return {
        "id": "consent",
        "standing": [*standing(found.standing, zone), *naming(found, zone)],
        "naming": naming_may_be(found),
        "ledger": [line(one) for one in found.consents],
        "conflicts": [conflict(one) for one in found.conflicts],
    }


def standing(now: Standing, zone: ZoneInfo) -> list[list[str]]:
    """What may be sent now: [what, since when or not]."""
    if now.opted_out_at:
        return [["Texts", f"none: opted out {_day(now.opted_out_at, zone)}"]]
    lines = [
        ["About the request", _allowed(now.transactional_at or now.marketing_at, zone)],
        ["Marketing", _allowed(now.marketing_at, zone)],
    ]
    if now.unreachable_at:
        lines.append(["Reach", f"texts fail since {_day(now.unreachable_at, zone)}"])
    return lines


def naming(found: Lead, zone: ZoneInfo) -> list[list[str]]:
    """Whether texts name what is treated: [what, since when or what they say instead]."""
    if found.standing.opted_out_at or not found.request.phone_index:
        return []
    since = found.profile.unencrypted_at if _names_treatment(found) else None
    return [["Naming the treatment", _allowed(since, zone) if since else "no, texts say 'your visit'"]]


def naming_may_be(found: Lead) -> str:
    """What staff may change about it: asked, withdrawn, or '' for nothing."""
    own = found.request.phone_index is not None and found.request.phone_index == found.profile.phone_index
    if not own or found.standing.opted_out_at:
        return ""
    return "withdrawn" if _names_treatment(found) else "asked"


def _names_treatment(found: Lead) -> bool:
    own = found.request.phone_index == found.profile.phone_index
    return own and bool(found.profile.unencrypted_at and found.standing.unencrypted_at)


def _allowed(since: datetime | None, zone: ZoneInfo) -> str:
    return f"yes, since {_day(since, zone)}" if since else "no"


def _day(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%b} {local.day}, {local.year}"


def line(one: ConsentLine) -> Row:
    version = f", wording {one.version}" if one.version else ""
    return {
        "what": f"{SCOPES.get(one.scope, one.scope)}: {LEDGER.get(one.action, one.action)}",
        "how": f"by {METHODS.get(one.method, one.method)}{version}",
        "wording": one.wording,
        "at": millis(one.at),
        "captured": millis(one.captured_at),
    }


def conflict(one: Conflict) -> Row:
    value = show_phone(one.value) if one.field == "phone" else one.value
    return {"words": f"Also gave {FIELDS.get(one.field, one.field)} {value}", "at": millis(one.at)}
