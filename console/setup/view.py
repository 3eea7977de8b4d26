"""The clinic, its calendars and what it offers, as rows that browsers follow; and what each editor shows of a draft."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.editor import Editor, is_key
from console.parts.words import sentence_case
from console.process import current_app
from console.setup import booking_view
from console.shell import Visit
from core.app import App
from core.booking import catalogue, catalogue_bodies, rules
from core.clinic import WEEKDAYS
from core.compliance.legal_holidays import names_of_year
from core.domain.roles import Permission
from core.form_keys import form_keys_path, load_form_keys, webhook_addresses
from core.kinds import (
    CALENDAR_KIND,
    CLINIC_KIND,
    PACKAGES_KIND,
    RESOURCES_KIND,
    RULES_KIND,
    SERVICES_KIND,
    TREATMENTS_KIND,
)
from core.messaging.variables import LANGUAGES
from core.reads import setup, setup_listed
from core.reads.parts.versions import Entry
from core.reads.setup import Step
from core.reads.setup_listed import Calendar, Retiring
from core.reference import UNDECIDED
from core.setup import bookable
from core.setup.calendars import holiday_names, hours_a_week, read_calendar
from core.setup.clinics import LINKS, read_practice
from core.setup.published import CALENDAR, CLINIC, TREATMENTS
from core.setup.standing import DayShown, standing, strip
from core.setup.treatments import read_offers
from core.versions.rules import Body

Row = dict[str, Any]
FIRST = "first"  # the checklist's place in the list


def rows(_app: App, session: Session, _argument: str, _now: datetime) -> Iterable[Row]:
    """One for each thing that is edited, in the order of the list."""
    found = setup_listed.listed(session, READER)
    yield _row(0, CLINIC, CLINIC, "Clinic", found.clinic, _places_words(found.clinic))
    for place, calendar in enumerate(found.calendars, 1):
        yield _calendar_row(place, calendar)
    about = _offer_words(found.treatments)
    place = len(found.calendars) + 1
    yield _row(place, TREATMENTS, TREATMENTS, "Treatments", found.treatments, about)
    for number, (kind, entry) in enumerate(zip(bookable.KINDS, found.booking, strict=True), place + 1):
        body: Body = entry.published.body if entry.published else {}
        yield _row(number, kind, kind, booking_view.TITLES[kind], entry, booking_view.about(kind, body))


def _row(place: int, kind: str, key: str, title: str, entry: Entry | None, about: str) -> Row:
    published, draft = (entry.published, entry.draft) if entry else (None, None)
    return {
        "id": kind if kind == key else f"{kind}:{key}",
        "place": place,
        "kind": kind,
        "key": key,
        "title": title,
        "about": about,
        "number": published.number if published else None,
        "at": millis(published.at) if published else None,
        "draft": millis(draft.at) if draft else None,
        "draftBy": draft.by if draft else "",
    }


def _calendar_row(place: int, one: Calendar) -> Row:
    """`begins`: what a first draft of its own starts from, where it has none yet."""
    calendar, _ = read_calendar(one.body)
    about = f"{hours_a_week(calendar):g} hours a week" if one.own else "As the usual location"
    row = _row(place, CALENDAR, one.slug, f"Hours of {one.name}", one.entry, about)
    return row | {
        "retired": one.retired,
        "begins": None if one.entry else dict(one.body),
    }


def _places_words(entry: Entry) -> str:
    body: Body = entry.published.body if entry.published else {}
    count = sum(not place.retired for place in read_practice(body)[0].places)
    return "1 location" if count == 1 else f"{count} locations"


def _offer_words(entry: Entry) -> str:
    body: Body = entry.published.body if entry.published else {}
    return f"{sum(not one.treatment.retired for one in read_offers(body)[0])} offered"


def steps(app: App, session: Session, _argument: str, now: datetime) -> Iterable[Row]:
    """What comes before the first lead, a row for each step in order."""
    for place, step in enumerate(setup.read(session, app.settings, app.reference, now)):
        yield _step(place, step)


def _step(place: int, step: Step) -> Row:
    return {
        "id": f"step:{place}",
        "place": place,
        "about": sentence_case(step.about),
        "state": step.state.value,
        "words": sentence_case(step.words),
        "go": step.go,
    }


def look_at_calendar(body: Body) -> Row:
    """In words and as a picture: how it stands now, which days are not like the others, the next two weeks."""
    app = current_app()
    zone, now = app.settings.zone, app.clock.now()
    calendar, _ = read_calendar(body)
    found = standing(calendar, zone, now)
    return {
        "open": found.open,
        "now": found.now,
        "changes": list(found.changes),
        "days": [_day(one) for one in strip(calendar, zone, now)],
        "hours": hours_a_week(calendar),
    }


def _day(one: DayShown) -> Row:
    return {
        "day": f"{one.day:%a} {one.day.day}",
        "spans": [list(span) for span in one.spans],
        "why": one.why,
        "differs": one.differs,
    }


def look_at_clinic(body: Body) -> Row:
    """How texts and forms begin with these words, and what each location leaves that they retire."""
    practice, _ = read_practice(body)
    with current_app().db.read() as session:
        left = setup_listed.retiring(session, READER, body)
    return {
        "retiring": {one.slug: retiring_words(one) for one in left},
        "text": f"{practice.short_name}: Hi Maria, we have your request." if practice.short_name else "",
        "form": practice.name,
    }


def retiring_words(one: Retiring) -> str:
    """'Maya Torres works there. 3 open leads are there and keep it.'"""
    said = (
        [f"{', '.join(one.people)} {'works' if len(one.people) == 1 else 'work'} there."]
        if one.people
        else []
    )
    said += [f"{one.leads} open leads are there and keep it, with its hours."] if one.leads > 1 else []
    said += ["1 open lead is there and keeps it, with its hours."] if one.leads == 1 else []
    said += [f"It is named by {', '.join(one.named)}."] if one.named else []
    return " ".join(said) or "Nobody works there, no lead is there, and no rule names it."


def look_at_treatments(body: Body) -> Row:
    """The skills that staff are asked for, each with what needs it."""
    groups: dict[str, list[str]] = {}
    for one in read_offers(body)[0]:
        if not one.treatment.retired:
            groups.setdefault(one.treatment.group, []).append(one.treatment.label)
    return {"groups": [[group, labels] for group, labels in sorted(groups.items()) if group]}


def offered(visit: Visit) -> Row:
    """What the page gives its script beside the rows."""
    app = visit.app
    return {
        "edits": visit.actor.may(Permission.EDIT_SETUP),
        "weekdays": list(WEEKDAYS),
        "holidays": [
            [name, _next(name, visit.now.astimezone(app.settings.zone).date())] for name in holiday_names()
        ],
        "languages": list(LANGUAGES.items()),
        "links": list(LINKS.items()),
        "undecided": UNDECIDED,
        "zoneName": app.settings.zone.key,
        "ways": _ways(visit),
        "hosted": setup.hosted_forms(app.settings),
        "visitKinds": list(rules.KINDS.items()),
        "resourceKinds": list(catalogue.RESOURCE_KINDS.items()),
        "stepsOfTime": list(catalogue_bodies.STEPS),
        "usualRules": {"answer": int(catalogue.BookingRules().answer.total_seconds()) // 60},
        "providers": [[one.id, one.name] for one in visit.read(setup_listed.providers)],
    }


def _next(name: str, today: date) -> str:
    """When a holiday comes next: 'Thu, Nov 26'."""
    days = {day: known for year in (today.year, today.year + 1) for day, known in names_of_year(year).items()}
    found = next((day for day, known in sorted(days.items()) if known == name and day >= today), None)
    return f"{found:%a, %b} {found.day}" if found else ""


def _ways(visit: Visit) -> list[list[str]]:
    """Where form builders post, each address a secret: for who manages staff, where this process knows the keys."""
    settings = visit.app.settings
    if not visit.actor.may(Permission.MANAGE_STAFF):
        return []
    if not settings.form_keys and not form_keys_path(settings).exists():
        return []  # making keys is the gateway's
    return [list(one) for one in webhook_addresses(settings, load_form_keys(settings)).items()]


EDITORS = {
    CLINIC: Editor(CLINIC_KIND, look_at_clinic),
    CALENDAR: Editor(CALENDAR_KIND, look_at_calendar),
    TREATMENTS: Editor(TREATMENTS_KIND, look_at_treatments),
    bookable.SERVICES: Editor(SERVICES_KIND, booking_view.look_at_services),
    bookable.RESOURCES: Editor(RESOURCES_KIND, booking_view.look_at_resources),
    bookable.PACKAGES: Editor(PACKAGES_KIND, booking_view.look_at_packages),
    bookable.RULES: Editor(RULES_KIND, booking_view.look_at_rules),
}
TOPIC = Topic("setup", Permission.SEE_SETUP, rows)
STEPS = Topic("first_lead", Permission.SEE_SETUP, steps)
ONE = tuple(Topic(kind, Permission.SEE_SETUP, editor.rows, is_key) for kind, editor in EDITORS.items())
