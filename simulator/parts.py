"""The pieces of one running simulator, built once in `simulator.app`."""

from dataclasses import dataclass

from core.domain.clock import Clock
from simulator.config import SimulatorConfig
from simulator.courier import Courier
from simulator.faults import Faults
from simulator.form_job import FormDesk
from simulator.inbound import Inbound
from simulator.ledger import Ledger
from simulator.outbox import Outbox
from simulator.picture_store import PictureStore
from simulator.requests_log import RequestsLog


@dataclass(frozen=True)
class Parts:
    """`real` is the machine's clock: acceptance times, lags and the log go by it."""

    config: SimulatorConfig
    real: Clock
    ledger: Ledger
    log: RequestsLog
    faults: Faults
    pictures: PictureStore
    courier: Courier
    inbound: Inbound
    forms: FormDesk
    outbox: Outbox
