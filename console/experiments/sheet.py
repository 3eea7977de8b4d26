"""One experiment on the page: what it says first, both texts, the figures, and beside them what would stop it.

The pieces are HTML because a phone shows them one below the other. All text is escaped here.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import streamlit as st

from console.experiments import terms, view
from console.experiments.past import PastLine
from console.experiments.pictures import differences, shares
from console.experiments.terms import Guard
from console.experiments.view import Difference
from console.parts import charts, panels
from console.shell import Visit
from core.experiments.rules.fixed import Fixed
from core.experiments.rules.planning import percent
from core.experiments.rules.verdict import NotEnoughData
from core.experiments.store import Experiment
from core.messaging.segments import size_of
from core.reads.experiments import Standing

CSS = Path(__file__).with_name("experiments.css")
MOST_SHOWN = 0.4  # of the scale of past differences, to each side


@cache
def _css() -> str:
    return CSS.read_text(encoding="utf-8")


def style() -> None:
    """The style of everything below; once on the page."""
    st.html(f"<style>{_css()}</style>")


def heading(title: str, badge: str, about: str) -> None:
    st.html(
        f'<h2 class="luxe-h2 exp-title">{html.escape(title)}<em>{html.escape(badge)}</em></h2>'
        f'<p class="luxe-note">{html.escape(about)}</p>'
    )


def show(here: Visit, standing: Standing) -> None:
    """Everything but its title and what is done with it."""
    fixed = standing.experiment.fixed
    left, right = st.columns([2, 1], gap="large")
    with left:
        first(here, standing)
        st.html(_texts(here, fixed, {one.key: f"{one.assigned:,} people" for one in standing.tallies}))
        figures(standing)
        if standing.also:
            columns, rows = view.also(standing)
            panels.table(columns, rows)
            panels.note("This decides nothing; it is shown so that nobody has to ask.")
    with right:
        panels.heading("How long it would need", f"{percent(fixed.design.baseline)} did so before the start.")
        panels.table(["A difference", "People", "Time"], terms.needs(fixed))
        panels.note("A change begins another experiment: these people do not carry over.")
        panels.heading("What stops it by itself")
        st.html(_guards(terms.guards(standing, here.app.reference.guardrails)))
        panels.heading("Fixed before the start")
        facts(terms.locked(standing.experiment, here.app.reference.clinic.zone))


def first(here: Visit, standing: Standing) -> None:
    """What it says, before any figure."""
    zone, found = here.app.reference.clinic.zone, standing.verdict
    title = f"<h3>{html.escape(view.headline(standing))}</h3>"
    if not isinstance(found, NotEnoughData):
        st.html(f'<div class="exp-first">{title}<p>{html.escape(view.advice(standing))}</p></div>')
        return
    so_far = view.progress(standing, found, zone, here.now)
    st.html(
        f'<div class="exp-first">{title}<p>{html.escape(so_far.words)}</p>'
        f'<div class="bar"><i style="width:{100 * so_far.part:.1f}%"></i></div>'
        f"<p><span>{html.escape(so_far.left)}</span><span>{html.escape(so_far.right)}</span></p></div>"
    )


def figures(standing: Standing) -> None:
    """Each variant's share, and the difference."""
    fixed, tones = standing.experiment.fixed, charts.colours()
    over = not isinstance(standing.verdict, NotEnoughData)
    words = fixed.design.metric.words
    panels.heading(
        words if over else f"{words}, so far",
        "Bars with 95% interval, paler where fewer than 50 people. Counted as given, whether or not the text arrived.",
    )
    key, said = standing.experiment.id, view.chart_words(standing)
    charts.show(shares(view.bars(fixed, standing.tallies), tones), key=f"exp.shares.{key}", alt=said)
    apart = view.differences(fixed, standing.tallies)
    if apart:
        figure = differences(apart, fixed.design.smallest_difference, view.interval_words(fixed), tones)
        charts.show(
            figure, key=f"exp.apart.{key}", alt=". ".join(f"{one.name}: {one.words}" for one in apart)
        )


def _texts(here: Visit, fixed: Fixed, people: Mapping[str, str]) -> str:
    """What each variant sends, as a made-up patient gets it, or when it comes; `people`: how many got it, in words."""
    dollars = here.app.reference.limits.dollars_a_segment
    cells = [
        _text(
            view.named(fixed, key),
            f"{'as today, ' if key == fixed.control else ''}{people[key]}",
            _words_of(change.text, change.offset),
            _cost(change.text, dollars),
        )
        for key, change in fixed.changes.items()
    ]
    return f'<div class="exp-texts">{"".join(cells)}</div>'


def _words_of(text: str, offset: str) -> str:
    """A variant of the moment says when; one of a call has no words."""
    moment = f"Due after {offset}." if offset else ""
    return " ".join(filter(None, (moment, text))) or "As it is today."


def _cost(text: str, dollars: float) -> str:
    if not text:
        return "A task for staff"
    segments = size_of(text).segments
    return f"Automatic, {segments} {'segment' if segments == 1 else 'segments'}, ${segments * dollars:.4f}"


def _text(name: str, people: str, words: str, below: str) -> str:
    return (
        f"<figure><header><b>{html.escape(name)}</b><span>{html.escape(people)}</span></header>"
        f"<blockquote>{html.escape(words)}</blockquote><figcaption>{html.escape(below)}</figcaption></figure>"
    )


def _guards(found: Iterable[Guard]) -> str:
    rows = "".join(
        f'<li class="{one.icon}"><b>{html.escape(one.name)}</b><em>{html.escape(one.figures)}</em>'
        f"<span>{html.escape(one.stops)}</span></li>"
        for one in found
    )
    return f'<ul class="exp-guards">{rows}</ul>'


def facts(lines: Iterable[tuple[str, str]]) -> None:
    rows = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(words)}</dd>" for name, words in lines)
    st.html(f'<dl class="luxe-facts">{rows}</dl>')


def past(found: Sequence[PastLine]) -> None:
    """Those that are over, the newest first, their differences on one scale."""
    panels.heading(
        "Past experiments", "Differences with 95% interval, all on one scale. Filled: surely not zero."
    )
    head = "".join(
        f'<th scope="col"{minor}>{name}</th>'
        for name, minor in (
            ("What", ""), ("When", ' class="minor"'), ("People", ' class="minor"'), ("Difference", ""),
            ("What came of it", ""), ("Decided", ' class="minor"'),
        )
    )  # fmt: skip
    rows = "".join(map(_past_row, found))
    st.html(
        '<div class="luxe-scroll"><table class="luxe-table exp-past"><thead><tr>'
        f"{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _past_row(one: PastLine) -> str:
    shown = (
        "".join(_interval(apart, named=len(one.shown) > 1) for apart in one.shown)
        or f'<span class="muted">{html.escape(one.unread)}</span>'
    )
    return (
        f'<tr><th scope="row">{html.escape(one.title)}<small>{html.escape(one.detail)}</small></th>'
        f'<td class="minor">{html.escape(one.when)}</td><td class="minor">{html.escape(one.people)}</td>'
        f'<td>{shown}</td><td class="{one.kind}">{html.escape(one.outcome)}<small>{html.escape(one.below)}</small></td>'
        f'<td class="minor">{html.escape(one.decided)}</td></tr>'
    )


def _interval(one: Difference, *, named: bool) -> str:
    """A dot on its line; what lies beyond the scale is cut off there. `named`: with which variant it is."""
    words = f"{one.name}: {one.words}" if named else one.words
    low, at, high = (_place(share) for share in (one.low, one.value, one.high))
    sure = "sure" if one.sure else ""
    return (
        f'<div class="exp-apart"><i class="{sure}"><s style="left:{low:.1f}%;width:{high - low:.1f}%"></s>'
        f'<u style="left:{at:.1f}%"></u></i><span>{html.escape(words)}</span></div>'
    )


def _place(share: float) -> float:
    """Percent from the left of the scale."""
    kept = max(-MOST_SHOWN, min(MOST_SHOWN, share))
    return 100 * (kept + MOST_SHOWN) / (2 * MOST_SHOWN)


def draft(here: Visit, one: Experiment, about: str) -> None:
    """One that waits to be started: all that would be fixed."""
    heading(one.fixed.title, "Draft", about)
    st.html(_texts(here, one.fixed, {key: f"{share}%" for key, share in one.fixed.design.shares.items()}))
    facts(terms.locked(one, here.app.reference.clinic.zone, pace=True))
