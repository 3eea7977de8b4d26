"""What `luxe doctor` says of emails: where they go, or that they go nowhere."""

from collections.abc import Iterator

from core.settings import Settings
from luxe.finding import Line

REPORTS = "bounces that come later are unknown: set LUXE_EMAIL_KEY and have the provider post to it"


def lines(settings: Settings) -> Iterator[Line]:
    """Nothing here connects: what a server would say, the first email tells."""
    server = settings.mail_server
    if server is None:
        words = "not set up, emails are dropped as 'email_not_set_up'; set LUXE_SMTP_URL and LUXE_EMAIL_FROM"
        yield Line(False, "email", words)
        return
    where = "the simulator" if not settings.smtp_url.get_secret_value() else f"{server.host}:{server.port}"
    yield Line(True, "email", f"from {settings.email_sender} by {where}")
    if settings.emails_leave:
        yield _reports(settings)


def _reports(settings: Settings) -> Line:
    key = settings.email_key.get_secret_value()
    if not key:
        return Line(False, "email reports", REPORTS)
    return Line(True, "email reports", f"the provider posts to {settings.public}/webhooks/email/{key}")
