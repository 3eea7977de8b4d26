"""The sign-in: streamlit-authenticator's flow over our own form, accounts, sessions and cookie."""

from typing import Any

import streamlit as st
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController, CookieController
from streamlit_authenticator.models import AuthenticationModel, CookieModel

from console import provider
from console.after_password import WAITING
from console.nav import Entry
from console.parts import refusals
from console.parts.component import LiveComponent
from console.process import current_app
from console.shell import visitor
from console.signed_in import current_session, remember
from core.flows.access import sign_in
from core.flows.access.sign_in import CodeNeeded, Refused, SignedIn

FORGOTTEN = (
    "Forgotten your password? An admin gives you a new one. Without an admin: whoever runs this system, with "
    "luxe staff reset-password"
)
RECORDED = "This system holds patient records. Every sign-in is recorded."
FIRST_FIELD = LiveComponent("parts/first_field")


class StaffModel(AuthenticationModel):  # type: ignore[misc]
    """Credentials in the `staff` table; every try is counted before the password is looked at."""

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
        app = current_app()
        answer = sign_in.sign_in(app, username or "", password or "", visitor(), now=app.clock.now())
        if isinstance(answer, Refused):
            st.session_state["refused"] = answer
            return False
        for left in ("refused", "begin_anew"):
            st.session_state.pop(left, None)
        if isinstance(answer, CodeNeeded):
            st.session_state[WAITING] = answer
            return None
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

        A form that is not filled in is no try: it costs nobody anything.
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


def by_provider() -> bool:
    """Let in who has just come back from the identity provider; whether that went anywhere."""
    answer = provider.arrived()
    if isinstance(answer, SignedIn):
        remember(answer)
    elif isinstance(answer, CodeNeeded):
        st.session_state[WAITING] = answer
    elif answer:
        st.session_state["begin_anew"] = answer
    return isinstance(answer, SignedIn | CodeNeeded)


def page(target: Entry) -> None:
    """The form, what went wrong, and where one goes next."""
    if by_provider():
        st.rerun()
    clinic = current_app().reference.clinic
    st.session_state["authentication_status"] = None
    with st.container(key="sign_in"):
        st.html('<div class="luxe-brand"><b>Luxe</b> Follow-Up</div>')
        with st.container(key="sign_in_card"):
            st.html(f'<h1>Sign in</h1><p class="luxe-muted">{_next(target)}</p>')
            problem = st.empty()
            missing = StaffSignIn().form()
            if current_session() is not None or WAITING in st.session_state:
                st.rerun()
            _say_problem(problem, missing)
            provider.button()
        FIRST_FIELD.mount(key="first_field", data={})
        st.html(f'<p class="luxe-muted luxe-centre">{FORGOTTEN}<br>{RECORDED}</p>')
        places = ", ".join(place.name for place in clinic.locations.values())
        st.html(f'<p class="luxe-muted luxe-centre luxe-foot">{clinic.name}: {places}</p>')


# Pages whose title is not how one speaks of them.
SPOKEN = {
    "sla": "the SLA monitor",
    "check-these": "the forms to check",
    "my-account": "your account",
    "staff-access": "sign-in and access",
    "staff": "staff and shifts",
}


def _next(target: Entry) -> str:
    lead = st.query_params.get("lead", "")
    plain = lead if lead.replace("-", "").isalnum() and lead.isascii() else ""
    if target.url == "lead" and plain:
        return f"Then straight on to lead {plain}."
    where = SPOKEN.get(target.url, f"the {target.title.lower()}")
    return f"Then straight on to {where}."


def _say_problem(place: Any, missing: str) -> None:
    refused: Refused | None = st.session_state.get("refused")
    if missing:
        place.error(missing, icon=":material/error:")
    elif refused is not None:
        refusals.say(place, refused, "User name and password do not match.", "sign_in")
    elif "begin_anew" in st.session_state:
        place.info(st.session_state["begin_anew"])
    elif st.session_state.get("over"):
        place.info("You were signed out. What you saved is safe; sign in to go on where you were.")
