"""The table beside the funnel's bars, as HTML whose rows are as high as the bars. All text is escaped here."""

import html
from collections.abc import Iterable

import streamlit as st

from console.funnel.view import StageLine

STAGE_COLUMNS = ("of stage before", "Goal", "Before", "Change", "")


def stage_table(lines: Iterable[StageLine]) -> None:
    """Rows as high as the funnel's, so that they stand beside them; a phone shows the stage's name as well."""
    head = "".join(f'<th scope="col">{name}</th>' for name in STAGE_COLUMNS)
    body = "".join(_stage_row(line) for line in lines)
    st.html(
        f'<table class="luxe-stages"><thead><tr><th scope="col" class="stage">Stage</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _stage_row(line: StageLine) -> str:
    rate = html.escape(line.rate) + (f"<small>{html.escape(line.note)}</small>" if line.note else "")
    tone = " missed" if line.missed else " pale" if line.pale else ""
    mark = "<i aria-hidden='true'></i>under goal" if line.missed else ""
    return (
        f'<tr class="{tone.strip()}"><th scope="row" class="stage">{html.escape(line.name)}</th>'
        f'<td class="rate">{rate}</td><td class="goal">{html.escape(line.goal)}</td>'
        f'<td class="muted">{html.escape(line.before)}</td><td>{html.escape(line.change)}</td>'
        f'<td class="mark">{mark}</td></tr>'
    )
