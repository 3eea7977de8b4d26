"""My account: password, second factor, and where one is signed in."""

import streamlit as st

from console.my_account import actions, calendars, view
from console.parts import panels, step_up
from console.parts.component import LiveComponent
from console.shell import page
from core.domain.roles import ROLE_NAMES, Permission, Role
from core.reads import assignment_rules, my_account
from core.staff import rules

SESSIONS = LiveComponent("my_account/sessions")
TELLING = LiveComponent("my_account/alerts")

with page(Permission.KEEP_ACCOUNT, "My account") as here:
    panels.style()
    account = here.read(my_account.read, rules.lifetimes(here.app.clock), now=here.now)
    panels.note(f"{here.actor.name}, user name {account.username}, {ROLE_NAMES[here.actor.role]}.")

    if here.read(assignment_rules.off_since):
        panels.warning("You get no new leads for now: two in a row were not looked at in time.")
        if st.button("I am back"):
            actions.come_back()

    panels.heading(
        "Password", "Several words that do not belong together are easy to keep and hard to guess."
    )
    if st.button("Change password"):
        st.dialog("Change your password")(actions.change_password)(here)

    required = here.actor.role in here.app.settings.needs_second_factor
    panels.heading("Second factor", view.factor_words(account, required))
    if view.codes_run_out(account):
        panels.warning("Few recovery codes are left. Make new ones while you have your phone.")
    with st.container(horizontal=True):
        if account.factor_since is None:
            if st.button("Set up a second factor"):
                st.dialog("Set up your second factor")(actions.set_up)(here)
        else:
            if st.button("Make new recovery codes"):
                st.dialog("Make new recovery codes")(actions.renew_codes)(here)
            if st.button("Remove the second factor"):
                st.dialog("Remove your second factor?")(actions.remove)(here)

    panels.heading(
        "Alerts", "Where and how you are told of a new lead, and of what must not wait. None names a patient."
    )
    told = view.telling(
        account.ways,
        here.actor.staff_id,
        here.app.push.public_key,
        follows=here.actor.may(Permission.SEE_LEADS),
    )
    TELLING.mount(key="telling", data=told, actions=actions.TELLING)

    calendars.section(here)

    if here.actor.role is Role.PROVIDER:
        panels.heading("As patients choose you", "On booking pages, beside your name.")
        actions.introduce(here)

    panels.heading(
        "Where you are signed in", "A browser that you do not know: sign it out, then change your password."
    )
    SESSIONS.mount(
        key="sessions",
        data={"rows": view.rows(account.sessions, here.signed_in.session_id)},
        actions=actions.ACTIONS,
    )
    step_up.open_asked()
