"""Pictures that patients sent: shown to staff who may see leads, and to nobody else."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from console import media
from console.routes import cookie_name
from core.adapters.fakes import PICTURE
from core.domain.ids import new_id
from core.flows.access import sign_in
from core.flows.conversation import receive_text, received_files
from core.messaging.tables import text_media
from tests.conftest import TestApp
from tests.flows.staffing import new_lead, one
from tests.pages.conftest import PASSWORD


def send_picture(app: TestApp, content_type: str = "image/png", content: bytes = PICTURE) -> str:
    """A patient sends a picture and it was fetched; its id."""
    new_lead(app)
    app.sms.media["https://example.com/1"] = (content_type, content)
    params = {
        "MessageSid": "MMin1",
        "From": "+14075550155",
        "NumMedia": "1",
        "MediaUrl0": "https://example.com/1",
        "MediaContentType0": content_type,
    }
    receive_text.receive(app, params, now=app.clock.now())
    received_files.fetch_pictures(app, now=app.clock.now())
    return str(one(app, text_media).id)


def browser(app: TestApp, username: str = "") -> TestClient:
    client = TestClient(Starlette(routes=media.ROUTES))
    if username:
        who = sign_in.sign_in(app, username, PASSWORD, now=app.clock.now())
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


def test_a_document_is_downloaded_and_never_opened_here(console: TestApp) -> None:
    """Whatever is in it: a page of a stranger's would act with this person's session."""
    media_id = send_picture(console, "application/pdf", b"%PDF-1.7 <script>alert(1)</script>")
    answer = browser(console, "frontdesk").get(f"/pictures/{media_id}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/octet-stream")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="received-{media_id[-8:]}.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_what_was_not_kept_is_not_found(console: TestApp) -> None:
    media_id = send_picture(console, "image/png", b"<script>alert(1)</script>")
    assert browser(console, "frontdesk").get(f"/pictures/{media_id}").status_code == 404


def test_no_browser_keeps_a_picture(console: TestApp) -> None:
    """Finding 20: after signing out it came from the browser's own store, for whoever sat there next."""
    answer = browser(console, "frontdesk").get(f"/pictures/{send_picture(console)}")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("username", ["", "marketing"])
def test_nobody_else_sees_it(console: TestApp, username: str) -> None:
    media_id = send_picture(console)
    assert browser(console, username).get(f"/pictures/{media_id}").status_code == 404


def test_unknown_pictures_are_not_found(console: TestApp) -> None:
    client = browser(console, "frontdesk")
    for wanted in (new_id(console.clock.now()), "nonsense"):
        assert client.get(f"/pictures/{wanted}").status_code == 404
