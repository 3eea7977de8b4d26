"""Compare with handlebars.js and Twilio's segment calculator, or record what they say. Needs node; the suite does not.

npm install --prefix FOLDER handlebars sms-segments-calculator
python -m tests.oracles compare FOLDER --cases 20000 --seed 2
python -m tests.oracles record FOLDER        # writes handlebars.json and segments.json anew
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.oracles import crowd
from tests.oracles.answers import HERE, Case, counted, recorded, rendered

ORACLES = {"handlebars": "handlebars.mjs", "segments": "segments.cjs"}
RECORDED = 60


OURS = {"handlebars": rendered, "segments": counted}
CROWDS = {"handlebars": crowd.templates, "segments": crowd.texts}


def asked(oracle: str, folder: Path, cases: Iterable[Case]) -> list[dict[str, Any]]:
    """What node says to each case."""
    lines = "".join(f"{json.dumps(case)}\n" for case in cases)
    command = ["node", str(HERE / ORACLES[oracle]), str(folder.resolve())]
    said = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", check=True)
    return [json.loads(line) for line in said.stdout.split("\n") if line]


def compare(oracle: str, folder: Path, seed: int, count: int) -> int:
    """How many answers differ; the first are printed. What only we refuse lies outside the subset."""
    cases = list(CROWDS[oracle](seed, count))
    answers = [
        (case, OURS[oracle](case), one) for case, one in zip(cases, asked(oracle, folder, cases), strict=True)
    ]
    differ = [answer for answer in answers if answer[1] != answer[2]]
    refused = [answer for answer in differ if "refused" in answer[1]]
    wrong = [answer for answer in differ if "refused" not in answer[1]]
    print(f"{oracle}: {count} cases, {len(wrong)} differ, {len(refused)} are refused by us alone")
    for case, ours, theirs in wrong[:5]:
        print(f"  {case!a}\n  ours {ours!a}\n  theirs {theirs!a}")
    return len(wrong)


def record(oracle: str, folder: Path) -> None:
    """Cases that a person thought of stay, answered anew; made-up ones follow."""
    file = HERE / f"{oracle}.json"
    thought_of = [case["in"] for case in recorded(oracle) if case["thought_of"]]
    made_up = list(CROWDS[oracle](1, RECORDED))
    cases = thought_of + made_up
    rows = [
        json.dumps({"in": case, "out": said, "thought_of": index < len(thought_of)})
        for index, (case, said) in enumerate(zip(cases, asked(oracle, folder, cases), strict=True))
    ]
    file.write_text("[\n" + ",\n".join(rows) + "\n]\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracles", description=__doc__)
    parser.add_argument("what", choices=("compare", "record"))
    parser.add_argument("folder", type=Path, help="where npm put the packages")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2)
    given = parser.parse_args()
    if given.what == "record":
        for oracle in ORACLES:
            record(oracle, given.folder)
        return 0
    return min(1, sum(compare(oracle, given.folder, given.seed, given.cases) for oracle in ORACLES))


if __name__ == "__main__":
    sys.exit(main())
