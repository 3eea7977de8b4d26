"""An email on the wire: plain words with a simple HTML twin, and headers that tell nothing of the patient."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from html import escape

from core.domain.ports import Invite, OutgoingEmail

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>'
    '<body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em">{paragraphs}</body></html>'
)


class _WholeLinks(EmailPolicy):
    """The usual policy breaks what is longer than a line into encoded words, which nothing puts together again."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name in ("List-Unsubscribe", "Message-ID"):
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


POLICY = _WholeLinks(linesep=SMTP.linesep, max_line_length=78)


def message_id(action_id: str, sender: str) -> str:
    """`<action@domain>`: every try of one email has the same."""
    return f"<{action_id}@{sender.rpartition('@')[2]}>"


def compose(email: OutgoingEmail, sender: str, name: str, reply_to: str) -> EmailMessage:
    """Raises ValueError for an address that is none."""
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(name, addr_spec=sender)
    message["To"] = Address(addr_spec=email.to)
    if reply_to:
        message["Reply-To"] = Address(addr_spec=reply_to)
    message["Subject"] = " ".join(email.subject.split())
    message["Date"] = email.sent_at
    message["Message-ID"] = message_id(email.action_id, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: absence notices do not answer
    if email.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{email.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(email.body, cte="quoted-printable")
    message.add_alternative(as_html(email), subtype="html", cte="quoted-printable")
    if email.invite:
        _invite(message, email.invite)
    return message


def _invite(message: EmailMessage, invite: Invite) -> None:
    """Twice, as calendars expect it: beside the words for those that ask at once, as a file for all others."""
    parameters = {"method": invite.method}
    message.add_alternative(
        invite.content.decode(), subtype="calendar", charset="utf-8", cte="base64", params=parameters
    )
    message.add_attachment(invite.content, maintype="application", subtype="ics", filename="invite.ics")


def as_html(email: OutgoingEmail) -> str:
    """The same words in paragraphs, with links that can be clicked; nothing is loaded from anywhere."""
    paragraphs = "".join(f"<p>{_marked(part)}</p>" for part in re.split(r"\n{2,}", email.body.strip()))
    return PAGE.format(language=email.language, title=escape(email.subject), paragraphs=paragraphs)


def _marked(words: str) -> str:
    marked, last = [], 0
    for link in LINK.finditer(words):
        url = escape(link[0])
        marked += [escape(words[last : link.start()]), f'<a href="{url}">{url}</a>']
        last = link.end()
    return "".join([*marked, escape(words[last:])]).replace("\n", "<br>")
