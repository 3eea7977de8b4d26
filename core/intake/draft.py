"""What stands between a delivery and a submission: the bytes as they came, and what a connector read from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.intake.submission import ConsentGiven, Origin, SetAside

# Names that every connector maps its own questions to. A list is an answer with several choices.
STANDARD_ANSWERS = (
    "first_name",
    "last_name",
    "name",
    "phone",
    "email",
    "date_of_birth",
    "zip",
    "treatment",
    "timeframe",
    "budget",
    "notes",
    "best_time",
    "heard_from",
    "location",
    "language",
)
CLICK_IDS = ("gclid", "gbraid", "wbraid", "fbclid", "msclkid", "ttclid", "client_id")
Answer = object  # a string, a number, or a list of strings, as the sender wrote it


@dataclass(frozen=True)
class Delivery:
    """One request of a sender. Header names are in lower case. `verified`: its signature was checked."""

    body: bytes
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    ip: str = ""
    verified: bool = False


@dataclass(frozen=True)
class Draft:
    """A form as its connector read it, nothing checked yet. `tracking` holds utm_* and click ids."""

    connector: str
    external_id: str
    source: str = ""
    form_type: str = ""
    submitted_at: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    consents: tuple[ConsentGiven, ...] = ()
    tracking: Mapping[str, object] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)  # everything else that the form carried
    origin: Origin = field(default_factory=Origin)
    faults: tuple[SetAside, ...] = ()  # parts that were not what they should be
    is_test: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """The clinic's words, from folded spellings to codes, and the names of sources by utm_source."""

    treatments: Mapping[str, str]
    timeframes: Mapping[str, str]
    budgets: Mapping[str, str]
    locations: Mapping[str, str]
    sources: Mapping[str, str]
