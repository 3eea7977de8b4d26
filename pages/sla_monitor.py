"""SLA monitor."""

from console.shell import page
from core.domain.roles import Permission

with page(Permission.SEE_SLA, "SLA monitor"):
    pass
