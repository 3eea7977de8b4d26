"""The console's App on SQLite, as the tests of its pages have it."""

from tests.pages.conftest import console, database_url, visit

__all__ = ["console", "database_url", "visit"]
