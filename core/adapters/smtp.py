"""Emails by SMTP (RFC 5321), with the standard library's client. Its `sendmail` would not tell when a line was lost.

Until the server said 354 and our content was on its way, a failure means: certainly not sent. After that, and until its
answer, nobody knows.
"""

import re
import smtplib
import ssl
from email.message import EmailMessage

from core.adapters.mime import compose, message_id
from core.domain.mail_servers import MailServer
from core.domain.ports import BOUNCED, Outcome, OutgoingEmail, SendResult
from core.settings import Settings

TIMEOUT_SECONDS = 20.0  # for each answer
LOST = (OSError, smtplib.SMTPException, UnicodeError)
GO_AHEAD, CLOSING = 354, 421
ENHANCED = re.compile(rb"\s*(5\.\d{1,3}\.\d{1,3})\b")
# RFC 3463: no such mailbox, no such host, bad syntax, moved away, a null MX; switched off.
DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
DEAD_WITHOUT_STATUS = frozenset({550, 551, 553})
LINE_DOT = re.compile(rb"^\.", re.MULTILINE)


class NoEmail:
    """No mail server is set up: nothing is ever handed over."""

    sender = ""

    def send(self, email: OutgoingEmail) -> SendResult:  # noqa: ARG002
        return SendResult(Outcome.RETRY, detail="not set up")

    def close(self) -> None:
        """Nothing is kept open."""


class SmtpEmail:
    """EmailProvider over one connection at a time, kept until `close`."""

    def __init__(self, settings: Settings, server: MailServer, name: str) -> None:
        """`name` stands beside the address that emails come from."""
        self.sender = settings.email_sender
        self._name = name
        self._reply_to = settings.email_reply_to
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def send(self, email: OutgoingEmail) -> SendResult:
        try:
            message = compose(email, self.sender, email.from_name or self._name, self._reply_to)
            email.to.encode("ascii")  # what else there may be needs SMTPUTF8 at every server on the way
        except ValueError:
            return SendResult(Outcome.REFUSED, status=BOUNCED, code=553, detail="no address")
        try:
            smtp = self._connection()
            refused = self._address(smtp, email.to)
        except LOST as error:
            self._drop()
            return SendResult(Outcome.RETRY, detail=type(error).__name__)
        if refused:
            return refused
        return self._content(smtp, message, message_id(email.action_id, self.sender))

    def close(self) -> None:
        if self._smtp is None:
            return
        try:
            self._smtp.quit()
        except OSError:  # smtplib's own errors too
            pass  # a goodbye is a courtesy: every email has had its answer, or is known to have had none
        finally:
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def _connection(self) -> smtplib.SMTP:
        if self._smtp is None or not self._is_alive():
            self._drop()
            self._smtp = _opened(self._server, self.sender.rpartition("@")[2])
        return self._smtp

    def _is_alive(self) -> bool:
        try:
            return self._smtp is not None and self._smtp.noop()[0] == 250
        except LOST:
            return False

    def _address(self, smtp: smtplib.SMTP, to: str) -> SendResult | None:
        """Say from whom and to whom; why the content is not wanted, or None."""
        code, _ = smtp.mail(self.sender)
        if code != 250:  # our own sender or account: it goes out once somebody has mended that
            return self._refused(smtp, SendResult(Outcome.RETRY, code=code, detail="sender refused"))
        code, words = smtp.rcpt(to)
        if code not in (250, 251):
            return self._refused(smtp, _judge(code, words, at_address=True))
        code, words = smtp.docmd("DATA")
        if code != GO_AHEAD:
            return self._refused(smtp, _judge(code, words))
        return None

    def _refused(self, smtp: smtplib.SMTP, result: SendResult) -> SendResult:
        """The line is good for the next email, unless the server is closing it."""
        try:
            if result.code == CLOSING or smtp.rset()[0] != 250:
                self._drop()
        except LOST:
            self._drop()
        return result

    def _content(self, smtp: smtplib.SMTP, message: EmailMessage, sid: str) -> SendResult:
        content = message.as_bytes()
        try:
            smtp.send(LINE_DOT.sub(b"..", content) + b".\r\n")
            code, words = smtp.getreply()
        except LOST as error:
            self._drop()
            return SendResult(Outcome.UNKNOWN, detail=type(error).__name__)
        if 200 <= code < 300:
            return SendResult(Outcome.ACCEPTED, sid=sid, status="sent")
        if not 400 <= code < 600:
            self._drop()
            return SendResult(Outcome.UNKNOWN, detail="unreadable answer")
        return self._refused(smtp, _judge(code, words))


def _opened(server: MailServer, we_are: str) -> smtplib.SMTP:
    """A connection that nobody else can read. Raises what LOST names."""
    context = ssl.create_default_context()
    if server.implicit_tls:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, we_are, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, we_are, timeout=TIMEOUT_SECONDS)
    try:
        if not server.implicit_tls and not server.is_loopback:
            smtp.starttls(context=context)  # raises where the server has none
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except LOST:
        smtp.close()
        raise
    return smtp


def _judge(code: int, words: bytes, *, at_address: bool = False) -> SendResult:
    """What a refusal means. Of its words only the status is kept: they often repeat the address."""
    if not 500 <= code < 600:
        return SendResult(Outcome.RETRY, code=code if code > 0 else None, detail="refused for now")
    found = ENHANCED.match(words)
    status = found[1].decode() if found else ""
    dead = status in DEAD if status else at_address and code in DEAD_WITHOUT_STATUS
    return SendResult(Outcome.REFUSED, status=BOUNCED if dead else "failed", code=code, detail=status)
