"""What settings must be beside one another, and the documents that some of them hold."""

import json
from typing import TYPE_CHECKING

from core.domain.errors import SettingsError
from core.domain.push_endpoints import is_key

if TYPE_CHECKING:
    from core.settings import Settings

PUSH_KEY_BYTES = 32


def check(settings: "Settings") -> None:
    """Raises SettingsError, which names the setting and the way out."""
    _database(settings)
    _twilio(settings)
    _email(settings)
    _identity_provider(settings)
    _push(settings)
    if bool(settings.backup_s3_key_id) != bool(settings.backup_s3_secret.get_secret_value()):
        raise SettingsError(
            "LUXE_BACKUP_S3_KEY_ID", "and LUXE_BACKUP_S3_SECRET belong together; set both or none"
        )
    if settings.form_keys:
        parse_form_keys(settings.form_keys)
    parse_api_keys(settings.api_keys.get_secret_value())


def _database(settings: "Settings") -> None:
    if settings.database_url and not settings.database_url.startswith(
        ("sqlite:///", "postgresql+psycopg://")
    ):
        raise SettingsError("LUXE_DATABASE_URL", "must begin with sqlite:/// or postgresql+psycopg://")


def _twilio(settings: "Settings") -> None:
    if settings.twilio_account_sid and not settings.twilio_auth_token.get_secret_value():
        raise SettingsError("LUXE_TWILIO_AUTH_TOKEN", "is needed with LUXE_TWILIO_ACCOUNT_SID")
    if settings.twilio_account_sid and not settings.sender:
        raise SettingsError("LUXE_TWILIO_FROM", "or LUXE_TWILIO_MESSAGING_SERVICE_SID is needed to send from")


def _email(settings: "Settings") -> None:
    if settings.smtp_url.get_secret_value() and not settings.email_from:
        raise SettingsError(
            "LUXE_EMAIL_FROM", "is needed with LUXE_SMTP_URL: the address that emails come from"
        )


def _push(settings: "Settings") -> None:
    key, contact = settings.push_key.get_secret_value(), settings.push_contact
    if key and not is_key(key, PUSH_KEY_BYTES):
        raise SettingsError("LUXE_PUSH_KEY", "must be a private key of VAPID: 32 bytes as base64url")
    if contact and not contact.startswith(("mailto:", "https://")):
        raise SettingsError("LUXE_PUSH_CONTACT", "must be mailto:somebody@your.domain or an https address")


def _identity_provider(settings: "Settings") -> None:
    given = (
        settings.oidc_metadata_url,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
    )
    if any(given) and not all(given):
        raise SettingsError(
            "LUXE_OIDC_METADATA_URL",
            "needs LUXE_OIDC_CLIENT_ID and LUXE_OIDC_CLIENT_SECRET beside it; set all three or none",
        )


def parse_form_keys(text: str) -> dict[str, dict[str, str]]:
    """`{"typeform": {"key": "...", "secret": "..."}}`. Raises SettingsError where it is not that."""
    try:
        document = json.loads(text)
        keys = {
            name: {"key": str(entry["key"]), "secret": str(entry.get("secret", ""))}
            for name, entry in document.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            "LUXE_FORM_KEYS", 'must be JSON such as {"typeform": {"key": "...", "secret": "..."}}'
        ) from error
    return keys


def parse_api_keys(text: str) -> dict[str, str]:
    """`{"website": "secret"}`, '' for none. Raises SettingsError where it is not that."""
    if not text:
        return {}
    try:
        keys = dict(json.loads(text).items())
    except (ValueError, AttributeError):
        keys = {"": ""}
    texts = all(isinstance(one, str) and one.strip() for pair in keys.items() for one in pair)
    if not texts or len(set(keys.values())) < len(keys):
        raise SettingsError(
            "LUXE_API_KEYS",
            'must be JSON such as {"website": "a long secret"}, each with a secret of its own',
        )
    return keys
