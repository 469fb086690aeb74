"""Where activity comes from: which practices sent appointments, and what each hospital did with same-day emergencies.

Kept with the Place: O6a is read with its coverage, and O2a and O5b with the share of type 05, provider by provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from doorstep.planning.contributions import FLOWS
from doorstep.planning.denominator import Month
from doorstep.planning.metrics import MetricSet
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHOWN = 5

_PRACTICES = """
select p.practice, r.practice_name, r.pcn, r.pcn_name, coalesce(n_flat, 0), coalesce(n_slots, 0)
from (select unnest($practices::varchar[]) as practice) p
left join appointment_source using (practice)
left join read_parquet($reference) r using (practice)
order by r.pcn_name nulls last, p.practice
"""

# All attendances of the month's patients, whatever a metric does with them; O2a as it was counted.
_PROVIDERS = """
with attendance as (
    select coalesce(provider, 'not known') as provider, count(*) as attendances,
           count(*) filter (department_type = '01') as type_01, count(*) filter (department_type = '05') as type_05,
           count(*) filter (department_type not in ('01', '05')) as other_types,
           count(*) filter (department_type is null) as type_not_known
    from placed_emergency group by all
), stay as (
    select coalesce(provider, 'not known') as provider, count(*) as o2a
    from contribution c join placed_spell s using (file_id, row_no) where metric = 'O2a' group by all
)
select provider, coalesce(attendances, 0), coalesce(type_01, 0), coalesce(type_05, 0), coalesce(other_types, 0),
       coalesce(type_not_known, 0), coalesce(o2a, 0), round(type_05 / nullif(attendances, 0), 3)
from attendance full join stay using (provider) order by provider
"""
_PROVIDER_NAMES = (
    "provider", "attendances", "type_01", "type_05", "other_types", "type_not_known", "spells_in_O2a",
    "share_of_type_05",
)  # fmt: skip


def appointment_coverage(con: DuckDBPyConnection, practices: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return for each practice of the Place, and for each PCN, whether it sent appointments of the month.

    `practices` rows: practice, name, pcn, appointments (of anyone, from the source that is counted), from, has_data.
    `pcns` rows: pcn, name, practices, with_data, is_complete.
    """
    from doorstep import reference

    values = {"practices": list(practices), "reference": str(reference.table("practices"))}
    rows = [_practice(*row) for row in con.execute(_PRACTICES, values).fetchall()]
    names = dict.fromkeys((row["pcn"], row["pcn_name"]) for row in rows)
    return {"practices": rows, "pcns": [_pcn(pcn, name, rows) for pcn, name in names]}


def _practice(
    practice: str, name: str | None, pcn: str | None, pcn_name: str | None, flat: int, slots: int
) -> dict[str, Any]:
    source = "flat file" if flat else "slots" if slots else "nothing"
    return {
        "practice": practice,
        "name": name or "not known",
        "pcn": pcn or "none",
        "pcn_name": pcn_name or "no PCN known",
        "appointments": flat or slots,
        "from": "flat file, slots not counted" if flat and slots else source,
        "has_data": bool(flat or slots),
    }


def _pcn(pcn: str, name: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    own = [row["has_data"] for row in rows if row["pcn"] == pcn]
    return {"pcn": pcn, "name": name, "practices": len(own), "with_data": sum(own), "is_complete": all(own)}


def coverage_warning(coverage: dict[str, list[dict[str, Any]]]) -> str:
    """Say which practices have no appointment of the month; empty where all have."""
    missing = [row for row in coverage["practices"] if not row["has_data"]]
    if not missing:
        return ""
    named = ", ".join(f"{row['practice']} ({row['pcn_name']})" for row in missing[:SHOWN])
    named += f" and {len(missing) - SHOWN} more, listed in the provenance" if len(missing) > SHOWN else ""
    return (
        f"O6a is not complete: {len(missing)} of the Place's {len(coverage['practices'])} practices have no "
        f"appointment in the month: {named}"
    )


def missing_flows(con: DuckDBPyConnection, month: Month, definitions: MetricSet) -> list[str]:
    """Return a sentence for each lake table without any row of the month, from anybody: its metrics would be nought.

    Completeness compares a provider with its own past, so a flow that never came has no provider to miss.
    """
    beside: dict[str, list[str]] = {}
    for metric in definitions.metrics.values():
        beside.setdefault(metric.table, []).append(metric.id)
    return [
        f"{table}: nothing has arrived for {month.start:%B %Y}, so {', '.join(beside[table])} would be 0"
        for table in FLOWS
        if not con.execute(
            f"select 1 from {table} where {TABLES[table].dated} between $start and $end limit 1",
            {"start": month.start, "end": month.end},
        ).fetchall()
    ]


def departments(con: DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return for each provider the patients' attendances by type of department, and its spells in O2a.

    As a trust moves same-day emergency care to type 05, O2a falls and O5b rises without any change in care.
    """
    return [dict(zip(_PROVIDER_NAMES, row, strict=True)) for row in con.execute(_PROVIDERS).fetchall()]
