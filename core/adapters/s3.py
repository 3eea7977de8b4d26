"""A bucket of S3, or of what speaks like it (MinIO, R2 ...): `LUXE_BACKUP_TO=s3://bucket/prefix`.

Where it is and who asks is said by LUXE_BACKUP_S3_ENDPOINT, _REGION, _KEY_ID and _SECRET; what is not said there the
client finds as others do: AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID ..., or the role of the machine.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.domain import buckets
from core.domain.errors import SettingsError
from core.domain.ports import Kept, OutOfReach
from core.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Store

T = TypeVar("T")
SETTING = "LUXE_BACKUP_TO"
PART = 8 << 20
AT_ONCE = 3  # parts in memory
MOST_PARTS = 9_000  # S3 takes 10,000
RETRY: "RetryConfig" = {
    "max_retries": 4,
    "retry_timeout": timedelta(minutes=2),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=10),
        "base": 3,
    },
}
# Of the client's own words only these: all of them may hold a key's id, and fill a page.
STATUS, CODE = re.compile(r"status code: (\d{3})"), re.compile(r"<Code>(\w{1,60})</Code>")
METADATA = "169.254.169.254"  # where a role's credentials are asked for when there are no others
RIGHTS = (
    "its key needs the right to list, read, write and delete there; look at LUXE_BACKUP_S3_KEY_ID and"
    " LUXE_BACKUP_S3_SECRET, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)


class S3Bucket:
    """`core.domain.ports.Bucket` at an address. Raises SettingsError where its client is not installed."""

    def __init__(self, settings: Settings, address: str) -> None:
        self._address = address.rstrip("/")
        self._bucket, self._prefix = buckets.parts(address)
        self._store = _store(settings, self._bucket)

    def put(self, name: str, file: Path) -> None:
        size = file.stat().st_size
        part = max(PART, size // MOST_PARTS + 1)
        self._asked(
            lambda client: client.put(
                self._store,
                self._path(name),
                file,
                use_multipart=size > part,
                chunk_size=part,
                max_concurrency=AT_ONCE,
            )
        )
        if self._digest(name) != _digest_of(file):
            self.remove(name)
            raise OutOfReach(
                f"{SETTING}: {self._address} kept something else as {name} than was sent; try again"
            )

    def get(self, name: str, file: Path) -> None:
        with file.open("wb") as out:
            out.writelines(self._pieces(name))

    def kept(self) -> list[Kept]:
        found = self._asked(lambda client: client.list(self._store, self._prefix or None).collect())
        listed = [Kept(meta["path"].removeprefix(self._prefix).lstrip("/"), meta["size"]) for meta in found]
        return sorted((one for one in listed if "/" not in one.name), key=lambda one: one.name)

    def remove(self, name: str) -> None:
        self._asked(lambda client: client.delete(self._store, self._path(name)))

    def _pieces(self, name: str) -> Iterator[bytes]:
        """A request for each: none lasts for hours, and one that fails is asked again by itself."""
        path = self._path(name)
        meta = self._asked(lambda client: client.head(self._store, path))
        same: dict[str, Any] = {"if_match": meta["e_tag"]} if meta["e_tag"] else {}
        for start in range(0, meta["size"], PART):
            end = min(start + PART, meta["size"])
            piece = self._piece(path, {"range": (start, end), **same})
            if len(piece) != end - start:
                raise OutOfReach(
                    f"{SETTING}: {buckets.within(self._address, name)} broke off while it was read"
                )
            yield piece

    def _piece(self, path: str, options: Any) -> bytes:
        return self._asked(lambda client: bytes(client.get(self._store, path, options=options).bytes()))

    def _digest(self, name: str) -> bytes:
        digest = hashlib.sha256()
        for piece in self._pieces(name):
            digest.update(piece)
        return digest.digest()

    def _path(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    def _asked(self, ask: Callable[[Any], T]) -> T:
        import obstore
        from obstore.exceptions import BaseError

        try:
            return ask(obstore)
        except (BaseError, FileNotFoundError) as error:
            # Not 'from error': its words are the client's.
            raise self._in_our_words(str(error), missing=isinstance(error, FileNotFoundError)) from None

    def _in_our_words(self, words: str, *, missing: bool) -> OSError:
        code, status = (found[1] if (found := one.search(words)) else "" for one in (CODE, STATUS))
        if code == "NoSuchBucket":
            return OutOfReach(
                f"{SETTING}: there is no bucket {self._bucket}; make it, or correct the setting"
            )
        if missing:
            return FileNotFoundError(f"There is no such file in {self._address}.")
        if METADATA in words:
            return OutOfReach(f"{SETTING}: there are no credentials for {self._address}; {RIGHTS}")
        if status in ("401", "403"):
            return OutOfReach(f"{SETTING}: {self._address} refuses us ({code or status}); {RIGHTS}")
        if status == "412":
            return OutOfReach(f"{SETTING}: {self._address} was written to while it was read; try again")
        if status:
            return OutOfReach(f"{SETTING}: {self._address} answered {status} {code}; try again later")
        return OutOfReach(
            f"{SETTING}: {self._address} does not answer; look at LUXE_BACKUP_S3_ENDPOINT and the network"
        )


def _store(settings: Settings, bucket: str) -> "S3Store":
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise SettingsError(SETTING, "names a bucket; install its client: pip install obstore") from error
    endpoint = settings.backup_s3_endpoint
    client: ClientConfig = {"timeout": timedelta(minutes=5), "connect_timeout": timedelta(seconds=10)}
    if endpoint.startswith("http://"):
        client["allow_http"] = True
    said = {
        "endpoint": endpoint,
        "region": settings.backup_s3_region,
        "access_key_id": settings.backup_s3_key_id,
        "secret_access_key": settings.backup_s3_secret.get_secret_value(),
    }
    config: S3Config = {name: value for name, value in said.items() if value}  # type: ignore[assignment]
    return S3Store(bucket, config=config, client_options=client, retry_config=RETRY, disable_bulk_delete=True)


def _digest_of(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()
