"""What we answer to a case, and what was recorded of the programs that we have to agree with."""

import json
from pathlib import Path
from typing import Any

from core.messaging.characters import smart_encoded
from core.messaging.segments import size_of
from core.messaging.templates import TemplateError, render_bare

HERE = Path(__file__).parent
Case = dict[str, Any]


def recorded(oracle: str) -> list[Case]:
    """`in` and `out` of each case, written by `python -m tests.oracles record`."""
    cases: list[Case] = json.loads((HERE / f"{oracle}.json").read_text())
    return cases


def rendered(case: Case) -> dict[str, Any]:
    """Why it is refused is said in our own words."""
    try:
        return {"text": render_bare(case["body"], case["values"])}
    except TemplateError:
        return {"refused": True}


def counted(case: Case) -> dict[str, Any]:
    plain, smart = size_of(case["text"]), size_of(smart_encoded(case["text"]))
    return {
        "encoding": plain.encoding, "segments": plain.segments,
        "smart_encoding": smart.encoding, "smart_segments": smart.segments,
    }  # fmt: skip
