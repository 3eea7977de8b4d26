"""What `luxe doctor` says of web push: whether it is on, who takes alerts by it, and what went wrong last."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from core.alerting import store as alerting
from core.alerting.store import Ended
from core.app import App
from core.domain.wall import day_and_time_words
from core.reads.setup import LOCAL
from core.settings import Settings
from core.staff.alert_rules import PUSH
from core.staff.store import push
from luxe.finding import Line

RECENT = timedelta(days=7)
OFF = "off, push services would have nobody to write to: set LUXE_PUSH_CONTACT (mailto:it@your.domain)"
NO_HTTPS = "browsers turn it on at an https address alone: set LUXE_CONSOLE_URL"
NOBODY = "no browser takes alerts yet; everybody turns theirs on under My account, Alerts"
# Of one person's browser alone: they were told by their next way, and nobody else has anything to mend.
THEIRS = {
    "notice_gone": "a browser that shows alerts no more; its owner turns it on anew under My account",
    "push_not_set_up": "no browser of theirs was left; they turn one on under My account",
}
OURS = {
    "notice_refused": "the push service refused it; check LUXE_PUSH_CONTACT, and after another LUXE_PUSH_KEY or keyset"
    " let everybody turn their browsers on anew",
    "gave_up": "the push service did not take it; the scheduler must reach the internet on port 443",
}
UNKNOWN = "it could not be sent; the scheduler's log says why"


def line(app: App) -> Line:
    """One line. What a single browser's owner has to mend is no TO DO of whoever runs the product."""
    with app.db.read() as session:
        browsers, people = push.how_many(session)
        lost = _last_failure(session, app.clock.now())
    said = f"alerts go to {_count(browsers, 'browser', 'browsers')} of {_count(people, 'person', 'people')}"
    off = _off(app.settings)
    if off:
        waiting = f"; {_count(browsers, 'browser was', 'browsers were')} turned on" if browsers else ""
        return Line(not browsers, "web push", off + waiting)
    parts = (_key(app.settings), said if browsers else NOBODY, _told(app, lost))
    return Line(lost is None or _reason(lost) in THEIRS, "web push", "; ".join(filter(None, parts)))


def _off(settings: Settings) -> str:
    """Why no browser can be told, '' where they can."""
    if not settings.push_from:
        return OFF
    address = urlsplit(settings.console)
    return "" if address.scheme == "https" or address.hostname in LOCAL else NO_HTTPS


def _key(settings: Settings) -> str:
    return "key by LUXE_PUSH_KEY" if settings.push_key.get_secret_value() else "key made from the keyset"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _last_failure(session: Session, now: datetime) -> Ended | None:
    """The last one, unless another was taken since."""
    last = alerting.last_ended(session, PUSH, now - RECENT)
    return last if last and last.result == alerting.FAILED else None


def _reason(lost: Ended) -> str:
    """Without the code of the answer after it."""
    return lost.detail.rstrip("0123456789").rstrip("_")


def _told(app: App, lost: Ended | None) -> str:
    if lost is None:
        return ""
    when, known = day_and_time_words(lost.at, app.settings.zone), THEIRS | OURS
    code = lost.detail.removeprefix(_reason(lost)).strip("_")
    answer = f" (answer {code})" if code else ""
    return f"the last one, {when}, failed{answer}: {known.get(_reason(lost), UNKNOWN)}"
