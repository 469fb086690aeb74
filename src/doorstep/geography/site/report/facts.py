"""The audit and what stands beside each of the report's areas, computed once a process.

The only room of the site with the areas' constituencies: the report prints them, so its audit needs them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from doorstep.geography.need import Ranked, audit_report
from doorstep.geography.need.auditing import Audited, AuditReport
from doorstep.geography.site.need import facts
from doorstep.geography.site.need.asking import Asked
from doorstep.geography.site.need.facts import Firmness
from doorstep.reference import Source, sources

# verdict -> sign, colour and words of its tag: the words say it, colour and sign only help
TAGS = {
    "holds": ("✓", "green", "Holds"),
    "does not hold": ("✕", "red", "Does not hold"),
    "cannot be told": ("?", "grey", "Cannot be checked"),
    "context": ("i", "blue", "For context"),
}
_TABLES = ("report_150", "lsoa21", "need_lsoa21")
_OWN_FIGURES = "the report's own figures"


def _ranked() -> Ranked:
    """Return the default index, the same that the need explorer shows."""
    return facts.ranked(Asked())


@cache
def audited() -> AuditReport:
    """Return the audit beside the default index."""
    return audit_report(_ranked())


def index_name() -> str:
    """Return the index that the list is set beside, with its version."""
    index = _ranked().index
    return f"{index.title} ({index.id}@{index.version}, {index.status})"


def n_ranked() -> int:
    """Return how many areas have a rank."""
    return _ranked().n_ranked


def counts() -> list[tuple[str, int]]:
    """Return how many claims have each verdict, in the order of the tags."""
    found = [claim.verdict for claim in audited().claims]
    return [(verdict, found.count(verdict)) for verdict in TAGS if verdict in found]


def again(claim: Audited) -> str:
    """Say how anybody computes a claim again."""
    if claim.source == _OWN_FIGURES:
        return "add up or divide the printed figures; nothing else is needed."
    if claim.id == "index":
        return "doorstep need compare, with the list of the 150 as CSV."
    return "doorstep need audit-report computes it from the list of the 150 and the tables named below."


@cache
def areas() -> tuple[dict[str, Any], ...]:
    """Return the 150 in the report's order as records; a rank in the index is 1 for the most need, 0 without one."""
    at = facts.positions()
    firm, inside = facts.firmness(), facts.beside()["place"]
    return tuple(_record(area, firm, at[area["lsoa21"]], inside) for area in audited().areas)


def _record(area: Any, firm: Firmness, i: int, inside: list[Any]) -> dict[str, Any]:
    return {
        "rank_in_report": area["rank"],
        "name_as_printed": area["name_as_printed"] or "",
        "name_corrected": area["name_corrected"],
        "constituency_as_printed": area["constituency_as_printed"],
        "lsoa21": area["lsoa21"],
        "lsoa21_name": area["lsoa21_name"],
        "council": area["ltla24_name"],
        "rank_in_need_index": area["need_rank"],
        "rank_low": int(firm.low[i]),
        "rank_high": int(firm.high[i]),
        "health_decile": area["health_decile"],
        "place_approximate": inside[i] or "",
        "in_table_2": "yes" if area["in_table_2"] else "no",
    }


def stated_sources() -> list[Source]:
    """Return the tables that the audit is computed from."""
    return [source for source in sources() if source.name in _TABLES]
