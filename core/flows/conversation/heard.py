"""A patient's text as the stories that follow from it know it."""

from dataclasses import dataclass
from datetime import datetime

from core.conversation.rules.reading import Did, Reading
from core.flows.conversation.whose_text import Whose
from core.leads.store.leads import LeadBrief
from core.messaging.store.texts import InText


@dataclass(frozen=True)
class Heard:
    """A text that is in the conversation, and what it was read as. `index`: of the number that it came from.

    `provider_answered`: its keyword was answered. `answered_from`: where it was understood later than it was written.
    """

    id: str
    text: InText
    index: str
    whose: Whose
    reading: Reading
    written_at: datetime
    provider_answered: bool
    answered_from: datetime | None = None

    @property
    def asks_since(self) -> datetime:
        """From when an answer to it is late."""
        return self.answered_from or self.written_at

    @property
    def lead(self) -> LeadBrief:
        return self.whose.lead

    def sets_off(self, what: Did) -> bool:
        return self.reading.sets_off(what)
