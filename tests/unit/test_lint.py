"""The checks of a template's wording: what bars publishing, what is only said, and what one click makes of it."""

import random
from itertools import pairwise
from typing import Any

import pytest

from core.kinds import TEMPLATE, checked_for, template_errors
from core.messaging.handlebars import LINE_BREAK
from core.messaging.rules.lint.findings import ERROR, Finding, applied
from core.messaging.rules.lint.linting import Clinic, lint, words_of
from core.setup.published import shipped_clinic

CLINIC = Clinic("en", ("Luxe Medical Spa", "Luxe"))
STOP = {"en": "Reply STOP to opt out.", "es": "Responda STOP para no recibir mensajes."}
PLAIN = {"en": "{{clinicShortName}}: see you soon.", "es": "{{clinicShortName}}: nos vemos pronto."}


def template(en: str = PLAIN["en"], es: str = PLAIN["es"], **more: Any) -> dict[str, Any]:
    wordings = {
        "en": {"body": en, "neutral": more.pop("neutral", "")},
        "es": {"body": es, "neutral": more.pop("neutral_es", "")},
    }
    about = {"title": "A title", "group": "booking", "class": "transactional", "purpose": "transactional"}
    return {**about, "wordings": wordings, **more}


def in_language(language: str, words: str, **more: Any) -> dict[str, Any]:
    return template(words, **more) if language == "en" else template(es=words, **more)


def found(body: dict[str, Any], code: str = "") -> list[Finding]:
    return [one for one in lint(body, CLINIC) if not code or one.code == code]


def only(body: dict[str, Any], code: str) -> Finding:
    (one,) = found(body, code)
    return one


def mended(body: dict[str, Any], finding: Finding) -> str:
    """The field's words after the click."""
    assert finding.fix is not None
    field = finding.fix.edits[0].field
    _, language, part = field.split(".")
    return applied(words_of(body, language, part), finding.fix.edits)


def marked(body: dict[str, Any], finding: Finding) -> str:
    """What the finding points at, by its line, column and length."""
    _, language, part = finding.field.split(".")
    line = words_of(body, language, part).split("\n")[finding.line - 1]
    return line[finding.column - 1 : finding.column - 1 + finding.length]


@pytest.mark.parametrize("key", TEMPLATE.shipped())
def test_what_ships_could_be_published_as_it_is(key: str) -> None:
    assert template_errors(TEMPLATE.shipped()[key], checked_for(shipped_clinic()["clinic"])) == []


def test_a_plain_text_in_both_languages_has_nothing_against_it() -> None:
    assert found(template()) == []


@pytest.mark.parametrize(
    ("language", "words", "keyword", "after"),
    [
        ("en", "Luxe: reply YES to confirm.", "YES", "Luxe: reply 1 to confirm."),
        ("en", "Luxe: reply yes to confirm.", "yes", "Luxe: reply 1 to confirm."),
        ("en", 'Luxe: text "CANCEL" if it does not suit.', "CANCEL", 'Luxe: text "2" if it does not suit.'),
        ("en", "Luxe: reply BOOK to come, END if not.", "END", "Luxe: reply BOOK to come, 2 if not."),
        ("en", "Luxe: respond with QUIT when done.", "QUIT", "Luxe: respond with 2 when done."),
        ("en", "Luxe: reply START to begin.", "START", "Luxe: reply BOOK to begin."),
        ("en", "Luxe: reply STOP to cancel your visit.", "STOP", "Luxe: reply 2 to cancel your visit."),
        ("en", "Luxe: reply HELP if you are lost.", "HELP", "Luxe: reply CALL if you are lost."),
        ("es", "Luxe: responda CANCELAR si no puede.", "CANCELAR", "Luxe: responda 2 si no puede."),
        ("es", "Luxe: env\u00ede BAJA o 1.", "BAJA", "Luxe: env\u00ede 2 o 1."),
        (
            "es",
            "Luxe: responda STOP para cancelar su cita.",
            "STOP",
            "Luxe: responda 2 para cancelar su cita.",
        ),
    ],
)
def test_a_word_that_carriers_act_on_is_no_answer_to_ask_for(
    language: str, words: str, keyword: str, after: str
) -> None:
    body = in_language(language, words)
    finding = only(body, "reserved_keyword")
    assert (finding.level, marked(body, finding), mended(body, finding)) == (ERROR, keyword, after)


@pytest.mark.parametrize(
    "words",
    [
        "Luxe: reply BOOK or CALL.",
        "Luxe: the end of the year is near, reply 1 and we start early.",
        "Luxe: to cancel, call {{clinicPhone}}.",
        "Luxe: reply HELP for help, STOP to opt out.",
        "Luxe: yes, we are open. Reply 1.",
        "Luxe: responda STOP para no recibir mensajes.",
    ],
)
def test_the_same_words_elsewhere_and_the_way_out_are_none(words: str) -> None:
    assert found(template(words), "reserved_keyword") == []


@pytest.mark.parametrize(
    ("language", "words", "after"),
    [
        (
            "en",
            "Luxe: pick a time: {{bookingUrl}} Or not.\nReply CALL and we ring you.",
            "Luxe: pick a time: {{bookingUrl}} Or not.\n",
        ),
        ("en", "Luxe: reply BOOK or call {{clinicPhone}}.", "Luxe: reply BOOK."),
        ("en", "Luxe: reply 1 today. Reply CALL for more.", "Luxe: reply 1 today."),
        ("es", "Luxe: elija: {{bookingUrl}}. Responda CALL y le llamamos.", "Luxe: elija: {{bookingUrl}}."),
    ],
)
def test_one_thing_is_asked_at_a_time(language: str, words: str, after: str) -> None:
    body = in_language(language, words)
    finding = only(body, "two_asks")
    assert finding.level != ERROR
    assert mended(body, finding).rstrip("\n") == after.rstrip("\n")


@pytest.mark.parametrize(
    "words",
    [
        "Luxe: reply 1 for a call, 2 to text, 3 to pick a time.",
        "Luxe: pick a time: {{bookingUrl}}. Questions? {{clinicPhone}}. Reply STOP to opt out.",
        "Luxe: call {{clinicPhone}} by 10:30. We open at 9.",
        "Luxe: your aftercare: {{aftercareUrl}}. Worried? Call {{emergencyPhone}}.",
        "Luxe: {{#if bookingUrl}}pick a time: {{bookingUrl}}{{else}}reply BOOK with a day{{/if}}. Thanks.",
    ],
)
def test_choices_of_one_question_and_the_way_out_are_one_thing(words: str) -> None:
    assert found(template(words), "two_asks") == []


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "about", [{"class": "marketing", "purpose": "marketing"}, {"purpose": "confirmation"}]
)
def test_first_and_marketing_texts_name_the_sender_and_the_way_out(
    language: str, about: dict[str, str]
) -> None:
    body = in_language(language, "Hello", **about)
    for code in ("no_opt_out", "no_sender"):
        assert {one.level for one in found(body, code) if one.field == f"wordings.{language}.body"} == {ERROR}
    way_out = next(one for one in found(body, "no_opt_out") if one.field == f"wordings.{language}.body")
    assert mended(body, way_out) == f"Hello {STOP[language]}"
    named = in_language(language, f"Luxe: hello. {STOP[language]}", **about)
    assert [one for one in found(named) if one.field == f"wordings.{language}.body"] == []


def test_later_texts_are_only_reminded_to_say_who_writes() -> None:
    """'deluxe' names nobody."""
    body = template("A deluxe day.")
    finding = only(body, "no_sender")
    assert finding.level != ERROR
    assert mended(body, finding) == "{{clinicShortName}}: A deluxe day."


@pytest.mark.parametrize(
    ("language", "words", "brand", "offer"),
    [
        ("en", "Luxe: Botox 20% off.", "Botox", "% off"),
        ("en", "Luxe: free DYSPORT for you.", "DYSPORT", "free"),
        ("es", "Luxe: oferta de Ozempic.", "Ozempic", "oferta"),
        ("es", "Luxe: semaglutida con descuento.", "semaglutida", "descuento"),
        ("en", "Luxe: {{treatment}}, a special this week.", "{{treatment}}", "special"),
    ],
)
def test_a_prescription_product_beside_an_offer_is_refused(
    language: str, words: str, brand: str, offer: str
) -> None:
    """Twilio does so at registration (30565)."""
    body = in_language(language, words, neutral="Luxe: hello.")
    finding = only(body, "drug_offer")
    assert (finding.level, marked(body, finding)) == (ERROR, brand)
    assert "30565" in finding.message
    assert f"'{offer}'" in finding.message
    assert found({**body, "wordings": _said(body, mended(body, finding), language)}, "drug_offer") == []


def _said(body: dict[str, Any], words: str, language: str) -> dict[str, Any]:
    return {**body["wordings"], language: {**body["wordings"][language], "body": words}}


@pytest.mark.parametrize(
    ("language", "words", "told"),
    [
        ("en", "Luxe: about your lip filler.", "filler"),
        ("en", "Luxe: is the swelling gone?", "swelling"),
        ("en", "Luxe: your Botox visit.", "Botox"),
        ("es", "Luxe: sobre su relleno.", "relleno"),
        ("es", "Luxe: \u00bftiene hinchaz\u00f3n?", "hinchaz\u00f3n"),
    ],
)
def test_health_is_not_told_in_a_text_that_everybody_gets(language: str, words: str, told: str) -> None:
    body = in_language(language, words)
    finding = only(body, "health")
    assert (finding.level, marked(body, finding)) == (ERROR, told)


def test_a_number_is_no_numbness_and_an_emergency_may_name_symptoms() -> None:
    assert found(template("Luxe: call our number."), "health") == []
    urgent = template("Luxe: swelling or fever? Call 911.", **{"class": "emergency"})
    assert found(urgent, "health") == []


def test_words_for_some_patients_need_words_for_the_others() -> None:
    """The neutral wording is one click away, blocks and fallbacks settled."""
    words = "{{clinicShortName}}: {{#if treatment}}all about {{treatment}}{{else}}all about it{{/if}}. {{treatment}}!"
    body = template(words)
    (finding,) = (one for one in found(body) if one.level == ERROR)
    assert finding.field == "wordings.en.neutral"
    assert mended(body, finding) == "{{clinicShortName}}: all about it. your visit!"
    assert found(template(words, neutral=mended(body, finding))) == []


def test_neutral_words_have_nothing_of_health_in_them() -> None:
    body = template("Luxe: {{treatment}}.", neutral="Luxe: see {{treatment}}.")
    (finding,) = (one for one in found(body) if one.level == ERROR)
    assert (finding.field, marked(body, finding)) == ("wordings.en.neutral", "{{treatment}}")
    assert mended(body, finding) == "Luxe: see your visit."
    said = template("Luxe: {{treatment}}.", neutral="Luxe: your Botox.")
    assert only(said, "health").field == "wordings.en.neutral"


@pytest.mark.parametrize(
    ("words", "line", "column", "after"),
    [
        ("Luxe: Hi {{firstNam}}", 1, 10, "Luxe: Hi {{firstName}}"),
        ("Luxe:\nHi {{#if clinicPhon}}x{{/if}}", 2, 4, "Luxe:\nHi {{#if clinicPhone}}x{{/if}}"),
    ],
)
def test_an_unknown_variable_becomes_the_nearest_one(words: str, line: int, column: int, after: str) -> None:
    body = template(words)
    finding = only(body, "fault")
    assert (finding.level, finding.line, finding.column) == (ERROR, line, column)
    assert mended(body, finding) == after


def test_what_resembles_nothing_is_only_named() -> None:
    finding = only(template("Luxe: {{qqqq}}"), "fault")
    assert "qqqq" in finding.message
    assert finding.fix is None


@pytest.mark.parametrize(
    ("words", "said", "line", "column"),
    [
        ("Luxe: {{#if firstName}}Hi", "never closed", 1, 7),
        ("Luxe:\n {{firstName", "never closed", 2, 2),
        ("Luxe: x{{/if}}", "closes nothing", 1, 8),
    ],
)
def test_a_broken_block_is_shown_where_it_stands(words: str, said: str, line: int, column: int) -> None:
    finding = only(template(words), "fault")
    assert said in finding.message
    assert (finding.level, finding.line, finding.column) == (ERROR, line, column)


def test_blocks_stand_in_one_another_as_deep_as_one_likes() -> None:
    deep = "Luxe: {{#if firstName}}a{{#if staffName}}b{{#if clinicPhone}}c{{/if}}{{/if}}{{/if}}"
    assert found(template(deep)) == []


def test_two_thousand_characters_are_too_many() -> None:
    (finding,) = (one for one in found(template("Luxe " * 400)) if one.level == ERROR)
    assert "1600" in finding.message
    assert "2000" in finding.message


def test_a_value_that_may_be_missing_has_other_words() -> None:
    body = template("Luxe calls {{callBy}}.")
    finding = only(body, "no_fallback")
    assert (finding.level, marked(body, finding)) == (ERROR, "{{callBy}}")
    assert mended(body, finding) == "Luxe calls {{#if callBy}}{{callBy}}{{/if}}."
    for sound in (
        "Luxe calls{{#if callBy}} {{callBy}}{{else}} soon{{/if}}.",
        "Luxe: {{bookingUrl}} {{firstName}}",
    ):
        assert found(template(sound), "no_fallback") == []
    wrong_side = template("Luxe calls {{#if callBy}}now{{else}}{{callBy}}{{/if}}.")
    assert found(wrong_side, "no_fallback")


@pytest.mark.parametrize("link", ["https://bit.ly/x1", "tinyurl.com/abc", "http://www.t.co/q"])
def test_public_short_links_are_refused(link: str) -> None:
    body = template(f"Luxe: see {link} today.")
    finding = only(body, "shortener")
    assert (finding.level, marked(body, finding)) == (ERROR, link)
    assert "{{" in mended(body, finding)


def test_the_clinics_own_link_is_no_shortener() -> None:
    assert (
        found(
            template("Luxe: https://luxe.example.com/t.co and cat.co and x.bit.ly.example.com"), "shortener"
        )
        == []
    )


def test_a_third_emoji_goes_by_a_click() -> None:
    """A family is one."""
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    body = template(f"Luxe: hi \u2764\ufe0f {family} \U0001f600!")
    finding = only(body, "emoji")
    assert mended(body, finding) == f"Luxe: hi \u2764\ufe0f {family} !"
    assert found(template(f"Luxe: hi \u2764\ufe0f {family}"), "emoji") == []


@pytest.mark.parametrize(
    ("language", "words", "after"),
    [
        ("en", "Luxe: it\u2019s you\u2019re.", "Luxe: it's you're."),
        ("es", "Luxe: ma\u00f1ana est\u00e1.", "Luxe: ma\u00f1ana esta."),
        ("en", "Luxe: now\u2014or later\u2026", "Luxe: now-or later\u2026"),
        ("en", "Luxe: hi \u2764\ufe0f!", "Luxe: hi !"),
        ("en", "Luxe:\u200b hi", "Luxe: hi"),
    ],
)
def test_characters_that_make_a_text_dear_are_changed_by_a_click(
    language: str, words: str, after: str
) -> None:
    """The n with a tilde costs nothing; each other sign has a change of its own."""
    body = in_language(language, words)
    finding = found(body, "character")[0]
    assert finding.level != ERROR
    assert mended(body, finding) == after


def test_more_than_two_segments_with_the_longest_values_are_said() -> None:
    """The usual values would fit."""
    words = f"Luxe: {'a' * 280} {{{{fullName}}}}"
    assert "3 segments" in only(template(words), "too_long").message
    assert found(template(f"Luxe: {'a' * 250} {{{{fullName}}}}"), "too_long") == []


def test_a_language_that_is_missing_is_said_and_the_clinics_own_bars_publishing() -> None:
    assert only(template(es=""), "no_language").level != ERROR
    assert only(template(en=""), "no_language").level == ERROR
    assert ["one language" in one.message for one in found(template("", ""))] == [True]
    staff = template("Lead {{leadRef}}.", "", **{"class": "staff", "purpose": "staff_alert"})
    assert found(staff) == []


def test_whatever_is_typed_is_pointed_at_where_it_stands_and_every_click_can_be_done() -> None:
    """Of made-up texts full of what is looked for: places lie within the words, changes do not overlap."""
    rng = random.Random(11)
    pool = [
        "{{firstName}}", "{{treatment}}", "{{nobody}}", "{{#if callBy}}", "{{else}}", "{{/if}}", "{{", "}", "reply ",
        "responda ", "YES", "STOP to opt out", "1", "call ", "{{clinicPhone}}", "bit.ly/x", "https://t.co", "Botox",
        "free", "filler", "\u2019", "\U0001f600", "\u00e1", "\u0130", "\u00df", ". ", ", ", "\n", "\r\n", " or ",
        *[" "] * 15,
    ]  # fmt: skip
    pointed_at = 0
    for _ in range(400):
        words = ["".join(rng.choices(pool, k=rng.randint(1, 40))) for _ in range(4)]
        body = template(*words[:2], neutral=words[2], neutral_es=words[3], **{"class": "marketing"})
        for finding in found(body):
            check_place(body, finding)
            pointed_at += 1
    assert pointed_at > 400


def check_place(body: dict[str, Any], finding: Finding) -> None:
    _, language, part = finding.field.split(".") if "." in finding.field else ("", "en", "body")
    text = words_of(body, language, part)
    if finding.line:
        lines = LINE_BREAK.split(text)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
    for edit in finding.fix.edits if finding.fix else ():
        assert 0 <= edit.start <= edit.end <= len(words_of(body, *edit.field.split(".")[1:]))
    spans = sorted((edit.start, edit.end) for edit in (finding.fix.edits if finding.fix else ()))
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


def test_a_pasted_book_is_only_too_long() -> None:
    """Nothing else is looked for in it: the editor answers at once."""
    (finding,) = (
        one for one in found(template("reply YES or {{x}} " * 3000)) if one.field.startswith("wordings.en")
    )
    assert "1600" in finding.message


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"wordings": None},
        {"wordings": {"en": "text"}},
        {"wordings": {"en": {"body": 7}}, "class": ["x"]},
        {"class": None},
    ],
)
def test_whatever_a_browser_sends_has_errors_and_breaks_nothing(body: dict[str, Any]) -> None:
    assert any(one.level == ERROR for one in found(body))


def letter(body: str, subject: str = "News from {{clinicName}}", **more: Any) -> dict[str, Any]:
    words = {"subject": subject, "body": body, "neutral": ""}
    about = {"class": "marketing", "purpose": "marketing", **more}
    return template(**about) | {"channel": "email", "wordings": {"en": words, "es": words}}


def test_a_marketing_email_without_the_way_out_or_the_address_is_barred_and_one_click_adds_them() -> None:
    body = letter("Hello from {{clinicName}}")
    assert {one.code for one in found(body) if one.level == ERROR} == {"no_unsubscribe", "no_address"}
    for code, tag in (("no_unsubscribe", "{{unsubscribeUrl}}"), ("no_address", "{{clinicAddress}}")):
        assert tag in mended(body, next(one for one in found(body, code)))


def test_a_subject_that_is_cut_off_or_tells_of_health_is_barred() -> None:
    assert found(letter("{{clinicName}}", "a" * 79), "long_subject")
    assert [one.field for one in found(letter("{{clinicName}}", "Your filler visit"), "health")] == [
        "wordings.en.subject"
    ]


def test_rules_about_carriers_do_not_bind_emails() -> None:
    """No STOP line, no segments, no reserved words: none of them reaches a carrier."""
    body = letter(
        "Reply YES. " + "{{clinicName}} \u2014 " * 80,
        **{"class": "informational", "purpose": "transactional"},
    )
    assert [one.code for one in found(body) if one.level == ERROR] == []
