"""Turns a create request into an accepted text, or refuses it as Twilio would."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from simulator.faults import Fault
from simulator.parts import Parts
from simulator.refusals import RefusalError, check_create
from simulator.segments import count_segments
from simulator.texts import Media, Origin, Status, Text, new_sid

SOONEST, LATEST = timedelta(seconds=300), timedelta(days=35)


def accept_text(parts: Parts, params: Mapping[str, str], media_urls: list[str], fault: Fault | None) -> Text:
    """The text, in the journal and on its way. Raises RefusalError; 20500 when the journal can't take it."""
    check_create(params, media_urls)
    if parts.ledger.opted_out(params["To"]):
        raise RefusalError(21610)
    text = _text(parts, params, media_urls, fault)
    try:
        parts.ledger.add(text)
    except OSError as error:
        parts.log.note("in", "journal", text.to, None, text.sid, f"not written: {error}")
        raise RefusalError(20500) from error
    parts.courier.carry(text)
    return text


def _text(parts: Parts, params: Mapping[str, str], media_urls: list[str], fault: Fault | None) -> Text:
    now = parts.config.clock.now()
    service = params.get("MessagingServiceSid", "")
    send_at = _send_at(params, service, now)
    body = params.get("Body", "")
    ends_as, ends_with = fault.ending if fault else (Status.DELIVERED, None)
    return Text(
        sid=new_sid("MM" if media_urls else "SM"),
        origin=Origin.API,
        to=params["To"],
        sender=params.get("From") or parts.config.from_number,
        body=body,
        status=Status.SCHEDULED if send_at else Status.ACCEPTED if service else Status.QUEUED,
        created_at=now,
        updated_at=now,
        accepted_at=parts.real.now(),
        segments=count_segments(body),
        service_sid=service,
        callback=params.get("StatusCallback", ""),
        # What a link leads to is not fetched; its kind is assumed.
        media=tuple(Media(new_sid("ME"), "image/jpeg", url) for url in media_urls),
        send_at=send_at,
        ends_as=ends_as,
        ends_with=ends_with,
    )


def _send_at(params: Mapping[str, str], service: str, now: datetime) -> datetime | None:
    if params.get("ScheduleType") != "fixed":
        return None
    if not service:
        raise RefusalError(35118)
    try:
        moment = datetime.fromisoformat(params.get("SendAt", ""))
    except ValueError:
        raise RefusalError(35114) from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    if not SOONEST <= moment - now <= LATEST:
        raise RefusalError(35114)
    return moment
