"""Bodies of requests as bytes: JSON, URL-encoded, multipart, each at times broken on its way."""

import json
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any
from urllib.parse import quote_plus

from bench.fuzz import strange
from gateway.security import WEBHOOK_LIMIT

BYTES = (b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\x80", b"{", b"[" * 3000,
    b'{"a":' * 2000, b"\r\n",
         b"--", b"%", b"=", b"&", b";", b"\x80", b"1e999", b"-" + b"9" * 5000, b'"\\ud800"', b"NaN",
         b"null")  # fmt: skip
BOUNDARY = "------------------------JtFmBoundary0001"
JSON, FORM, MULTIPART = (
    "application/json",
    "application/x-www-form-urlencoded",
    f"multipart/form-data; boundary={BOUNDARY}",
)
KINDS = (
    JSON, FORM, MULTIPART, "", "text/plain", "multipart/form-data", "multipart/form-data; boundary=",
    "multipart/form-data;boundary=\xff",
    "application/octet-stream", "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/mixed; boundary=a", "\0", "a/b/c",
    "multipart/form-data; boundary=" + "b" * 300,
    "MULTIPART/FORM-DATA; BOUNDARY=" + BOUNDARY, "application/x-url-encoded",
)  # fmt: skip


def as_json(rng: Random, document: Any) -> bytes:
    """The document; lone surrogates escaped or, where `surrogatepass`, as the bytes that no decoder takes."""
    plain = rng.random() < 0.5
    return json.dumps(document, ensure_ascii=plain).encode("utf-8", "surrogatepass")[:WEBHOOK_LIMIT]


def as_form(rng: Random, fields: Iterable[tuple[str, str]]) -> bytes:
    """URL-encoded; at times a part of it is not escaped."""

    def escaped(part: str) -> str:
        return part if rng.random() < 0.05 else quote_plus(part.encode("utf-8", "surrogatepass"))

    return "&".join(f"{escaped(name)}={escaped(value)}" for name, value in fields).encode(
        "utf-8", "surrogatepass"
    )


def as_multipart(rng: Random, fields: Mapping[str, str]) -> bytes:
    """As Jotform sends it; some parts with headers that nobody sends."""
    odd = ("Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable",
    "Content-Type: \xff", "X" * 5000,
           "Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: rot13", ":",
           "Content-Disposition: form-data")  # fmt: skip
    rows: list[str] = []
    for name, value in fields.items():
        header = f'Content-Disposition: form-data; name="{name}"'
        if rng.random() < 0.05:
            header = f'{header}; filename="{strange.text(rng)}"'
        more = f"\r\n{rng.choice(odd)}" if rng.random() < 0.08 else ""
        rows.append(f"--{BOUNDARY}\r\n{header}{more}\r\n\r\n{value}\r\n")
    return ("".join(rows) + f"--{BOUNDARY}--\r\n").encode("utf-8", "surrogatepass")


def broken(rng: Random, body: bytes) -> bytes:
    """A few bytes of it changed, cut or put in."""
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(body) + 1)
        to = min(len(body), at + rng.choice((0, 1, 2, 8, 60)))
        put = rng.choice((b"", rng.choice(BYTES), bytes([rng.randrange(256)]), body[at:to] * 2))
        body = body[:at] + put + body[to:]
    return body if rng.random() < 0.9 else body[: rng.randrange(len(body) + 1)]


def fields(rng: Random, usual: Mapping[str, str]) -> dict[str, str]:
    """Fields of a form with some of them changed, left out, or of another name."""
    changed = dict(usual)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        name = rng.choice(list(changed)) if changed and rng.random() < 0.85 else strange.text(rng)
        kind = rng.random()
        if kind < 0.1:
            changed.pop(name, None)
        elif kind < 0.45:
            changed[name] = strange.bent(rng, changed.get(name, ""))
        else:
            changed[name] = strange.text(rng)
    return changed


def header(rng: Random, usual: str = "") -> str:
    """A header's value as a server hands it on: any byte but a line's end, read as Latin-1."""
    made = strange.bent(rng, usual) if usual and rng.random() < 0.5 else strange.text(rng)
    return made.encode("utf-8", "surrogatepass").decode("latin-1").replace("\r", "").replace("\n", "")[:4000]
