"""The ways in, with what a person must paste elsewhere: addresses for form builders, links of hosted forms."""

from dataclasses import dataclass

from core.settings import Settings, parse_form_keys

HOSTED_FORMS = ("lead-capture", "consultation-request")


@dataclass(frozen=True)
class WayIn:
    """One connector: where its sender must post, and the secret it signs with ('' where there is none)."""

    name: str
    key: str
    secret: str
    url: str


def ways_in(settings: Settings) -> list[WayIn]:
    """Every connector with its key. Raises SettingsError where the keys can't be read."""
    return [
        WayIn(name, key["key"], key["secret"], f"{settings.public}/webhooks/forms/{name}/{key['key']}")
        for name, key in sorted(load_form_keys(settings).items())
    ]


def load_form_keys(settings: Settings) -> dict[str, dict[str, str]]:
    """Key and secret by connector, from the setting or from where the gateway made them; {} before that."""
    if settings.form_keys:
        return parse_form_keys(settings.form_keys)
    path = settings.home / "form_keys.json"
    return parse_form_keys(path.read_text()) if path.exists() else {}


def hosted_forms(settings: Settings) -> list[str]:
    """Links of the forms that we serve ourselves."""
    return [f"{settings.public}/f/{form}" for form in HOSTED_FORMS]
