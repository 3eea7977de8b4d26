"""What may be sent to a made-up patient's number: opt-outs, and the standing that follows from the ledger."""

from datetime import datetime, timedelta

from core.conversation.rules.reading import read
from core.shipped import wording_of
from luxe.demo import words
from luxe.demo.tale import Tale


def opt_out(tale: Tale, at: datetime) -> None:
    """The patient wants no more texts: heard, written down, confirmed once, and call only from then on."""
    stage = tale.stage
    body = stage.dice.choice(words.STOPS)
    tale.hear(at, body)
    how = read(body).how
    _ledger(tale, at, how)
    tale.event(at, "opted_out", "patient", data={"how": how})
    confirmation = wording_of("opt_out_confirmation").render(
        {"clinicName": stage.reference.clinic.name, "clinicPhone": "(512) 555-0100"}
    )
    soon = at + timedelta(seconds=0.6)
    tale.say(soon, confirmation, origin="automatic", purpose="reply", template="opt_out_confirmation")
    tale.lead |= {"call_only": True, "opted_out": (at, how)}


def _ledger(tale: Tale, at: datetime, method: str) -> None:
    tale.stage.add(
        "consents",
        id=tale.stage.new_id(at),
        patient_id=tale.patient_id,
        phone_index=tale.phone_index,
        channel="sms",
        scope="all",
        action="revoke",
        method=method,
        source="text message",
        signature_verified=True,
        at=at,
    )


def keep_standing(tale: Tale, ticked: dict[str, bool], barred: str) -> None:
    """The number's present standing. Written once for a number: a second lead of one patient changes nothing."""
    stage, at = tale.stage, tale.at
    opted_out = tale.lead.pop("opted_out", None)
    if barred == "opted_out":
        opted_out = (at, "provider")
        _ledger(tale, at, "provider")
    if tale.phone_index is None or any(
        row["phone_index"] == tale.phone_index for row in stage.rows["phone_standing"][-3:]
    ):
        return
    stage.add(
        "phone_standing",
        phone_index=tale.phone_index,
        opted_out_at=opted_out[0] if opted_out else None,
        opted_out_how=opted_out[1] if opted_out else None,
        transactional_at=at if ticked.get("transactional") and not opted_out else None,
        marketing_at=at if ticked.get("marketing") and not opted_out else None,
        unreachable_at=at if barred == "unreachable" else None,
        updated_at=at,
    )
