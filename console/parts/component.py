"""Live components: a script and a style of one name in a screen's folder, mounted by one line, acting by record ids.

    QUEUE = LiveComponent("lead_queue/lead_queue")
    QUEUE.mount(key="queue", data={...}, actions={"take": take})

The script's `widget(setup)` gets `data` and calls `await act("take", {id})`; `take(message)` returns an Outcome,
which is the answer of that promise. One action at a time: the browser waits before it sends the next.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from console import assets
from console.parts import message as messages
from console.process import current_app
from console.shell import Outcome, doing, refused, unexpected
from console.signed_in import TICKET
from core.domain.errors import LuxeError

Message = Mapping[str, Any]
Handler = Callable[[Message], Outcome]

# More than one line, else Streamlit takes it for a file's name.
LOADER = """
const at = new URL("/luxe/{version}/", window.location.origin);
const ready = import(new URL("{path}.js", at).href);
export default async (component) => (await ready).default(component, at);
"""


class LiveComponent:
    """`path` names a script of console/, such as `resend/resend_list`; its style lies beside it, after tokens.css."""

    def __init__(self, path: str) -> None:
        js = LOADER.replace("{version}", assets.version()).replace("{path}", path)
        name = path.rpartition("/")[2]
        self._mount = st.components.v2.component(f"luxe.{name}", js=js, html="<div class='luxe'></div>")

    def mount(
        self, *, key: str, data: Mapping[str, Any], actions: Mapping[str, Handler] | None = None
    ) -> None:
        """Show the component. A message it sends is handled before the page runs again."""

        def handle() -> None:
            sent = st.session_state[key].get("act")
            if sent:
                outcome = answer(sent, actions or {})
                nonce = sent.get("nonce") if isinstance(sent, Mapping) else None
                st.session_state[f"{key}.outcome"] = {"nonce": nonce, **outcome.message()}

        self._mount(
            key=key,
            # In a list: of a dict, Streamlit asks each value at length whether it is a data frame.
            data=[
                {
                    **data,
                    "zone": str(current_app().settings.zone),
                    "ticket": st.session_state.get(TICKET, ""),
                    "outcome": st.session_state.get(f"{key}.outcome"),
                }
            ],
            on_act_change=handle,
        )


def answer(sent: object, actions: Mapping[str, Handler]) -> Outcome:
    """What becomes of whatever a browser sent; never an exception."""
    try:
        message = messages.read(sent)
        handler = actions.get(str(message.get("action")))
        return _handled(message, handler) if handler else Outcome("refused", messages.OLD)
    except LuxeError as error:
        return refused(error)
    except Exception as error:
        return Outcome("error", f"{unexpected(error)} Nothing was changed.")


def _handled(message: Message, handler: Handler) -> Outcome:
    token = doing.set((str(message.get("action")), _about(message)))
    try:
        return handler(message)
    finally:
        doing.reset(token)


def _about(message: Message) -> str:
    """The id that a message is about, for the audit trail: of a lead, else of what it names; '' for none."""
    found = message.get("id") or message.get("lead") or message.get("task") or message.get("visit") or ""
    return str(found)[:80]
