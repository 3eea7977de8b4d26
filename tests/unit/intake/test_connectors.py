"""Each connector reads its vendor's real shape, and refuses what its vendor never sends."""

import hashlib
import hmac
import json

import pytest

from core.domain.errors import UnreadablePayload
from core.intake.connectors import BY_WEBHOOK, EVERY, HOSTED
from core.intake.draft import Delivery, Draft
from tests import samples
from tests.samples import GENERIC, JOTFORM, TYPEFORM, Sample


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def read(sample: Sample, body: bytes | None = None) -> Draft:
    delivery = Delivery(sample.body if body is None else body, sample.content_type, lower(sample.headers))
    return BY_WEBHOOK[sample.connector].read(delivery)


def generic(**document: object) -> Draft:
    return read(GENERIC, json.dumps(document).encode())


@pytest.mark.parametrize(
    ("sample", "external_id", "name", "phone"),
    [
        (GENERIC, "zapier:zap-2026-11-20-0001", "Omar", "407-555-0155"),
        (TYPEFORM, "tok0000000000000000000000000001", "Ava", "+13055550142"),
        (JOTFORM, "6100000000000000001", "Maya", "(214) 555-0117"),
    ],
)
def test_the_sample_of_each_vendor_is_read(sample: Sample, external_id: str, name: str, phone: str) -> None:
    """Name, number and the id that the vendor knows the form by."""
    draft = read(sample)
    assert (draft.external_id, draft.answers["first_name"], draft.answers["phone"]) == (
        external_id,
        name,
        phone,
    )
    assert draft.form_type == "consultation_request"


@pytest.mark.parametrize("sample", samples.CONNECTORS)
def test_each_sample_brings_its_consent_with_the_words(sample: Sample) -> None:
    """The ledger needs the words that the person saw."""
    (given,) = read(sample).consents
    assert (given.scope, given.ticked) == ("marketing", True)
    assert "not a condition of purchase" in given.wording


@pytest.mark.parametrize("sample", [GENERIC, TYPEFORM])
def test_a_signature_holds_for_its_bytes_and_secret_only(sample: Sample) -> None:
    """One changed byte, or another secret, and it is worthless."""
    verify = BY_WEBHOOK[sample.connector].verify
    assert verify is not None
    headers = lower(sample.headers)
    assert verify(sample.body, headers, sample.secret)
    assert not verify(sample.body + b" ", headers, sample.secret)
    assert not verify(sample.body, headers, "another")
    assert not verify(sample.body, {}, sample.secret)


def test_the_signature_of_the_contract_is_understood() -> None:
    """`X-Signature: sha256=<hex HMAC of the raw body>`."""
    digest = hmac.new(b"s", GENERIC.body, hashlib.sha256).hexdigest()
    verify = BY_WEBHOOK["generic"].verify
    assert verify is not None
    assert verify(GENERIC.body, {"x-signature": f"sha256={digest}"}, "s")


def test_a_header_that_is_no_ascii_is_merely_wrong() -> None:
    """A comparison must not stumble over what a stranger puts into a header."""
    verify = BY_WEBHOOK["typeform"].verify
    assert verify is not None
    assert not verify(b"{}", {"typeform-signature": "sha256=\u00e9\ud800"}, "s")


def test_two_sources_may_count_from_one() -> None:
    """The same id of another source is another form."""
    assert (
        generic(source="a", external_id="1").external_id != generic(source="b", external_id="1").external_id
    )


def test_without_an_id_the_body_is_its_own_name() -> None:
    """The same bytes twice are a repeat even for a sender that counts nothing."""
    one, same, other = generic(contact={"phone": "1"}), generic(contact={"phone": "1"}), generic(contact={})
    assert one.external_id == same.external_id != other.external_id


def test_the_idempotency_key_stands_in_for_an_id() -> None:
    """Zapier and Make set a header more easily than a field."""
    delivery = Delivery(b"{}", headers={"idempotency-key": "k-1"})
    assert BY_WEBHOOK["generic"].read(delivery).external_id == "k-1"


def test_a_lead_without_a_consent_artefact_has_no_consent() -> None:
    """Nothing is assumed."""
    assert generic(contact={"phone": "407-555-0155"}).consents == ()


@pytest.mark.parametrize("part", ["contact", "fields", "consent", "utm"])
def test_a_part_that_is_no_object_is_named(part: str) -> None:
    """The sender learns which part, and the rest is read all the same."""
    (fault,) = generic(**{part: "text"}).faults
    assert (fault.field, fault.value) == (part, "text")


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[]", b"12", b"{", b"[" * 100_000, b'{"n":' + b"9" * 10_000 + b"}"]
)
@pytest.mark.parametrize("sample", samples.CONNECTORS)
def test_garbage_is_unreadable_never_a_crash(sample: Sample, body: bytes) -> None:
    """What can't be read becomes a dead letter, so it must be known as such."""
    with pytest.raises(UnreadablePayload):
        read(sample, body)


def test_jotform_with_a_broken_raw_request_is_unreadable() -> None:
    """Jotform cuts rawRequest at times: the lead goes to staff."""
    with pytest.raises(UnreadablePayload):
        read(JOTFORM, JOTFORM.body.replace(b'{"slug"', b'{"slug'))


def test_typeform_by_titles_where_refs_say_nothing() -> None:
    """A form whose author named no ref is read by its questions."""
    document = json.loads(TYPEFORM.body)
    for number, question in enumerate(document["form_response"]["definition"]["fields"]):
        question["ref"] = f"ref-{number}"
    for number, answer in enumerate(document["form_response"]["answers"]):
        answer["field"]["ref"] = f"ref-{number}"
    draft = read(TYPEFORM, json.dumps(document).encode())
    assert [
        draft.answers[name] for name in ("first_name", "last_name", "phone", "treatment", "timeframe")
    ] == [
        "Ava",
        "Nguyen",
        "+13055550142",
        "Botox",
        "This week",
    ]
    assert draft.consents[0].ticked


def test_typeform_no_is_kept_as_no() -> None:
    """A box that was left empty is evidence too."""
    draft = read(TYPEFORM, TYPEFORM.body.replace(b'"boolean":true', b'"boolean":false'))
    assert [given.ticked for given in draft.consents] == [False]


def test_typeform_test_deliveries_are_known() -> None:
    """A test must never text anybody."""
    assert read(TYPEFORM, TYPEFORM.body.replace(b'{"event_id"', b'{"is_test":true,"event_id"')).is_test


def test_an_unfinished_typeform_is_not_taken_for_the_form() -> None:
    """A partial response has the same token: taking it would make the whole one a repeat."""
    with pytest.raises(UnreadablePayload):
        read(
            TYPEFORM,
            TYPEFORM.body.replace(b'"event_type":"form_response"', b'"event_type":"form_response_partial"'),
        )


def test_jotform_keeps_uploads_and_composes_dates() -> None:
    """Month, day and year are three boxes at Jotform."""
    draft = read(JOTFORM)
    assert draft.answers["date_of_birth"] == "1991-04-09"
    assert draft.extra["photos"]
    assert draft.tracking["utm_campaign"] == "lips_nov"


def test_a_hosted_form_is_read_again_with_the_words_of_each_box() -> None:
    """The kept document is complete: a replay needs no page."""
    document = {
        "form_type": "lead_capture",
        "external_id": "n:1",
        "contact": {"name": "Ana Lopez", "phone": "407-555-0155"},
        "boxes": [{"scope": "marketing", "ticked": True, "wording": "words", "version": "v"}],
    }
    draft = HOSTED.read(Delivery(json.dumps(document).encode()))
    assert (draft.connector, draft.source, draft.consents[0].wording) == ("hosted", "", "words")


def deep(levels: int) -> bytes:
    """A value inside of so many lists; 900 of them are 2 KB."""
    return b'{"contact": {"phone": ' + b"[" * levels + b"]" * levels + b"}}"


@pytest.mark.parametrize("levels", [120, 400, 900, 100_000])
@pytest.mark.parametrize("connector", ["generic", "typeform", "hosted"])
def test_what_is_nested_without_end_is_no_form(connector: str, levels: int) -> None:
    """Fuzzing: whoever reads a value goes down into it, and 400 levels were more than Python has; now it waits for a
    person as whatever can't be read does."""
    with pytest.raises(UnreadablePayload):
        EVERY[connector].read(Delivery(deep(levels)))


def test_what_a_form_really_nests_is_read() -> None:
    assert EVERY["generic"].read(Delivery(deep(20))).external_id


@pytest.mark.parametrize("boxes", ["1e999", "7", "true", '"a"', '{"scope": "marketing"}', "null"])
def test_boxes_that_are_no_list_are_no_consent(boxes: str) -> None:
    """Fuzzing: 'boxes': Infinity raised where one list was expected."""
    draft = HOSTED.read(Delivery(b'{"contact": {"phone": "407-555-0155"}, "boxes": ' + boxes.encode() + b"}"))
    assert draft.consents == ()
