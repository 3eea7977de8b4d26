"""Addresses of places outside this machine that hold files: 's3://bucket/prefix'. Pure."""

from pathlib import PurePosixPath

S3 = "s3://"


def is_bucket(place: str) -> bool:
    """Whether a place is a bucket, and no folder of this machine."""
    return place.startswith(S3)


def parts(address: str) -> tuple[str, str]:
    """Bucket and prefix of 's3://bucket/some/prefix/'; the prefix '' where there is none. Raises ValueError."""
    bucket, _, prefix = address.removeprefix(S3).partition("/")
    if not is_bucket(address) or not bucket:
        raise ValueError("must be s3://bucket or s3://bucket/prefix")
    return bucket, str(PurePosixPath(prefix)) if prefix.strip("/") else ""


def within(address: str, name: str) -> str:
    """The address of a file in a bucket."""
    return f"{address.rstrip('/')}/{name}"


def split(address: str) -> tuple[str, str]:
    """Where a file lies, and its name; the name '' where the address is a bucket's own."""
    bucket, path = parts(address)
    folder, _, name = path.rpartition("/")
    return f"{S3}{bucket}/{folder}".rstrip("/"), name
