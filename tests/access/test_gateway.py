"""The gateway's addresses, asked by somebody who has neither key nor signature nor token."""

import pytest

from tests.access.trying import TABLE
from tests.gateway import conftest as shared
from tests.gateway.asking import Gateway
from tests.pages.conftest import database_url

gateway, public_app = shared.gateway, shared.public_app
__all__ = ["database_url", "gateway", "public_app"]
EXAMPLES = {
    "slug": "lead-capture",
    "connector": "generic",
    "key": "guessed",
    "code": "guessed.guessed",
    "secret": "guessed",
    "appointmentId": "LX-7K4M2",
}


@pytest.mark.parametrize(("address", "who"), TABLE["gateway"].items())
def test_a_stranger_is_answered_only_where_the_matrix_says(gateway: Gateway, address: str, who: str) -> None:
    """Elsewhere nothing is kept either: neither a payload nor a lead."""
    method, _, path = address.partition(" ")
    path = f"{path.format_map(EXAMPLES)}/mark.svg" if path == "/static" else path.format_map(EXAMPLES)
    answer = gateway.client.request(method, path, headers={"X-Forwarded-For": "203.0.113.9"})
    assert (answer.status_code in {401, 403, 404, 405}) == (who != "stranger"), answer.status_code
    if who != "stranger":
        assert gateway.count("raw_payloads") == gateway.count("leads") == 0
