"""What engines with threads call for each text: one urllib3 pool, as wide as there are slots."""

import os
from functools import cache
from urllib.parse import urlencode

import urllib3

from bench.peers.orders import ACCOUNT, SLOTS, TOKEN, address, form


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=SLOTS, block=True, retries=False, timeout=urllib3.Timeout(10))


@cache
def _headers() -> dict[str, str]:
    auth = urllib3.make_headers(basic_auth=f"{ACCOUNT}:{TOKEN}")
    return {**auth, "Content-Type": "application/x-www-form-urlencoded"}


def send(number: str, body: str) -> None:
    """Post one text. Raises RuntimeError where it was not accepted, urllib3's HTTPError where nobody answered."""
    answer = _pool().request(
        "POST", address(os.environ["PEER_API"]), body=urlencode(form(number, body)), headers=_headers()
    )
    if answer.status != 201:
        raise RuntimeError(f"answered {answer.status}")
