"""Which rules, policies and wordings in use name a location, and what of a draft names one that is not there."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.domain.reading import Problem
from core.setup.clinics import read_practice
from core.setup.published import clinic_body
from core.versions import store
from core.versions.rules import Body

LOOSE = frozenset({"", "same", "any"})  # what a group of people may say in place of a location


def naming(session: Session, slug: str) -> list[str]:
    """'the rule "Laser"', 'the policy "VIP"': whatever the clinic published that names this location."""
    found = []
    for kind, noun in (
        ("assignment_rules", "rule"),
        ("sla_policies", "policy"),
        ("quick_text", "quick text"),
    ):
        bodies = [one.body for one in store.published(session, kind) if not one.retired]
        found += [f'the {noun} "{name}"' for body in bodies for name in _named_in(kind, body, slug)]
    return found


def _named_in(kind: str, body: Body, slug: str) -> list[str]:
    if kind == "assignment_rules":
        entries = _entries(body.get("rules"))
    elif kind == "sla_policies":
        entries = [entry for target in body.values() for entry in _entries(target)]
    else:
        places = str(body.get("places") or "").split(",")
        return [str(body.get("title") or "")] if slug in places else []
    return [str(entry.get("name") or "") for entry in entries if slug in set(_locations(entry))]


def _entries(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def _locations(entry: Mapping[str, Any]) -> Iterator[str]:
    """Every location that a rule or a policy names, in its conditions or its groups of people."""
    if isinstance(entry.get("location"), str):
        yield entry["location"]
    for group in _entries(entry.get("give")):
        yield from _locations(group)
    for _, slug in _asked(entry.get("conditions"), ""):
        yield slug


def _asked(conditions: Any, place: str) -> Iterator[tuple[str, str]]:
    """(where in the list, location) of each condition about locations, however deep."""
    for number, one in enumerate(conditions if isinstance(conditions, list | tuple) else ()):
        if not isinstance(one, Mapping):
            continue
        if "conditions" in one:
            yield from _asked(one["conditions"], f"{place}.{number}.conditions")
        elif one.get("field") == "location":
            values = one.get("values")
            for slug in values if isinstance(values, list | tuple) else [values]:
                yield f"{place}.{number}.values", str(slug or "").strip()


def unknown_in_rules(session: Session, body: Body) -> list[Problem]:
    """Locations that assignment rules name and nobody could mean."""
    why, found = _why_unknown(session), []
    for place, rule in enumerate(_entries(body.get("rules"))):
        named = [("give", str(group.get("location") or "")) for group in _entries(rule.get("give"))]
        named += [(f"conditions{at}", slug) for at, slug in _asked(rule.get("conditions"), "")]
        found += [
            Problem(f"rules.{place}.{at}", why[slug] if slug in why else _no_such(slug))
            for at, slug in named
            if slug not in LOOSE and why.get(slug, "?")
        ]
    return found


def unknown_in_policies(session: Session, body: Body) -> list[Problem]:
    """The same of policies."""
    why, found = _why_unknown(session), []
    for target, entries in body.items():
        for place, entry in enumerate(_entries(entries)):
            slug = str(entry.get("location") or "")
            if slug and why.get(slug, "?"):
                found.append(Problem(f"{target}.{place}.location", why.get(slug) or _no_such(slug)))
    return found


def _why_unknown(session: Session) -> dict[str, str]:
    """By location: why nothing may name it any more, '' where it may."""
    places = read_practice(clinic_body(session))[0].places
    gone = "{} is retired: no new lead goes there. Choose another location."
    return {place.slug: gone.format(place.name) if place.retired else "" for place in places}


def _no_such(slug: str) -> str:
    return f"There is no location '{slug}'. Choose one of page Clinic."
