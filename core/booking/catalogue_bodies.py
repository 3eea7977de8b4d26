"""What can be booked, as it is written: read, with everything that is wrong with it. Pure.

Each is the body of a version (`core/kinds/booking.py`), shipped as data/booking/*.toml. Minutes are whole, money is in
whole dollars in a body and in cents here.

{"services": [{"code": "hydrafacial", "label": "HydraFacial", "es": "HydraFacial", "treatment": "hydrafacial",
  "kind": "treatment", "minutes": 50, "by_provider": {"<staff id>": 60}, "before": 0, "after": 10, "price": 189,
  "deposit": "", "needs": "", "notice": 60, "online": true, "room": "treatment", "device": "", "seniority": 1,
  "retired": false}]}
{"resources": [{"code": "room-1", "label": "Room 1", "kind": "room", "location": "downtown", "types": ["treatment"],
  "retired": false}]}
{"packages": [{"code": "hydrafacial-3", "label": "Three HydraFacials", "es": "", "service": "hydrafacial", "visits": 3,
  "price": 480, "retired": false}]}
{"hold": 5, "offer": 30, "answer": 120, "link": 7, "change": 120, "clean_up": 10, "notice": 60, "ahead": 60, "step": 10,
 "offers_a_day": 1, "offers_each": 6, "offer_from": "08:00", "offer_until": "20:00",
 "policy": "...", "policy_es": "...", "last_few": 3}
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from core.booking.catalogue import RESOURCE_KINDS, BookingRules, Catalogue, Package, Resource, Service
from core.booking.rules import KINDS
from core.domain.hours import Window, read_window
from core.domain.reading import Problem, Reading, as_entries, as_text, as_texts, is_on

Body = Mapping[str, Any]
MOST_SERVICES, MOST_RESOURCES, MOST_PACKAGES = 100, 100, 40
LONGEST_LABEL, LONGEST_CODE, LONGEST_DEPOSIT, LONGEST_POLICY = 60, 40, 120, 300
CODE_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
LEAST_MINUTES, MOST_MINUTES, MOST_BUFFER, MOST_DOLLARS = 5, 480, 120, 100_000
STEPS = (5, 10, 15, 20, 30, 60)
SENIORITIES = (1, 5)
NOT_A_CODE = "Use 1 to 40 small letters, digits, '-' and '_', such as lip_filler."


def read_services(body: Body) -> tuple[tuple[Service, ...], list[Problem]]:
    """What it says, as far as it can be read, and everything that is wrong with it."""
    reading = Reading()
    entries = _entries(reading, body, "services", MOST_SERVICES)
    found = tuple(_service(reading, f"services.{number}", entry) for number, entry in enumerate(entries))
    _differ(reading, "services", [one.code for one in found])
    known = {one.code for one in found}
    for number, one in enumerate(found):
        if one.needs and (one.needs not in known or one.needs == one.code):
            reading.fault(f"services.{number}.needs", "Choose another service of this list, or none.")
    return found, reading.problems


def _service(reading: Reading, place: str, entry: Mapping[str, Any]) -> Service:
    def number(name: str, least: int, most: int) -> int:
        return reading.number(f"{place}.{name}", entry.get(name), least, most)

    def maybe(name: str, most: int) -> int | None:
        return None if as_text(entry.get(name)).strip() == "" else number(name, 0, most)

    def words(name: str, longest: int, missing: str = "") -> str:
        return reading.words(f"{place}.{name}", entry, longest, missing=missing, name=name)

    return Service(
        code=_code(reading, f"{place}.label", entry),
        label=words("label", LONGEST_LABEL, "What do patients call it?"),
        es=words("es", LONGEST_LABEL),
        treatment=as_text(entry.get("treatment")),
        kind=reading.one_of(f"{place}.kind", as_text(entry.get("kind")), KINDS),
        minutes=number("minutes", LEAST_MINUTES, MOST_MINUTES),
        by_provider=_by_provider(reading, f"{place}.by_provider", entry.get("by_provider")),
        before=maybe("before", MOST_BUFFER) or 0,
        after=maybe("after", MOST_BUFFER),
        price_cents=(maybe("price", MOST_DOLLARS) or 0) * 100,
        deposit=words("deposit", LONGEST_DEPOSIT),
        needs=as_text(entry.get("needs")),
        notice=maybe("notice", 30 * 24 * 60),
        online=is_on(entry.get("online")),
        room=as_text(entry.get("room")).strip(),
        device=as_text(entry.get("device")).strip(),
        seniority=maybe("seniority", SENIORITIES[1]) or 1,
        retired=is_on(entry.get("retired")),
    )


def _by_provider(reading: Reading, place: str, value: object) -> dict[str, int]:
    given = value if isinstance(value, Mapping) else {}
    return {
        str(id_): reading.number(place, minutes, LEAST_MINUTES, MOST_MINUTES)
        for id_, minutes in given.items()
        if as_text(minutes).strip()
    }


def read_resources(body: Body) -> tuple[tuple[Resource, ...], list[Problem]]:
    """Rooms and devices, and everything wrong with them. Whether a location is there only the database tells."""
    reading = Reading()
    entries = _entries(reading, body, "resources", MOST_RESOURCES)
    found = tuple(_resource(reading, f"resources.{number}", entry) for number, entry in enumerate(entries))
    _differ(reading, "resources", [one.code for one in found])
    return found, reading.problems


def _resource(reading: Reading, place: str, entry: Mapping[str, Any]) -> Resource:
    types = frozenset(as_texts(entry.get("types")))
    if not types:
        reading.fault(
            f"{place}.types", "What is it for? Services ask for it by this word, such as treatment."
        )
    if any(len(one) > LONGEST_CODE for one in types):
        reading.fault(f"{place}.types", f"At most {LONGEST_CODE} characters each.")
    return Resource(
        code=_code(reading, f"{place}.label", entry),
        label=reading.words(
            f"{place}.label", entry, LONGEST_LABEL, missing="What do you call it?", name="label"
        ),
        kind=reading.one_of(f"{place}.kind", as_text(entry.get("kind")), RESOURCE_KINDS),
        location=as_text(entry.get("location")),
        types=types,
        retired=is_on(entry.get("retired")),
    )


def read_packages(body: Body) -> tuple[tuple[Package, ...], list[Problem]]:
    """Packages, and everything that is wrong with them. Whether its service is there only the database tells."""
    reading = Reading()
    entries = _entries(reading, body, "packages", MOST_PACKAGES)
    found = tuple(_package(reading, f"packages.{number}", entry) for number, entry in enumerate(entries))
    _differ(reading, "packages", [one.code for one in found])
    return found, reading.problems


def _package(reading: Reading, place: str, entry: Mapping[str, Any]) -> Package:
    return Package(
        code=_code(reading, f"{place}.label", entry),
        label=reading.words(
            f"{place}.label", entry, LONGEST_LABEL, missing="What do patients call it?", name="label"
        ),
        es=reading.words(f"{place}.es", entry, LONGEST_LABEL, name="es"),
        service=as_text(entry.get("service")),
        visits=reading.number(f"{place}.visits", entry.get("visits"), 2, 24),
        price_cents=reading.number(f"{place}.price", entry.get("price"), 1, MOST_DOLLARS) * 100,
        retired=is_on(entry.get("retired")),
    )


def read_rules(body: Body) -> tuple[BookingRules, list[Problem]]:
    """The rules, and everything that is wrong with them; what is missing is as the product ships it."""
    reading, usual = Reading(), BookingRules()

    def number(name: str, usually: int, least: int, most: int) -> int:
        return reading.number(name, body.get(name, usually), least, most)

    def minutes(name: str, usually: timedelta, least: int, most: int) -> timedelta:
        return timedelta(minutes=number(name, int(usually.total_seconds()) // 60, least, most))

    step = number("step", usual.step, STEPS[0], STEPS[-1])
    if step not in STEPS:
        reading.fault("step", f"Choose one of: {', '.join(map(str, STEPS))}.")
    rules = BookingRules(
        hold=minutes("hold", usual.hold, 1, 30),
        offer=minutes("offer", usual.offer, 5, 240),
        answer=minutes("answer", usual.answer, 15, 24 * 60),
        link=timedelta(days=number("link", usual.link.days, 1, 60)),
        change=minutes("change", usual.change, 0, 7 * 24 * 60),
        clean_up=number("clean_up", usual.clean_up, 0, MOST_BUFFER),
        notice=number("notice", usual.notice, 0, 7 * 24 * 60),
        ahead=number("ahead", usual.ahead, 1, 365),
        step=step,
        offers_a_day=number("offers_a_day", usual.offers_a_day, 1, 5),
        offers_each=number("offers_each", usual.offers_each, 1, 20),
        offer_window=_offer_window(reading, body, usual.offer_window),
        policy=reading.words("policy", body, LONGEST_POLICY),
        policy_es=reading.words("policy_es", body, LONGEST_POLICY),
        last_few=number("last_few", usual.last_few, 0, 10),
    )
    return rules, reading.problems


def _offer_window(reading: Reading, body: Body, usual: Window) -> Window:
    """Never wider than the hours in which any patient may be texted: the decision at hand-over holds a text all the
    same, and an offer that was held for a night would run out in it."""
    if "offer_from" not in body and "offer_until" not in body:
        return usual
    try:
        return read_window(as_text(body.get("offer_from")), as_text(body.get("offer_until")))
    except ValueError:
        reading.fault("offer_from", "Write two times of one day, such as 08:00 and 20:00.")
        return usual


def _entries(reading: Reading, body: Body, name: str, most: int) -> list[Mapping[str, Any]]:
    given = body.get(name)
    if isinstance(given, list | tuple) and len(given) > most:
        reading.fault(name, f"At most {most} of them.")
    return as_entries(given, most)


def _code(reading: Reading, place: str, entry: Mapping[str, Any]) -> str:
    code = as_text(entry.get("code"))
    if not 1 <= len(code) <= LONGEST_CODE or not set(code) <= CODE_SIGNS:
        reading.fault(place, NOT_A_CODE)
    return code


def _differ(reading: Reading, name: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for number, code in enumerate(codes):
        if code in seen:
            reading.fault(f"{name}.{number}.label", "There is one of this code already.")
        seen.add(code)


def by_code(found: Iterable[Any]) -> dict[str, Any]:
    return {one.code: one for one in found}


def catalogue_of(services: Body, resources: Body, packages: Body, rules: Body) -> Catalogue:
    """Raises ValueError with the first fault."""
    parts = (read_services(services), read_resources(resources), read_packages(packages), read_rules(rules))
    for _, problems in parts:
        if problems:
            raise ValueError(f"{problems[0].field}: {problems[0].message}")
    return Catalogue(by_code(parts[0][0]), by_code(parts[1][0]), by_code(parts[2][0]), parts[3][0])
