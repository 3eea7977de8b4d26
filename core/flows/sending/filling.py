"""What is printed for each variable of a patient's text, read at the last moment: only of those that its wording has.

A variable that is not here is filled by whoever planned the text, or prints its fallback (`data/variables.toml`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from core.booking.store import VisitBrief
from core.clinic import Clinic, Location
from core.domain.hours import WeeklyHours
from core.domain.phone import show_phone
from core.domain.wall import (
    day_and_time_words,
    day_words,
    hours_today,
    near_words,
    opening_words,
    time_words,
    until_words,
)
from core.flows.sending.promising import call_by
from core.flows.sending.text_links import Samples
from core.leads.store.leads import LeadBrief
from core.messaging.actions import EMAIL, Claimed
from core.messaging.templates import Template
from core.patients.store.profiles import PatientBrief
from core.reference import Reference

LAST_NAME = frozenset({"lastName", "fullName"})
OWNER = "staffName"


@dataclass(slots=True)  # one for every text on its way: frozen, it would cost three times as much
class Leaving:
    """One text as it leaves. `last_name` and `owner` are '' where its wording has no need of them."""

    reference: Reference
    action: Claimed
    patient: PatientBrief
    lead: LeadBrief | None
    last_name: str
    owner: str
    language: str
    now: datetime
    visit: VisitBrief | None = None  # the one that it goes out for
    visit_id: str | None = None  # the same, where its wording says nothing of it
    links: Samples = field(default_factory=Samples)
    nameless: bool = False  # an email to an address that may be another person's

    @property
    def clinic(self) -> Clinic:
        return self.reference.clinic

    @property
    def location(self) -> Location:
        """Where what it speaks of takes place: what was planned for says so, or the visit, or the lead."""
        known = self.visit.location if self.visit else self.lead.location if self.lead else ""
        return self.clinic.location(self.action.variables.get("place") or known)

    @property
    def hours(self) -> WeeklyHours:
        return self.location.hours

    @property
    def theirs(self) -> bool:
        """A form matched by email may carry another person's number: who owns it must not learn this one's name.

        An email goes to the address of the patient's own profile, which a later form may have added.
        """
        if self.action.kind == EMAIL:
            return not self.nameless
        return self.patient.phone_index == self.action.phone_index


Fill = Callable[[Leaving], str]


def _first_name(text: Leaving) -> str:
    return text.patient.first_name if text.theirs else ""


def _last_name(text: Leaving) -> str:
    return text.last_name if text.theirs else ""


def _full_name(text: Leaving) -> str:
    return f"{_first_name(text)} {_last_name(text)}".strip()


def _call_by(text: Leaving) -> str:
    due = text.action.variables.get("callDue")
    if not due or text.lead is None:
        return ""
    return call_by(datetime.fromisoformat(due), text.hours, text.hours.zone, text.now, text.language)


def _treatment(text: Leaving) -> str:
    if text.lead is None or not text.theirs:
        return ""
    return text.reference.treatment_name(text.lead.treatment, text.language)


def _next_opening(text: Leaving) -> str:
    opens = text.hours.next_open(text.now)
    if opens is None or opens == text.now:
        return ""
    return opening_words(opens, text.hours.zone, text.now, text.language)


def _on_call(text: Leaving) -> str:
    """Only while the clinic is closed: else somebody picks up its own number."""
    return "" if text.hours.is_open(text.now) else show_phone(text.clinic.on_call_phone)


def _of_visit(words: Callable[[datetime, ZoneInfo, str], str]) -> Fill:
    """A moment of the visit on the wall of the place where it is."""

    def fill(text: Leaving) -> str:
        at = text.visit.starts_at if text.visit else None
        return words(at, text.hours.zone, text.language) if at else ""

    return fill


def _planned(text: Leaving, name: str) -> datetime | None:
    """A moment that the plan names."""
    at = text.action.variables.get(name)
    return datetime.fromisoformat(at) if at else None


def _planned_at(name: str, words: Callable[[datetime, Leaving], str]) -> Fill:
    """The same in words, on the wall of the place."""

    def fill(text: Leaving) -> str:
        at = _planned(text, name)
        return words(at, text) if at else ""

    return fill


def _page(what: str) -> Fill:
    """A page that the clinic has published, by a short link."""

    def fill(text: Leaving) -> str:
        target = text.clinic.website if what == "website" else text.clinic.links.get(what, "")
        return text.links.short(text.action, what, target)

    return fill


def _booking(text: Leaving) -> str:
    """Their own page, which names them: a number that may be another person's gets the clinic's, or none."""
    if text.lead and text.theirs and text.reference.bookable.online():
        return text.links.booking(text.action, text.lead.id, text.visit_id)
    return _page("booking")(text)


def _offer(text: Leaving) -> str:
    """The page of what the waitlist offers them; none for a number that may be another person's."""
    if text.lead is None or not text.theirs:
        return ""
    return text.links.booking(text.action, text.lead.id, text.visit_id) + OFFER_PAGE


OFFER_PAGE = "/offer"  # under a person's own link (`gateway/routes/waitlist.py`)


def _move_to(text: Leaving) -> str:
    """Its day is said unless the other time that the wording has is on the same."""
    zone, at, before = text.hours.zone, _planned(text, "moveTo"), _planned(text, "moveFrom")
    if at is None:
        return ""
    same = before is not None and before.astimezone(zone).date() == at.astimezone(zone).date()
    return (time_words if same else day_and_time_words)(at, zone, text.language)


VISIT = frozenset({"appointmentDate", "appointmentTime", "appointmentDateTime", "providerName"})
FILLS: Mapping[str, Fill] = {
    "appointmentDate": _of_visit(day_words),
    "appointmentTime": _of_visit(time_words),
    "appointmentDateTime": _of_visit(day_and_time_words),
    "providerName": lambda text: text.visit.provider if text.visit else "",
    "availableTime": _planned_at(
        "availableAt", lambda at, text: near_words(at, text.hours.zone, text.now, text.language)
    ),
    "offerUntil": _planned_at("offerEnds", lambda at, text: until_words(at, text.hours.zone, text.language)),
    "formerTime": _planned_at(
        "formerAt", lambda at, text: day_and_time_words(at, text.hours.zone, text.language)
    ),
    "moveFrom": _planned_at(
        "moveFrom", lambda at, text: day_and_time_words(at, text.hours.zone, text.language)
    ),
    "moveTo": _move_to,
    "firstName": _first_name,
    "lastName": _last_name,
    "fullName": _full_name,
    "phone": lambda text: show_phone(text.action.phone or ""),
    "isVIP": lambda text: "yes" if text.patient.vip and text.theirs else "",
    "treatment": _treatment,
    "serviceName": _treatment,
    "callBy": _call_by,
    OWNER: lambda text: text.action.variables.get(OWNER) or text.owner,
    "clinicName": lambda text: text.clinic.name,
    "clinicShortName": lambda text: text.clinic.short_name,
    "clinicPhone": lambda text: show_phone(text.clinic.phone),
    "emergencyPhone": lambda text: show_phone(text.clinic.on_call_phone or text.clinic.phone),
    "onCallPhone": _on_call,
    "locationName": lambda text: text.location.name,
    "clinicAddress": lambda text: text.location.address,
    "businessHours": lambda text: hours_today(text.hours, text.now, text.language),
    "nextOpening": _next_opening,
    "bookingUrl": _booking,
    "offerUrl": _offer,
    "websiteUrl": _page("website"),
    "galleryUrl": _page("gallery"),
    "reviewUrl": _page("review"),
    "vipUrl": _page("vip"),
}


def values(template: Template, text: Leaving) -> dict[str, str]:
    """What its wording has, and nothing else: a text costs what it prints."""
    planned = text.action.variables
    return {name: FILLS[name](text) if name in FILLS else planned.get(name, "") for name in template.names}
