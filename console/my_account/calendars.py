"""The part of My account about calendars: one elsewhere that tells when somebody is busy, and the address of visits."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from console.my_account.actions import HERE
from console.parts import panels, step_up
from console.parts.wording import moment_words
from console.process import current_app
from console.shell import Outcome, Visit, act, origin
from core.flows.booking import feeds_in, feeds_out
from core.reads.parts import provider_calendars
from core.reads.parts.provider_calendars import Calendars

A_DAY = timedelta(days=1)
ABOUT = (
    "Connect the calendar that you keep elsewhere: nobody is booked while you are busy there. "
    "And read your visits in it, without names or treatments."
)
ABOUT_OTHERS = (
    "What providers keep elsewhere: nobody is booked while they are busy there. "
    "And their visits, to be read in it without names or treatments."
)
NO_ADDRESS = "The visits can be read in a calendar program. There is no address for that yet."
ABOUT_ADDRESS = (
    "Whoever has it sees when there are visits, and in which room. Subscribe to it in your calendar program; one that "
    "was made before opens nothing any more."
)


def section(here: Visit) -> None:
    """Nothing for who gives no treatments and plans no shifts."""
    found = here.read(provider_calendars.of)
    if not found:
        return
    own = found[0].staff_id == here.actor.staff_id
    panels.heading("Calendars", ABOUT if own else ABOUT_OTHERS)
    chosen = found[0] if len(found) == 1 else _chosen(found)
    _elsewhere(chosen, here.now, here.app.settings.zone)
    _address(here, chosen)


def _chosen(found: list[Calendars]) -> Calendars:
    names = {one.staff_id: one.name for one in found}
    picked = st.selectbox("Whose calendar", list(names), format_func=lambda id_: names[id_], width=320)
    return next(one for one in found if one.staff_id == picked)


def _elsewhere(one: Calendars, now: datetime, zone: ZoneInfo) -> None:
    if one.trouble:
        panels.warning(trouble_words(one, now, zone))
    elif one.host:
        panels.note(standing_words(one, now, zone))
    with st.form(f"calendar_feed_{one.staff_id}", border=False, clear_on_submit=True):
        address = st.text_input(
            "Secret address of the calendar, in iCal format",
            placeholder="https://calendar.example.com/.../basic.ics",
            help="In your calendar's settings, often under 'Integrate' or 'Share'. It is kept like a password.",
            max_chars=1000,
            autocomplete="off",
            width=560,
        )
        sent = st.form_submit_button("Connect another one" if one.host else "Connect")
    if sent:
        _say(
            act(
                lambda session, actor, now: feeds_in.set_feed(
                    session, actor, one.staff_id, address, now=now, origin=origin(HERE)
                ),
                "Connected. It is read within a minute.",
            )
        )
    if one.host and st.button("Disconnect"):
        _say(
            act(
                lambda session, actor, now: feeds_in.remove_feed(
                    session, actor, one.staff_id, now=now, origin=origin(HERE)
                ),
                "Disconnected. What it said is forgotten.",
            )
        )


def standing_words(one: Calendars, now: datetime, zone: ZoneInfo) -> str:
    """'calendar.example.com, last read today at 10:05 AM.'"""
    if one.seen_at is None:
        return f"{one.host}, not read yet: that takes a minute."
    return f"{one.host}, last read {moment_words(one.seen_at, now, zone)}."


def trouble_words(one: Calendars, now: datetime, zone: ZoneInfo) -> str:
    """Why it can't be read, since when, and what counts until it can."""
    since = moment_words(one.failing_since, now, zone) if one.failing_since else ""
    known = "The busy times that were last known count." if one.seen_at else "No busy time is known."
    old = one.failing_since is not None and now - one.failing_since > A_DAY
    warn = " They are more than a day old by now." if old and one.seen_at else ""
    return f"{one.host} can't be read since {since}. {one.trouble} {known}{warn}"


def _address(here: Visit, one: Calendars) -> None:
    since = one.address_since
    made = f"made {moment_words(since, here.now, here.app.settings.zone)}" if since else ""
    panels.note(
        f"The visits can be read in a calendar program, at a secret address {made}." if made else NO_ADDRESS
    )
    with st.container(horizontal=True):
        if st.button("Make a new address" if made else "Make an address of the visits"):
            st.dialog("Address of the visits")(_make)(one)
        if made and st.button("Take the address away"):
            _say(
                act(
                    lambda session, actor, now: feeds_out.take_address_away(
                        session, actor, one.staff_id, now=now, origin=origin(HERE)
                    ),
                    "Nobody reads the visits any more.",
                )
            )


def _make(one: Calendars) -> None:
    """The body of a dialog: the address is shown this once."""
    if not step_up.ask("A secret address is about to be made."):
        return
    st.markdown(ABOUT_ADDRESS)
    place = st.empty()
    if not place.button("Make it", type="primary"):
        return
    made: list[str] = []
    public = current_app().settings.public
    outcome = act(
        lambda session, actor, now: made.append(
            feeds_out.new_address(session, actor, one.staff_id, public, now=now, origin=origin(HERE))
        )
    )
    if not outcome.ok:
        st.error(outcome.words, icon=":material/error:")
        return
    place.empty()  # a second press would close the address that stands here
    st.code(made[0], language=None, wrap_lines=True)
    st.markdown("Copy it now: it is not shown again.")


def _say(outcome: Outcome) -> None:
    """A refusal stays on the page; what worked shows itself there, and is said in passing."""
    if not outcome.ok:
        st.error("; ".join(outcome.fields.values()) or outcome.words, icon=":material/error:")
        return
    st.toast(outcome.words)
    st.rerun()
