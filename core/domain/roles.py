"""Who may do what. Every read and every flow that staff start asks `require`; menus only follow."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import Denied


class Role(StrEnum):
    """The five kinds of staff that use the console."""

    FRONT_DESK = "frontdesk"
    MANAGER = "manager"
    MARKETING = "marketing"
    ADMIN = "admin"
    PROVIDER = "provider"


ROLE_NAMES = {
    Role.FRONT_DESK: "Front desk",
    Role.MANAGER: "Manager",
    Role.MARKETING: "Marketing",
    Role.ADMIN: "Admin",
    Role.PROVIDER: "Provider",
}


class Permission(StrEnum):
    """What can be permitted. The value reads as the end of 'may ...'."""

    SEE_LEADS = "see leads"
    WORK_LEADS = "work leads"
    SEE_SLA = "see the SLA monitor"
    SEE_RESULTS = "see results"
    RESEND = "resend texts"
    SEE_DEAD_LETTERS = "see forms that could not be read"
    MANAGE_STAFF = "manage staff"
    SEE_DELIVERY = "see how texts are delivered"
    STOP_SENDING = "stop and resume sending"
    SHARE_WALL = "make links for wall displays"
    ACKNOWLEDGE = "acknowledge that a patient may be in danger"
    SEE_QUICK_TEXTS = "see quick texts"
    EDIT_QUICK_TEXTS = "edit quick texts"
    SEE_AUDIT = "see the audit trail"
    SEE_VIEWERS = "see who saw a patient"


_EVERYBODY_WITH_PATIENTS = frozenset({Role.FRONT_DESK, Role.MANAGER, Role.ADMIN})
ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.SEE_LEADS: _EVERYBODY_WITH_PATIENTS | {Role.PROVIDER},
    Permission.WORK_LEADS: _EVERYBODY_WITH_PATIENTS,
    Permission.SEE_SLA: _EVERYBODY_WITH_PATIENTS,
    Permission.SEE_RESULTS: frozenset({Role.MANAGER, Role.MARKETING, Role.ADMIN}),
    Permission.RESEND: frozenset({Role.ADMIN}),
    Permission.SEE_DEAD_LETTERS: frozenset({Role.FRONT_DESK, Role.MANAGER, Role.ADMIN}),
    Permission.MANAGE_STAFF: frozenset({Role.ADMIN}),
    Permission.SEE_DELIVERY: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.STOP_SENDING: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.SHARE_WALL: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.ACKNOWLEDGE: _EVERYBODY_WITH_PATIENTS | {Role.PROVIDER},
    Permission.SEE_QUICK_TEXTS: _EVERYBODY_WITH_PATIENTS,
    Permission.EDIT_QUICK_TEXTS: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.SEE_AUDIT: frozenset({Role.ADMIN}),
    Permission.SEE_VIEWERS: frozenset({Role.MANAGER, Role.ADMIN}),
}


@dataclass(frozen=True)
class Actor:
    """The signed-in member of staff on whose behalf something is read or done."""

    staff_id: str
    name: str
    role: Role

    def may(self, permission: Permission) -> bool:
        return self.role in ALLOWED[permission]


def closed_why(actor: Actor, permission: Permission) -> str:
    """Why this is closed to the actor and who may, for what a screen shows greyed out; '' where it is open."""
    if actor.may(permission):
        return ""
    who = ", ".join(ROLE_NAMES[role] for role in Role if role in ALLOWED[permission])
    return f"Your role can't {permission.value}. It is open to: {who}."


def require(actor: Actor, permission: Permission) -> None:
    """Raises Denied, naming who may, unless the actor's role permits it."""
    why = closed_why(actor, permission)
    if why:
        raise Denied(why)
