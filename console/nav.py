"""Every page of the console: where it stands, what it is called, who may open it."""

from dataclasses import dataclass
from pathlib import Path

from core.domain.roles import Actor, Permission

FOLDER = Path(__file__).parents[1] / "pages"


@dataclass(frozen=True)
class Entry:
    """One page. `file` names its script in pages/, `url` its address; a page without a section is in no menu."""

    file: str
    url: str
    title: str
    icon: str
    permission: Permission
    section: str = ""

    @property
    def path(self) -> Path:
        return FOLDER / self.file


ENTRIES = (
    Entry("lead_queue.py", "queue", "Lead queue", ":material/ballot:", Permission.SEE_LEADS, "Today"),
    Entry("inbox.py", "inbox", "Inbox", ":material/forum:", Permission.SEE_LEADS, "Today"),
    Entry(
        "calendar.py", "calendar", "Calendar", ":material/calendar_month:", Permission.SEE_CALENDAR, "Today"
    ),
    Entry(
        "hand_overs.py",
        "hand-overs",
        "Hand-over",
        ":material/swap_horiz:",
        Permission.WORK_LEADS,
        "Today",
    ),
    Entry("sla_monitor.py", "sla", "SLA monitor", ":material/timer:", Permission.SEE_SLA, "Today"),
    Entry(
        "leaderboard.py",
        "leaderboard",
        "Leaderboard",
        ":material/leaderboard:",
        Permission.SEE_LEADERBOARD,
        "Results",
    ),
    Entry("speed.py", "speed", "Speed", ":material/speed:", Permission.SEE_RESULTS, "Results"),
    Entry("funnel.py", "funnel", "Funnel", ":material/filter_alt:", Permission.SEE_RESULTS, "Results"),
    Entry("sources.py", "sources", "Sources", ":material/campaign:", Permission.SEE_RESULTS, "Results"),
    Entry(
        "experiments.py",
        "experiments",
        "Experiments",
        ":material/science:",
        Permission.SEE_RESULTS,
        "Results",
    ),
    Entry(
        "templates.py",
        "templates",
        "Templates",
        ":material/sms:",
        Permission.SEE_TEMPLATES,
        "Set up",
    ),
    Entry(
        "sequences.py",
        "sequences",
        "Sequences",
        ":material/timeline:",
        Permission.SEE_SEQUENCES,
        "Set up",
    ),
    Entry(
        "assignment_rules.py",
        "rules",
        "Assignment rules",
        ":material/alt_route:",
        Permission.SEE_RULES,
        "Set up",
    ),
    Entry(
        "policies.py",
        "policies",
        "SLA policies",
        ":material/schedule:",
        Permission.SEE_POLICIES,
        "Set up",
    ),
    Entry(
        "escalation.py",
        "escalation",
        "Escalation",
        ":material/notification_important:",
        Permission.SEE_SLA,
        "Set up",
    ),
    Entry(
        "quick_texts.py",
        "quick-texts",
        "Quick texts",
        ":material/quickreply:",
        Permission.SEE_QUICK_TEXTS,
        "Set up",
    ),
    Entry("staff.py", "staff", "Staff and shifts", ":material/groups:", Permission.SEE_STAFF, "Set up"),
    Entry("setup.py", "setup", "Clinic", ":material/storefront:", Permission.SEE_SETUP, "Set up"),
    Entry("resend.py", "resend", "Resend", ":material/forward_to_inbox:", Permission.RESEND, "Operations"),
    Entry(
        "delivery.py", "delivery", "Delivery", ":material/vital_signs:", Permission.SEE_DELIVERY, "Operations"
    ),
    Entry(
        "unread_forms.py",
        "unread-forms",
        "Unread forms",
        ":material/unknown_document:",
        Permission.SEE_DEAD_LETTERS,
        "Operations",
    ),
    Entry(
        "check_these.py",
        "check-these",
        "Check these",
        ":material/rule:",
        Permission.CHECK_FORMS,
        "Operations",
    ),
    Entry(
        "duplicates.py",
        "duplicates",
        "Duplicates",
        ":material/group:",
        Permission.WORK_LEADS,
        "Operations",
    ),
    Entry(
        "audit_trail.py",
        "audit",
        "Audit trail",
        ":material/policy:",
        Permission.SEE_AUDIT,
        "Operations",
    ),
    Entry(
        "staff_access.py",
        "staff-access",
        "Sign-in and access",
        ":material/admin_panel_settings:",
        Permission.MANAGE_STAFF,
        "Operations",
    ),
    Entry("my_account.py", "my-account", "My account", ":material/account_circle:", Permission.KEEP_ACCOUNT),
    Entry("lead.py", "lead", "Lead", ":material/person:", Permission.SEE_LEADS),
)


def entry(url: str) -> Entry:
    """The page with this address; the first one for '/'."""
    return next((known for known in ENTRIES if known.url == url), ENTRIES[0])


def home(actor: Actor) -> Entry | None:
    """The first page in the menu that the actor may open."""
    return next((known for known in ENTRIES if known.section and actor.may(known.permission)), None)
