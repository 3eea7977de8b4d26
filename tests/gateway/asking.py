"""What tests of the gateway do again and again: post a form, count what is stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import func, select
from starlette.testclient import TestClient

from core.db.metadata import metadata
from tests.conftest import TestApp
from tests.samples import Sample

KEYS = {"generic": "g-key", "typeform": "t-key", "jotform": "j-key"}


@dataclass(frozen=True)
class Gateway:
    """The gateway's client, and the App behind it."""

    client: TestClient
    app: TestApp

    def post(self, connector: str, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Deliver raw bytes with the right key."""
        path = f"/webhooks/forms/{connector}/{KEYS[connector]}"
        answer: httpx.Response = self.client.post(path, content=body, headers=dict(headers or {}))
        return answer

    def deliver(self, sample: Sample) -> httpx.Response:
        return self.post(
            sample.connector, sample.body, {"Content-Type": sample.content_type, **sample.headers}
        )

    def submit(self, **changes: Any) -> httpx.Response:
        """Deliver a generic form."""
        return self.post("generic", json.dumps(generic_form(**changes)).encode())

    def count(self, table: str) -> int:
        with self.app.db.read() as session:
            return int(session.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one())

    def column(self, name: str) -> list[Any]:
        """All values of 'table.column', in no order."""
        table, _, column = name.partition(".")
        with self.app.db.read() as session:
            return list(session.execute(select(metadata.tables[table].c[column])).scalars())


def generic_form(**changes: Any) -> dict[str, Any]:
    """A consultation request as the contract prints it; `contact` is merged, the rest replaced."""
    contact = {
        "first_name": "Omar",
        "last_name": "Reyes",
        "phone": "407-555-0155",
        "email": "omar@example.com",
    }
    usual = {
        "source": "website",
        "form_type": "consultation_request",
        "external_id": "abc-1",
        "submitted_at": "2026-11-23T09:59:00-05:00",
        "fields": {"treatment": "botox", "timeframe": "this_week", "budget": "500-1000"},
        "consent": {
            "sms_transactional": True,
            "sms_marketing": True,
            "text": "I agree to marketing texts.",
            "version": "1",
        },
        "utm": {"utm_source": "google", "utm_campaign": "spring", "gclid": "G-1"},
    }
    return usual | changes | {"contact": contact | changes.get("contact", {})}


def fields_of(answer: httpx.Response) -> list[str]:
    """The fields that a refusal names."""
    return [error["field"] for error in answer.json()["errors"]]
