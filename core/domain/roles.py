"""Who may do what. Every read and every flow that staff start asks `require`; menus only follow."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

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
    SEE_LEADERBOARD = "see the leaderboard"
    SEE_COLLEAGUES_FIGURES = "see how fast each colleague is"
    RESEND = "resend texts"
    SEE_DEAD_LETTERS = "see forms that could not be read"
    MANAGE_STAFF = "manage staff"
    SEE_STAFF = "see who works when"
    PLAN_SHIFTS = "plan shifts"
    SEE_DELIVERY = "see how texts are delivered"
    STOP_SENDING = "stop and resume sending"
    SHARE_WALL = "make links for wall displays"
    ACKNOWLEDGE = "acknowledge that a patient may be in danger"
    SEE_QUICK_TEXTS = "see quick texts"
    EDIT_QUICK_TEXTS = "edit quick texts"
    SEE_TEMPLATES = "see the templates of texts"
    EDIT_TEMPLATES = "edit the templates of texts"
    SEE_SEQUENCES = "see the sequences"
    EDIT_SEQUENCES = "edit the sequences"
    SEE_SETUP = "see how the clinic is set up"
    EDIT_SETUP = "change the clinic, its hours and its treatments"
    SEE_RULES = "see the assignment rules"
    EDIT_RULES = "edit the assignment rules"
    HAND_OVER = "hand over the leads of others"
    REVIEW_LEADS = "go through the cold leads of the week"
    SEE_POLICIES = "see the SLA policies"
    EDIT_POLICIES = "edit the SLA policies"
    RUN_EXPERIMENTS = "start, stop and decide experiments"
    SEE_AUDIT = "see the audit trail"
    SEE_VIEWERS = "see who saw a patient"
    CHECK_FORMS = "check forms that look suspicious"
    KEEP_ACCOUNT = "keep an account of their own"
    EDIT_ESCALATION = "edit the escalation levels"
    SEE_CALENDAR = "see the calendar"
    WORK_CALENDAR = "book, move and mark visits"


_EVERYBODY_WITH_PATIENTS = frozenset({Role.FRONT_DESK, Role.MANAGER, Role.ADMIN})
ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.SEE_LEADS: _EVERYBODY_WITH_PATIENTS | {Role.PROVIDER},
    Permission.WORK_LEADS: _EVERYBODY_WITH_PATIENTS,
    Permission.SEE_SLA: _EVERYBODY_WITH_PATIENTS,
    Permission.SEE_RESULTS: frozenset({Role.MANAGER, Role.MARKETING, Role.ADMIN}),
    Permission.SEE_LEADERBOARD: _EVERYBODY_WITH_PATIENTS,  # who may not see colleagues' figures sees their own
    Permission.SEE_COLLEAGUES_FIGURES: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.RESEND: frozenset({Role.ADMIN}),
    Permission.SEE_DEAD_LETTERS: frozenset({Role.FRONT_DESK, Role.MANAGER, Role.ADMIN}),
    Permission.MANAGE_STAFF: frozenset({Role.ADMIN}),
    Permission.SEE_STAFF: _EVERYBODY_WITH_PATIENTS | {Role.PROVIDER},
    Permission.PLAN_SHIFTS: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.SEE_DELIVERY: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.STOP_SENDING: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.SHARE_WALL: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.ACKNOWLEDGE: _EVERYBODY_WITH_PATIENTS | {Role.PROVIDER},
    Permission.SEE_QUICK_TEXTS: _EVERYBODY_WITH_PATIENTS,
    Permission.EDIT_QUICK_TEXTS: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.SEE_TEMPLATES: _EVERYBODY_WITH_PATIENTS | {Role.MARKETING},
    Permission.EDIT_TEMPLATES: frozenset({Role.MANAGER, Role.MARKETING, Role.ADMIN}),
    Permission.SEE_SEQUENCES: _EVERYBODY_WITH_PATIENTS | {Role.MARKETING},
    Permission.EDIT_SEQUENCES: frozenset({Role.MANAGER, Role.MARKETING, Role.ADMIN}),
    Permission.SEE_SETUP: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.EDIT_SETUP: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.SEE_RULES: _EVERYBODY_WITH_PATIENTS,
    Permission.EDIT_RULES: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.HAND_OVER: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.REVIEW_LEADS: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.SEE_POLICIES: _EVERYBODY_WITH_PATIENTS,
    Permission.EDIT_POLICIES: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.RUN_EXPERIMENTS: frozenset({Role.MANAGER, Role.MARKETING, Role.ADMIN}),
    Permission.SEE_AUDIT: frozenset({Role.ADMIN}),
    Permission.SEE_VIEWERS: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.CHECK_FORMS: _EVERYBODY_WITH_PATIENTS,
    Permission.KEEP_ACCOUNT: frozenset(Role),
    Permission.EDIT_ESCALATION: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.SEE_CALENDAR: _EVERYBODY_WITH_PATIENTS | {Role.PROVIDER},
    Permission.WORK_CALENDAR: _EVERYBODY_WITH_PATIENTS,
}


@dataclass(frozen=True)
class Actor:
    """The signed-in member of staff on whose behalf something is read or done."""

    staff_id: str
    name: str
    role: Role

    @property
    def by_kind(self) -> str:
        return "staff"

    def may(self, permission: Permission) -> bool:
        return self.role in ALLOWED[permission]


class Doer(Protocol):
    """Who does something to a lead: a member of staff, the patient by a link of their own, or nobody."""

    @property
    def staff_id(self) -> str | None:
        """None where no member of staff does it."""

    @property
    def by_kind(self) -> str:
        """staff, patient or automatic: what a timeline says."""


@dataclass(frozen=True)
class NoStaff:
    """Somebody who is no member of staff."""

    by_kind: str
    staff_id: None = None


PATIENT, AUTOMATIC = NoStaff("patient"), NoStaff("automatic")


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
