"""The console counts as running while it runs, as gateway and scheduler do."""

from collections.abc import Iterator

import pytest

from console import app as console_app
from console import process, warm
from luxe.opening import CommandError
from luxe.running import refuse_while_running, running_processes
from tests.awaiting import result_of
from tests.conftest import TestApp


@pytest.fixture
def served(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestApp]:
    """The App that the console's server finds."""
    monkeypatch.setattr(warm, "imports", lambda: None)
    process.use(app)
    yield app
    process.use(None)


def test_nothing_is_restored_under_a_console_that_runs(served: TestApp) -> None:
    """Finding 25: from its first moment to its goodbye it is seen."""

    async def serve() -> list[str]:
        async with console_app.lifespan(None):
            with pytest.raises(CommandError, match="while the console is running"):
                refuse_while_running(served, "restore")
            return running_processes(served)

    assert running_processes(served) == []
    assert result_of(serve()) == ["console"]
    assert running_processes(served) == []
