"""One form as we understand it, whatever connector it came through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

TEXTS, EMAILS = "sms", "email"


@dataclass(frozen=True)
class ConsentGiven:
    """One consent box of a form as the person left it. `scope`: transactional, marketing, unencrypted."""

    scope: str
    ticked: bool
    wording: str
    version: str = ""
    captured_at: datetime | None = None  # when the person agreed, where the sender says so
    channel: str = TEXTS


@dataclass(frozen=True)
class SetAside:
    """A field that could not be used, as it was written: kept with the submission and shown to staff."""

    field: str
    message: str
    value: str = ""


@dataclass(frozen=True)
class Origin:
    """Where and how the form was sent: evidence for the consent ledger."""

    page_url: str = ""
    referrer: str = ""
    ip: str = ""
    user_agent: str = ""
    verified: bool = False  # the sender's signature was checked


@dataclass(frozen=True)
class Submission:
    """A valid form. `phone` is E.164 or '', and then there is an `email`; `extension` are the digits behind it, or ''.

    `treatment`, `timeframe`, `budget` are codes of the reference data or ''.

    (`connector`, `external_id`) names it for good: a second delivery of the same pair is a repeat.
    """

    connector: str
    external_id: str
    source: str
    form_type: str
    submitted_at: datetime
    first_name: str
    last_name: str
    phone: str
    extension: str = ""
    email: str = ""
    birth_date: date | None = None
    zip: str = ""
    treatment: str = ""
    timeframe: str = ""
    budget: str = ""
    notes: str = ""
    best_time: str = ""
    heard_from: str = ""
    location: str = ""
    language: str = ""  # en, es, '' where the form does not tell
    consents: tuple[ConsentGiven, ...] = ()
    utm: Mapping[str, str] = field(
        default_factory=dict
    )  # utm_source, utm_medium, utm_campaign, utm_content, utm_term
    click_ids: Mapping[str, str] = field(default_factory=dict)  # gclid, fbclid, client_id
    fields: Mapping[str, object] = field(default_factory=dict)  # everything else the form carried
    origin: Origin = field(default_factory=Origin)
    set_aside: tuple[SetAside, ...] = ()
    is_test: bool = False  # the provider's own test delivery: stored, never texted

    @property
    def text_consents(self) -> tuple[ConsentGiven, ...]:
        """The boxes about the number. One about emails is no consent to texts."""
        return tuple(given for given in self.consents if given.channel == TEXTS)

    @property
    def email_consents(self) -> tuple[ConsentGiven, ...]:
        """The boxes about the address."""
        return tuple(given for given in self.consents if given.channel == EMAILS)
