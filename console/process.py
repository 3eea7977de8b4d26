"""The one App of this process, its looks, the words and the people it knows: made by the server, or by the first
script run without one."""

import threading

from core.app import App, build_app
from core.flows.access.looking import Looks
from core.reads.known_people import KnownPeople
from core.reads.text_words import TextWords
from core.settings import load_settings

_lock = threading.Lock()
_app: App | None = None
_looks: Looks | None = None
_words: TextWords | None = None
_people: KnownPeople | None = None


def use(app: App | None) -> None:
    """Hand this process its App; tests and the server's start-up do."""
    global _app, _looks, _words, _people
    with _lock:
        _app, _looks, _words, _people = app, None, None, None


def current_app() -> App:
    """The App, built from the environment when nobody handed one over. Raises SettingsError."""
    global _app
    with _lock:
        if _app is None:
            _app = build_app(load_settings())
        return _app


def looks() -> Looks:
    """What staff of this process saw and is not in the audit trail yet. Raises SettingsError."""
    global _looks
    app = current_app()
    with _lock:
        if _looks is None:
            _looks = Looks(app)
        return _looks


def text_words() -> TextWords:
    """Words of texts, as far as this process has read them."""
    global _words
    with _lock:
        if _words is None:
            _words = TextWords()
        return _words


def known_people() -> KnownPeople:
    """Names and numbers, as far as this process has read them."""
    global _people
    with _lock:
        if _people is None:
            _people = KnownPeople()
        return _people
