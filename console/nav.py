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
    Entry("sla_monitor.py", "sla", "SLA monitor", ":material/timer:", Permission.SEE_SLA, "Today"),
    Entry("funnel.py", "funnel", "Funnel", ":material/filter_alt:", Permission.SEE_RESULTS, "Results"),
    Entry("sources.py", "sources", "Sources", ":material/campaign:", Permission.SEE_RESULTS, "Results"),
    Entry(
        "quick_texts.py",
        "quick-texts",
        "Quick texts",
        ":material/quickreply:",
        Permission.SEE_QUICK_TEXTS,
        "Set up",
    ),
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
    Entry("lead.py", "lead", "Lead", ":material/person:", Permission.SEE_LEADS),
)


def entry(url: str) -> Entry:
    """The page with this address; the first one for '/'."""
    return next((known for known in ENTRIES if known.url == url), ENTRIES[0])


def home(actor: Actor) -> Entry | None:
    """The first page in the menu that the actor may open."""
    return next((known for known in ENTRIES if known.section and actor.may(known.permission)), None)
