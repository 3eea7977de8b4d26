"""Unread forms."""

from console.shell import page
from core.domain.roles import Permission

with page(Permission.SEE_DEAD_LETTERS, "Unread forms"):
    pass
