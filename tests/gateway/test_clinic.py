"""What the clinic publishes of itself is on its public pages within a second, without a restart."""

import copy

from core.flows.publishing import publish
from core.kinds import CLINIC_KIND, TREATMENTS_KIND
from core.setup.published import CLINIC, TREATMENTS, shipped_clinic, shipped_treatments
from core.versions.rules import Body, Kind
from tests.flows.staffing import do, who
from tests.gateway.asking import Gateway


def publish_it(gateway: Gateway, kind: Kind, key: str, body: Body) -> None:
    app = gateway.app
    manager = who(app, "manager")
    saved = do(app, publish.save_draft, manager, kind, key, body, publish.NONE_SEEN)
    do(app, publish.publish, manager, kind, key, saved.revision, "Set up")
    with app.db.read() as session:
        app.in_use.catch_up(session)


def test_its_name_number_and_site_are_those_of_now(gateway: Gateway) -> None:
    """The page, the words of consent, and who may show our forms in a frame."""
    before = gateway.client.get("/f/lead-capture")
    assert "Luxe Medical Spa LLC" in before.text
    changes = {
        "name": "Glow Studio",
        "legal_name": "Glow Studio Inc",
        "website": "https://glow.example.com/en",
    }
    publish_it(gateway, CLINIC_KIND, CLINIC, {**copy.deepcopy(dict(shipped_clinic()[CLINIC])), **changes})
    after = gateway.client.get("/f/lead-capture")
    assert "Luxe Medical Spa" not in after.text
    assert "Glow Studio Inc" in after.text
    assert after.headers["Content-Security-Policy"].endswith(
        "frame-ancestors 'self' https://glow.example.com"
    )
    assert "Glow Studio Inc" in gateway.client.get("/f/terms").text


def test_a_retired_treatment_is_offered_no_more(gateway: Gateway) -> None:
    body = copy.deepcopy(dict(shipped_treatments()[TREATMENTS]))
    body["treatments"][1] |= {"retired": True}
    publish_it(gateway, TREATMENTS_KIND, TREATMENTS, body)
    assert "Lip filler" not in gateway.client.get("/f/lead-capture").text
