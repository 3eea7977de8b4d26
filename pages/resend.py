"""Resend."""

from console.shell import page
from core.domain.roles import Permission

with page(Permission.RESEND, "Resend"):
    pass
