"""All targets by name. A group is imported, and its database made, only where one of its targets is asked for."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.fuzz.target import Target

GROUPS = {
    "readers": (
        "generic", "typeform", "jotform", "hosted", "signatures", "phone", "names", "dates", "email", "consent",
        "reply", "template",
        "opening", "segments",
    ),
    "lines": (
        "try-template", "try-segments", "try-reply", "try-phone", "try-hours", "try-clock",
        "try-assign", "try-plan", "try-stats",
    ),
    "long": ("long",),
    "intake": ("intake",),
    "public": ("routes", "twilio"),
    "console": ("doors", "live", "frames", "actions"),
}  # fmt: skip
NAMES = tuple(name for names in GROUPS.values() for name in names)


def opened(wanted: Sequence[str], folder: Path) -> list[Target]:
    """The targets named in `wanted` (or groups of them), all where it is empty. Raises SystemExit."""
    unknown = set(wanted) - {*NAMES, *GROUPS}
    if unknown:
        raise SystemExit(
            f"{', '.join(sorted(unknown))} is not known. There is: {', '.join((*GROUPS, *NAMES))}"
        )
    chosen = {name for name in NAMES if not wanted or name in wanted}
    chosen |= {name for group in wanted for name in GROUPS.get(group, ())}
    return [
        target
        for group, names in GROUPS.items()
        if chosen & {*names}
        for target in _group(group, folder)
        if target.name in chosen
    ]


def _group(group: str, folder: Path) -> Iterator[Target]:
    match group:
        case "readers":
            from bench.fuzz import readers

            yield from readers.targets()
        case "lines":
            from bench.fuzz import lines

            yield from lines.targets()
        case "long":
            from bench.fuzz import long

            yield from long.targets()
        case "intake":
            from bench.fuzz import intake

            yield from intake.targets(folder / group)
        case "public":
            from bench.fuzz import public

            yield from public.targets(folder / group)
        case "console":
            from bench.fuzz import console

            yield from console.targets(folder / group)
