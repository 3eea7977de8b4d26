"""Chat tools by apprise: which addresses are taken, and what leaves, over a real socket."""

import json
import subprocess
import sys

import pytest

from core.adapters.chat import AppriseChat
from core.domain.chat_addresses import parse_chat_address
from core.domain.ports import Notice, Outcome
from tests.adapters.test_web_push import Service, served

LEAD = "https://console.example.com/lead?lead=A-1042"
NOTICE = Notice(
    "New lead", "New lead A-1042, first contact due 10:05", LEAD, "A-1042", urgent=False, useful_for=60
)
KEY = "AbCdEfGh123456789012"
TEAMS = "https://prod-1.westeurope.logic.azure.com:443/workflows/643e69f8/triggers/manual/paths/invoke"


def post(service: Service, notice: Notice = NOTICE) -> Outcome:
    """To a Mattermost of the clinic's own."""
    address = f"mmost://127.0.0.1:{service.port}/{KEY}"
    return AppriseChat([f"127.0.0.1:{service.port}"]).send(address, notice).outcome


def test_a_message_says_what_the_alert_says_and_nothing_of_apprises_own() -> None:
    with served(Service(200)) as service:
        assert post(service) is Outcome.ACCEPTED
        [(path, _, body)] = service.asked
        assert path.endswith(f"/hooks/{KEY}")
        said = json.loads(body)
        assert "New lead A-1042, first contact due 10:05" in said["text"]
        assert LEAD in said["text"]
        assert "apprise" not in body.decode().lower()


def test_what_is_urgent_says_so() -> None:
    with served(Service(200)) as service:
        post(service, Notice("T", "Call lead A-1042", LEAD, "A-1042", urgent=True, useful_for=60))
        assert "Urgent: Call lead A-1042" in json.loads(service.asked[0][2])["text"]


@pytest.mark.parametrize("status", [400, 404, 429, 500])
def test_a_tool_that_does_not_take_it_has_failed(status: int) -> None:
    with served(Service(status)) as service:
        assert post(service) is Outcome.RETRY


@pytest.mark.parametrize(
    ("shown", "tool", "address"),
    [
        (
            f"https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/{KEY}",
            "Slack",
            f"slack://T0AB12CD3/B0AB12CD3/{KEY}/",
        ),
        (f"https://discord.com/api/webhooks/123456789/{KEY}", "Discord", f"discord://123456789/{KEY}/"),
        (
            f"https://chat.googleapis.com/v1/spaces/AAAA1/messages?key={KEY}&token={KEY}%3D",
            "Google Chat",
            f"gchat://AAAA1/{KEY}/{KEY}%3D/",
        ),
        (
            f"{TEAMS}?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={KEY}",
            "Microsoft Teams",
            f"workflows://prod-1.westeurope.logic.azure.com:443/643e69f8/{KEY}/",
        ),
        (f"tgram://123456789:{KEY}/-10012345/", "Telegram", f"tgram://123456789:{KEY}/-10012345/"),
    ],
)
def test_the_address_that_a_tool_shows_is_taken_as_it_is(shown: str, tool: str, address: str) -> None:
    import apprise

    found = parse_chat_address(f" {shown}\n")
    assert (found.name, found.address) == (tool, address)
    assert apprise.Apprise.instantiate(found.address) is not None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "exec://rm",
        "syslog://",
        "dbus://",
        "file:///etc/passwd",
        "json://127.0.0.1/x",
        "xml://internal/x",
        "form://169.254.169.254/latest",
        "mailto://user:pass@example.com",
        "workflows://evil.example.com/abc/def/",
        f"workflows://logic.azure.com.evil.example.com/{KEY}/{KEY}/",
        f"slack://T0AB12CD3/B0AB12CD3/{KEY}/?template=/etc/passwd",
        f"slack://T0AB12CD3/B0AB12CD3/{KEY}/?verify=no",
        f"https://hooks.slack.com.evil.example.com/services/T0AB12CD3/B0AB12CD3/{KEY}",
        f"mmosts://chat.internal/{KEY}",
        f"mmost://chat.example.com/{KEY}",
        f"slack://T0AB12CD3/B0AB12CD3/{KEY}/ json://127.0.0.1/x",
    ],
)
def test_no_other_scheme_no_option_and_no_host_of_ones_choice(address: str) -> None:
    with pytest.raises(ValueError, match=r"Paste the webhook|LUXE_CHAT_HOSTS") as refused:
        parse_chat_address(address)
    assert KEY not in str(refused.value)
    assert AppriseChat().send(address, NOTICE).outcome is Outcome.REFUSED


def test_a_server_of_the_clinics_own_is_taken_where_a_setting_names_it() -> None:
    found = parse_chat_address(f"mmosts://chat.clinic.example/{KEY}", ["chat.clinic.example"])
    assert found.name == "Mattermost"


@pytest.mark.parametrize(
    ("scheme", "at", "listed", "taken"),
    [
        ("mmosts", "chat.clinic.example", "chat.clinic.example", True),
        ("mmosts", "chat.clinic.example:443", "chat.clinic.example", True),
        ("mmosts", "chat.clinic.example", "chat.clinic.example:443", True),
        ("mmosts", "chat.clinic.example:8065", "chat.clinic.example:8065", True),
        ("mmosts", "chat.clinic.example:8065", "chat.clinic.example", False),
        ("mmosts", "chat.clinic.example:80", "chat.clinic.example", False),
        ("mmosts", "chat.clinic.example", "chat.clinic.example:8065", False),
        ("mmosts", "chat.clinic.example:00443", "chat.clinic.example", True),
        ("mmost", "127.0.0.1:80", "127.0.0.1", True),
        ("mmost", "127.0.0.1:5432", "127.0.0.1", False),
    ],
)
def test_a_server_that_is_allowed_is_so_at_one_port(scheme: str, at: str, listed: str, taken: bool) -> None:
    """Else whoever names a chat tool could knock at whatever else runs on that machine."""
    try:
        found = bool(parse_chat_address(f"{scheme}://{at}/{KEY}", [listed]))
    except ValueError:
        found = False
    assert found == taken


def test_a_server_that_sends_us_on_is_not_followed() -> None:
    with (
        served(Service(200)) as elsewhere,
        served(Service(307, {"Location": f"http://127.0.0.1:{elsewhere.port}/inside"})) as service,
    ):
        assert post(service) is Outcome.RETRY
        assert (len(service.asked), elsewhere.asked) == (1, [])


def test_neither_library_is_loaded_before_somebody_is_told_by_it() -> None:
    """Apprise alone takes longer to load than a scheduler to start."""
    seen = (
        "import sys, scheduler.main, gateway.main, core.app;"
        "print(*{'apprise', 'pywebpush', 'py_vapid'} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", seen], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == ""
