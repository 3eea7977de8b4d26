"""Lead queue."""

from console.shell import page
from core.domain.roles import Permission

with page(Permission.SEE_LEADS, "Lead queue"):
    pass
