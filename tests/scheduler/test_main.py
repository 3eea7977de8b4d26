"""The scheduler's process starts wherever Python does."""

import ctypes
from types import SimpleNamespace
from typing import Any

import pytest

from scheduler import main


def test_threads_share_heaps_where_the_c_library_can(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    library = SimpleNamespace(mallopt=lambda *setting: asked.append(setting))
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: library)
    main.share_heaps()
    assert asked == [(-8, 2)]


@pytest.mark.parametrize("library", [SimpleNamespace(), None])
def test_a_system_without_such_a_setting_starts_all_the_same(
    monkeypatch: pytest.MonkeyPatch, library: SimpleNamespace | None
) -> None:
    def load(_name: Any) -> SimpleNamespace:
        if library is None:
            raise OSError
        return library

    monkeypatch.setattr(ctypes, "CDLL", load)
    main.share_heaps()
