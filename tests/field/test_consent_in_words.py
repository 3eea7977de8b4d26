"""A refusal in whatever words is none, a yes has to be clear: for every connector, by what leaves."""

import json
from typing import Any

import pytest

from tests.field.delivering import case, generic, jotform, texts, typeform
from tests.gateway.asking import Gateway

# A few of each kind; the words themselves are tried in tests/unit/intake/test_agreement.py.
REFUSALS = ("I do not agree", "Opt out", "No acepto")
NEITHER = ("N/A", "Maybe later")
AGREEMENTS = ("Yes", "Sí, acepto")
TITLE = "May we text you about your request?"


def grants(gateway: Gateway) -> int:
    return gateway.column("consents.action").count("grant")


def nothing_leaves(gateway: Gateway) -> bool:
    """No consent, no text, and a lead that staff call."""
    return not texts(gateway) and not grants(gateway) and gateway.column("leads.call_only") == [True]


def refused_form(answer: object, slug: str = "smsConsent") -> dict[str, Any]:
    form: dict[str, Any] = json.loads(case("jotform-consent-refused.json"))
    del form["q8_smsConsent"]
    return form | {f"q8_{slug}": answer}


def typeform_of(answer: dict[str, Any], title: str = TITLE) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(case("typeform-preference-question.json"))
    response = document["form_response"]
    response["definition"]["fields"][-1]["title"] = title
    response["answers"][-1] = answer | {"field": response["answers"][-1]["field"]}
    return document


def generic_of(answer: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(case("generic-first-timestamp.json"))
    document["consent"] = {"sms_transactional": answer, "text": "I agree to receive texts about my request."}
    return document


def test_jotform_consent_refused(signed_gateway: Gateway) -> None:
    """The radio says 'I do not agree': no consent, no text, a lead to call."""
    assert jotform(signed_gateway, json.loads(case("jotform-consent-refused.json"))).status_code == 201
    assert nothing_leaves(signed_gateway)
    assert set(signed_gateway.column("consents.action")) == {"decline"}


@pytest.mark.parametrize(
    "answer", [*REFUSALS, *NEITHER, [], ["I do not agree"], {"Text messages": "No", "Email": "Yes"}]
)
def test_jotform_without_a_clear_yes_texts_nobody(signed_gateway: Gateway, answer: object) -> None:
    """Radio, list, grid and free text."""
    assert jotform(signed_gateway, refused_form(answer)).status_code == 201
    assert nothing_leaves(signed_gateway)


@pytest.mark.parametrize(
    "answer",
    [*AGREEMENTS, ["I agree to receive texts about my request."], {"Text messages": "Yes", "Email": "No"}],
)
def test_jotform_with_a_clear_yes_texts(signed_gateway: Gateway, answer: object) -> None:
    """In as many ways."""
    assert jotform(signed_gateway, refused_form(answer)).status_code == 201
    assert len(texts(signed_gateway)) == 1


@pytest.mark.parametrize(
    ("slug", "answer"),
    [
        ("optOutOfTexts", "Yes"),
        ("typeA8", ["I do not want texts"]),
        ("smsConsent", ["I agree to receive texts about my request.", "I do not want texts"]),
    ],
)
def test_a_ticked_box_that_says_no_is_a_no(signed_gateway: Gateway, slug: str, answer: object) -> None:
    """Questions may ask the opposite, and a list may hold both."""
    assert jotform(signed_gateway, refused_form(answer, slug)).status_code == 201
    assert nothing_leaves(signed_gateway)


@pytest.mark.parametrize("words", [*REFUSALS, *NEITHER])
@pytest.mark.parametrize("kind", ["choice", "text"])
def test_typeform_without_a_clear_yes_texts_nobody(signed_gateway: Gateway, kind: str, words: str) -> None:
    """A choice has its words in a label."""
    answer = (
        {"type": "choice", "choice": {"label": words}}
        if kind == "choice"
        else {"type": "text", "text": words}
    )
    assert typeform(signed_gateway, typeform_of(answer)).status_code == 201
    assert nothing_leaves(signed_gateway)


@pytest.mark.parametrize("words", AGREEMENTS)
def test_typeform_with_a_clear_yes_texts(signed_gateway: Gateway, words: str) -> None:
    """And the ledger has question and answer."""
    assert (
        typeform(signed_gateway, typeform_of({"type": "choice", "choice": {"label": words}})).status_code
        == 201
    )
    assert len(texts(signed_gateway)) == 1
    assert signed_gateway.column("consents.wording") == [f"{TITLE}: {words}"]


@pytest.mark.parametrize(
    ("title", "boolean"),
    [
        (TITLE, False),
        ("I do not want to receive texts.", True),
        ("Opt me out of texts", True),
        ("I agree to the terms", True),
    ],
)
def test_typeform_by_yes_and_no(signed_gateway: Gateway, title: str, boolean: bool) -> None:
    """No is no, yes to the opposite is no, and yes to something else is nothing."""
    document = typeform_of({"type": "boolean", "boolean": boolean}, title)
    assert typeform(signed_gateway, document).status_code == 201
    assert nothing_leaves(signed_gateway)


@pytest.mark.parametrize("answer", [*REFUSALS, *NEITHER, False, 0, "false", "unchecked", [], None, {}])
def test_generic_without_a_clear_yes_texts_nobody(signed_gateway: Gateway, answer: object) -> None:
    """A flag may be a word."""
    assert generic(signed_gateway, generic_of(answer)).status_code == 201
    assert nothing_leaves(signed_gateway)


@pytest.mark.parametrize("answer", [*AGREEMENTS, True, 1, "true", "on"])
def test_generic_with_a_clear_yes_texts(signed_gateway: Gateway, answer: object) -> None:
    """Or a number."""
    assert generic(signed_gateway, generic_of(answer)).status_code == 201
    assert len(texts(signed_gateway)) == 1


def test_generic_ticked_under_words_that_refuse(signed_gateway: Gateway) -> None:
    """The words of the box decide what a tick means."""
    form = generic_of(True)
    form["consent"]["text"] = "I do not want to receive texts."
    assert generic(signed_gateway, form).status_code == 201
    assert nothing_leaves(signed_gateway)


def test_who_agreed_once_and_refuses_now_is_texted_no_more(signed_gateway: Gateway) -> None:
    """The last word counts, whatever was ticked on an earlier form."""
    agreed = generic_of(True)
    agreed["contact"]["phone"] = "(302) 555-0112"
    agreed["consent"] |= {"sms_marketing": True, "text": "I agree to marketing and informational texts."}
    assert generic(signed_gateway, agreed).status_code == 201
    assert len(texts(signed_gateway)) == 1
    assert jotform(signed_gateway, json.loads(case("jotform-consent-refused.json"))).status_code == 201
    assert len(texts(signed_gateway)) == 1
    assert signed_gateway.column("phone_standing.transactional_at") == [None]
    assert signed_gateway.column("phone_standing.marketing_at") == [None]
