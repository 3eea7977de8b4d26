"""What the clinic offers, as it edits it: names in each language, the skill each needs, its usual value. Pure.

The body of a version, in the order in which forms offer them:

{"treatments": [{"code": "lip_filler", "label": "Lip filler", "es": "relleno de labios", "group": "injectables",
                 "value": 750, "also": ["lips"], "retired": false}]}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.names import fold
from core.domain.reading import Problem, Reading, as_entries, as_text, as_texts, is_on
from core.reference import UNDECIDED, Treatment
from core.versions.rules import Body

MOST_TREATMENTS, MOST_SPELLINGS, LONGEST_LABEL, LONGEST_CODE, MOST_DOLLARS = 100, 40, 60, 40, 100_000
CODE_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


@dataclass(frozen=True)
class Offer:
    """One treatment with the other spellings that forms send."""

    treatment: Treatment
    also: tuple[str, ...]


def read_offers(body: Body) -> tuple[tuple[Offer, ...], list[Problem]]:
    """What it says, as far as it can be read, and everything that is wrong with it."""
    reading = Reading()
    given = body.get("treatments")
    if isinstance(given, list | tuple) and len(given) > MOST_TREATMENTS:
        reading.fault("treatments", f"At most {MOST_TREATMENTS} treatments.")
    entries = as_entries(given, MOST_TREATMENTS)
    offers = tuple(_offer(reading, f"treatments.{number}", entry) for number, entry in enumerate(entries))
    _undecided(reading, offers)
    _differ(reading, offers)
    return offers, reading.problems


def parse_offers(body: Body) -> tuple[Offer, ...]:
    """Raises ValueError with the first fault."""
    offers, problems = read_offers(body)
    if problems:
        raise ValueError(f"{problems[0].field}: {problems[0].message}")
    return offers


def _offer(reading: Reading, place: str, entry: Mapping[str, Any]) -> Offer:
    label = reading.words(
        f"{place}.label", entry, LONGEST_LABEL, missing="What do forms call it?", name="label"
    )
    es = reading.words(f"{place}.es", entry, LONGEST_LABEL, name="es")
    treatment = Treatment(
        code=_code(reading, f"{place}.label", as_text(entry.get("code"))),
        label=label,
        group=_code(reading, f"{place}.group", as_text(entry.get("group")).strip()),
        value_cents=reading.number(f"{place}.value", entry.get("value"), 0, MOST_DOLLARS) * 100,
        labels={"es": es} if es else {},
        retired=is_on(entry.get("retired")),
    )
    also = tuple(dict.fromkeys(as_texts(entry.get("also"))))
    if len(also) > MOST_SPELLINGS or any(len(one) > LONGEST_LABEL for one in also):
        reading.fault(
            f"{place}.also", f"At most {MOST_SPELLINGS} spellings of {LONGEST_LABEL} characters each."
        )
    return Offer(treatment, also)


def _code(reading: Reading, place: str, code: str) -> str:
    if not 1 <= len(code) <= LONGEST_CODE or not set(code) <= CODE_SIGNS:
        reading.fault(place, "Use 1 to 40 small letters, digits and '_', such as lip_filler.")
    return code


def _undecided(reading: Reading, offers: tuple[Offer, ...]) -> None:
    kept = [one for one in offers if one.treatment.code == UNDECIDED]
    if not kept or kept[0].treatment.retired:
        reading.fault("treatments", "'Not sure yet' stays: it is what a form without a choice is read as.")


def _differ(reading: Reading, offers: tuple[Offer, ...]) -> None:
    """No name and no spelling leads to two of them."""
    seen: dict[str, Offer] = {}
    for number, offer in enumerate(offers):
        known = offer.treatment
        names = {"label": (known.label, known.code, known.code.replace("_", " ")), "also": offer.also}
        for field, spellings in names.items():
            for spelling in filter(None, map(fold, spellings)):
                other = seen.setdefault(spelling, offer)
                if other is not offer:
                    reading.fault(
                        f"treatments.{number}.{field}",
                        f"'{spelling}' leads to {other.treatment.label} already. A form would not know which.",
                    )


def spellings(offers: tuple[Offer, ...]) -> dict[str, str]:
    """Folded spelling -> code, the codes themselves among them."""
    names = {
        fold(spelling): one.treatment.code
        for one in offers
        for spelling in (*one.also, one.treatment.label, one.treatment.code.replace("_", " "))
    }
    return names | {one.treatment.code: one.treatment.code for one in offers}


def shown_parts(body: Body) -> dict[str, str]:
    """A body as people read it, by label: a line for each treatment."""
    offers, _ = read_offers(body)
    return {"Treatments": "\n".join(map(_shown, offers))}


def _shown(offer: Offer) -> str:
    known = offer.treatment
    parts = (
        f"{known.label}, ${known.value_cents // 100:,}",
        f"skill {known.group}",
        f"Spanish {known.labels['es']}" if "es" in known.labels else "",
        f"also {', '.join(offer.also)}" if offer.also else "",
        "retired" if known.retired else "",
    )
    return "; ".join(filter(None, parts))


def body_of(raw: Mapping[str, Any]) -> Body:
    """The body that says what data/treatments.toml says."""
    return {
        "treatments": [
            {
                "code": code,
                "label": entry["label"],
                "es": entry.get("labels", {}).get("es", ""),
                "group": entry["group"],
                "value": entry["value"],
                "also": list(entry["also"]),
                "retired": False,
            }
            for code, entry in raw.items()
        ]
    }
