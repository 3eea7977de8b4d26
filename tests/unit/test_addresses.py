"""Who asks: a forwarded address is believed as far as trusted proxies wrote it."""

import pytest

from core.domain.addresses import client_address, is_public, networks
from core.domain.errors import SettingsError
from core.settings import load_settings

PROXIES = networks("127.0.0.1, ::1, 10.0.0.0/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "asks"),
    [
        ("198.51.100.4", None, "198.51.100.4"),
        ("198.51.100.4", "203.0.113.9", "198.51.100.4"),  # anybody can write a header
        ("10.0.0.5", None, "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "1.1.1.1, 203.0.113.9", "203.0.113.9"),  # what stands before it may be made up
        ("10.0.0.5", "203.0.113.9, 10.0.0.7", "203.0.113.9"),  # two proxies of ours
        ("10.0.0.5", "10.0.0.9, 10.0.0.7", "10.0.0.9"),
        ("10.0.0.5", "203.0.113.9, unknown", "10.0.0.5"),  # a hop that is none ends the way
        ("10.0.0.5", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.5", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.5", "2001:db8::1", "2001:db8::1"),
        ("::ffff:10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("testclient", "203.0.113.9", "testclient"),
        ("10.0.0.5", ",".join(["10.0.0.7"] * 5000), "10.0.0.7"),
    ],
)
def test_the_rightmost_address_that_is_no_proxy_of_ours_asks(
    peer: str, forwarded: str | None, asks: str
) -> None:
    """Finding 19: with a proxy on another machine all visitors were one."""
    assert client_address(peer, forwarded, PROXIES) == asks


def test_no_trusted_proxy_believes_nobody() -> None:
    assert networks("") == ()
    assert client_address("127.0.0.1", "203.0.113.9", networks(" , ")) == "127.0.0.1"


def test_a_mistake_in_the_list_is_named() -> None:
    """One bad part must not silently trust nobody, or everybody."""
    with pytest.raises(ValueError, match=r"'proxy\.example' is no address"):
        networks("10.0.0.1, proxy.example")
    with pytest.raises(SettingsError, match=r"LUXE_TRUSTED_PROXIES.*'10\.0\.0\.300'"):
        load_settings(trusted_proxies="10.0.0.300", _env_file=None)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("::ffff:93.184.216.34", True),
        ("10.0.0.5", False),
        ("169.254.169.254", False),
        ("::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.5", False),
        ("64:ff9b::10.0.0.5", False),  # what each of these leads to, a translator on the way decides
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::10.0.0.5", False),
        ("2002:a00:5::1", False),
        ("::10.0.0.5", False),
        ("::93.184.216.34", False),
        ("::ffff:0:10.0.0.5", False),
        ("fec0::1", False),
        ("push.example.com", False),
        ("", False),
    ],
)
def test_what_leads_inside_by_a_translator_is_no_public_address(address: str, public: bool) -> None:
    assert is_public(address) == public
