"""Makes `data/area_codes.json` from `data/places/places.toml`: `python -m data.places.area_codes`.

One line for each area code: its state ('' outside the United States) and every time zone in which it may lie.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("places.toml")
BUILT = Path(__file__).parent.with_name("area_codes.json")

Place = tuple[str, list[str]]


def made() -> str:
    """What the built file must hold. Raises ValueError where an area code stands in two places."""
    source = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    places: dict[str, Place] = {}
    for code, place in _places(source):
        if code in places:
            raise ValueError(f"area code {code} stands twice in {SOURCE.name}")
        places[code] = place
    lines = [f"{json.dumps(code)}: {json.dumps(list(place))}" for code, place in sorted(places.items())]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _places(source: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    certain = {code: zone for zone, codes in source["certain"].items() for code in codes}
    for state, codes in source["area_codes"].items():
        for code in codes:
            zones = [certain[code]] if code in certain else source["states"][state]
            yield str(code), (state, sorted(zones))
    for place in source["elsewhere"]:
        for code in place["area_codes"]:
            yield str(code), ("", sorted(place["zones"]))


if __name__ == "__main__":
    BUILT.write_text(made(), encoding="utf-8")
