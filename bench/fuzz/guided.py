"""Inputs that grow by what code they reach, for what reads bytes: `python -m bench.fuzz.guided NAME [OPTIONS]`.

Options are libFuzzer's, such as -max_total_time=60. Needs atheris in the environment, an optional tool
that no lock names. What it finds is a crash file in the present folder, and a stack.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from zoneinfo import ZoneInfo

import atheris

with atheris.instrument_imports(include=["core", "gateway", "luxe", "python_multipart"]):
    from core.domain.errors import LuxeError
    from core.flows.intake import receive_form
    from core.intake.connectors import EVERY
    from core.intake.draft import Delivery
    from core.messaging import templates
    from core.reference import load_reference
    from luxe.try_out.lines import answer_line, open_kind

from bench.fuzz import bodies, readers

REFERENCE = load_reference(ZoneInfo("America/New_York"))


def form(connector: str, content_type: str) -> Callable[[bytes], None]:
    """A delivery of these bytes, read for a lead."""

    def read(data: bytes) -> None:
        delivery = Delivery(data, content_type)
        with suppress(LuxeError):
            receive_form.read(REFERENCE, EVERY[connector], delivery, received_at=readers.NOW)

    return read


def template(data: bytes) -> None:
    with suppress(templates.TemplateError):
        templates.render_bare(data.decode(errors="replace"), {"a": "b", "firstName": "Ana"})


def clock(data: bytes) -> None:
    answer_line(open_kind("clock"), REFERENCE, data)


NAMES: dict[str, Callable[[bytes], None]] = {
    "multipart": form("jotform", bodies.MULTIPART),
    "encoded": form("jotform", bodies.FORM),
    "generic": form("generic", bodies.JSON),
    "typeform": form("typeform", bodies.JSON),
    "template": template,
    "clock": clock,
}


def main() -> None:
    """Runs until a crash, or as the options say."""
    name, *options = sys.argv[1:] or [""]
    if name not in NAMES:
        raise SystemExit(f"There is: {', '.join(NAMES)}")
    atheris.Setup([sys.argv[0], *options], NAMES[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
