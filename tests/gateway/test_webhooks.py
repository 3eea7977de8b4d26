"""Forms by webhook: each is stored whole and once, or refused with a clear answer and nothing half stored."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator

import httpx
import pytest

from core.domain.names import fold
from core.reads import thanks
from tests import samples
from tests.gateway.asking import Gateway, fields_of, generic_form
from tests.samples import GENERIC, JOTFORM, TYPEFORM, Sample

STORED = ("form_submissions", "patients", "leads", "timed_actions", "consents", "raw_payloads")
KEPT = ("raw_payloads", "timed_actions")  # what waits for a person, and the row that will tell of it


def nothing_is_stored(gateway: Gateway, *, but: tuple[str, ...] = ()) -> bool:
    return not any(gateway.count(table) for table in STORED if table not in but)


@pytest.mark.parametrize("sample", samples.CONNECTORS, ids=lambda sample: sample.connector)
def test_the_sample_of_each_connector_becomes_a_lead(signed_gateway: Gateway, sample: Sample) -> None:
    """Signature checked, patient, lead, clock, texts and raw payload there, and the id answered."""
    answer = signed_gateway.deliver(sample)
    assert answer.status_code == 201
    assert signed_gateway.column("form_submissions.id") == [answer.json()["submission_id"]]
    assert signed_gateway.count("leads") == 1
    assert {"first_contact", "first_conversation"} <= set(signed_gateway.column("sla_clocks.target"))
    assert signed_gateway.column("raw_payloads.body") == [sample.body]
    assert signed_gateway.column("raw_payloads.state") == ["accepted"]


@pytest.mark.parametrize("sample", samples.CONNECTORS, ids=lambda sample: sample.connector)
def test_a_delivery_that_comes_twice_is_stored_once(signed_gateway: Gateway, sample: Sample) -> None:
    """The second answer carries the first one's id."""
    first, second = signed_gateway.deliver(sample), signed_gateway.deliver(sample)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert signed_gateway.count("leads") == signed_gateway.count("raw_payloads") == 1


def test_a_repeat_that_says_something_else_changes_nothing_but_is_kept(gateway: Gateway) -> None:
    """The first form stands; the other words are evidence."""
    first = gateway.submit()
    second = gateway.submit(contact={"phone": "407-555-0199"})
    assert (second.status_code, second.json()) == (200, first.json())
    assert (gateway.count("patients"), gateway.count("raw_payloads")) == (1, 2)


def test_two_identical_forms_at_the_same_moment_are_one(gateway: Gateway) -> None:
    """A double click of a slow sender: one stored, both told the same id."""
    body = json.dumps(generic_form()).encode()
    answers: list[httpx.Response] = []
    gate = threading.Barrier(6)

    def post() -> None:
        gate.wait()
        answers.append(gateway.post("generic", body))

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 200, 201]
    assert len({answer.json()["submission_id"] for answer in answers}) == 1
    assert gateway.count("leads") == gateway.count("patients") == 1


def test_a_wrong_key_is_401_and_nothing_is_stored(gateway: Gateway) -> None:
    """An address that leaked in part opens nothing."""
    answer = gateway.client.post("/webhooks/forms/generic/wrong", json=generic_form())
    assert (answer.status_code, fields_of(answer)) == (401, ["key"])
    assert nothing_is_stored(gateway)


@pytest.mark.parametrize("headers", [{}, {"Typeform-Signature": "sha256=AAAA"}, {"Typeform-Signature": "é"}])
def test_a_wrong_signature_is_401_and_nothing_is_stored(gateway: Gateway, headers: dict[str, str]) -> None:
    """Who has the address, but not the secret, is nobody."""
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = gateway.client.post("/webhooks/forms/typeform/t-key", content=TYPEFORM.body, headers=raw)
    assert (answer.status_code, fields_of(answer)) == (401, ["signature"])
    assert nothing_is_stored(gateway)


def test_the_generic_secret_is_asked_for_where_one_is_set(signed_gateway: Gateway) -> None:
    """The key alone no longer does; the contract's header does."""
    body = json.dumps(generic_form()).encode()
    digest = hmac.new(b"generic-secret", body, hashlib.sha256).hexdigest()
    assert signed_gateway.post("generic", body).status_code == 401
    assert signed_gateway.post("generic", body, {"X-Signature": f"sha256={digest}"}).status_code == 201
    assert signed_gateway.column("consents.signature_verified") == [True, True]


def test_an_unknown_connector_is_404_and_names_the_known_ones(gateway: Gateway) -> None:
    """The way out is in the answer."""
    answer = gateway.client.post("/webhooks/forms/telex/g-key", json=generic_form())
    assert (answer.status_code, fields_of(answer)) == (404, ["connector"])
    assert "generic, jotform, typeform" in answer.text
    assert nothing_is_stored(gateway)


def test_five_megabytes_are_413(gateway: Gateway) -> None:
    """Announced or in pieces, it is refused and not kept."""

    def pieces() -> Iterator[bytes]:
        for _ in range(50):
            yield b"x" * 100_000

    for content in (b"x" * 5_000_000, pieces()):
        answer = gateway.client.post("/webhooks/forms/generic/g-key", content=content)
        assert (answer.status_code, fields_of(answer)) == (413, ["body"])
    assert nothing_is_stored(gateway)


@pytest.mark.parametrize("body", [b"", b"\x00\xff garbage", b"[1, 2]", b"[" * 50_000])
def test_a_garbage_body_is_422_and_waits_for_staff(gateway: Gateway, body: bytes) -> None:
    """Told to the sender, and kept as a dead letter."""
    answer = gateway.post("generic", body)
    assert (answer.status_code, fields_of(answer)) == (422, ["body"])
    assert gateway.column("raw_payloads.state") == ["dead"]
    assert gateway.column("timed_actions.kind") == ["unread_form"]
    assert nothing_is_stored(gateway, but=KEPT)


def test_a_jotform_that_cannot_be_read_is_kept_and_still_answered_with_success(gateway: Gateway) -> None:
    """Jotform drops what is refused: the lead waits for staff instead. Trying again adds no second one."""
    broken = JOTFORM.body.replace(b'{"slug"', b'{"slug')
    first, second = (
        gateway.post("jotform", broken, {"Content-Type": JOTFORM.content_type}) for _ in range(2)
    )
    assert (first.status_code, first.json()) == (202, {"kept": gateway.column("raw_payloads.id")[0]})
    assert second.json() == first.json()
    assert gateway.column("raw_payloads.body") == [broken]


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({"phone": None, "email": None}, "phone"),
        ({"phone": "407-555-O155", "email": ""}, "phone"),
        ({"phone": "", "email": "nobody"}, "email"),
        ({"date_of_birth": "2012-04-12"}, "date_of_birth"),
    ],
)
def test_a_field_with_a_fault_is_422_by_name_and_kept_for_replay(
    gateway: Gateway, contact: dict[str, str | None], field: str
) -> None:
    """Nothing but the raw payload is stored, and it says which field."""
    answer = gateway.submit(contact=contact)
    assert (answer.status_code, fields_of(answer)[0]) == (422, field)
    assert gateway.column("raw_payloads.state") == ["refused"]
    assert gateway.column("raw_payloads.error_field") == [field]
    assert nothing_is_stored(gateway, but=KEPT)


def test_a_form_type_that_we_do_not_know_is_set_aside(gateway: Gateway) -> None:
    """A typing slip in a sender's set-up shows in the answer, and costs no lead."""
    answer = gateway.submit(form_type="consultation")
    assert [one["field"] for one in answer.json()["set_aside"]] == ["form_type"]
    assert gateway.column("leads.form_type") == ["lead_capture"]


def test_all_faults_come_in_one_answer(gateway: Gateway) -> None:
    """Two faults, two fields."""
    answer = gateway.submit(contact={"phone": "1", "email": "x"})
    assert sorted(fields_of(answer)) == ["email", "phone"]


def test_script_tags_are_words_like_any_other(gateway: Gateway) -> None:
    """Stored as they were written, and shown escaped on our own page."""
    tag = "<script>alert(1)</script>"
    answer = gateway.submit(contact={"first_name": tag})
    assert answer.status_code == 201
    assert gateway.column("patients.first_name") == [tag]
    with gateway.app.db.read() as session:
        promise = thanks.read(session, answer.json()["submission_id"])
    assert promise is not None
    assert promise.first_name == tag


def test_source_campaign_and_click_ids_are_kept(gateway: Gateway) -> None:
    """What marketing pays for is known with each form."""
    gateway.submit()
    assert gateway.column("form_submissions.source") == ["website"]
    assert gateway.column("form_submissions.utm_params") == [
        {"utm_source": "google", "utm_campaign": "spring"}
    ]
    assert gateway.column("form_submissions.click_ids") == [{"gclid": "G-1"}]
    assert gateway.column("leads.campaign") == ["spring"]


def test_a_test_delivery_is_stored_and_texts_nobody(gateway: Gateway) -> None:
    """The vendor's 'send a test' button must not ring a phone."""
    assert gateway.submit(is_test=True).status_code == 201
    assert (gateway.count("form_submissions"), gateway.count("timed_actions")) == (1, 0)


def test_more_than_a_hundred_a_second_are_asked_to_wait(gateway: Gateway) -> None:
    """429 with the seconds to wait; nothing of it is stored."""
    limit = gateway.client.app.state.context.webhook_limit  # type: ignore[attr-defined]
    limit.seconds = lambda: 0.0
    for _ in range(200):
        limit.wait("generic")
    answer = gateway.submit()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert nothing_is_stored(gateway)


def test_a_sender_that_is_not_proven_cannot_use_up_the_limit(gateway: Gateway) -> None:
    """Only deliveries with the right key count."""
    for _ in range(300):
        gateway.client.post("/webhooks/forms/generic/wrong", content=b"")
    assert gateway.submit().status_code == 201


def test_a_fault_of_ours_keeps_the_form_and_calls_staff(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender hears that it is kept, without the error's words; the payload waits, and phones ring."""

    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("Omar Reyes 4075550155")

    monkeypatch.setattr("core.flows.intake.receive_form.accept", broken)
    answer = gateway.submit()
    assert (answer.status_code, answer.json()) == (202, {"kept": gateway.column("raw_payloads.id")[0]})
    assert gateway.column("raw_payloads.state") == ["dead"]
    assert set(gateway.column("timed_actions.template")) == {"staff_stumbled"}


def test_the_json_interface_is_documented(gateway: Gateway) -> None:
    """A developer of the clinic's site finds what to post."""
    document = gateway.client.get("/openapi.json").json()
    post = document["paths"]["/webhooks/forms/{connector}/{key}"]["post"]
    assert set(post["responses"]) >= {"200", "201", "401", "413", "422", "429"}
    assert "phone" in json.dumps(post["requestBody"])


def test_every_answer_carries_the_security_headers(gateway: Gateway) -> None:
    """No sniffing, no caching, no scripts but our own."""
    for path in ("/healthz", "/f/lead-capture", "/nothing"):
        headers = gateway.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert fold(headers["content-security-policy"]).startswith("default-src 'none'")


def test_the_generic_sample_keeps_the_senders_page_and_address(gateway: Gateway) -> None:
    """Evidence of the consent: where the box stood, and who ticked it."""
    gateway.deliver(GENERIC)
    assert gateway.column("consents.page_url") == ["https://luxe.example.com/consult"]
    assert gateway.column("consents.ip") == ["203.0.113.90"]


@pytest.mark.parametrize(
    ("phone", "kept", "textable"),
    [
        ("(621) 555-0134", "+16215550134", True),  # younger than the library's list of area codes
        ("tel:+1-302-555-0117;ext=5", "+13025550117", False),
        ("+44 20 7946 0958", "+442079460958", False),
        ("787-555-0155", "+17875550155", False),
    ],
)
def test_a_number_that_the_numbering_plan_allows_is_a_lead(
    gateway: Gateway, phone: str, kept: str, textable: bool
) -> None:
    """Its confirmation is planned where we may text it; else staff call."""
    assert gateway.submit(contact={"phone": phone}).status_code == 201
    assert gateway.column("leads.phone") == [kept]
    assert gateway.column("leads.call_only") == [not textable]
    assert ("minute-0" in gateway.column("timed_actions.step")) is textable
