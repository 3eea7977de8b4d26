"""Where a chat tool takes alerts: the webhook's address that the tool shows, or the same as `apprise` writes it. Pure.

A list of tools, each with the one shape that it may have: no other scheme of `apprise` (some run programs or read
files), no options behind a question mark (some name files), no host of anybody's choice.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from core.domain.mail_servers import is_loopback

LONGEST = 500
TOOLS = {
    "slack": "Slack",
    "workflows": "Microsoft Teams",
    "gchat": "Google Chat",
    "discord": "Discord",
    "tgram": "Telegram",
    "wxteams": "Webex",
    "mmosts": "Mattermost",
}
USUAL_PORTS = {"mmosts": 443, "mmost": 80}
KEY, HOST = r"[A-Za-z0-9_-]{3,200}", r"[a-z0-9.-]{3,200}"
_AZURE = rf"(?P<host>{HOST}\.(?:logic\.azure\.com|api\.powerplatform\.com))(?::443)?"
# As apprise writes them.
_OWN = {
    "slack": rf"slack://T{KEY}/B{KEY}/{KEY}/?",
    "workflows": rf"workflows://{_AZURE}/{KEY}/{KEY}/?(?P<automate>\?powerautomate=yes)?",
    "gchat": rf"gchat://{KEY}/{KEY}/{KEY}(?:%3D)?/?",
    "discord": rf"discord://{KEY}/{KEY}/?",
    "tgram": rf"tgram://\d{{3,20}}:{KEY}/-?\d{{3,20}}/?",
    "wxteams": rf"wxteams://{KEY}/?",
    "mmosts": rf"mmosts?://(?P<own>{HOST})(?::(?P<port>\d{{2,5}}))?/{KEY}/?",
}
# As the tools show them, and how apprise writes the same.
_SHOWN = (
    (rf"https://hooks\.slack\.com/services/(T{KEY})/(B{KEY})/({KEY})/?", "slack://{0}/{1}/{2}/"),
    (rf"https://(?:discord|discordapp)\.com/api/webhooks/({KEY})/({KEY})/?", "discord://{0}/{1}/"),
    (
        rf"https://chat\.googleapis\.com/v1/spaces/({KEY})/messages\?key=({KEY})&token=({KEY}(?:%3D)?)",
        "gchat://{0}/{1}/{2}/",
    ),
    (rf"https://(?:webexapis|api\.ciscospark)\.com/v1/webhooks/incoming/({KEY})/?", "wxteams://{0}/"),
    (
        rf"https://({HOST}\.logic\.azure\.com)(?::443)?/workflows/({KEY})/triggers/manual/paths/invoke"
        rf"\?(?:[a-zA-Z0-9._%=&-]*&)?sig=({KEY})",
        "workflows://{0}:443/{1}/{2}/",
    ),
    (
        rf"https://({HOST}\.api\.powerplatform\.com)(?::443)?/powerautomate/automations/direct/workflows/({KEY})"
        rf"/triggers/manual/paths/invoke/?\?(?:[a-zA-Z0-9._%=&-]*&)?sig=({KEY})",
        "workflows://{0}:443/{1}/{2}/?powerautomate=yes",
    ),
)
UNKNOWN = (
    "This is no address that alerts can be sent to. Paste the webhook's address as the chat tool shows it."
)
ELSEWHERE = "Alerts go to this server only once whoever runs the product allows it (LUXE_CHAT_HOSTS)."


@dataclass(frozen=True)
class ChatAddress:
    """`tool`: of TOOLS; `address` as apprise takes it. It holds a key: it stands on no screen and in no log."""

    tool: str
    address: str

    @property
    def name(self) -> str:
        return TOOLS[self.tool]


def parse_chat_address(text: str, hosts: Collection[str] = ()) -> ChatAddress:
    """`hosts`: the clinic's own chat servers, such as chat.example.com or chat.example.com:8065. Raises ValueError in
    words for who typed it, without the address."""
    text = text.strip()
    if len(text) > LONGEST or not text.isascii():
        raise ValueError(UNKNOWN)
    address = next(filter(None, (_written(text, *one) for one in _SHOWN)), text)
    scheme = address.partition("://")[0]
    tool = "mmosts" if scheme == "mmost" else scheme
    found = re.fullmatch(_OWN.get(tool, "(?!)"), address)
    if found is None:
        raise ValueError(UNKNOWN)
    own = found.groupdict().get("own")
    if own and (
        not _is_allowed(own, found["port"], scheme, hosts) or (scheme == "mmost" and not is_loopback(own))
    ):
        raise ValueError(ELSEWHERE)
    return ChatAddress(tool, address)


def _is_allowed(own: str, port: str | None, scheme: str, hosts: Collection[str]) -> bool:
    """Who allows a server allows one door of it: the usual one where the setting names none."""
    usual = USUAL_PORTS[scheme]
    named = (one.partition(":") for one in hosts)
    return (own, int(port or usual)) in {
        (host, int(at) if at.isdecimal() else usual) for host, _, at in named
    }


def _written(text: str, shape: str, written: str) -> str:
    found = re.fullmatch(shape, text)
    return written.format(*found.groups()) if found else ""
