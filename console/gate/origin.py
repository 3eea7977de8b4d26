"""Whether a request comes from a page of ours."""

from collections.abc import Iterable
from urllib.parse import urlsplit

Header = tuple[bytes, bytes]


def values(headers: Iterable[Header], name: bytes) -> list[str]:
    """Every value of a header, in the order in which they came."""
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]


def same_origin(headers: Iterable[Header]) -> bool:
    """Whether the page that asks is ours. A request without an Origin is no browser's cross-site request."""
    headers = list(headers)
    hosts = values(headers, b"host")
    return all(len(hosts) == 1 and _host(origin) == hosts[0].lower() for origin in values(headers, b"origin"))


def _host(origin: str) -> str | None:
    """Host and port of an Origin; None for 'null' and for what is no address."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
