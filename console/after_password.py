"""What may stand between a right password and the work: the code, a new password, a second factor to set up."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from console.parts import refusals, second_factor
from console.parts.component import LiveComponent
from console.process import current_app
from console.shell import visitor
from console.signed_in import forget, remember
from core.domain.clock import real_time
from core.domain.errors import InvalidInput
from core.flows.access import changing_password, sign_in
from core.flows.access.sign_in import CodeNeeded, Refused, SignedIn
from core.staff.password_rules import MIN_LENGTH

WAITING = "code_needed"
HELD_UP = "held_up"  # no cookie was fetched yet: nothing that fetches one was on the page
FIRST_FIELD = LiveComponent("parts/first_field")
GONE = "Lost your phone? One of your recovery codes works here, too. None left: an admin resets your second factor."
RULE = (
    f"{MIN_LENGTH} characters or more, without your name. "
    "Several words that do not belong together are easy to keep."
)
BEGIN_ANEW = "That took too long, or your password was changed meanwhile. Sign in again."


@contextmanager
def _card(title: str, words: str) -> Iterator[None]:
    with st.container(key="sign_in"), st.container(key="sign_in_card"):
        st.html(f'<h1>{title}</h1><p class="luxe-muted">{words}</p>')
        yield


def _sign_out() -> None:
    if st.button("Sign out", type="tertiary"):
        forget()
        st.rerun()


def page(who: SignedIn) -> bool:
    """Draw what holds this person up; False where nothing does."""
    if who.must_change_password:
        change_page(who)
    elif who.must_enrol:
        enrol_page(who)
    elif second_factor.CODES in st.session_state:
        codes_page(who)
    else:
        return False
    return True


def code_page(waiting: CodeNeeded) -> None:
    """The code after the password."""
    with _card("Enter your code", "The six digits that your authenticator app shows now."):
        problem = st.empty()
        with st.form("code"):
            typed = st.text_input("Code", autocomplete="one-time-code", max_chars=20)
            sent = st.form_submit_button("Sign in", type="primary", width="stretch")
        FIRST_FIELD.mount(key="first_field", data={})
        if st.button("Sign in as somebody else", type="tertiary"):
            del st.session_state[WAITING]
            st.rerun()
        st.html(f'<p class="luxe-muted">{GONE}</p>')
    if sent and not typed.strip():
        problem.error("Enter the code.", icon=":material/error:")
    elif sent:
        _finish(waiting, typed, problem)


def _finish(waiting: CodeNeeded, typed: str, problem: "st.delta_generator.DeltaGenerator") -> None:
    app = current_app()
    answer = sign_in.finish(app, waiting, typed, visitor(), at=real_time(), now=app.clock.now())
    if isinstance(answer, Refused):
        refusals.say(problem, answer, "This code is not right, or was used already.", "code")
        return
    del st.session_state[WAITING]
    if answer is None:
        st.session_state["begin_anew"] = BEGIN_ANEW
    else:
        remember(answer)
    st.rerun()


def change_page(who: SignedIn) -> None:
    """A password that somebody else chose must be changed before anything else."""
    with _card("Choose your password", RULE):
        if new_password(who, "Save and continue"):
            st.rerun()
        FIRST_FIELD.mount(key="first_field", data={})
        _sign_out()


def new_password(who: SignedIn, verb: str) -> bool:
    """Both fields and the button; whether the password was changed."""
    app, problem_at = current_app(), st.empty()
    with st.form("new_password"):
        fresh = st.text_input("New password", type="password", autocomplete="new-password")
        again = st.text_input("The same again", type="password", autocomplete="new-password")
        sent = st.form_submit_button(verb, type="primary", width="stretch")
    if not sent:
        return False
    try:
        remember(changing_password.change(app, who, fresh, again, app.clock.now(), visitor()))
    except InvalidInput as problem:
        problem_at.error(problem.errors[0].message, icon=":material/error:")
        return False
    return True


def enrol_page(who: SignedIn) -> None:
    """Roles that the clinic names work with a second factor only."""
    words = "Your role signs in with a code from your phone as well. It takes a minute, once."
    with _card("Set up your second factor", words):
        if second_factor.enrol(who, "Confirm and continue"):
            st.session_state[HELD_UP] = True
            st.rerun()
        _sign_out()


def codes_page(who: SignedIn) -> None:
    """Shown once, before the work goes on."""
    with st.container(key="sign_in"), st.container(key="sign_in_card"):
        if second_factor.show_codes():
            if st.session_state.pop(HELD_UP, False):
                _renew(who)
            st.rerun()


def _renew(who: SignedIn) -> None:
    """The sign-in's own ticket may have run out while the phone was looked for: it lives for a minute."""
    app = current_app()
    renewed = sign_in.renew(app, who, app.clock.now())
    if renewed:
        remember(renewed)
