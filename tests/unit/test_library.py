"""The library of templates: what ships is safe to send to anybody, and all that is wrong with one is said at once."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

import pytest

from core.messaging.library import (
    CLASSES,
    GROUPS,
    LONGEST_SUBJECT,
    TEXT,
    FaultyTemplate,
    Wording,
    parse_library_template,
)
from core.messaging.segments import size_of
from core.messaging.variables import EMAIL, LANGUAGES, PATIENT, health_classed, known_to, variables
from core.shipped import read_toml, shipped_catalogue, shipped_templates

PATIENTS = 500
# Of every script, and what a form may send in place of a name.
FIRST_NAMES = (
    "Grace",
    "Maximiliana",
    "Jos\u00e9",
    "\u5c0f\u660e",
    "\u30e6\u30a4",
    "\u0410\u043d\u043d\u0430",
    "\u05e9\u05e8\u05d4",
    "\u0644\u064a\u0644\u0649",
    "\uc9c0\uc6b0",
    "\u0905\u092e\u0940\u0930\u093e",
    "\u0e1e\u0e25\u0e2d\u0e22",
    "O'Brien",
    "Anne-Marie",
    "ROBIN",
    "prize.example/x7",
    "\U0001f600",
    "",
    "  ",
    "{{firstName}}",
)
BRANDS = (
    "botox",
    "dysport",
    "xeomin",
    "jeuveau",
    "kybella",
    "juvederm",
    "restylane",
    "sculptra",
    "semaglutide",
)
HEALTH_WORDS = re.compile(
    r"\b(fillers?|relleno|laser|peeling|depilaci|microneedling|wrinkles?|symptoms?|diagnos\w+|medications?|swelling|"
    r"hinchaz|injections?|inyecci)\b",
    re.IGNORECASE,
)
# Words that carriers act on (compliance.md 0.4): as a call to action they would opt somebody in or out.
CARRIERS = re.compile(
    r"\b(?:reply|text|responda|escriba|env[i\u00ed]e)\s+(?:with\s+)?(?:yes|cancel|end|quit|start|unstop|unsubscribe|revoke|optout|"
    r"stopall|alto|parar|baja|cancelar|si)\b",
    re.IGNORECASE,
)
OPT_OUT = {"en": "Reply STOP to opt out.", "es": "Responda STOP para no recibir textos."}
CATALOGUE = shipped_catalogue()
TEXTS = [key for key, one in CATALOGUE.items() if one.channel == TEXT]
EMAILS = [key for key, one in CATALOGUE.items() if one.channel == EMAIL]
OF_PATIENTS = [key for key, one in CATALOGUE.items() if one.text_class != "staff"]


@cache
def patients(language: str) -> list[dict[str, str]]:
    """Made-up people: names of every script, any values missing, any of them the longest."""
    dice = Random(8)
    return [person(dice, language) for _ in range(PATIENTS)]


def person(dice: Random, language: str) -> dict[str, str]:
    values = {
        name: dice.choice((one.sample[language], one.longest[language])) for name, one in variables().items()
    }
    always = {name for name, one in variables().items() if one.kind == "clinic"}
    missing = {name for name in values if name not in always and dice.random() < 0.3}
    return {name: value for name, value in values.items() if name not in missing} | {
        "firstName": dice.choice(FIRST_NAMES)
    }


def wordings(key: str) -> Iterator[tuple[str, Wording]]:
    one = CATALOGUE[key]
    yield from one.full.items()
    yield from ((language, wording) for language, wording in one.safe.items() if wording.neutral)


@pytest.mark.parametrize("key", CATALOGUE)
def test_a_text_reads_well_for_500_made_up_patients(key: str) -> None:
    """No error, no brace, no blank, and never a name that is none."""
    for language, wording in wordings(key):
        for values in patients(language):
            text = wording.template.render(values)
            assert text
            assert not re.search(r"[{}]|\ufdd0|\ufdd1|\ufdd2|  |prize|\bthere there\b", text), text


@pytest.mark.parametrize("key", OF_PATIENTS)
def test_without_the_preference_no_text_says_anything_of_health(key: str) -> None:
    """Whatever is known of them: the default policy."""
    for language, wording in CATALOGUE[key].safe.items():
        assert not wording.template.names & health_classed()
        for values in patients(language):
            text = wording.template.render(values)
            assert not HEALTH_WORDS.search(text), text
            assert not [brand for brand in BRANDS if brand in text.casefold()], text


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_has_two_segments_at_most_in_plain_characters(key: str) -> None:
    """With the longest values that are real, in both languages; only a name can turn it into UCS-2."""
    for language, wording in wordings(key):
        for which in ("sample", "longest"):
            values = {name: getattr(one, which)[language] for name, one in variables().items()}
            size = size_of(wording.template.render(values))
            assert (size.encoding, size.segments <= 2) == ("GSM-7", True), (language, which, size)


@pytest.mark.parametrize("key", OF_PATIENTS)
def test_every_text_to_patients_is_there_in_both_languages(key: str) -> None:
    assert set(CATALOGUE[key].full) == set(CATALOGUE[key].safe) == set(LANGUAGES)


@pytest.mark.parametrize("key", OF_PATIENTS)
def test_no_text_asks_for_a_word_that_carriers_act_on(key: str) -> None:
    """STOP stands in the line that tells how to opt out, and nowhere else."""
    for language, wording in wordings(key):
        body = wording.template.body
        assert not CARRIERS.search(body)
        if "STOP" in body:
            assert re.search(
                r"(Reply|Responda) (HELP[^.]*, )?STOP (to opt out|to cancel|para no recibir textos)\.$", body
            ), body
        if key in TEXTS and CATALOGUE[key].text_class == "marketing":
            assert body.endswith(OPT_OUT[language])


@pytest.mark.parametrize("key", [key for key, one in CATALOGUE.items() if one.text_class == "marketing"])
def test_an_offer_names_no_treatment(key: str) -> None:
    """Carriers bar promotions of prescription drugs (30565), and most treatments are some."""
    labels = [
        label.casefold()
        for entry in read_toml("treatments.toml").values()
        for label in (entry["label"], *entry["also"])
    ]
    for _language, wording in wordings(key):
        assert not wording.template.names & health_classed()
        assert not [
            label
            for label in labels
            if re.search(rf"\b{re.escape(label)}\b", wording.template.body.casefold())
            and label not in ("other", "general")
        ]


@pytest.mark.parametrize("key", EMAILS)
def test_the_subject_of_an_email_says_nothing_of_the_patient(key: str) -> None:
    """Every server on the way can read it; it fits, and it says who writes."""
    for language, wording in wordings(key):
        assert wording.subject
        assert {variables()[name].kind for name in wording.subject.names} == {"clinic"}
        longest = {name: one.longest[language] for name, one in variables().items()}
        assert 5 <= len(wording.subject.render(longest)) <= LONGEST_SUBJECT


@pytest.mark.parametrize("key", [key for key in EMAILS if CATALOGUE[key].text_class == "marketing"])
def test_a_marketing_email_has_the_way_out_and_the_postal_address(key: str) -> None:
    for _language, wording in wordings(key):
        assert {"unsubscribeUrl", "clinicAddress"} <= wording.template.names


def test_who_sends_is_named_in_every_text_to_patients() -> None:
    for key in OF_PATIENTS:
        for _language, wording in wordings(key):
            assert wording.template.names & {"clinicName", "clinicShortName"}, key


def test_the_library_covers_every_purpose() -> None:
    assert {one.group for one in CATALOGUE.values()} == set(GROUPS)
    assert {one.text_class for one in CATALOGUE.values()} == set(CLASSES)
    assert len(OF_PATIENTS) >= 35


# ---- what is wrong with a template

SOUND: dict[str, Any] = {
    "title": "Visit",
    "group": "booking",
    "class": "transactional",
    "purpose": "transactional",
    "wordings": {
        "en": {
            "body": "{{firstName}}, {{treatment}} is set. {{clinicShortName}}",
            "neutral": "{{firstName}}, it is set.",
        },
        "es": {"body": "{{firstName}}, queda lista su visita.", "neutral": ""},
    },
}


def faults(**changes: Any) -> list[tuple[str, int, int, str]]:
    """What is wrong when parts of a sound one are changed; 'en_body' and the like are parts of the wordings."""
    body = deepcopy(SOUND)
    for name, value in changes.items():
        language, _, part = name.partition("_")
        if part:
            body["wordings"].setdefault(language, {})[part] = value
        else:
            body[{"kind": "class"}.get(name, name)] = value
    try:
        parse_library_template("t", 2, body)
    except FaultyTemplate as faulty:
        return [(one.field, one.line, one.column, one.message) for one in faulty.faults]
    return []


def test_a_sound_template_has_no_fault() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "field", "line", "column", "says"),
    [
        ({"title": " "}, "title", 0, 0, "Give it a title"),
        ({"title": "x" * 61}, "title", 0, 0, "Give it a title"),
        ({"group": "moon"}, "group", 0, 0, "Choose one of lead_capture"),
        ({"kind": "spam"}, "class", 0, 0, "Choose one of transactional"),
        ({"kind": "marketing"}, "purpose", 0, 0, "A text of class marketing has the purpose marketing."),
        ({"purpose": "manual"}, "purpose", 0, 0, "A text of class transactional"),
        ({"en_body": "Hi\n{{#if callBy}}soon"}, "wordings.en.body", 2, 1, "{{#if callBy}} is never closed"),
        ({"en_neutral": "Hi {{nobody}}"}, "wordings.en.neutral", 1, 4, "Unknown variable nobody."),
        ({"en_neutral": "For {{treatment}}"}, "wordings.en.neutral", 1, 5, "The neutral wording has no health"),
        ({"en_neutral": ""}, "wordings.en.neutral", 0, 0, "treatment may be said only to patients who asked for it"),
        ({"en_body": "See {{leadUrl}}"}, "wordings.en.body", 1, 5, "A text to patients can't have leadUrl."),
        ({"en_body": "At {{email}}"}, "wordings.en.body", 1, 4, "A text to patients can't have email."),
        ({"es_body": "x" * 1601}, "wordings.es.body", 0, 0, "A text has at most 1600 characters; this one 1601."),
        ({"es_body": "", "es_neutral": "Hola"}, "wordings.es.body", 0, 0, "Write the wording itself"),
        ({"fr_body": "Bonjour"}, "wordings.fr", 0, 0, "Wordings are in en, es."),
        ({"wordings": {}}, "wordings.en.body", 0, 0, "Write the wording in one language at least."),
        ({"wordings": "words"}, "wordings.en.body", 0, 0, "Write the wording in one language at least."),
        ({"wordings": {"en": "words"}}, "wordings.en.body", 0, 0, "Write the wording in one language at least."),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_field_line_and_column(
    changes: Mapping[str, Any], field: str, line: int, column: int, says: str
) -> None:
    found = faults(**changes)
    assert [(one[:3]) for one in found] == [(field, line, column)]
    assert found[0][3].startswith(says)


def test_all_faults_are_said_at_once() -> None:
    """Who mends one and tries again must not be told of the next, one after the other."""
    found = faults(title="", en_body="{{a}} {{b}} {{a}}", es_body="{{#if firstName}}")
    assert [one[:3] for one in found] == [
        ("title", 0, 0), ("wordings.en.body", 1, 1), ("wordings.en.body", 1, 7), ("wordings.es.body", 1, 1),
    ]  # fmt: skip


def test_an_if_reveals_what_it_turns_on() -> None:
    """Words that are there only for who had a treatment say that they had it."""
    assert [one[0] for one in faults(es_body="{{#if treatment}}Sus cuidados{{/if}} Hola")] == [
        "wordings.es.neutral"
    ]


@pytest.mark.parametrize("key", shipped_templates())
def test_what_ships_has_no_fault(key: str) -> None:
    assert parse_library_template(key, 1, shipped_templates()[key]).full


# ---- which words somebody gets


def chosen(languages: tuple[str, ...], *, health: bool) -> tuple[str, bool]:
    wording = parse_library_template("t", 2, SOUND).wording(languages, health=health)
    assert wording
    return wording.template.language, wording.neutral


def test_everybody_gets_the_words_of_their_language_and_their_preference() -> None:
    assert chosen(("es", "en"), health=False) == ("es", False)
    assert chosen(("", "en"), health=False) == ("en", True)
    assert chosen(("en", "es"), health=True) == ("en", False)


def test_words_that_are_missing_in_a_language_are_those_of_the_clinics() -> None:
    body = deepcopy(SOUND)
    del body["wordings"]["es"]
    found = parse_library_template("t", 2, body).wording(("es", "en"), health=False)
    assert found
    assert found.template.language == "en"


def test_a_variable_says_what_it_is() -> None:
    """Every one has a label, a sample and a longest value; what is health-classed goes to patients alone."""
    for name, one in variables().items():
        assert one.label, name
        assert all(one.sample[language] and one.longest[language] for language in LANGUAGES), name
    assert {"treatment", "symptom", "clinicalAssessment"} <= health_classed()
    assert not health_classed() - known_to(PATIENT)


LETTER: dict[str, Any] = {
    **SOUND,
    "channel": "email",
    "wordings": {"en": {"subject": "From {{clinicName}}", "body": "Hi {{firstName}}, {{clinicName}} here."}},
}


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("", "Write the subject of the email."),
        ("For {{firstName}}", "says nothing of the patient: firstName can't stand there"),
        ("After {{treatment}}", "says nothing of the patient: treatment can't stand there"),
    ],
)
def test_what_is_wrong_with_a_subject_is_said(subject: str, words: str) -> None:
    with pytest.raises(FaultyTemplate) as refused:
        parse_library_template("t", 1, {**LETTER, "wordings": {"en": {"subject": subject, "body": "Hello."}}})
    [fault] = refused.value.faults
    assert (fault.field, words in fault.message) == ("wordings.en.subject", True)


def test_an_email_has_room_and_a_text_has_none_for_the_way_out() -> None:
    """The link that ends marketing emails would mean nothing in a text."""
    out = {"en": {"subject": "From us", "body": "x" * 1700 + " {{unsubscribeUrl}}"}}
    assert parse_library_template("t", 1, {**LETTER, "wordings": out}).channel == EMAIL
    with pytest.raises(FaultyTemplate, match="can't have unsubscribeUrl"):
        parse_library_template("t", 1, {**SOUND, "wordings": {"en": {"body": "{{unsubscribeUrl}}"}}})


def test_an_alert_to_staff_is_no_email() -> None:
    with pytest.raises(FaultyTemplate, match="An email is one of transactional"):
        parse_library_template("t", 1, {**LETTER, "class": "staff", "purpose": "staff_alert"})
