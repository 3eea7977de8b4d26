"""A new experiment, or a draft that is changed: what is asked, and what it would take, in words as one types."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from console.experiments import terms, variant_fields
from console.parts import panels
from console.shell import Visit, act
from core.domain.errors import InvalidInput
from core.domain.hours import at
from core.experiments.rules.designing import LONGEST_WINDOW, METRICS, Metric
from core.experiments.rules.planning import Plan, Question, plan, shorter
from core.experiments.rules.proposal import (
    LONGEST_TITLE,
    Proposal,
)
from core.experiments.store import Experiment
from core.flows.experiments import proposing, starting
from core.reads import experiment_form
from core.reads.experiment_form import Choices, Estimate
from core.trials import METRICS as COUNTED

LATER = frozenset(
    {"title", "variants", "changes", "baseline", "people_a_month"}
)  # said once somebody asked for it: an empty field is no mistake yet


@dataclass(frozen=True)
class Beginning:
    """What the fields begin with: those of a draft, else the usual."""

    draft: Experiment | None
    proposal: Proposal | None

    @property
    def key(self) -> str:
        """Of the widgets: another draft has fields of its own."""
        return f"exp.{self.draft.id if self.draft else 'new'}"


def show(here: Visit, draft: Experiment | None) -> bool:
    """The whole form; whether it is done with."""
    begins = Beginning(draft, proposing.proposal_of(draft.fixed) if draft else None)
    offered = here.read(experiment_form.choices)
    left, right = st.columns([3, 2], gap="large")
    with left:
        proposal, estimate, places = _fields(here, begins, offered)
    with here.app.db.read() as session:
        weighed = proposing.weigh(session, proposal, now=here.now)
    wrong: dict[str, str] = {}
    for problem in weighed.problems:
        wrong.setdefault(problem.field, problem.message)
    asked = st.session_state.get(f"{begins.key}.asked", False)
    for field, place in places.items():
        if field in wrong and (asked or field not in LATER):
            place.html(f'<p class="exp-problem" role="alert">{html.escape(wrong[field])}</p>')
    with right:
        _calculator(proposal, estimate)
        if weighed.fixed:
            _preview({key: change.text for key, change in weighed.fixed.changes.items()})
    with left:
        return _buttons(begins, proposal, wrong)


def _fields(
    here: Visit, begins: Beginning, offered: Choices
) -> tuple[Proposal, Estimate, Mapping[str, st.delta_generator.DeltaGenerator]]:
    """What is asked now, what is known of the subject, and below which field a problem is said."""
    was, key, places = begins.proposal, begins.key, {}
    title = st.text_input(
        "What is it about?", was.title if was else "", max_chars=LONGEST_TITLE, key=f"{key}.title",
        placeholder="Booking link first, or a question first",
    )  # fmt: skip
    places["title"] = st.empty()
    subject = variant_fields.choose_subject(offered, was, key)
    places["subject"] = st.empty()
    what = variant_fields.choose_what(subject, was, key)
    places["what"] = st.empty()
    variants = variant_fields.choose_variants(offered, subject, what, was, key)
    for field in ("variants", "changes", "shares"):
        places[field] = st.empty()
    metric = _metric(was, key)
    for field in ("metric", "window"):
        places[field] = st.empty()
    estimate = here.read(
        experiment_form.estimate, subject.kind, subject.key, metric.code, metric.days, now=here.now
    )
    figures = _figures(estimate, was, f"{key}.{subject.kind}.{subject.key}.{metric.code}")
    for field in ("baseline", "smallest_difference", "people_a_month", "least_per_arm"):
        places[field] = st.empty()
    smallest = min((one.percent for one in variants), default=50)
    ends = _end(here, metric, _plan(figures, smallest, len(variants)), was, key)
    places["planned_end"] = st.empty()
    return (
        Proposal(title, subject.kind, subject.key, what, variants, metric, *figures, ends),
        estimate,
        places,
    )


def _metric(was: Proposal | None, key: str) -> Metric:
    codes = [code for code in METRICS if code in COUNTED]
    with st.container(horizontal=True, vertical_alignment="bottom", key="exp_metric"):
        code = st.selectbox(
            "The one figure that decides", codes, codes.index(was.metric.code) if was else codes.index("booked"),
            format_func=METRICS.__getitem__, key=f"{key}.metric", width=260,
        )  # fmt: skip
        days = st.number_input(
            "Within days", 1, LONGEST_WINDOW, was.metric.days if was else 14, key=f"{key}.days", width=130
        )
    return Metric(code, days)


def _figures(found: Estimate, was: Proposal | None, key: str) -> tuple[float, float, float]:
    """The figure today, the difference that is worth it, people within 30 days; 0 for what is empty."""
    known = 100 * found.did / found.of if found.of and found.did else None
    people = round(was.people_a_month if was else found.people_a_month) or None
    with st.container(horizontal=True, vertical_alignment="bottom", key="exp_figures"):
        today = _percent("Percent who do it today", 100 * was.baseline if was else known, f"{key}.baseline")
        worth = _percent(
            "Points more that are worth it", 100 * was.smallest_difference if was else 10, f"{key}.worth"
        )
        month = st.number_input("People in 30 days", 0, 100_000, people, key=f"{key}.people", width=150)
    panels.note(
        f"Of the last 90 days: {found.did:,} of {found.of:,} did; {found.people_a_month:,.0f} people in 30 days."
    )
    return round(today / 100, 6), round(worth / 100, 6), float(month or 0)


def _percent(label: str, value: float | None, key: str) -> float:
    usual = None if value is None else round(float(value), 1)
    given = st.number_input(label, 0.0, 100.0, usual, 1.0, format="%.1f", key=key, width=190)
    return given or 0.0


def _end(here: Visit, metric: Metric, needed: Plan | None, was: Proposal | None, key: str) -> datetime:
    """The day on which it is read at the latest: its end."""
    zone = here.app.reference.clinic.zone
    usual = was.planned_end if was else terms.suggested_end(here.now, needed, metric.days)
    last = _last_day(usual, zone)
    chosen = st.date_input(
        "Read on this day at the latest",
        last,
        key=f"{key}.end.{'' if was else last}",
        width=260,
        format="YYYY-MM-DD",
    )
    return at(chosen + timedelta(days=1), time.min, zone)


def _last_day(end: datetime, zone: ZoneInfo) -> date:
    return (end - timedelta(seconds=1)).astimezone(zone).date()


def _plan(figures: tuple[float, float, float], smallest: int, variants: int) -> Plan | None:
    """None where that can't be worked out yet."""
    baseline, worth, people = figures
    if not (0 < baseline < 1 and 0 < worth <= 1 - baseline and 0 < smallest <= 100):
        return None
    try:
        return plan(Question(baseline, worth, smallest, variants), people)
    except InvalidInput:
        return None


def _calculator(proposal: Proposal, estimate: Estimate) -> None:
    """How many people it takes and how long that is; and what a shorter one would overlook."""
    figures = (proposal.baseline, proposal.smallest_difference, proposal.people_a_month)
    smallest = min((one.percent for one in proposal.variants), default=50)
    found = _plan(figures, smallest, len(proposal.variants))
    panels.heading("How long it needs")
    if found is None:
        panels.note(
            "Say how many do it today and how many more would be worth a change, and it is worked out here."
        )
        return
    st.html(f'<div class="exp-first"><p>{html.escape(found.words)}</p></div>')
    wished = [proposal.smallest_difference * times for times in (1.33, 1.67, 2)]
    others = shorter(found.question, proposal.people_a_month, wished)
    panels.lines([(one.words.partition(":")[0], terms.takes(one)) for one in others])
    panels.note("Larger changes show sooner. A shorter experiment overlooks the smaller ones.")
    if estimate.of < 100:
        panels.note("Few people are known so far: the figure of today is a guess.")


def _preview(texts: Mapping[str, str]) -> None:
    """What the variants send."""
    cells = "".join(
        f"<figure><header><b>{key}</b></header><blockquote>{html.escape(text)}</blockquote></figure>"
        for key, text in texts.items()
        if text
    )
    if cells:
        panels.heading(
            "As sent", "With made-up values. A template of the other words is written under Templates first."
        )
        st.html(f'<div class="exp-texts">{cells}</div>')


def _buttons(begins: Beginning, proposal: Proposal, wrong: Mapping[str, str]) -> bool:
    with st.container(horizontal=True):
        keep = st.button("Keep as a draft", type="primary", key=f"{begins.key}.keep")
        if st.button("Back", key=f"{begins.key}.back"):
            return True
    if not keep:
        return False
    if wrong and not st.session_state.get(f"{begins.key}.asked"):
        st.session_state[f"{begins.key}.asked"] = True
        st.rerun()
    return not wrong and _kept(begins, proposal)


def _kept(begins: Beginning, proposal: Proposal) -> bool:
    draft = begins.draft
    outcome = act(
        lambda session, actor, now: (
            starting.change(session, actor, draft.id, proposal, now=now)
            if draft
            else starting.draft(session, actor, proposal, now=now)
        )
    )
    if not outcome.ok:
        st.error(outcome.words, icon=":material/error:")
    return outcome.ok
