"""Our own pages /f/...: the gateway writes what was filled in as the generic document, with the words of each box.

No webhook leads here; the kept document is read again when staff replay it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.intake import consent_rules, text
from core.intake.connectors.connector import Connector
from core.intake.connectors.generic import read_document
from core.intake.draft import Delivery, Draft
from core.intake.submission import EMAILS, ConsentGiven

NAME = "hosted"


def read(delivery: Delivery) -> Draft:
    document = text.load_object(delivery.body)
    boxes = document.pop("boxes", None)
    draft = read_document(NAME, document, delivery)
    consents = tuple(_box(box) for box in (boxes if isinstance(boxes, list) else []) if isinstance(box, dict))
    # The source is left to the utm parameters: the page itself is where everybody comes to.
    return replace(draft, source=text.line(document.get("source")), consents=consents)


def _box(box: Mapping[str, Any]) -> ConsentGiven:
    given = consent_rules.given(
        text.line(box.get("scope")),
        text.paragraph(box.get("wording")),
        ticked=box.get("ticked") is True,
        version=text.line(box.get("version")),
    )
    return replace(given, channel=EMAILS) if box.get("channel") == EMAILS else given


# What it can't read is our own page's fault: the person is thanked, and staff have it.
HOSTED = Connector(NAME, None, read, signs=False, accepts_garbage=True)
