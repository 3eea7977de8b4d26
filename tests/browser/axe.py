"""What axe-core finds wrong with a page for who can't see it well, or uses no mouse."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
NAVIGATION = "[data-testid=stSidebarNav]"  # Streamlit's own: its groups stand in a list without being items


def serious(page: Page) -> list[str]:
    """The rule, what it says and where, for each place of a serious finding."""
    found = Axe().run(page, {"exclude": [[NAVIGATION]]}).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['target']}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]
