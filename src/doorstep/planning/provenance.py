"""How a return's figures came about, as plain JSON values: what was counted, from what, under which choices.

It holds counts before suppression (totals under other options, remainders, people), so it stays with the Place.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from doorstep import __version__, clock, records
from doorstep.planning import coverage_facts, local_facts
from doorstep.planning import figures as counting
from doorstep.planning.choices import Effective, catalogue
from doorstep.planning.denominator import Area, Month
from doorstep.planning.metrics import MetricSet, lists
from doorstep.planning.variations import Varied
from doorstep.returns import Figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from doorstep.records import Lake

FORMAT = 1
HANDLING = "Local. Holds counts before suppression: keep it with the Place, never send it with the return."


_MEMBERSHIP_HASH = """
select md5(coalesce(string_agg(concat_ws('|', person_id, identified_on, coalesce(left_on::varchar, '-'), reason),
           chr(10) order by person_id, identified_on, left_on, reason), '')) from membership
"""


def describe(
    lake: Lake,
    *,
    month: Month,
    cohort: str,
    area: Area,
    definitions: MetricSet,
    choices: Effective,
    figures: Figures,
    varied: Varied,
) -> dict[str, Any]:
    """Return the provenance of figures that `figures.count` has just left in the lake's connection."""
    con = lake.connection()
    remainders = local_facts.remaining(con, month)
    coverage = coverage_facts.appointment_coverage(con, area.practices)
    coded = bool(con.execute("select count(*) from programme_day").fetchall()[0][0])
    return {
        "format": FORMAT,
        "handling": HANDLING,
        "place": figures.place,
        "month": month.start.isoformat(),
        "known_by": lake.known_by.isoformat(),
        "snapshot": lake.snapshot,
        "is_reproducible": lake.is_reproducible,
        "run_id": uuid.uuid4().hex,
        "built_at": clock.now().isoformat(timespec="seconds"),
        "doorstep": __version__,
        "place_definition": {"basis": area.basis, "practices": len(area.practices), "hash": area_hash(area)},
        "cohort": {"name": cohort, "members": _members(con), "hash": membership_hash(con)},
        "metric_set": definitions.id,
        "definitions": definition_refs(definitions),
        "choices": _choices(choices, varied),
        "baseline_on": choices.baseline_on.isoformat(),
        "figures": {
            "patients": list(figures.patients),
            "caseload": list(figures.caseload_line),
            "counts": {metric: list(line) for metric, line in figures.counts.items()},
        },
        "people": counting.people(con),
        "in_another_column": counting.in_another_column(con),
        "remainders": remainders,
        "occupied_bed_days": local_facts.occupied_bed_days(con, month, definitions, choices),
        "patients_by_sex": local_facts.patients_by_sex(con),
        "departments": coverage_facts.departments(con),
        "appointment_coverage": coverage,
        "overlaps": local_facts.overlaps(con),
        "ethnicity_sources": local_facts.ethnicity_sources(con),
        "completeness": [_plain(row) for row in records.completeness(con, month.start)],
        "files": [{"file_id": f.file_id, "name": f.name, "profile": f.profile, "rows": f.n_rows} for f in lake.files()],
        "warnings": [
            *lake.notes(),
            *choices.breaks,
            *_warnings(definitions, choices, remainders, coded),
            *filter(None, [coverage_facts.coverage_warning(coverage)]),
        ],
        "unreviewed": [f"{m.ref} ({m.status})" for m in definitions.metrics.values() if not m.reviewed_by],
    }


def membership_hash(con: DuckDBPyConnection) -> str:
    """Return a hash of who is in the cohort and when, so that a later build can tell whether that changed."""
    return str(con.execute(_MEMBERSHIP_HASH).fetchall()[0][0])


def area_hash(area: Area) -> str:
    """Return a hash of the practices and LSOAs that make up the Place."""
    text = "|".join([area.basis, *sorted(area.practices), "", *sorted(area.lsoas)])
    return hashlib.sha256(text.encode()).hexdigest()


def definition_refs(definitions: MetricSet) -> list[dict[str, Any]]:
    """Return every definition by id@version with the hash of its file and what a reader must know."""
    return [
        {
            "metric": m.id,
            "ref": m.ref,
            "sha256": m.sha256,
            "title": m.title,
            "unit": m.unit,
            "status": m.status,
            "reviewed_by": m.reviewed_by or "nobody yet",
            "caveats": list(m.caveats),
        }
        for m in definitions.metrics.values()
    ]


def _choices(choices: Effective, varied: Varied) -> list[dict[str, Any]]:
    return [
        {
            "id": choice.id,
            "about": choice.about,
            "option": choices[choice.id],
            "means": next(o.means for o in choice.options if o.id == choices[choice.id]),
            "set_from": choices.set_by_place.get(choice.id, ""),
            "status": choice.status,
            "totals_under_other_options": {o: v and v.totals for o, v in varied[choice.id].items()},
            "moves_under_other_options": {o: v.moved for o, v in varied[choice.id].items() if v and v.moved},
        }
        for choice in catalogue().values()
    ]


def _warnings(
    definitions: MetricSet, choices: Effective, remainders: Sequence[dict[str, Any]], coded: bool
) -> list[str]:
    """Return what a reader must be told before believing the figures."""
    found = []
    removed = {r["id"]: r["events"] for r in remainders}
    if "o2_function_list" in definitions.metrics["O2a"].choices and choices["o2_function_list"] == "recalled":
        source = lists()["not_specific_acute"]
        found.append(
            f"the list of treatment functions that are not specific acute is {source.status}, not verified; "
            f"it removes {removed['o2_removed_by_function_list']:,} spells from O2a, O2b and O3"
        )
    if (
        "o1_consultant_list" in definitions.metrics["O1a"].choices
        and choices["o1_consultant_list"] != "all_specialties"
    ):
        found.append(
            "the list of main specialties that are not a consultant's is recalled, not verified; "
            f"{removed['o1_not_consultant']:,} attended appointments carry one of its five codes"
        )
    if choices["o6a_programme"] == "exclude_coded" and not coded:
        found.append("no entry of the programme code list was found in the month: no appointment was left out of O6a")
    return found


def _members(con: DuckDBPyConnection) -> int:
    return int(con.execute("select count(distinct person_id) from membership").fetchall()[0][0])


def _plain(row: Any) -> Any:
    """Turn a completeness row (dataclass or mapping) into JSON values."""
    fields = asdict(row) if is_dataclass(row) and not isinstance(row, type) else dict(row)
    return {k: v if isinstance(v, int | float | str | bool | dict | None) else str(v) for k, v in fields.items()}
