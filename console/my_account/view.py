"""My account in words: the second factor, and sessions as rows. Pure."""

from collections.abc import Iterable
from typing import Any

from console.live import millis
from core.reads.my_account import Account
from core.reads.parts.alert_ways import Ways
from core.staff.profile_rules import CHANNELS
from core.staff.store.sessions import OpenSession

HOW = {
    "password": "by password",
    "code": "by password and code",
    "recovery": "by password and recovery code",
    "provider": "by the clinic's identity provider",
}
FEW = 3


def rows(sessions: Iterable[OpenSession], here: str) -> list[dict[str, Any]]:
    """`here`: the id of the session that asks; it stands first, and is ended by signing out."""
    found = [
        {
            "id": one.id,
            "browser": one.browser or "A browser",
            "address": one.address or "this machine",
            "how": HOW.get(one.how, ""),
            "since": millis(one.created_at),
            "seen": millis(one.last_seen_at),
            "here": one.session_id == here,
        }
        for one in sessions
    ]
    return sorted(found, key=lambda row: not row["here"])


def factor_words(account: Account, required: bool) -> str:
    """What stands under the heading of the second factor."""
    if account.factor_since is None:
        return "Off. With it, your password alone opens nothing: a code from your phone is asked for, too."
    left = account.codes_left
    codes = "no recovery code is left" if not left else f"{left} of 10 recovery codes are left"
    bound = " Your role can't work without it." if required else ""
    return f"On: a code from your authenticator app is asked for after the password; {codes}.{bound}"


def codes_run_out(account: Account) -> bool:
    """Whether it is time for new recovery codes."""
    return account.factor_since is not None and account.codes_left < FEW


def codes(sent: object) -> list[str]:
    """'push,sms' as a list."""
    return [one.strip() for one in str(sent or "").split(",") if one.strip()]


def telling(ways: Ways, me: str, key: str, *, follows: bool) -> dict[str, Any]:
    """What the component of one's alerts shows. `key`: by which browsers know us, '' where push is not set up;
    `follows`: whether this role hears live what became of a test."""
    return {
        "me": me,
        "key": key,
        "follows": follows,
        "channels": [list(one) for one in CHANNELS.items()],
        "chosen": list(ways.chosen),
        "urgent": list(ways.urgent),
        "able": list(ways.able),
        "tool": ways.tool,
        "browsers": [
            {
                "id": one.id,
                "mark": one.mark,
                "browser": one.browser or "A browser",
                "made": millis(one.made_at),
                "used": millis(one.used_at),
            }
            for one in ways.browsers
        ],
    }
