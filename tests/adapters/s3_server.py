"""A server on this machine that speaks as much of S3 as a backup needs, and fails as a test tells it to.

It takes no request without a signature, nor a body other than the one that was signed for.
"""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

KEY_ID, SECRET = "LUXETESTKEY", "luxe-test-secret"
BUCKET = "clinic"
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/[^/]+/s3/aws4_request, .*Signature=[0-9a-f]{64}"
)
CODES = {
    403: "AccessDenied",
    404: "NoSuchKey",
    412: "PreconditionFailed",
    416: "InvalidRange",
    503: "SlowDown",
}
BREAK_OFF = 1  # instead of a status: the connection is closed in the middle of the request


@dataclass(frozen=True)
class Asked:
    """One request. `query` has the last value of each name, `size` is that of its body."""

    method: str
    key: str
    query: dict[str, str]
    size: int
    headers: dict[str, str]


@dataclass
class S3:
    """What the server holds. `fault` says with which status a request fails, None for not at all."""

    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    fault: Callable[[Asked], int | None] = lambda _: None
    url: str = ""

    def largest_body(self) -> int:
        return max((one.size for one in self.asked), default=0)

    def fail_once(self, status: int, **like: Any) -> None:
        """The first request with these attributes fails."""
        left = [status]
        self.fault = lambda one: left.pop() if left and _is_like(one, like) else None

    def fail_always(self, status: int, **like: Any) -> None:
        self.fault = lambda one: status if _is_like(one, like) else None


def _is_like(one: Asked, like: dict[str, Any]) -> bool:
    return all(getattr(one, name) == value for name, value in like.items())


@contextmanager
def serving() -> Iterator[S3]:
    """A server with one empty bucket, on a port of its own."""
    s3 = S3()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(s3))
    server.daemon_threads = True
    s3.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield s3
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def refused(status: int, code: str = "") -> Answer:
    """As S3 words it, key id included: what the client says must not be passed on as it is."""
    words = (
        f"<Code>{code or CODES.get(status, 'InternalError')}</Code><AWSAccessKeyId>{KEY_ID}</AWSAccessKeyId>"
    )
    return Answer(status, f"<Error>{words}</Error>".encode())


def answer(s3: S3, one: Asked, body: bytes) -> Answer:
    """What the bucket says to a request that was signed."""
    return {"GET": _get, "HEAD": _get, "PUT": _put, "POST": _post, "DELETE": _delete}[one.method](
        s3, one, body
    )


def _get(s3: S3, one: Asked, _: bytes) -> Answer:
    if "list-type" in one.query:
        return _listed(s3, one.query.get("prefix", ""))
    content = s3.objects.get(one.key)
    if content is None:
        return refused(404)
    if one.headers.get("if-match", _tag(content)) != _tag(content):
        return refused(412)
    about = {"ETag": _tag(content), "Last-Modified": formatdate(usegmt=True)}
    wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", one.headers.get("range", ""))
    if not wanted:
        return Answer(200, content, about)
    start, end = int(wanted[1]), min(int(wanted[2]) + 1, len(content))
    said = {"Content-Range": f"bytes {start}-{end - 1}/{len(content)}"}
    return Answer(206, content[start:end], about | said) if start < len(content) else refused(416)


def _listed(s3: S3, prefix: str) -> Answer:
    rows = "".join(
        f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size><ETag>x</ETag>"
        "<LastModified>2026-11-23T15:00:00.000Z</LastModified></Contents>"
        for key, content in sorted(s3.objects.items())
        if key.startswith(prefix)
    )
    told = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
    return Answer(200, told.encode())


def _put(s3: S3, one: Asked, body: bytes) -> Answer:
    if "uploadId" in one.query:
        s3.uploads[one.query["uploadId"]][int(one.query["partNumber"])] = body
    else:
        s3.objects[one.key] = body
    return Answer(200, headers={"ETag": _tag(body)})


def _post(s3: S3, one: Asked, _: bytes) -> Answer:
    if "uploads" in one.query:
        upload = f"upload-{len(s3.asked)}"
        s3.uploads[upload] = {}
        return _xml("InitiateMultipartUploadResult", UploadId=upload)
    parts = s3.uploads.pop(one.query["uploadId"])
    s3.objects[one.key] = b"".join(parts[number] for number in sorted(parts))
    return _xml("CompleteMultipartUploadResult", ETag=_tag(s3.objects[one.key]))


def _delete(s3: S3, one: Asked, _: bytes) -> Answer:
    if "uploadId" in one.query:
        s3.uploads.pop(one.query["uploadId"], None)
    else:
        s3.objects.pop(one.key, None)
    return Answer(204)


def _xml(name: str, **values: str) -> Answer:
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in values.items())
    return Answer(200, f"<{name}>{inner}</{name}>".encode())


def _tag(content: bytes) -> str:
    return f'"{hashlib.md5(content).hexdigest()}"'


def _handler(s3: S3) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def _any(self) -> None:
            address = urlsplit(self.path)
            bucket, _, key = unquote(address.path).lstrip("/").partition("/")
            query = {
                name: last for name, (*_, last) in parse_qs(address.query, keep_blank_values=True).items()
            }
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            one = Asked(self.command, key, query, len(body), headers)
            s3.asked.append(one)
            status = s3.fault(one)
            if status == BREAK_OFF:
                self.close_connection = True
                self.connection.close()
            elif status:
                self._say(refused(status))
            elif not _is_signed(one, body):
                self._say(refused(403))
            elif bucket != BUCKET:
                self._say(refused(404, "NoSuchBucket"))
            else:
                self._say(answer(s3, one, body))

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _any  # noqa: N815

        def _say(self, said: Answer) -> None:
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said.body)

    return Handler


def _is_signed(one: Asked, body: bytes) -> bool:
    signed = SIGNED.fullmatch(one.headers.get("authorization", ""))
    said = one.headers.get("x-amz-content-sha256", "")
    return signed is not None and signed[1] == KEY_ID and said == hashlib.sha256(body).hexdigest()
