"""A hosted form as somebody filled it in: its values, its faults, and the document that is stored. Pure."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.errors import FieldError
from core.intake.draft import CLICK_IDS
from core.intake.labels import tracking_name
from core.intake.submission import TEXTS
from core.intake.suspicion_rules import LINK, TRAP, Page
from core.intake.tracking import CLICK_ID_LIMIT
from gateway.hosted.definition import HostedForm
from gateway.hosted.seal import PageSeal

TRAP_BOX = "website"
SEAL = "page"
TOUCHED = "touched"  # set by the page's script once a hand was seen
TRACKED = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", *CLICK_IDS)
CARRIED = (*TRACKED, "source", "referrer")
CARRIED_LIMIT = 500
HUMAN = timedelta(seconds=2)
WRITTEN_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
CONTACT = ("first_name", "last_name", "name", "phone", "email", "date_of_birth", "zip")


@dataclass(frozen=True)
class Sender:
    """Who sent it, as far as a request tells."""

    ip: str
    user_agent: str
    page_url: str


def carried(source: Mapping[str, str], referrer: str = "") -> dict[str, str]:
    """What the page hands on unseen: where the person came from, whatever escaped or shouted the parameters' names.

    A click id is handed on whole or not at all.
    """
    named: dict[str, str] = {}
    for name, value in source.items():
        named.setdefault(tracking_name(name), value)
    found = {name: value for name in CARRIED if (value := _handed_on(name, named.get(name, "")))}
    return found if "referrer" in found or not referrer else found | {"referrer": referrer[:CARRIED_LIMIT]}


def _handed_on(name: str, value: str) -> str:
    if name in CLICK_IDS:
        return value if len(value) <= CLICK_ID_LIMIT else ""
    return value[:CARRIED_LIMIT]


def missing(form: HostedForm, values: Mapping[str, str]) -> list[FieldError]:
    """What is required and empty, in the form's own words."""
    return [
        FieldError(field.name, field.missing)
        for field in form.fields
        if field.required and not values.get(field.name, "").strip()
    ]


def in_order(form: HostedForm, errors: Iterable[FieldError]) -> list[FieldError]:
    """One fault for each field, in the order of the page; a fault of no field of ours stands last."""
    first: dict[str, FieldError] = {}
    for error in errors:
        first.setdefault(_place(form, error.field), error)
    places = {field.name: number for number, field in enumerate(form.fields)}
    named = [FieldError(name, error.message) for name, error in first.items()]
    return sorted(named, key=lambda error: places.get(error.field, len(places)))


def _place(form: HostedForm, name: str) -> str:
    """A full name has one box on this page where the rules speak of two, or the other way round."""
    if form.field(name):
        return name
    swaps = {"first_name": "name", "last_name": "name", "name": "first_name"}
    return swaps.get(name, name)


def page_of(values: Mapping[str, str], seal: PageSeal | None, now: datetime, speed: float) -> Page:
    """How it came, as far as the page tells."""
    touched = values.get(TOUCHED, "") == "yes"
    age = (now - seal.made_at) / speed if seal else None
    return Page(age, seal.nonce if seal else "", touched, _robot(values, age))


def _robot(values: Mapping[str, str], age: timedelta | None) -> str:
    """What gives a robot away, or ''.

    The trap is a box that nobody sees. Speed alone proves nothing (a browser may fill the form in by itself), but
    a link typed within two seconds of real time does.
    """
    if values.get(TRAP_BOX, "").strip():
        return TRAP
    written = " ".join(value for name, value in values.items() if name not in CARRIED)
    return LINK if age is not None and age < HUMAN and WRITTEN_LINK.search(written) else ""


def document(
    form: HostedForm, values: Mapping[str, str], seal: PageSeal | None, sender: Sender, now: datetime
) -> bytes:
    """The generic document with the words of each box: kept raw, read by the connector 'hosted'."""
    answers = {field.name: values.get(field.name, "").strip() for field in form.fields}
    # A page that was opened without our boxes (a script, an old copy) may name the person either way.
    answers |= {name: values[name].strip() for name in CONTACT if values.get(name, "").strip()}
    content = {
        "form_type": form.form_type,
        "submitted_at": now.isoformat(),
        "source": values.get("source", ""),
        "referrer": values.get("referrer", ""),
        "page_url": sender.page_url,
        "contact": {name: value for name, value in answers.items() if name in CONTACT and value},
        "fields": {name: value for name, value in answers.items() if name not in CONTACT and value},
        "utm": {name: values[name] for name in TRACKED if values.get(name)},
        "consent": {"ip": sender.ip, "user_agent": sender.user_agent},
        "boxes": [
            {
                "scope": box.scope,
                "ticked": bool(values.get(box.name)),
                "wording": box.wording,
                "version": form.version,
                **({"channel": box.channel} if box.channel != TEXTS else {}),
            }
            for box in form.boxes
        ],
    }
    return json.dumps(content | {"external_id": _external_id(content, seal, sender, now)}).encode()


def filled_before(form: HostedForm, body: bytes) -> dict[str, str]:
    """The other way round: what this form's page shows of a kept document; nothing of another form's.

    The boxes are empty: what was agreed to holds for the number of then.
    """
    content = json.loads(body)
    if content.get("form_type") != form.form_type:
        return {}
    answers = content["contact"] | content["fields"]
    shown = {field.name: answers[field.name] for field in form.fields if field.name in answers}
    handed_on = content["utm"] | {name: content[name] for name in ("source", "referrer")}
    return shown | {name: value for name, value in handed_on.items() if value}


def _external_id(content: Mapping[str, object], seal: PageSeal | None, sender: Sender, now: datetime) -> str:
    """The same page sent twice with the same words is one form; a corrected one is another.

    Without our seal the hour and the sender stand in for the page.
    """
    page = seal.nonce if seal else f"{sender.ip} {now:%Y-%m-%d %H}"
    words = {name: part for name, part in content.items() if name != "submitted_at"}
    said = hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:24]
    return f"{page}:{said}"
