"""The keys of the form webhooks: from the setting, else made once."""

import stat
from pathlib import Path

import pytest

from core.domain.errors import SettingsError
from core.form_keys import form_keys_path, load_form_keys, webhook_addresses
from core.settings import Settings


def settings(home: Path, form_keys: str = "") -> Settings:
    return Settings(home=home, form_keys=form_keys, public_url="https://forms.example.com", _env_file=None)


def test_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    """128 bits and more, readable by nobody else, the same after a restart; Typeform gets a secret to sign with."""
    first, second = load_form_keys(settings(tmp_path)), load_form_keys(settings(tmp_path))
    assert first == second
    assert set(first) == {"generic", "jotform", "typeform"}
    assert min(len(known.key) for known in first.values()) >= 32
    assert [name for name, known in first.items() if known.secret] == ["typeform"]
    assert stat.S_IMODE(form_keys_path(settings(tmp_path)).stat().st_mode) == 0o600


def test_the_setting_stands_before_the_file(tmp_path: Path) -> None:
    """A connector that the setting leaves out takes no forms."""
    found = load_form_keys(settings(tmp_path, '{"typeform": {"key": "k", "secret": "s"}}'))
    assert {name: (known.key, known.secret) for name, known in found.items()} == {"typeform": ("k", "s")}
    assert not form_keys_path(settings(tmp_path)).exists()


def test_the_doctor_can_show_where_senders_must_post(tmp_path: Path) -> None:
    """The whole address, ready to be pasted at the vendor."""
    given = settings(tmp_path, '{"jotform": {"key": "k-1"}}')
    assert webhook_addresses(given, load_form_keys(given)) == {
        "jotform": "https://forms.example.com/webhooks/forms/jotform/k-1"
    }


def test_a_key_does_not_show_in_a_traceback(tmp_path: Path) -> None:
    """Printed by accident, it says nothing."""
    assert "k-1" not in repr(load_form_keys(settings(tmp_path, '{"jotform": {"key": "k-1"}}')))


def test_a_broken_file_is_a_sentence_that_names_the_setting(tmp_path: Path) -> None:
    """Not a traceback."""
    form_keys_path(settings(tmp_path)).write_text("{")
    with pytest.raises(SettingsError, match="LUXE_FORM_KEYS"):
        load_form_keys(settings(tmp_path))
