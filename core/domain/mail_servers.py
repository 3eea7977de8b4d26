"""Where emails are handed over: 'smtps://user:password@host', read into its parts. Pure."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
SHAPE = "must be smtp://user:password@host:587 or smtps://user:password@host:465"


@dataclass(frozen=True)
class MailServer:
    """`implicit_tls`: TLS from the first byte (smtps); else STARTTLS, which only loopback may lack."""

    host: str
    port: int
    implicit_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)


def parse_mail_server(url: str) -> MailServer:
    """Raises ValueError, which never repeats the address: it holds a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(SHAPE) from error
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(SHAPE)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("needs both a user and a password, or neither")
    return MailServer(parts.hostname, port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)


def is_loopback(host: str) -> bool:
    """Whether what is said to this host never leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
