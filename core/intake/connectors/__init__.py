"""The forms we can receive. The next one is one file here, one line below, and one sample in tests/samples/."""

from collections.abc import Mapping

from core.intake.connectors.connector import Connector
from core.intake.connectors.generic import GENERIC
from core.intake.connectors.hosted import HOSTED
from core.intake.connectors.jotform import JOTFORM
from core.intake.connectors.typeform import TYPEFORM

# Reached at /webhooks/forms/{name}/{key}.
BY_WEBHOOK: Mapping[str, Connector] = {known.name: known for known in (GENERIC, JOTFORM, TYPEFORM)}
# Whatever may have been kept raw, our own hosted forms too.
EVERY: Mapping[str, Connector] = {**BY_WEBHOOK, HOSTED.name: HOSTED}

__all__ = ["BY_WEBHOOK", "EVERY", "HOSTED", "Connector"]
