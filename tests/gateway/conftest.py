"""The gateway over the shared App, on each kind of database."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from core.form_keys import FormKey
from gateway.main import create_app
from tests.conftest import TestApp
from tests.flows.booking.booking import add_provider
from tests.gateway.asking import Gateway
from tests.samples import TWILIO_TOKEN, TWILIO_URL

FORM_KEYS = json.dumps(
    {
        "generic": {"key": "g-key"},
        "typeform": {"key": "t-key", "secret": "tf-secret"},
        "jotform": {"key": "j-key"},
    }
)


@pytest.fixture
def public_app(app: TestApp) -> TestApp:
    """The App with known form keys and the public address that the samples were signed for."""
    changes = {
        "form_keys": FORM_KEYS,
        "public_url": TWILIO_URL,
        "twilio_auth_token": type(app.settings.twilio_auth_token)(TWILIO_TOKEN),
        "form_rate": 0,
        "form_signs": 0,  # tests send what nobody typed
    }
    return replace(app, settings=app.settings.model_copy(update=changes))


@pytest.fixture
def gateway(public_app: TestApp) -> Iterator[Gateway]:
    """A client of the gateway."""
    api = create_app(public_app)
    with TestClient(api, base_url=TWILIO_URL, follow_redirects=False) as client:
        yield Gateway(client, public_app)


@pytest.fixture
def signed_gateway(public_app: TestApp) -> Iterator[Gateway]:
    """The same, with a secret for the generic connector too."""
    api = create_app(public_app)
    api.state.context.keys["generic"] = FormKey("g-key", "generic-secret")
    with TestClient(api, base_url=TWILIO_URL, follow_redirects=False) as client:
        yield Gateway(client, public_app)


@pytest.fixture
def clinic(gateway: Gateway) -> Gateway:
    """Two give facials downtown, one at the other place."""
    app = gateway.app
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    add_provider(app, "iris", "Iris Nakamura", ["skin"], languages=["en", "es"])
    add_provider(app, "leo", "Leo Brandt", ["skin"], location="westlake")
    return gateway


@pytest.fixture
def site(public_app: TestApp) -> Iterator[Gateway]:
    """The gateway of a clinic where Tess gives facials, as its own site's visitors reach it."""
    add_provider(public_app, "tess", "Tess Holloway", ["skin"])
    with TestClient(create_app(public_app), base_url=TWILIO_URL, follow_redirects=False) as client:
        yield Gateway(client, public_app)
