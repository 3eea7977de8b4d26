"""One nursery for all killed runs of a test process: importing the product takes longer than the runs themselves."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from bench.chaos.fleet import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with closing(Nursery()) as made:
        yield made
