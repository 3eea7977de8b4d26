"""The clinic and its treatments as they are edited: what is refused, field by field."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from core.setup.clinics import read_practice
from core.setup.published import CLINIC, TREATMENTS, shipped_clinic, shipped_treatments
from core.setup.treatments import read_offers, spellings

Change = Callable[[dict[str, Any]], Any]


def changed(shipped: Any, change: Change) -> dict[str, Any]:
    body = copy.deepcopy(dict(shipped))
    change(body)
    return body


def clinic(change: Change) -> list[tuple[str, str]]:
    return [(one.field, one.message) for one in read_practice(changed(shipped_clinic()[CLINIC], change))[1]]


def offers(change: Change) -> list[tuple[str, str]]:
    body = changed(shipped_treatments()[TREATMENTS], change)
    return [(one.field, one.message) for one in read_offers(body)[1]]


def test_what_ships_could_be_published_as_it_is() -> None:
    assert clinic(lambda _body: None) == []
    assert offers(lambda _body: None) == []


CLINICS: dict[str, tuple[Change, str, str]] = {
    "a number that is none": (lambda b: b.update(phone="512-555"), "phone", "digits"),
    "a number at night that is none": (lambda b: b.update(on_call_phone="911"), "on_call_phone", "digit"),
    "no name": (lambda b: b.update(name=" "), "name", "What is the clinic called?"),
    "a name that never ends": (lambda b: b.update(name="x" * 61), "name", "At most 60"),
    "a name over two lines": (lambda b: b.update(name="Luxe\nSpa"), "name", "one line"),
    "a language that texts have not": (lambda b: b.update(language="fr"), "language", "Choose one of: en, es"),
    "a website that is none": (lambda b: b.update(website="our site"), "website", "https://"),
    "a website that would let anybody frame us": (
        lambda b: b.update(website="https://example.com; script-src *"), "website", "https://",
    ),
    "a website with two hosts": (lambda b: b.update(website="https://a.example,b.example"), "website", "https://"),
    "a host hidden behind a name": (lambda b: b.update(website="https://us.com@b.example"), "website", "https://"),
    "a port that is none": (lambda b: b.update(website="https://example.com:x"), "website", "https://"),
    "a link that would run": (lambda b: b["links"].update(review="javascript:alert(1)"), "links.review", "https://"),
    "text for a number": (lambda b: b.update(texts_a_month="many"), "texts_a_month", "whole number"),
    "no location": (lambda b: b.update(locations=[]), "locations", "one open location"),
    "all retired": (
        lambda b: [one.update(retired=True) for one in b["locations"]], "locations", "one open location",
    ),
    "a usual location that is retired": (
        lambda b: b["locations"][0].update(retired=True), "default_location", "Choose one of: westlake",
    ),
    "one ZIP for two": (
        lambda b: b["locations"][1].update(zips=["785", "787"]), "locations.1.zips", "787 is Downtown's already",
    ),
    "a ZIP that is none": (lambda b: b["locations"][0].update(zips=["7a7"]), "locations.0.zips", "no ZIP code"),
    "one name for two": (
        lambda b: b["locations"][1].update(name="downtown"), "locations.1.name", "Rename one of them",
    ),
    "no address": (lambda b: b["locations"][0].update(address=""), "locations.0.address", "write its address"),
}  # fmt: skip


@pytest.mark.parametrize("case", CLINICS)
def test_a_clinic_is_refused_by_the_field(case: str) -> None:
    change, field, words = CLINICS[case]
    found = dict(clinic(change))
    assert words in found.get(field, ""), found


TREATED: dict[str, tuple[Change, str, str]] = {
    "no name": (lambda b: b["treatments"][0].update(label=""), "treatments.0.label", "What do forms call it?"),
    "a value below nothing": (lambda b: b["treatments"][0].update(value="-5"), "treatments.0.value", "whole number"),
    "a skill with a space": (lambda b: b["treatments"][0].update(group="in jection"), "treatments.0.group", "small"),
    "one spelling for two": (
        lambda b: b["treatments"][1].update(also=["Tox"]), "treatments.1.also", "leads to Botox already",
    ),
    "one name for two": (
        lambda b: b["treatments"][1].update(label="botox"), "treatments.1.label", "leads to Botox already",
    ),
    "without 'not sure yet'": (lambda b: b["treatments"].pop(), "treatments", "'Not sure yet' stays"),
    "'not sure yet' retired": (
        lambda b: b["treatments"][-1].update(retired=True), "treatments", "'Not sure yet' stays",
    ),
    "nothing at all": (lambda b: b.update(treatments=None), "treatments", "'Not sure yet' stays"),
}  # fmt: skip


@pytest.mark.parametrize("case", TREATED)
def test_treatments_are_refused_by_the_field(case: str) -> None:
    change, field, words = TREATED[case]
    found = dict(offers(change))
    assert words in found.get(field, ""), found


def test_a_browsers_numbers_are_texts() -> None:
    found, problems = read_offers(
        changed(shipped_treatments()[TREATMENTS], lambda b: b["treatments"][0].update(value="475"))
    )
    assert problems == []
    assert found[0].treatment.value_cents == 47_500
    assert spellings(found)["tox"] == "botox"
