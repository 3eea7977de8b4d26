"""How the measurement talks to an engine: one JSON line in, one out, so that each engine keeps its own interpreter."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SLOTS = 64
ACCOUNT = "AC" + "5" * 32
TOKEN = "bench-token"
SENDER = "+15125550100"
CALLBACK = "http://127.0.0.1:9/twilio/status"


@dataclass(frozen=True)
class Text:
    """One text. `due_at` in seconds since 1970."""

    due_at: float
    number: str
    body: str


Plan = Callable[[Sequence[Text]], object]
PlanNow = Callable[[Text], object]
Meet = Callable[[Sequence[str]], object]


def obey(plan: Plan, plan_now: PlanNow, meet: Meet | None = None) -> None:
    """Carry out orders until the other side closes.

    `{"plan": [[due, number, body], ...]}`, `{"now": [due, number, body]}`, `{"meet": [number, ...]}`; the answer
    says when the call began and what CPU time it took here.
    """
    for line in sys.stdin:
        order = json.loads(line)
        cpu, began = time.process_time(), time.time()
        if "plan" in order:
            plan([Text(*row) for row in order["plan"]])
        elif "now" in order:
            plan_now(Text(*order["now"]))
        elif meet is not None:
            meet(order["meet"])
        print(json.dumps({"began": began, "cpu": time.process_time() - cpu}), flush=True)


def form(number: str, body: str) -> dict[str, str]:
    """The fields of one text, as the official client posts them."""
    return {"To": number, "From": SENDER, "Body": body, "StatusCallback": CALLBACK}


def address(api: str) -> str:
    """Where a text is posted to."""
    return f"{api}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
