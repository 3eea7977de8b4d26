"""Findings and sizes of a wording as the browser takes them: places in characters, not in UTF-16. Pure."""

from typing import Any

from core.messaging.meter import Meter
from core.messaging.rules.lint.findings import Finding, Fix
from core.messaging.segments import Size

Row = dict[str, Any]


def finding_row(found: Finding) -> Row:
    return {
        "code": found.code,
        "level": found.level,
        "field": found.field,
        "message": found.message,
        "line": found.line,
        "column": found.column,
        "length": found.length,
        "fix": _fix(found.fix) if found.fix else None,
    }


def _fix(fix: Fix) -> Row:
    edits = [
        {"field": one.field, "start": one.start, "end": one.end, "words": one.words} for one in fix.edits
    ]
    return {"label": fix.label, "edits": edits}


def meter_row(meter: Meter) -> Row:
    saving = meter.saving
    return {
        "size": _size(meter.size),
        "smart": _size(meter.smart),
        "perHundred": meter.per_hundred,
        "saving": saving
        and {
            "sign": saving.sign,
            "plain": saving.plain,
            "segments": saving.segments,
            "perHundred": saving.per_hundred,
        },
    }


def _size(size: Size) -> Row:
    return {"units": size.units, "segments": size.segments, "encoding": size.encoding}
