"""Starts the simulator as a process of its own."""

import sys

import uvicorn

from core.domain.errors import LuxeError
from core.form_keys import load_form_keys
from core.private_files import begin_privately, close_to_others
from core.settings import SIMULATOR_SENDER, Settings, load_settings
from simulator.app import build_app
from simulator.config import FormKey, SimulatorConfig
from simulator.wire import CuttableProtocol

# Senders keep their connections open between texts; closing them first would look like a lost answer.
KEEP_ALIVE_SECONDS = 75


def config_from(settings: Settings) -> SimulatorConfig:
    keys = load_form_keys(settings)  # the gateway's own, so that made-up forms get in
    service = settings.sender if settings.sender.startswith("MG") else ""
    return SimulatorConfig(
        port=settings.simulator_port,
        account_sid=settings.account_sid,
        auth_token=settings.auth_token,
        callback_base=settings.public,
        inbound_url=f"{settings.public}/twilio/inbound",
        home=settings.home,
        from_number=settings.twilio_from or SIMULATOR_SENDER,
        clock=settings.build_clock,
        messaging_service_sid=service,
        timezone=settings.clinic_timezone,
        smtp_port=settings.simulator_smtp_port,
        form_keys={name: FormKey(known.key, known.secret) for name, known in keys.items()},
    )


def build_server(config: SimulatorConfig) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            build_app(config),
            host=config.bind,
            port=config.port,
            http=CuttableProtocol,
            access_log=False,
            log_level="warning",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=2,
            backlog=1024,
        )
    )


def main() -> None:
    begin_privately()
    try:
        settings = load_settings()
        close_to_others(settings)
        build_server(config_from(settings)).run()
    except (LuxeError, OSError) as error:
        sys.exit(f"simulator: {error}")
    except KeyboardInterrupt:
        # uvicorn has closed everything by now; a stop by the keyboard is no error.
        return


if __name__ == "__main__":
    main()
