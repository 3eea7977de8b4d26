"""The fields of what is varied: the subject, the words or the moment, and each variant."""

import streamlit as st

from console.experiments import terms
from core.experiments.rules.designing import MOST_VARIANTS
from core.experiments.rules.fixed import STEP
from core.experiments.rules.proposal import KEYS, LONGEST_WORDS, MOMENT, WHAT, WORDING, Offered, Proposal
from core.reads.experiment_form import Choice, Choices

TODAYS_TEXT = "The same text, to check the counting"


def choose_subject(offered: Choices, was: Proposal | None, key: str) -> Choice:
    """Of all that may be tried out."""
    known = [(was.kind, was.key)] if was else []
    at_first = next((n for n, one in enumerate(offered.subjects) if (one.kind, one.key) in known), 0)
    return st.selectbox(
        "What is varied?", offered.subjects, at_first, format_func=_subject_words, key=f"{key}.subject"
    )


def _subject_words(one: Choice) -> str:
    if one.kind != STEP:
        return f"Text: {one.title}, wherever it is sent"
    return f"Step of {one.about}: {one.title} ({one.key.partition('/')[2]})"


def choose_what(subject: Choice, was: Proposal | None, key: str) -> str:
    """The words or the moment, as far as the subject has either."""
    able = [
        code
        for code in WHAT
        if (code == WORDING and subject.template) or (code == MOMENT and subject.kind == STEP)
    ]
    usual = was.what if was and was.what in able else able[0]
    chosen = st.segmented_control(
        "What differs?", able, format_func=WHAT.__getitem__, default=usual, required=True,
        key=f"{key}.what.{subject.kind}.{subject.template}",
    )  # fmt: skip
    return chosen or usual


def choose_variants(
    offered: Choices, subject: Choice, what: str, was: Proposal | None, key: str
) -> tuple[Offered, ...]:
    """Today's first; what was typed stays where another one is added."""
    before = was.variants if was else ()
    many = st.number_input(
        "Variants, with today's", 2, MOST_VARIANTS, max(2, len(before)), key=f"{key}.many", width=160
    )
    usual = [100 // many + (1 if at < 100 % many else 0) for at in range(many)]
    started = [before[at] if at < len(before) == many else Offered("", usual[at]) for at in range(many)]
    return tuple(
        _variant(at, offered, subject, what, one, key, f"{key}.{many}") for at, one in enumerate(started)
    )


def _variant(
    at: int, offered: Choices, subject: Choice, what: str, was: Offered, key: str, shares_key: str
) -> Offered:
    """One line of fields; of today's only its name and share are asked."""
    name = KEYS[at]
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"exp_variant_{name}"):
        words = st.text_input(
            f"{name}, {'in a few words' if at else 'as today'}", was.words, max_chars=LONGEST_WORDS,
            key=f"{key}.words.{name}", width=200, placeholder="a question" if at else "booking link",
        )  # fmt: skip
        share = f"Percent of people, {name}"
        percent = st.number_input(share, 0, 100, was.percent, key=f"{shares_key}.percent.{name}", width=130)
        if at == 0:
            return Offered(words, percent)
        if what == MOMENT:
            return Offered(words, percent, offset=_offset(subject, was, f"{key}.offset.{name}", name))
        template_key = f"{key}.template.{name}.{subject.template}"
        return Offered(words, percent, template=_template(offered, subject, was, template_key, name))


def _offset(subject: Choice, was: Offered, key: str, name: str) -> str:
    today = terms.offset_words(subject.offset) if subject.offset is not None else "20m"
    return st.text_input(f"{name} is due after", was.offset, key=key, width=130, placeholder=f"today {today}")


def _template(offered: Choices, subject: Choice, was: Offered, key: str, name: str) -> str:
    """Those that can take the place of today's."""
    kind = offered.templates[subject.template][1] if subject.template in offered.templates else ("", "")
    able = {one: title for one, (title, its) in offered.templates.items() if its == kind}
    codes = list(able)
    chosen = st.selectbox(
        f"{name} sends",
        codes,
        codes.index(was.template) if was.template in able else None,
        format_func=lambda one: TODAYS_TEXT if one == subject.template else able[one],
        placeholder="Choose a template",
        key=key,
        width=260,
    )
    return chosen or ""
