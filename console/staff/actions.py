"""What the Staff page does: shifts, time off, turns on call, profiles. Each names the person by id."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from console.parts import status_actions, step_up
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act, ask, origin
from console.staff import adding, view
from core.domain.errors import FieldError, InvalidInput
from core.domain.hours import A_DAY, at
from core.domain.roles import Actor
from core.flows.staff import accounts, copying_week, introducing, planning, telling
from core.reads import staff, staff_forecast
from core.staff.profile_rules import Introduction, Profile

HERE = "staff"
ALWAYS = "always"
LISTED = frozenset({"skills", "languages", "alert_channels", "urgent_channels", "quiet_hours"})
NUMBERS = frozenset({"seniority", "capacity", "weight"})
YES_NO = frozenset({"accepts_leads", "urgent_only"})


def set_shifts(message: Message) -> Outcome:
    """The shifts of a date, or of its weekday in every week; no shift at all is a day off."""
    staff_id, day, spans = str(message["id"]), _day(message, "date"), _listed(message, "spans")
    always = message.get("how") == ALWAYS
    return act(
        lambda session, actor, now: (
            planning.set_weekday(session, actor, staff_id, day.weekday(), spans, now=now, origin=origin(HERE))
            if always
            else planning.set_day(session, actor, staff_id, day, spans, now=now, origin=origin(HERE))
        ),
        "Shifts saved" if spans else "A day off",
    )


def clear_day(message: Message) -> Outcome:
    """The date has the usual shifts of its weekday again."""
    staff_id, day = str(message["id"]), _day(message, "date")
    return act(
        lambda session, actor, now: planning.clear_day(
            session, actor, staff_id, day, now=now, origin=origin(HERE)
        ),
        "The usual shifts again",
    )


def add_time_off(message: Message) -> Outcome:
    """Whole days, the last one included; or from a time on the first day to a time on the last."""
    staff_id, note = str(message["id"]), str(message.get("note") or "")
    starts_at, ends_at = _span(message, _zone())
    return act(
        lambda session, actor, now: planning.add_time_off(
            session, actor, staff_id, starts_at, ends_at, note, now=now, origin=origin(HERE)
        ),
        "Time off saved",
    )


def remove_time_off(message: Message) -> Outcome:
    turn_id = str(message["id"])
    return act(
        lambda session, actor, now: planning.remove_time_off(
            session, actor, turn_id, now=now, origin=origin(HERE)
        ),
        "Time off taken back",
    )


def add_on_call(message: Message) -> Outcome:
    staff_id = str(message["id"])
    starts_at, ends_at = _span(message, _zone())
    return act(
        lambda session, actor, now: planning.add_on_call(
            session, actor, staff_id, starts_at, ends_at, now=now, origin=origin(HERE)
        ),
        "Turn on call saved",
    )


def remove_on_call(message: Message) -> Outcome:
    turn_id = str(message["id"])
    return act(
        lambda session, actor, now: planning.remove_on_call(
            session, actor, turn_id, now=now, origin=origin(HERE)
        ),
        "Turn on call taken back",
    )


def planned(message: Message) -> Outcome:
    """What is planned for one person from now on."""
    now, staff_id = current_app().clock.now(), str(message["id"])
    return ask(lambda session, actor: view.planned_value(staff.planned(session, actor, staff_id, now=now)))


def profile(message: Message) -> Outcome:
    """All that an administrator decides about one person."""
    staff_id = str(message["id"])
    return ask(lambda session, actor: view.profile_value(staff.profile(session, actor, staff_id)))


def save_profile(message: Message) -> Outcome:
    """What the form sent, laid over the profile as it is. Lists come as words with commas between."""
    staff_id, sent = str(message["id"]), dict(message["fields"])
    reference = current_app().reference

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        wanted = replace(staff.profile(session, actor, staff_id), **read_fields(sent))
        accounts.change(session, reference, actor, staff_id, wanted, now=now, origin=origin(HERE))

    return act(flow, "Profile saved")


def introduction(message: Message) -> Outcome:
    staff_id = str(message["id"])
    return ask(lambda session, actor: asdict(staff.introduction(session, actor, staff_id)))


def introduce(message: Message) -> Outcome:
    """What patients may choose a provider by."""
    staff_id = str(message["id"])
    wanted = Introduction(str(message.get("gender") or ""), str(message.get("about") or ""))
    return act(
        lambda session, actor, now: introducing.introduce(
            session, actor, staff_id, wanted, now=now, origin=origin(HERE)
        ),
        "Saved: booking pages show it",
    )


def ways(message: Message) -> Outcome:
    """Which ways of alerts lead to one person; no address of any."""
    staff_id = str(message["id"])
    return ask(lambda session, actor: view.ways_value(staff.ways(session, actor, staff_id)))


def set_chat(message: Message) -> Outcome:
    """Where one person's chat tool takes alerts; an empty address takes it away, and needs no proof."""
    staff_id, address = str(message["id"]), str(message.get("address") or "")
    if address.strip() and (unproven := step_up.needed("A chat tool is about to get a colleague's alerts.")):
        return unproven
    return act(
        lambda session, actor, now: telling.set_chat(
            session,
            current_app().settings,
            actor,
            staff_id,
            address,
            now=now,
            origin=origin(HERE),
        ),
        "Chat tool connected" if address.strip() else "Chat tool taken away",
    )


def send_test(message: Message) -> Outcome:
    staff_id, way = str(message["id"]), str(message["way"])
    return act(
        lambda session, actor, now: telling.send_test(
            session, current_app().settings, actor, staff_id, way, now=now
        ),
        "A test is on its way",
    )


def read_fields(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent as values of a profile. Raises InvalidInput naming a field that holds no number."""
    known = {one.name for one in fields(Profile)}
    values: dict[str, Any] = {}
    errors = []
    for name, value in sent.items():
        if name in LISTED:
            values[name] = tuple(_words(value))
        elif name in YES_NO:
            values[name] = value is True or value == "true"
        elif name in NUMBERS:
            if not str(value).strip().isdecimal() or len(str(value)) > 9:
                errors.append(FieldError(name, "Give a whole number."))
            else:
                values[name] = int(str(value))
        elif name in known:
            values[name] = str(value or "").strip()
    if errors:
        raise InvalidInput(errors)
    return values


def usual(message: Message) -> Outcome:
    """How many forms usually come in each gap of a week."""
    app, day = current_app(), _day(message, "date")
    now = app.clock.now()
    return ask(
        lambda session, actor: view.usual_value(
            staff_forecast.usual(session, actor, app.reference, day, now=now), app.reference.clinic.zone
        )
    )


def preview_copy(message: Message) -> Outcome:
    """What copying the week before would change, of one location or of all."""
    app, day, location = current_app(), _day(message, "date"), str(message.get("location") or "")
    now = app.clock.now()
    return ask(
        lambda session, actor: view.copied_value(
            copying_week.preview(session, app.reference, actor, day, location, now=now)
        )
    )


def copy_week(message: Message) -> Outcome:
    """The shifts of the week before, as dates with hours of their own."""
    reference, day, location = (
        current_app().reference,
        _day(message, "date"),
        str(message.get("location") or ""),
    )
    done = act(
        lambda session, actor, now: copying_week.copy(
            session, reference, actor, day, location, now=now, origin=origin(HERE)
        )
    )
    return (
        Outcome("done", "1 date set" if done.value == 1 else f"{done.value} dates set") if done.ok else done
    )


def _zone() -> ZoneInfo:
    return current_app().reference.clinic.zone


def _span(message: Message, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From a date, or a time on it, to the end of another, or a time on that."""
    first, last = _day(message, "from"), _day(message, "to")
    begins, ends = _wall(message, "from_time"), _wall(message, "to_time")
    starts_at = at(first, begins or time(), zone)
    return starts_at, at(last, ends, zone) if ends else at(last + A_DAY, time(), zone)


def _day(message: Message, name: str) -> date:
    try:
        return date.fromisoformat(str(message.get(name) or ""))
    except ValueError as wrong:
        raise InvalidInput.of(name, "Choose a date.") from wrong


def _wall(message: Message, name: str) -> time | None:
    given = str(message.get(name) or "")
    try:
        return time.fromisoformat(given).replace(tzinfo=None) if given else None
    except ValueError as wrong:
        raise InvalidInput.of(
            name, "Give a time such as 14:30, or leave it empty for the whole day."
        ) from wrong


def _listed(message: Message, name: str) -> list[str]:
    return _words(message.get(name))


def _words(value: object) -> list[str]:
    return [word.strip() for word in str(value or "").split(",") if word.strip()]


ACTIONS: dict[str, Handler] = {
    "add": adding.add,
    "ways": ways,
    "set_chat": set_chat,
    "test": send_test,
    "set_shifts": set_shifts,
    "usual": usual,
    "preview_copy": preview_copy,
    "copy_week": copy_week,
    "clear_day": clear_day,
    "add_time_off": add_time_off,
    "remove_time_off": remove_time_off,
    "add_on_call": add_on_call,
    "remove_on_call": remove_on_call,
    "planned": planned,
    "set_status": status_actions.set_status,
    "profile": profile,
    "save_profile": save_profile,
    "introduction": introduction,
    "introduce": introduce,
}
