"""What staff choose from where they add or correct a lead, and what they read out. Codes are the core's."""

from typing import Any

from core.app import App
from core.flows.intake import vocabulary
from core.flows.leads import lead_by_hand, unencrypted_texts, verbal_consent
from core.messaging.variables import LANGUAGES

QUESTIONS = {"treatment": "treatments", "timeframe": "timeframes", "budget": "budgets"}
OPEN = ["", "Not known"]


def offered(app: App) -> dict[str, Any]:
    """The options of each question as [code, words], and the words that are read out."""
    reference = app.reference
    asked = {
        name: [OPEN, *([one.code, one.label] for one in vocabulary.choices(question, reference))]
        for name, question in QUESTIONS.items()
    }
    return {
        **asked,
        "language": [OPEN, *map(list, LANGUAGES.items())],
        "how": [list(one) for one in lead_by_hand.HOW.items()],
        "location": [[place.slug, place.name] for place in reference.clinic.locations.values()],
        "wording": verbal_consent.wording(reference),
        "naming": unencrypted_texts.wording(reference),
    }
