"""Rules as they stood in the table `assignment_rules` up to schema 0027, as a body of today. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

DOLLAR = 100


def body_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`rows` in the order of their priority, with name, conditions, assign_to, is_active."""
    return {"rules": [rule_of(row) for row in rows]}


def rule_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Within a team the fewest open leads came first; of VIPs the most senior."""
    asked, to = row.get("conditions") or {}, row.get("assign_to") or {}
    pool: dict[str, Any] = {"strategy": "most_senior" if asked.get("vip") else "lowest_load"}
    if to.get("titles"):
        pool["titles"] = list(to["titles"])
    if to.get("min_seniority"):
        pool["min_seniority"] = to["min_seniority"]
    return {
        "name": row["name"],
        "on": bool(row.get("is_active", True)),
        "match": "all",
        "conditions": list(_conditions(asked)),
        "give": [pool],
    }


def _conditions(asked: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    found = []
    if asked.get("groups"):
        found.append({"field": "group", "values": list(asked["groups"])})
    if asked.get("form_types"):
        found.append({"field": "form", "values": list(asked["form_types"])})
    if asked.get("min_value_cents"):
        found.append({"field": "value", "values": [str(asked["min_value_cents"] // DOLLAR)]})
    if asked.get("vip"):
        found.append({"field": "vip", "values": ["yes"]})
    return found
