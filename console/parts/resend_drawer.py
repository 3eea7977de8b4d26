"""What can be done with what did not arrive: the selection, the drawers that confirm it, and stopping it again.

Used by the pages Resend and Delivery.
"""

import html
from collections.abc import Iterable, Sequence
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from console.parts import resend_words as view
from console.parts.component import Handler, Message
from console.shell import Outcome, Visit, act
from core.domain.roles import Actor
from core.flows.sending import preview_resend, resend
from core.flows.sending.preview_resend import Preview
from core.flows.sending.resend import Resent
from core.reads import resend as failed_texts
from core.reads.resend import FailedText

CHOSEN, LEFT, DONE = "resend.chosen", "resend.left", "resend.done"


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
    words = f"{view.texts_words(stopped, 'resend')} stopped" if stopped else "Too late: it has left"
    return Outcome("done" if stopped else "lost", words)


def leave(message: Message) -> Outcome:
    """The same for texts that are not to be sent."""
    st.session_state[LEFT] = [str(action_id) for action_id in message["ids"]]
    return Outcome("done")


ACTIONS: dict[str, Handler] = {"choose": choose, "stop": stop, "leave": leave}


def open_chosen(here: Visit) -> None:
    """Open a drawer when the list asked for it in this run."""
    chosen, left = st.session_state.pop(CHOSEN, None), st.session_state.pop(LEFT, None)
    if chosen:
        st.dialog(f"Resend {counted(here, chosen)}", position="right")(drawer)(here, chosen)
    elif left:
        st.dialog(f"Drop {counted(here, left)}", position="right")(drop_drawer)(here, left)


def known(here: Visit) -> dict[str, FailedText]:
    """Everything in the list, by id."""
    since = view.start("week", here.app.reference.clinic.zone, here.app.clock.now())
    return {text.id: text for text in here.read(failed_texts.read, since)}


def named(here: Visit, ids: Sequence[str]) -> str:
    """What these are called together: text, email, message."""
    listed = known(here)
    return view.noun(listed[action_id].channel for action_id in ids if action_id in listed)


def counted(here: Visit, ids: Sequence[str]) -> str:
    """'3 texts', '1 email', '2 messages'"""
    return view.texts_words(len(ids), named(here, ids))


def drawer(here: Visit, ids: Sequence[str]) -> None:
    """Each one as it would go now, the reason, the tick, the button."""
    zone, name = here.app.reference.clinic.zone, named(here, ids)
    previews = _previews(here, ids)
    st.caption("Written again with today's values, checked again when each one leaves.")
    show(here, [(preview, preview.verdict, view.verdict_words(preview, zone)) for preview in previews])
    st.html(
        f'<dl class="luxe-facts"><dt>Sent</dt><dd>{view.count_words(previews)}</dd>'
        f"<dt>Cost</dt><dd>{view.cost_words(previews)}</dd>"
        f"<dt>Recorded as</dt><dd>{html.escape(here.actor.name)}, today, with your reason</dd></dl>"
    )
    reason = st.text_area("Reason, kept in the audit trail", key="resend.reason", height=80, max_chars=300)
    read = st.checkbox(f"I have read {f'the {name}' if len(ids) == 1 else f'the {len(ids)} {name}s'} above")
    if st.button(f"Resend {view.texts_words(len(ids), name)}", type="primary", disabled=not read):
        confirm(ids, reason, name)
    st.caption("Each can be stopped for 10 seconds after you press this.")


def drop_drawer(here: Visit, ids: Sequence[str]) -> None:
    """Each one that will not be sent, the reason, the button."""
    name = named(here, ids)
    st.caption("The answer to each of these was lost: it may have arrived. None of them will be sent again.")
    show(here, [(preview, "dropped", "will not be sent") for preview in _previews(here, ids)])
    reason = st.text_area(
        "Reason, kept in the audit trail", key="resend.drop_reason", height=80, max_chars=300
    )
    if st.button(f"Drop {view.texts_words(len(ids), name)}", type="primary"):
        confirm_drop(ids, reason, name)


def confirm_drop(ids: Sequence[str], reason: str, name: str) -> None:
    """Settle them and close the drawer; what was settled by somebody else meanwhile is told."""
    moments: list[datetime] = []

    def flow(session: Session, actor: Actor, now: datetime) -> int:
        moments.append(now)
        return resend.leave(session, actor, ids, reason, now=now)

    outcome = act(flow)
    if not outcome.ok:
        st.error(outcome.words, icon=":material/error:")
        return
    words = view.dropped_words(int(outcome.value or 0), len(ids), name)
    st.session_state[DONE] = {"stamp": view.stamp(moments[-1]), "ids": [], "words": words}
    st.rerun()


def _previews(here: Visit, ids: Sequence[str]) -> list[Preview]:
    """Each text as it would go now."""
    now = here.app.clock.now()
    with here.app.db.read() as session:
        return preview_resend.preview(session, here.app, here.actor, ids, now=now)


def show(here: Visit, texts: Iterable[tuple[Preview, str, str]]) -> None:
    """Each (text, what becomes of it, the same in words), with the name of whom it is for."""
    names = {text.id: text.name for text in known(here).values()}
    st.html(
        "".join(
            preview_block(names.get(preview.action_id, ""), preview, tone, words)
            for preview, tone, words in texts
        )
    )


def preview_block(name: str, preview: Preview, tone: str, words: str) -> str:
    """One text as HTML; everything that came from people is escaped."""
    return (
        f'<section class="luxe-preview"><header><b>{html.escape(name)}</b> <span>{html.escape(preview.phone)}</span>'
        f'<em class="{tone}">{html.escape(words)}</em></header><p>{html.escape(preview.body)}</p></section>'
    )


def confirm(ids: Sequence[str], reason: str, name: str) -> None:
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
    words = view.outcome_words(len(result.planned), len(result.already), result.refused.values(), name)
    st.session_state[DONE] = {
        "stamp": view.stamp(moments[0]),
        "ids": list(result.planned.values()),
        "words": words,
    }
    st.rerun()
