"""What the Resend page does: the selection, the drawer that confirms it, and stopping what was confirmed."""

import html
from collections.abc import Sequence
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from console.shell import Outcome, Visit, act
from console.views import resend as view
from console.widgets.component import Handler, Message
from core.domain.roles import Actor
from core.flows import resend
from core.flows.resend import Preview, Resent
from core.reads import resend as failed_texts

CHOSEN, DONE = "resend.chosen", "resend.done"


def choose(message: Message) -> Outcome:
    """The selection is confirmed in the drawer that this run opens."""
    st.session_state[CHOSEN] = [str(action_id) for action_id in message["ids"]]
    return Outcome("done")


def stop(message: Message) -> Outcome:
    """Take back what has not left yet."""
    ids = [str(action_id) for action_id in message["ids"]]
    outcome = act(lambda session, actor, now: resend.stop(session, actor, ids, now=now))
    if not outcome.ok:
        return outcome
    stopped = int(outcome.value or 0)
    words = f"{view.texts_words(stopped)} stopped" if stopped else "Too late: it has left"
    return Outcome("done" if stopped else "lost", words)


def leave(message: Message) -> Outcome:
    """An unknown text is not to be sent."""
    action_id = str(message["id"])
    return act(
        lambda session, actor, now: resend.leave(session, actor, action_id, now=now),
        "Marked as not to be sent",
    )


ACTIONS: dict[str, Handler] = {"choose": choose, "stop": stop, "leave": leave}


def open_chosen(here: Visit) -> None:
    """Open the drawer when the list asked for it in this run."""
    chosen = st.session_state.pop(CHOSEN, None)
    if chosen:
        st.dialog(f"Resend {view.texts_words(len(chosen))}", position="right")(drawer)(here, chosen)


def drawer(here: Visit, ids: Sequence[str]) -> None:
    """Each text as it would go now, the reason, the tick, the button."""
    now = here.app.clock.now()
    zone = here.app.reference.clinic.zone
    previews = here.read(_previews, here, ids, now)
    known = here.read(failed_texts.read, view.start("week", zone, now))
    names = {text.id: text.name for text in known}
    st.caption("Written again with today's values, checked again when each one leaves.")
    st.html(
        "".join(
            preview_block(names.get(preview.action_id, ""), preview, view.verdict_words(preview, zone))
            for preview in previews
        )
    )
    st.html(
        f'<dl class="luxe-facts"><dt>Cost</dt><dd>{view.cost_words(previews)}</dd>'
        f"<dt>Recorded as</dt><dd>{html.escape(here.actor.name)}, today, with your reason</dd></dl>"
    )
    reason = st.text_area("Reason, kept in the audit trail", key="resend.reason", height=80, max_chars=300)
    read = st.checkbox(f"I have read {'the text' if len(ids) == 1 else f'the {len(ids)} texts'} above")
    if st.button(f"Resend {view.texts_words(len(ids))}", type="primary", disabled=not read):
        confirm(ids, reason)
    st.caption("Each can be stopped for 10 seconds after you press this.")


def _previews(
    session: Session, actor: Actor, here: Visit, ids: Sequence[str], now: datetime
) -> list[Preview]:
    return resend.preview(session, here.app.reference, actor, ids, now=now)


def preview_block(name: str, preview: Preview, words: str) -> str:
    """One text as HTML; everything that came from people is escaped."""
    return (
        f'<section class="luxe-preview"><header><b>{html.escape(name)}</b> <span>{html.escape(preview.phone)}</span>'
        f'<em class="{preview.verdict}">{html.escape(words)}</em></header><p>{html.escape(preview.body)}</p></section>'
    )


def confirm(ids: Sequence[str], reason: str) -> None:
    """Plan them and close the drawer; the list offers to stop them."""
    results: list[Resent] = []
    moments: list[datetime] = []

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        results.append(resend.resend(session, actor, ids, reason, now=now))
        moments.append(now)

    outcome = act(flow)
    if not outcome.ok:
        st.error(outcome.words, icon=":material/error:")
        return
    result = results[0]
    words = view.outcome_words(len(result.planned), len(result.already), result.refused.values())
    st.session_state[DONE] = {
        "stamp": view.stamp(moments[0]),
        "ids": list(result.planned.values()),
        "words": words,
    }
    st.rerun()
