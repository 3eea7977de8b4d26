"""Pictures that patients sent: shown to staff who may see leads, and to nobody else."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from console import media
from console.routes import cookie_name
from core.domain.ids import new_id
from core.flows.access import sign_in
from core.flows.conversation import receive_text
from core.flows.sending import performing
from core.messaging.tables import text_media
from tests.conftest import TestApp
from tests.flows.staffing import new_lead, one
from tests.pages.conftest import PASSWORD


def send_picture(app: TestApp, content_type: str = "image/png") -> str:
    """A patient sends a picture and it was fetched; its id."""
    new_lead(app)
    params = {
        "MessageSid": "MMin1",
        "From": "+14075550155",
        "NumMedia": "1",
        "MediaUrl0": "https://example.com/1",
        "MediaContentType0": content_type,
    }
    receive_text.receive(app, params, now=app.clock.now())
    performing.fetch_pictures(app, now=app.clock.now())
    return str(one(app, text_media).id)


def browser(app: TestApp, username: str = "") -> TestClient:
    client = TestClient(Starlette(routes=media.ROUTES))
    if username:
        who = sign_in.sign_in(app, username, PASSWORD, strangers={}, now=app.clock.now())
        assert isinstance(who, sign_in.SignedIn)
        token = sign_in.redeem(app, who.ticket, app.clock.now())
        client.cookies.set(cookie_name(app.settings.console), token or "")
    return client


def test_staff_see_the_picture_that_a_patient_sent(console: TestApp) -> None:
    answer = browser(console, "frontdesk").get(f"/pictures/{send_picture(console)}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("username", ["", "marketing"])
def test_nobody_else_sees_it(console: TestApp, username: str) -> None:
    media_id = send_picture(console)
    assert browser(console, username).get(f"/pictures/{media_id}").status_code == 404


def test_unknown_pictures_are_not_found(console: TestApp) -> None:
    client = browser(console, "frontdesk")
    for wanted in (new_id(console.clock.now()), "nonsense"):
        assert client.get(f"/pictures/{wanted}").status_code == 404
