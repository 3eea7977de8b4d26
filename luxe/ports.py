"""Ports that the processes will listen on, checked before anything is started."""

import socket
from dataclasses import dataclass

from core.domain.errors import SettingsError
from core.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """One port: who listens there, and the setting that moves it."""

    process: str
    setting: str
    host: str
    port: int


def wanted_ports(settings: Settings) -> list[Wanted]:
    """Every port that `luxe up` needs."""
    ports = [
        Wanted("gateway", "LUXE_GATEWAY_PORT", settings.bind, settings.gateway_port),
        Wanted("console", "LUXE_CONSOLE_PORT", settings.bind, settings.console_port),
    ]
    simulator = Wanted("simulator", "LUXE_SIMULATOR_PORT", "127.0.0.1", settings.simulator_port)
    mail = Wanted(
        "simulator's mail server", "LUXE_SIMULATOR_SMTP_PORT", "127.0.0.1", settings.simulator_smtp_port
    )
    return [simulator, *ports, mail] if settings.simulated else ports


def refuse_taken_ports(settings: Settings) -> None:
    """Raises SettingsError naming the setting to change when a port is taken or wanted twice."""
    wanted = wanted_ports(settings)
    for position, one in enumerate(wanted):
        rival = next((other for other in wanted[:position] if other.port == one.port), None)
        if rival:
            raise SettingsError(
                one.setting,
                f"is {one.port}, the same as {rival.setting}; give the {one.process} another port",
            )
        if not is_free(one.host, one.port):
            raise SettingsError(
                one.setting,
                f"port {one.port} for the {one.process} is in use by another program; "
                f"stop that one, or set {one.setting} to a free port",
            )


def is_free(host: str, port: int) -> bool:
    """Whether we could listen there now. The last user's closed connections do not count."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True
