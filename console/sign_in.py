"""The sign-in: streamlit-authenticator's flow over our own form, accounts, sessions and cookie."""

from typing import Any

import streamlit as st
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController, CookieController
from streamlit_authenticator.models import AuthenticationModel, CookieModel

from console.nav import Entry
from console.parts.component import LiveComponent
from console.process import current_app
from console.shell import origin
from console.signed_in import current_session, forget, remember
from core.domain.errors import InvalidInput
from core.flows.access import sign_in
from core.flows.access.sign_in import Refused, SignedIn
from core.staff.rules import LOCK_MINUTES, MIN_LENGTH, Tries

FORGOTTEN = (
    "Forgotten your password? Whoever runs this system sets a new one there, with: luxe staff reset-password"
)
RECORDED = "This system holds patient records. Every sign-in is recorded."
FIRST_FIELD = LiveComponent("parts/first_field")
COUNTS = ("No", "One", "Two", "Three", "Four", "Five")
MOST_STRANGERS = 10_000


@st.cache_resource(show_spinner=False)
def _strangers() -> dict[str, Tries]:
    return {}


class StaffModel(AuthenticationModel):  # type: ignore[misc]
    """Credentials in the `staff` table; every try is counted there before the password is looked at."""

    def __init__(self) -> None:
        super().__init__({"usernames": {}})

    def login(
        self,
        username: str | None,
        password: str | None,
        _max_concurrent_users: int | None = None,
        _max_login_attempts: int | None = None,
        token: Any = None,
        _single_session: bool = False,
        _callback: Any = None,
    ) -> bool | None:
        """Called with positions by the controller, with a token on every unsigned run, with a name on submit."""
        if token is not None:
            return None
        app, strangers = current_app(), _strangers()
        if len(strangers) > MOST_STRANGERS:
            strangers.clear()
        answer = sign_in.sign_in(
            app,
            username or "",
            password or "",
            strangers=strangers,
            now=app.clock.now(),
            origin=origin("sign-in"),
        )
        if isinstance(answer, Refused):
            st.session_state["refused"] = answer
            return False
        st.session_state.pop("refused", None)
        st.session_state["authentication_status"] = True
        remember(answer)
        return True


class TicketCookie(CookieModel):  # type: ignore[misc]
    """The cookie is HttpOnly, so the browser fetches it with a ticket: nothing is read or set by script here."""

    def __init__(self) -> None:
        self.token = None

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None

    def delete_cookie(self) -> None:
        return None


class StaffSignIn(Authenticate):  # type: ignore[misc]
    """The library's flow over the two models above; its own cookie component is never mounted."""

    def __init__(self) -> None:
        self.path = None
        self.attrs = {"login_sleep_time": 0}
        self.cookie_controller = CookieController.__new__(CookieController)
        self.cookie_controller.cookie_model = TicketCookie()
        self.authentication_controller = AuthenticationController({"usernames": {}})
        self.authentication_controller.authentication_model = StaffModel()

    def form(self) -> str:
        """Our own fields, as the library's keep password managers out; what is missing in them, '' for nothing.

        A form that is not filled in is no try: it costs nobody one of the five.
        """
        with st.form(key="sign_in_form"):
            username = st.text_input("User name", autocomplete="username")
            password = st.text_input("Password", type="password", autocomplete="current-password")
            sent = st.form_submit_button("Continue")
        if not sent:
            return ""
        blank = [
            name for name, value in (("user name", username), ("password", password)) if not value.strip()
        ]
        if not blank:
            self.authentication_controller.login(username, password)
        return f"Enter your {' and '.join(blank)}." if blank else ""


def page(target: Entry) -> None:
    """The form, what went wrong, and where one goes next."""
    clinic = current_app().reference.clinic
    st.session_state["authentication_status"] = None
    with st.container(key="sign_in"):
        st.html('<div class="luxe-brand"><b>Luxe</b> Follow-Up</div>')
        with st.container(key="sign_in_card"):
            st.html(f'<h1>Sign in</h1><p class="luxe-muted">{_next(target)}</p>')
            problem = st.empty()
            missing = StaffSignIn().form()
            if current_session() is not None:
                st.rerun()
            _say_problem(problem, missing)
        FIRST_FIELD.mount(key="first_field", data={})
        st.html(f'<p class="luxe-muted luxe-centre">{FORGOTTEN}<br>{RECORDED}</p>')
        places = ", ".join(place.name for place in clinic.locations.values())
        st.html(f'<p class="luxe-muted luxe-centre luxe-foot">{clinic.name}: {places}</p>')


def _next(target: Entry) -> str:
    lead = st.query_params.get("lead", "")
    plain = lead if lead.replace("-", "").isalnum() and lead.isascii() else ""
    where = (
        f"lead {plain}"
        if target.url == "lead" and plain
        else f"the {target.title[:1].lower()}{target.title[1:]}"
    )
    if target.url == "sla":
        where = "the SLA monitor"
    return f"Then straight on to {where}."


def _say_problem(place: Any, missing: str) -> None:
    refused: Refused | None = st.session_state.get("refused")
    if missing:
        place.error(missing, icon=":material/error:")
    elif refused is not None:
        place.error(words_of(refused), icon=":material/error:")
    elif st.session_state.get("over"):
        place.info("You were signed out. What you saved is safe; sign in to go on where you were.")


def words_of(refused: Refused) -> str:
    """The same for a wrong name, a wrong password and a closed account."""
    if refused.tries_left == 0:
        return f"Too many tries for this user name. Wait {LOCK_MINUTES} minutes, then try again."
    tries = "try" if refused.tries_left == 1 else "tries"
    return (
        f"User name and password do not match. {COUNTS[refused.tries_left]} {tries} left, "
        f"then a {LOCK_MINUTES}-minute wait."
    )


def change_page(who: SignedIn) -> None:
    """A password that somebody else chose must be changed before anything else."""
    app = current_app()
    with st.container(key="sign_in"), st.container(key="sign_in_card"):
        st.html(
            "<h1>Choose your password</h1>"
            f'<p class="luxe-muted">{MIN_LENGTH} characters or more. Several words are easy to keep.</p>'
        )
        problem_at = st.empty()
        with st.form("new_password"):
            fresh = st.text_input("New password", type="password", autocomplete="new-password")
            again = st.text_input("The same again", type="password", autocomplete="new-password")
            sent = st.form_submit_button("Save and continue", type="primary", width="stretch")
        FIRST_FIELD.mount(key="first_field", data={})
        if st.button("Sign out", type="tertiary"):
            forget()
            st.rerun()
        if sent:
            try:
                remember(sign_in.change_password(app, who, fresh, again, app.clock.now()))
            except InvalidInput as problem:
                problem_at.error(problem.errors[0].message, icon=":material/error:")
            else:
                st.rerun()
