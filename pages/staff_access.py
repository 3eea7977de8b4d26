"""Sign-in and access: every account, its second factor, its sessions and failures, and what an admin does about it."""

from console.parts import panels
from console.parts.component import LiveComponent
from console.shell import page
from console.staff_access import actions, view
from core.domain.roles import Permission
from core.reads import staff_access
from core.staff import rules

ACCOUNTS = LiveComponent("staff_access/staff_access")

with page(Permission.MANAGE_STAFF, "Sign-in and access") as here:
    panels.style()
    panels.note("New colleagues are added under Staff and shifts, or with the command luxe staff add.")
    lines = here.read(staff_access.read, rules.lifetimes(here.app.clock), now=here.now)
    needed = here.app.settings.needs_second_factor
    ACCOUNTS.mount(
        key="accounts",
        data={"rows": view.rows(lines, here.actor.staff_id, needed)},
        actions=actions.ACTIONS,
    )
    actions.open_asked(here, lines)
