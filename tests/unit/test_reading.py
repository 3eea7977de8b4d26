"""How a patient's words are read: every way to say stop is heard, every cry for help, and nothing else for either."""

import pytest

from core.conversation.rules.reading import BY_MACHINE, Context, Did, Label, read
from tests.corpus import LABELLED, Example, half, labelled, scores

CONFIRMATION = half("development")[0].said or ""
STOPS = (Label.OPT_OUT, Label.WRONG_NUMBER)
URGENT = {Did.PAGE_ON_CALL, Did.SAFETY_REPLY, Did.TO_PERSON, Did.PAUSE_AUTOMATION, Did.STOP_MARKETING}


@pytest.mark.parametrize(
    "example", half("development"), ids=lambda example: f"{example.label}: {example.text[:40]}"
)
def test_every_text_of_the_development_half_is_read_as_it_deserves(example: Example) -> None:
    assert example.reading.label is example.label


def test_the_half_that_nothing_was_tuned_on_is_read_as_well() -> None:
    """Missing a stop or a danger is worst, an opt-out that was none comes next; `bench.replies` prints all figures."""
    found = scores(half("held_out"))
    assert (found[Label.OPT_OUT].recall or 0) >= 0.95
    assert (found[Label.OPT_OUT].precision or 0) >= 0.97
    assert (found[Label.RED_FLAG].recall or 0) >= 0.95
    assert (found[Label.TAPBACK].precision or 0) == 1
    assert sum(score.right for score in found.values()) >= 0.95 * len(half("held_out"))


def test_no_stop_of_the_held_out_half_goes_on_being_texted() -> None:
    """Whatever else it is taken for: who wants no more texts is at least left to a person."""
    missed = [one.text for one in half("held_out") if one.label in STOPS and not _pauses_or_stops(one)]
    assert missed == []


@pytest.mark.parametrize("name", LABELLED)
def test_no_set_has_a_stop_or_a_danger_that_is_missed_or_one_that_is_none(name: str) -> None:
    wrong = [one.text for one in labelled(name) if _guarded(one.label) != _guarded(one.reading.label)]
    assert wrong == []


def _guarded(label: Label) -> Label | None:
    return label if label in (Label.OPT_OUT, Label.RED_FLAG) else None


def _pauses_or_stops(example: Example) -> bool:
    return Did.SUPPRESS in example.reading.did or Did.PAUSE_AUTOMATION in example.reading.did


@pytest.mark.parametrize(
    "words", ["STOP, my lips are swollen and I can't breathe", "Stop texting me. I can't see"]
)
def test_a_stop_with_a_cry_for_help_does_both(words: str) -> None:
    reading = read(words)
    assert reading.label is Label.OPT_OUT
    assert set(reading.did) == {Did.SUPPRESS, Did.OPTOUT_CONFIRMATION, *URGENT}


def test_a_stop_that_speaks_of_a_complaint_of_the_body_tells_a_person() -> None:
    assert Did.TO_PERSON in read("Stop. it hurts").did
    assert Did.PAGE_ON_CALL not in read("Stop. it hurts").did


def test_a_stop_alone_tells_nobody() -> None:
    assert read("STOP").did == (Did.SUPPRESS, Did.OPTOUT_CONFIRMATION)
    assert (read("STOP").how, read("please stop texting").how) == ("keyword", "plain_language")


@pytest.mark.parametrize(
    ("words", "label"), [("No, text me", Label.OTHER), ("No, no more texts", Label.OPT_OUT)]
)
def test_a_no_before_a_comma_answers_and_refuses_nothing(words: str, label: Label) -> None:
    assert read(words).label is label


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("please stop, I am at work", Label.OPT_OUT),
        ("stop texting me while I am at work", Label.AMBIGUOUS_OPT_OUT),
    ],
)
def test_a_reason_to_stop_is_no_condition(words: str, label: Label) -> None:
    assert read(words).label is label


def test_somebody_elses_hospital_is_a_reason_to_move_a_visit() -> None:
    assert Did.PAGE_ON_CALL not in read("My dad is in the hospital, I have to reschedule").did
    assert Did.PAGE_ON_CALL in read("My mom is in the hospital after her filler").did


def test_danger_sets_everything_off_but_an_opt_out() -> None:
    assert set(read("my face is swelling, I can't breathe").did) == URGENT


def test_what_may_be_an_opt_out_is_a_persons_to_decide_and_is_not_confirmed() -> None:
    assert read("can I cancel my appointment").did == (Did.PAUSE_AUTOMATION, Did.TO_PERSON)


@pytest.mark.parametrize("machine", sorted(BY_MACHINE))
def test_what_no_person_wrote_sets_nothing_off(machine: Label) -> None:
    examples = [one for one in half("development") if one.label is machine]
    assert examples
    assert {one.reading.did for one in examples} == {()}


def test_a_reaction_to_an_earlier_text_of_ours_is_one() -> None:
    """The one we sent last is not the only one that a patient may like."""
    words = f"Liked \u201c{CONFIRMATION}\u201d"
    assert read(words, None, Context(("Are you still interested?", CONFIRMATION))).label is Label.TAPBACK
    assert read(words, None, Context(("Are you still interested?",))).label is Label.TAPBACK


def test_a_stop_in_quotation_marks_is_no_reaction() -> None:
    """A person who writes Liked "STOP" quotes nothing of ours."""
    assert read('Liked "STOP"', None, Context((CONFIRMATION,))).label is Label.OPT_OUT
    assert read("Liked? STOP").label is Label.OPT_OUT


@pytest.mark.parametrize(
    ("said", "label"), [("Reply 1 for a call, 2 to text.", Label.OPTION_2), ("Hello!", Label.OTHER)]
)
def test_a_digit_is_a_choice_only_where_it_was_offered(said: str, label: Label) -> None:
    assert read("2", None, Context((said,))).label is label


def test_the_last_question_counts_not_the_last_words() -> None:
    """A text without a question may have come after the menu; a later question takes its place."""
    menu, news, question = (
        "Reply 1 for a call, 2 to text.",
        "Your visit is free.",
        "Still interested? Reply BOOK.",
    )
    assert read("1", None, Context((news, menu))).label is Label.OPTION_1
    assert read("1", None, Context((question, menu))).label is Label.OTHER


@pytest.mark.parametrize(
    ("opted_out", "label"), [(True, Label.OPT_IN), (False, Label.YES), (None, Label.YES)]
)
def test_yes_switches_texts_on_only_for_somebody_who_had_opted_out(
    opted_out: bool | None, label: Label
) -> None:
    """To a question of ours it is an answer."""
    assert read("YES", None, Context(("Still interested?",), opted_out)).label is label


def test_start_from_somebody_who_gets_texts_is_for_a_person_to_read() -> None:
    assert read("START", None, Context((), opted_out=False)).did == (Did.PAUSE_AUTOMATION, Did.TO_PERSON)
    assert read("START", None, Context((), opted_out=True)).did == (Did.RESUME,)


@pytest.mark.parametrize(
    ("words", "lang"), [("no puedo respirar", "es"), ("I can't breathe", "en"), ("alto", "es")]
)
def test_the_answer_is_in_the_language_of_the_text(words: str, lang: str) -> None:
    assert read(words).lang == lang
    assert read(words, "en").lang == "en"


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "\n",
        "\ufe0f",
        "?" * 500,
        "stop " * 800,
        "no " * 1300,
        "can the a my your it i you " * 140,
        "\u201c" * 4000,
    ],
)
def test_whatever_is_sent_can_be_read(words: str) -> None:
    """Pictures without words, and the longest text we keep."""
    assert read(words[:4000], None, Context((CONFIRMATION,))).label in Label


def test_a_sign_to_stop_is_a_stop() -> None:
    assert read("\U0001f6d1").label is Label.OPT_OUT


@pytest.mark.parametrize("blank", ["\u2028", " ", "\n", "\u3000"])
def test_a_text_of_blanks_is_read_like_any_other(blank: str) -> None:
    """Fuzzing: 60,000 of them, as many as a webhook may carry, took the pattern of a choice a quarter of a minute."""
    said = ("Reply 1 for mornings, 2 for afternoons",)
    assert read(blank * 60_000, "en", Context(said)).label is Label.OTHER
    assert read(blank * 60_000 + " ( 1) ", "en", Context(said)).label is Label.OPTION_1


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        ("stop texting me", "en"),
        ("Leave me alone!", "en"),
        ("stop texting me and get me a doctor, I can't see", "en"),
        ("dejen de escribirme por favor", "es"),
        ("se me cierra la garganta", "es"),
        ("numero equivocado", "es"),
        ("No quiero recibir m\u00e1s textos", "es"),
        ("1", "en"),
    ],
)
def test_whom_nobody_asked_is_answered_in_the_language_of_their_words(words: str, lang: str) -> None:
    """A safe reply, or a confirmation, in a language that somebody does not read is none."""
    assert read(words).lang == lang
    assert read(words, "es").lang == "es"


def test_nearly_every_text_of_the_corpus_tells_its_own_language() -> None:
    known = [one for name in LABELLED for one in labelled(name) if one.lang and len(one.text.split()) > 2]
    wrong = [one.text for one in known if read(one.text).lang != one.lang]
    assert len(wrong) < 0.02 * len(known), wrong
