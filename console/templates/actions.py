"""What the template editor can start beyond drafting and publishing: another patient in the preview, a test text."""

from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from console.parts import person_search
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act, ask, saw
from console.templates.view import EDITOR, SHOWN_FOR
from core.domain.phone import show_phone
from core.domain.roles import Actor
from core.flows.access.looking import Depth
from core.flows.publishing import testing_texts
from core.flows.sending import preview_template


def people(message: Message) -> Outcome:
    """Leads whose patient the preview may be about."""
    return person_search.found(str(message["text"]), "templates")


def show_for(message: Message) -> Outcome:
    """The preview is about this lead's patient from now on, '' a made-up one."""
    app, lead_id = current_app(), str(message.get("lead") or "")

    def open_one(session: Session, actor: Actor) -> str:
        found = preview_template.person(session, app.reference, actor, lead_id, now=app.clock.now())
        saw(actor, [lead_id], Depth.OPENED, "templates", app.clock.now())
        return found.name

    outcome = ask(open_one) if lead_id else Outcome("done", value="")
    if outcome.ok:
        st.session_state[SHOWN_FOR] = lead_id
    return outcome


def send_test(message: Message) -> Outcome:
    """The wording as it stands in the fields, to the phone of whoever asks."""
    key, body = str(message["key"]), message.get("body")
    language, part = str(message.get("language") or ""), str(message.get("part") or "")

    def flow(session: Session, actor: Actor, now: Any) -> str:
        given = body if isinstance(body, dict) else {}
        return testing_texts.send_test(session, actor, key, given, language, part, now=now)

    done = act(flow)
    return Outcome("done", f"On its way to {show_phone(str(done.value))}") if done.ok else done


ACTIONS: dict[str, Handler] = {**EDITOR.actions, "people": people, "show_for": show_for, "test": send_test}
