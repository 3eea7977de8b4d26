"""Messages in chat tools by `apprise`, which is imported at the first of them: it knows more than a hundred."""

import logging
from collections.abc import Collection
from functools import cache
from typing import Any

import structlog

from core.domain.chat_addresses import parse_chat_address
from core.domain.ports import Notice, Outcome, SendResult

log = structlog.get_logger(__name__)
NAME = "Luxe Follow-Up"


class AppriseChat:
    """ChatProvider. `hosts`: the clinic's own chat servers."""

    def __init__(self, hosts: Collection[str] = ()) -> None:
        self._hosts = hosts

    def send(self, address: str, notice: Notice) -> SendResult:
        try:
            known = parse_chat_address(address, self._hosts)
        except ValueError:
            return SendResult(Outcome.REFUSED, detail="address not allowed")
        target = _target(known.address)
        if target is None:
            return SendResult(Outcome.REFUSED, detail="address not readable")
        mark = "Urgent: " if notice.urgent and not notice.body.lower().startswith("urgent") else ""
        try:
            told = target.notify(title=notice.title, body=f"{mark}{notice.body}\n{notice.url}")
        except Exception as error:
            # Its plugins are many and not ours: whatever one raises, the person is told another way.
            log.warning("chat_send_raised", tool=known.tool, error=type(error).__name__)
            told = False
        return SendResult(Outcome.ACCEPTED, status="sent") if told else SendResult(Outcome.RETRY)


def _target(address: str) -> Any:
    """A target that nothing but this address is in; None where apprise can't read it."""
    import apprise

    target = apprise.Apprise(asset=_asset())
    return target if target.add(address) else None


@cache
def _asset() -> Any:
    """Nothing of apprise's own in a message, no file of it on the disk, none of its words in a log: they hold keys."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return apprise.AppriseAsset(
        app_id=NAME,
        app_desc=NAME,
        app_url="",
        image_url_mask="",
        image_url_logo="",
        plugin_paths=[],
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        async_mode=False,
        http_redirects=False,  # a server that is allowed must not send us on to one that is not
        interpret_escapes=False,
        secure_logging=True,
    )
