"""Links that a text or an email carries and nobody else's does: to the reader's own booking page, and short ones on our
own domain to pages of the clinic.

Their rows are written in the transaction that claims the text, all of a batch in one statement each, and none where no
wording has a link. Whoever only looks at a text sees a sample: the address would open the page as its reader.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.app import App
from core.booking import store_links
from core.booking.store_links import NewLink as Own
from core.flows.booking.links import PATH
from core.links import store
from core.links.store import NewLink as Short
from core.messaging.actions import Claimed
from core.messaging.variables import variables

SHORT_PATH = "/s/"
SAMPLE = "x7Kp2Qm9Lw"  # as long as a real one
PUBLIC_PAGES = timedelta(days=90)  # what everybody may see anyhow


@dataclass
class Samples:
    """What a preview shows; '' as `public` is that of the samples."""

    public: str = ""

    def booking(self, action: Claimed, lead_id: str, visit_id: str | None) -> str:  # noqa: ARG002
        """The reader's own booking page."""
        return self._base + PATH + SAMPLE

    def short(self, action: Claimed, what: str, target: str) -> str:  # noqa: ARG002
        """A page of the clinic; '' where it has none."""
        return self._base + SHORT_PATH + SAMPLE if _is_web(target) else ""

    @property
    def _base(self) -> str:
        return self.public or variables()["bookingUrl"].sample["en"].partition(PATH)[0]


@dataclass
class Issued(Samples):
    """Real ones. `keep` writes those that were asked for, in the same transaction."""

    session: Session = field(kw_only=True)
    own_until: datetime = field(kw_only=True)
    short_until: datetime = field(kw_only=True)
    _own: dict[str, Own] = field(default_factory=dict)
    _short: dict[str, Short] = field(default_factory=dict)

    def booking(self, action: Claimed, lead_id: str, visit_id: str | None) -> str:
        code = store_links.code_of(self.session, lead_id, action.id)
        self._own[code] = Own(code, lead_id, visit_id, "", self.own_until)
        return self.public + PATH + code

    def short(self, action: Claimed, what: str, target: str) -> str:
        if not _is_web(target):
            return ""
        code = store.code_of(self.session, action.id, what)
        self._short[code] = Short(code, what, target, action.lead_id, action.id, self.short_until)
        return self.public + SHORT_PATH + code

    def keep(self, now: datetime) -> None:
        if self._own:
            store_links.make_all(self.session, list(self._own.values()), now)
        if self._short:
            store.make_all(self.session, list(self._short.values()), now)


def issuing(session: Session, app: App, now: datetime) -> Issued:
    """For texts that leave now."""
    return Issued(
        app.settings.public,
        session=session,
        own_until=now + app.reference.bookable.rules.link,
        short_until=now + PUBLIC_PAGES,
    )


def _is_web(target: str) -> bool:
    return target.startswith(("https://", "http://"))
