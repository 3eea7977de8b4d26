"""Audit trail: who did or saw what, of which patient, when and from where."""

from console.audit_trail import view
from console.audit_trail.actions import ACTIONS
from console.parts.component import LiveComponent
from console.shell import page
from core.domain.roles import Permission
from core.reads import audit_trail

TRAIL = LiveComponent("audit_trail/audit_trail")

with page(Permission.SEE_AUDIT, "Audit trail") as visit:
    people = visit.read(audit_trail.people)
    TRAIL.mount(
        key="audit_trail",
        data={
            "staff": [["", "Everybody"], *([person.id, person.name] for person in people)],
            "kinds": list(view.KINDS.items()),
            "spans": list(view.SPANS.items()),
        },
        actions=ACTIONS,
    )
