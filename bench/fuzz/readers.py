"""Whatever reads a stranger's words without a database: connectors, phones, names, dates, hours, replies, wording."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bench.fuzz import bodies, strange
from bench.fuzz.target import Target, Wrong
from core.conversation import haystack
from core.conversation.rules import reading
from core.domain import hours, moments, names, phone
from core.domain.errors import InvalidInput, LuxeError
from core.flows.intake import receive_form
from core.intake import agreement, consent_rules, dates, rules, text
from core.intake.connectors import EVERY
from core.intake.draft import Delivery
from core.intake.readable import readable
from core.messaging import characters, segments, templates
from core.reference import Reference, load_reference
from gateway.security import TWILIO_LIMIT, WEBHOOK_LIMIT
from tests.corpus import HALVES, half
from tests.samples import GENERIC, JOTFORM, TYPEFORM

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
KNOWN = frozenset({"firstName", "treatment", "clinic_name", "link"})
TEMPLATE_PARTS = (
    "{{", "}}", "{{{", "}}}", "{{firstName}}", "{{#if treatment}}", "{{else}}", "{{/if}}", "{{#unless link}}",
    "{{/unless}}", "{{~",
    "~}}", "{{!-- ", " --}}", "{{! ", "\\{{", "\n", " ", "{{treatment}}", "{{#if", "{{else if link}}", "{{&",
    "{{>", "{{this}}", "a",
    "{{../a}}", '{{"a"}}', "{{#each a}}", "{{firstName", "\r\n", "{{a.b}}", "{{[a b]}}", "Hi, ", ".", "\ufdd0",
    "\ufdd1",
)  # fmt: skip


def targets() -> Iterator[Target]:
    """Each reader under a name, with its part of all inputs."""
    reference = load_reference(ZONE)
    yield Target(
        "generic", 14, partial(_json_delivery, json.loads(GENERIC.body)), form_in("generic", reference)
    )
    yield Target(
        "typeform", 14, partial(_json_delivery, json.loads(TYPEFORM.body)), form_in("typeform", reference)
    )
    yield Target("jotform", 10, jotform_delivery, form_in("jotform", reference))
    yield Target("hosted", 8, partial(_json_delivery, HOSTED), form_in("hosted", reference))
    yield Target("signatures", 4, _signed, _verify)
    yield Target("phone", 12, strange.text, read_phone)
    yield Target("names", 10, strange.text, read_names)
    yield Target("dates", 12, strange.value, read_dates)
    yield Target("email", 4, strange.text, partial(refusable, rules.email_of))
    yield Target("consent", 8, _answer, read_consent)
    yield Target("reply", 12, partial(_reply, _corpus()), read_reply)
    yield Target("template", 12, _template, render)
    yield Target("opening", 8, _hours, _opening)
    yield Target("segments", 4, strange.text, count_segments)


HOSTED = json.loads(GENERIC.body) | {
    "boxes": [{"scope": "transactional", "ticked": True, "wording": "I agree to texts.", "version": "1"}]
}


def _json_delivery(usual: Any, rng: Random) -> Delivery:
    body = bodies.as_json(rng, strange.mutated(rng, usual))
    if rng.random() < 0.1:
        body = bodies.broken(rng, body)
    headers = {"idempotency-key": bodies.header(rng)} if rng.random() < 0.1 else {}
    return Delivery(body, bodies.JSON, headers)


RAW = {
    "q3_fullName": {"first": "Omar", "last": "Reyes"}, "q4_phone": {"full": "(407) 555-0155"},
    "q5_email": "omar@example.com",
    "q6_treatment": ["Botox"], "q7_dateOfBirth": {"year": "1990", "month": "04", "day": "12"},
    "q8_consent": ["I agree to texts"],
    "q9_preferredTime": "morning", "q10_phone": {"area": "407", "phone": "555-0155"}, "slug": "submit/1",
    "q11_grid": {"row": "Yes"}, "upload": ["https://example.com/a.jpg"],
}  # fmt: skip
PARTS = {
    "formID": "1",
    "submissionID": "55",
    "formTitle": "Consultation",
    "ip": "203.0.113.9",
    "rawRequest": "",
}


def jotform_delivery(rng: Random) -> Delivery:
    """As Jotform sends it, at times as the wrong kind of body, or as the sample itself with broken bytes."""
    if rng.random() < 0.15:
        return Delivery(
            bodies.broken(rng, JOTFORM.body), rng.choice((JOTFORM.content_type, rng.choice(bodies.KINDS)))
        )
    raw = json.dumps(strange.mutated(rng, RAW), ensure_ascii=rng.random() < 0.5)
    parts = PARTS | {"rawRequest": raw if rng.random() < 0.95 else strange.bent(rng, raw)}
    if rng.random() < 0.3:
        parts = bodies.fields(rng, parts)
    if rng.random() < 0.5:
        body, kind = bodies.as_form(rng, parts.items()), bodies.FORM
    else:
        body, kind = bodies.as_multipart(rng, parts), bodies.MULTIPART
    body = (bodies.broken(rng, body) if rng.random() < 0.15 else body)[:WEBHOOK_LIMIT]
    return Delivery(body, kind if rng.random() < 0.93 else rng.choice(bodies.KINDS))


def form_in(name: str, reference: Reference) -> Callable[[Delivery], None]:
    """Reading it for a lead, strictly as for a page, and as a person reads what waits."""
    connector = EVERY[name]

    def read(delivery: Delivery) -> None:
        for strict in (False, True):
            with suppress(LuxeError):
                found = receive_form.read(reference, connector, delivery, received_at=NOW, strict=strict)
                json.dumps(found.fields).encode()
                _storable(
                    [
                        found.first_name,
                        found.last_name,
                        found.notes,
                        found.external_id,
                        found.source,
                        *found.utm.values(),
                    ]
                )
        readable(delivery.body, delivery.content_type)

    return read


def _storable(words: list[str]) -> None:
    """No NUL, which PostgreSQL refuses, and no half of a character, which nothing can encode."""
    for word in words:
        word.encode()
        if "\0" in word:
            raise Wrong("a NUL was left in what is stored")


def _signed(rng: Random) -> tuple[bytes, str]:
    usual = rng.choice(
        ("t=1763653800,v1=889fa07a", "sha256=mAgwT2MaX4T1Nu39IiDtFO9jocKA4Q1B/26YyjuXRa8=", "t=,v1=")
    )
    return strange.text(rng).encode("utf-8", "surrogatepass"), bodies.header(rng, usual)


def _verify(made: tuple[bytes, str]) -> None:
    body, signature = made
    headers = {"x-signature": signature, "typeform-signature": signature}
    for connector in EVERY.values():
        if connector.verify and connector.verify(body, headers, "secret"):
            raise Wrong("a signature that nobody made is right")


def read_phone(written: str) -> None:
    for read in (phone.read_phone, phone.parse_phone, rules.phone_of):
        with suppress(InvalidInput):
            found = read(written)
            number = found if isinstance(found, str) else found.e164
            phone.is_premium(number)
            phone.show_phone(phone.mask_phone(number))


def read_names(written: str) -> None:
    for read in (
        names.greeting_name,
        names.fold,
        names.words,
        names.split_full_name,
        names.decode_entities,
        text.whole,
    ):
        read(written)
    haystack.holds(written, written)
    with suppress(InvalidInput):
        rules.names_of({"name": written, "first_name": ""})


def read_dates(made: Any) -> None:
    written = _as_sent(made)
    dates.day_of(written, date(2026, 11, 23))
    dates.moment_of(written)
    dates.is_empty(written)
    rules.submitted_at_of(text.line(written), NOW)
    with suppress(InvalidInput):
        rules.birth_date_of(written, date(2026, 11, 23))


def _as_sent(value: Any) -> Any:
    """A value as a form brings it; None for one that no form can bring."""
    try:
        return text.load_object(json.dumps({"value": value}).encode())["value"]
    except LuxeError:
        return None


def refusable(read: Callable[[str], object], written: str) -> None:
    with suppress(InvalidInput):
        read(text.words(written))


def _answer(rng: Random) -> tuple[Any, str]:
    said = rng.choice(
        ("yes", "No", "I agree to marketing texts", True, ["I agree to texts", "No thanks"], {"texts": "yes"})
    )
    return strange.mutated(rng, said), rng.choice(("May we text you?", "consent", strange.text(rng)))


def read_consent(made: tuple[Any, str]) -> None:
    answer, question = _as_sent(made[0]), made[1]
    consent_rules.by_answer(answer, question, asked="sms_consent", version="1")
    consent_rules.by_scope({"transactional": answer, "marketing": answer}, question)
    agreement.decision(answer, question)


def _corpus() -> list[str]:
    return [case.text for part in HALVES for case in half(part)]


def _reply(known: list[str], rng: Random) -> tuple[str, str | None, str]:
    said = strange.bent(rng, rng.choice(known)) if rng.random() < 0.6 else strange.text(rng)
    if rng.random() < 0.1:
        said = f"{said}{rng.choice(known)}" * rng.choice((2, 40))
    return (
        said[:TWILIO_LIMIT],
        rng.choice((None, "en", "es")),
        rng.choice((rng.choice(known), "", strange.text(rng))),
    )


def read_reply(made: tuple[str, str | None, str]) -> None:
    said, lang, before = made
    reading.read(said, lang, reading.Context((before,) if before else ()))


def _template(rng: Random) -> tuple[str, dict[str, Any]]:
    parts = (
        rng.choice(TEMPLATE_PARTS) if rng.random() < 0.85 else strange.text(rng)
        for _ in range(rng.randrange(1, 12))
    )
    whole = "".join(parts) * rng.choice((1, 1, 1, 1, 1, 1, 1, 1, 300))
    values = {rng.choice(("firstName", "treatment", "link", "a")): strange.value(rng, 4) for _ in range(3)}
    return whole, {name: value for name, value in values.items() if not isinstance(value, list | dict)}


def render(made: tuple[str, dict[str, Any]]) -> None:
    body, values = made
    with suppress(templates.TemplateError):
        templates.render_bare(body, values)
    with suppress(templates.TemplateError):
        words = {name: str(value) for name, value in values.items()}
        sent = templates.parse_template("fuzz", 1, "informational", body, KNOWN).render(words)
        if "\ufdd0" in sent and "\ufdd0" not in body:
            raise Wrong("the place of a missing name is left in the text")


WALLS = ("09:00", "17:30", "00:00", "24:00", "23:59:59.999999", "02:30", "01:30", "22:00")
DAYS = tuple(date(year, month, day) for year, month, day in (
    (2026, 3, 8), (2026, 11, 1), (2024, 2, 29), (1970, 1, 1), (2999, 12, 31), (2026, 12, 25)))  # fmt: skip
ZONES = tuple(
    map(
        ZoneInfo,
        (
            "America/New_York",
            "Pacific/Apia",
            "Africa/Casablanca",
            "Australia/Lord_Howe",
            "UTC",
            "Asia/Kathmandu",
        ),
    )
)


def _hours(rng: Random) -> tuple[list[str], str, str, str, datetime]:
    windows = [f"{_wall(rng)}-{_wall(rng)}" for _ in range(rng.randrange(4))]
    at = datetime.combine(rng.choice(DAYS), time(rng.randrange(24), rng.choice((0, 30, 59))), UTC)
    return windows, rng.choice(ZONES).key, strange.text(rng), _wall(rng), at


def _wall(rng: Random) -> str:
    return rng.choice(WALLS) if rng.random() < 0.85 else strange.text(rng)


def _opening(made: tuple[list[str], str, str, str, datetime]) -> None:
    """Windows that can be read are open or not; a day and a time are a moment or a fault of their field."""
    written, zone, day, wall, at = made
    windows: list[hours.Window] = []
    for window in written:
        with suppress(ValueError):
            windows.append(hours.parse_window(window, over_midnight=True))
    week = hours.WeeklyHours(ZoneInfo(zone), dict.fromkeys(range(7), windows))
    opens = week.next_open(at)
    if opens is not None and not week.is_open(opens):
        raise Wrong("what opens is not open then")
    moments.closed_words(week, at)
    moments.choices(week, at)
    with suppress(InvalidInput):
        moments.closed_words(week, moments.on_the_wall(day, wall, week))


def count_segments(written: str) -> None:
    segments.size_of(written)
    segments.size_of(characters.smart_encoded(written))
