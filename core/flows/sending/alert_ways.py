"""By which kind of action an alert leaves by each way of a person, and which way a kind is."""

from core.messaging.actions import CHAT, EMAIL, PUSH, TEXT, NewAction
from core.staff import alert_rules

KINDS = {
    alert_rules.SMS: TEXT,
    alert_rules.EMAIL: EMAIL,
    alert_rules.PUSH: PUSH,
    alert_rules.CHAT: CHAT,
}
WAYS = {kind: way for way, kind in KINDS.items()}


def way_of(action: NewAction) -> str:
    """By which way this alert goes."""
    return WAYS[action.kind]
