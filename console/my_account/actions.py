"""What one does about one's own sessions, and the questions before one changes how one signs in."""

from typing import Any

import streamlit as st

from console import after_password
from console.my_account import view
from console.parts import second_factor as second_factor_part
from console.parts import step_up
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, Visit, act, origin
from core.flows.access import ending_sessions, second_factor
from core.flows.leads import rotation
from core.flows.staff import introducing, telling
from core.reads import staff
from core.staff import browser_rules, profile_rules, rules
from core.staff.profile_rules import Introduction

HERE = "my account"
BY_PUSH = "This browser is about to show your alerts, whoever sits at it."
BY_CHAT = "A chat tool is about to get your alerts."


def end(message: Message) -> Outcome:
    """One session, by the id that its row has."""
    times = rules.lifetimes(current_app().clock)
    return act(
        lambda session, actor, now: ending_sessions.end_one(
            session, actor, str(message["id"]), times, now=now, origin=origin(HERE)
        ),
        "Signed out there",
    )


def end_others(_message: Message) -> Outcome:
    """All but this one."""
    times = rules.lifetimes(current_app().clock)
    keep = str(st.session_state.get("session_id"))
    return act(
        lambda session, actor, now: ending_sessions.end_others(
            session, actor, keep, times, now=now, origin=origin(HERE)
        ),
        "Signed out everywhere else. Turn alerts on again in the browsers that shall show them.",
    )


ACTIONS: dict[str, Handler] = {"end": end, "end_others": end_others}


def turn_on(message: Message) -> Outcome:
    """This browser, by what it says of itself. A screen left open must not become a lasting way to act as somebody."""
    if unproven := step_up.needed(BY_PUSH):
        return unproven
    keys = {name: str(message[name]) for name in ("p256dh", "auth")}
    agent = st.context.headers.get("User-Agent")
    browser = browser_rules.named(agent if isinstance(agent, str) else "")  # under AppTest it is no text
    return act(
        lambda session, actor, now: telling.turn_on(
            session,
            current_app().settings,
            actor,
            str(message["endpoint"]),
            keys,
            browser,
            now=now,
            origin=origin(HERE),
        ),
        "This browser shows your alerts. Send a test to see how one looks.",
    )


def remove_browser(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: telling.remove_browser(
            session, actor, str(message["id"]), now=now, origin=origin(HERE)
        ),
        "It shows your alerts no more",
    )


def set_chat(message: Message) -> Outcome:
    """An empty address takes it away, and needs no proof."""
    address = str(message.get("address") or "")
    if address.strip() and (unproven := step_up.needed(BY_CHAT)):
        return unproven
    return act(
        lambda session, actor, now: telling.set_chat(
            session,
            current_app().settings,
            actor,
            actor.staff_id,
            address,
            now=now,
            origin=origin(HERE),
        ),
        "Connected. Send a test to see that it arrives." if address.strip() else "Taken away",
    )


def set_ways(message: Message) -> Outcome:
    """Codes with commas between, in their order."""
    ways, urgent = (view.codes(message.get(name)) for name in ("ways", "urgent"))
    return act(
        lambda session, actor, now: telling.set_ways(
            session, actor, ways, urgent, now=now, origin=origin(HERE)
        ),
        "Saved",
    )


def send_test(message: Message) -> Outcome:
    way = str(message["way"])
    return act(
        lambda session, actor, now: telling.send_test(
            session, current_app().settings, actor, actor.staff_id, way, now=now
        ),
        "A test is on its way",
    )


def look_again(_message: Message) -> Outcome:
    """The run that follows reads anew what became of a test."""
    return Outcome("done")


TELLING: dict[str, Handler] = {
    "look_again": look_again,
    "turn_on": turn_on,
    "remove_browser": remove_browser,
    "set_chat": set_chat,
    "set_ways": set_ways,
    "test": send_test,
}


def change_password(here: Visit) -> None:
    """The body of a dialog."""
    if not step_up.ask("Your password is about to change."):
        return
    st.markdown(
        "You stay signed in here and are signed out everywhere else. "
        "Browsers show your alerts again once you turn them on."
    )
    if after_password.new_password(here.signed_in, "Change password"):
        st.rerun()


def set_up(here: Visit) -> None:
    """The body of a dialog."""
    if step_up.ask("How you sign in is about to change.") and second_factor_part.enrol(
        here.signed_in, "Switch it on"
    ):
        st.rerun()


def renew_codes(_here: Visit) -> None:
    """The body of a dialog."""
    if not step_up.ask("New recovery codes are about to be made."):
        return
    st.markdown("The ones that you have open nothing any more.")
    if st.button("Make ten new codes", type="primary"):
        made: list[Any] = []
        _do(
            lambda session, actor, now: made.extend(
                second_factor.renew_codes(session, actor, now=now, origin=origin(HERE))
            ),
            made,
        )


def remove(_here: Visit) -> None:
    """The body of a dialog."""
    if not step_up.ask("Your second factor is about to be removed."):
        return
    st.markdown(
        "Your password alone opens your account then. With another phone, remove it here and set it up again."
    )
    if st.button("Remove it", type="primary"):
        _do(
            lambda session, actor, now: second_factor.remove(session, actor, now=now, origin=origin(HERE)),
            [],
        )


def _do(flow: Any, codes: list[Any]) -> None:
    outcome = act(flow)
    if not outcome.ok:
        st.error(outcome.words, icon=":material/error:")
        return
    if codes:
        st.session_state[second_factor_part.CODES] = codes
    st.rerun()


def come_back() -> None:
    """Whoever was taken off the rotation is there again."""
    act(lambda session, actor, now: rotation.come_back(session, actor, now=now))
    st.rerun()


def introduce(here: Visit) -> None:
    """What patients may choose a provider by, said by themselves."""
    found = here.read(staff.introduction, here.actor.staff_id)
    with st.form("introduction", border=False):
        gender = st.selectbox(
            "Gender",
            list(profile_rules.GENDERS),
            index=list(profile_rules.GENDERS).index(found.gender),
            format_func=lambda code: profile_rules.GENDERS[code],
            help="Asked only to honour patients' wishes; empty means not offered.",
        )
        about = st.text_area("A few words about you", found.about, max_chars=profile_rules.LONGEST_ABOUT)
        saved = st.form_submit_button("Save")
    if not saved:
        return
    wanted = Introduction(gender or "", about)
    outcome = act(
        lambda session, actor, now: introducing.introduce(
            session, actor, actor.staff_id, wanted, now=now, origin=origin(HERE)
        ),
        "Saved: booking pages show it",
    )
    if outcome.ok:
        st.success(outcome.words)
    else:
        st.warning(outcome.words)
