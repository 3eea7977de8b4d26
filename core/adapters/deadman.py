"""A watcher outside this machine that raises the alarm when it hears nothing: a dead-man's switch."""

from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)
SECONDS = 5.0


def deadman(url: str) -> Callable[[], bool]:
    """A function that asks for `url` and tells whether the watcher heard. Without an address there is none."""
    if not url:
        return lambda: False
    import urllib3
    from urllib3.exceptions import HTTPError

    pool = urllib3.PoolManager(num_pools=1, timeout=SECONDS, retries=False)

    def all_is_well() -> bool:
        # Nothing of ours goes along, and a redirect is not followed: whoever holds the address learns nothing else.
        try:
            answer = pool.request("GET", url, redirect=False, preload_content=False)
            answer.close()
        except HTTPError as error:
            log.warning("deadman_unreachable", error=type(error).__name__)  # the address is a secret
            return False
        if answer.status >= 300:
            log.warning("deadman_refused", status=answer.status)
        return answer.status < 300

    return all_is_well
