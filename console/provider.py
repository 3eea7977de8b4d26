"""Streamlit's own login for an identity provider (OpenID Connect): set up from our settings, believed once."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.runtime.secrets import secrets_singleton

from console.process import current_app
from console.shell import visitor
from core.app import App
from core.domain.clock import real_time
from core.flows.access import provider_sign_in
from core.flows.access.sign_in import CodeNeeded, SignedIn


def configure(app: App) -> None:
    """Tell Streamlit of the provider; called once at start-up. Nothing is written to a file."""
    settings = app.settings
    if not settings.oidc:
        return
    section: dict[str, Any] = {
        "redirect_uri": f"{settings.console}/oauth2callback",
        "cookie_secret": app.db.keyring.sign("provider cookie", settings.oidc_client_id),
        "client_id": settings.oidc_client_id,
        "client_secret": settings.oidc_client_secret.get_secret_value(),
        "server_metadata_url": settings.oidc_metadata_url,
        # Asked for anew each time: whoever sits down at a browser that is signed in there proves who they are.
        "client_kwargs": {"scope": "openid email", "prompt": "login"},
    }
    secrets_singleton.merge_programmatic_secrets({"auth": section})


def arrived() -> SignedIn | CodeNeeded | str | None:
    """What comes of a visitor who has just come back from the provider; None for everybody else."""
    app = current_app()
    who = provider_sign_in.identity(_claims()) if app.settings.oidc else None
    if who is None:
        return None
    return provider_sign_in.sign_in(app, who, visitor(), at=real_time(), now=app.clock.now())


def _claims() -> Mapping[str, Any]:
    """What Streamlit's cookie holds; nothing where nobody signed in there."""
    claims = st.user.to_dict()
    return claims if claims.get("is_logged_in") else {}


def button() -> None:
    """The way to the provider, below our own form."""
    settings = current_app().settings
    if settings.oidc and st.button(f"Sign in with {settings.oidc_name}", width="stretch"):
        st.login()
