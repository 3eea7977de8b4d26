"""`luxe try`: how long 10,000 lines of a kind take, start of the command included.

`python -m bench.try_lines [KIND ...]`; without a kind, each that has lines here.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.stage import ROOT

LINES = 10_000
BODY = "Hi {{firstName}},\n{{#if callBy}}\n  by {{callBy}}\n{{else}}\nsoon\n{{/if}}\n" * 4
PLANS = ("lead", "consultation", "missed_call", "pre_treatment", "post_treatment", "reengagement")
AREAS = ("407", "512", "219", "310", "212")
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

# Half of the texts are UCS-2 and several segments long: the slow way.
MAKERS: dict[str, Callable[[int], dict[str, Any]]] = {
    "template": lambda n: {"body": BODY, "values": {"firstName": "Ava", "callBy": n % 3}},
    "segments": lambda n: {"text": "Hi Ava, it's Luxe. " * (n % 20) + FAMILY * (n % 2 * 6)},
    "plan": lambda n: {
        "sequence": PLANS[n % len(PLANS)],
        "anchor_at": f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}T{n % 24:02}:{n % 60:02}:00-05:00",
        "person": {"phone": f"{AREAS[n % len(AREAS)]}-555-01{n % 100:02}", "zip": None, "lang": "en"},
        "events": [{"at": "2026-12-01T12:00:00-05:00", "what": "reply"}] * (n % 2),
        "consent": ["transactional", "marketing"],
    },
    "stats": lambda n: {
        "function": "two_proportions",
        "args": {"x1": n % 41, "n1": 41 + n, "x2": n % 38, "n2": 38 + n},
    },
}


def seconds(kind: str, home: Path) -> float:
    """Wall time of one command on an empty home."""
    lines = "".join(f"{json.dumps({'id': n} | MAKERS[kind](n))}\n" for n in range(LINES))
    command = [sys.executable, "-m", "luxe", "try", kind]
    began = time.perf_counter()
    said = subprocess.run(
        command,
        input=lines,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"LUXE_HOME": str(home)},
        check=True,
    )
    took = time.perf_counter() - began
    if len(said.stdout.splitlines()) != LINES:
        raise RuntimeError(f"luxe try {kind} answered {len(said.stdout.splitlines())} of {LINES} lines")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.try_lines", description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*MAKERS, []], default=[])
    with tempfile.TemporaryDirectory() as home:
        for kind in parser.parse_args().kinds or MAKERS:
            print(f"luxe try {kind}: {LINES:,} lines in {seconds(kind, Path(home)):.1f} s", flush=True)


if __name__ == "__main__":
    main()
