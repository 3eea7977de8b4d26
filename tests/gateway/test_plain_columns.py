"""What stands unencrypted in the database tells nothing of what a form said (findings 13 and 14)."""

import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import MetaData, select

from core.intake.impersonal import REMOVED
from tests.gateway.asking import Gateway, generic_form
from tests.gateway.test_forms import LEAD, send


def plain(gateway: Gateway) -> Iterator[str]:
    """Every value of every table, as somebody without keys reads it."""
    tables = MetaData()
    with gateway.app.db.engine.connect() as connection:
        tables.reflect(connection)
        for table in tables.sorted_tables:
            for row in connection.execute(select(table)):
                yield from (str(value) for value in row if not isinstance(value, bytes))


def test_no_hash_of_a_form_can_be_tried_out(gateway: Gateway) -> None:
    """Finding 13: the phone of a post without seal was found in half a second, beside its sender's address."""
    for _ in range(2):
        send(gateway, "lead-capture", LEAD)
    (body,) = gateway.column("raw_payloads.body")
    name = json.loads(body)["external_id"]
    address, _, said = name.rpartition(":")
    bare = [hashlib.sha256(body).hexdigest(), said, address]
    assert len(said) == 24
    assert not [value for value in plain(gateway) if any(part in value for part in bare)]
    assert gateway.count("leads") == 1


def test_a_form_without_a_name_of_its_own_is_named_by_a_keyed_hash(gateway: Gateway) -> None:
    """Finding 13: and the very same bytes are still one form, also where they can't be read."""
    bodies = [
        json.dumps(generic_form(external_id="", contact=contact)).encode()
        for contact in ({}, {"phone": "1", "email": ""})
    ]
    for body in bodies:
        for _ in range(2):
            gateway.post("generic", body)
    hashes = [hashlib.sha256(body).hexdigest() for body in bodies]
    assert not [value for value in plain(gateway) if any(one in value for one in hashes)]
    assert (gateway.count("leads"), gateway.count("raw_payloads")) == (1, 2)


def test_a_senders_own_id_and_a_link_of_a_mail_program_name_nobody(gateway: Gateway) -> None:
    """Finding 14: addresses stood there in plain, and marketing saw the campaign."""
    address = "jane.doe@example.org"
    links = {
        "utm_campaign": address,
        "utm_medium": address,
        "utm_content": "jane.doe%40example.org",
        "utm_term": "+13215550177",
    }
    form = generic_form(external_id=address, source=address, utm=links)
    assert gateway.post("generic", json.dumps(form).encode()).status_code == 201
    assert gateway.post("generic", json.dumps(form).encode()).status_code == 200
    assert not [value for value in plain(gateway) if "jane" in value.casefold() or "5550177" in value]
    for column in ("leads.campaign", "leads.medium", "leads.source", "patients.campaign", "patients.source"):
        assert gateway.column(column) == [REMOVED]
