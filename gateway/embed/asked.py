"""What the widget's page is asked for by its address or its form, read kindly: what can't be used is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from core import wishes
from core.booking.catalogue import Service
from core.db.crypto import Keyring
from core.domain.errors import InvalidInput
from core.reference import Reference
from gateway.embed.words import LANGUAGES
from gateway.hosted import filled
from gateway.hosted.seal import HoldSeal, open_hold, seal_hold

HELD, ON = "h", "on"
PATH = "/embed/book"
LONGEST_ADDRESS = 300


@dataclass(frozen=True)
class Asked:
    """One state of the page. `service` None where the clinic offers nothing online; `provider` '' is anyone; `first`:
    the first day to show, None for today; `opened`: a day of which every time is shown; `held`: the time that is held
    for this page, `sealed` as it travels; `passed_on`: where the visitor came from."""

    service: Service | None
    location: str
    provider: str
    language: str
    first: date | None
    opened: date | None
    held: HoldSeal | None
    sealed: str
    passed_on: Mapping[str, str]

    def link(self, *, page: str = "", **changes: str) -> str:
        """The address of this state with some of it changed; '' leaves a part out. `page`: one behind it."""
        parts = {
            "treatment": self.service.code if self.service else "",
            "location": self.location,
            "provider": self.provider,
            "lang": self.language,
            "from": self.first.isoformat() if self.first else "",
            HELD: self.sealed,
            **self.passed_on,
        }
        said = {name: value for name, value in (parts | changes).items() if value}
        return f"{PATH}{page}?{urlencode(said)}"

    def hidden(self) -> dict[str, str]:
        """What its form carries."""
        parts = {
            "treatment": self.service.code if self.service else "",
            "location": self.location,
            "provider": self.provider,
            "lang": self.language,
            "from": self.first.isoformat() if self.first else "",
            "open": self.opened.isoformat() if self.opened else "",
            HELD: self.sealed,
            **self.passed_on,
        }
        return {name: value for name, value in parts.items() if value}

    @property
    def hold_id(self) -> str:
        return self.held.id if self.held else ""

    def holding(self, keyring: Keyring, held: HoldSeal | None) -> "Asked":
        """The same with that time held, or none."""
        return replace(self, held=held, sealed=seal_hold(keyring, held) if held else "")


def asked_for(reference: Reference, keyring: Keyring, given: Mapping[str, str], now: datetime) -> Asked:
    """A page can always be shown: a code that is none of ours is passed over."""
    places = reference.clinic.locations
    location = given.get("location", "")
    sealed = given.get(HELD, "")
    held = open_hold(keyring, sealed)
    language = given.get("lang", "")[:2].lower()
    furthest = now.date() + timedelta(days=reference.bookable.rules.ahead)
    return Asked(
        service=_service(reference, given.get("treatment", "")),
        location=_location(reference, location) if location else reference.clinic.default_location
        if reference.clinic.default_location in places else next(iter(places)),
        provider=given.get("provider", "")[:36],
        language=language if language in LANGUAGES else reference.clinic.language,
        first=_day(given.get("from", ""), now.date(), furthest),
        opened=_day(given.get("open", ""), now.date() - timedelta(days=1), furthest),
        held=held,
        sealed=sealed if held else "",
        passed_on=filled.carried(given) | _embedded_on(given.get(ON, "")),
    )  # fmt: skip


def offered(reference: Reference) -> list[Service]:
    """What a stranger may book: nothing that comes after another visit."""
    return [one for one in reference.bookable.online() if not one.needs]


def _service(reference: Reference, asked: str) -> Service | None:
    able = offered(reference)
    try:
        found = wishes.service_of(reference, asked)
    except InvalidInput:
        return next(iter(able), None)
    return (
        found
        if found in able
        else next((one for one in able if one.code == found.needs), able[0] if able else None)
    )


def needed_first(reference: Reference, asked: str) -> Service | None:
    """What was asked for, where it comes after another visit."""
    try:
        found = wishes.service_of(reference, asked)
    except InvalidInput:
        return None
    return found if found.needs else None


def _location(reference: Reference, asked: str) -> str:
    try:
        return wishes.location_of(reference, asked)
    except InvalidInput:
        return reference.clinic.default_location


def _day(asked: str, earliest: date, furthest: date) -> date | None:
    try:
        found = date.fromisoformat(asked)
    except ValueError:
        return None
    return found if earliest < found <= furthest else None


def _embedded_on(address: str) -> dict[str, str]:
    """The page that the widget stands on, without its query: that may hold anything."""
    try:
        parts = urlsplit(address[:LONGEST_ADDRESS])
    except ValueError:
        return {}
    plain = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return {ON: plain} if parts.scheme in ("http", "https") and parts.netloc else {}
