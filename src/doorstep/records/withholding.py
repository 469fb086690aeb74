"""Withholding: people whose rows planning may not see, by the opt-out or by a Type 1 objection.

Permissions belong to the snapshot and not to the knowledge date: the newest cleaned list and the newest GP record in
the snapshot decide for all of its facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doorstep.home import Home
from doorstep.records import versions
from doorstep.records.contracts import Table
from doorstep.records.purposes import FLOW_OF_SOURCE, FLOW_OF_TABLE, FLOWS
from doorstep.records.snapshot import Snapshot
from doorstep.records.sql import literal, parquet

if TYPE_CHECKING:
    import duckdb

WITHHELD = "lake_inside.withheld"
OPT_OUT = "not on the cleaned list of those who have not opted out"
# SNOMED CT: dissent from secondary use of GP patient identifiable data, and that dissent withdrawn (recalled; a Place's
# clinical safety officer confirms them against the release in use).
TYPE_1_MADE = "827241000000103"
TYPE_1_WITHDRAWN = "827261000000102"
TYPE_1 = "Type 1 objection in the GP record"


def create_withheld(con: duckdb.DuckDBPyConnection, home: Home, manifest: Snapshot) -> None:
    """Create table lake_inside.withheld(flow, person_id, reason), a row per person and flow."""
    con.execute("CREATE TABLE lake_inside.withheld (flow VARCHAR, person_id VARCHAR, reason VARCHAR)")
    _add_opt_outs(con, home, manifest)
    _add_objections(con, home, manifest)


def opt_out_flows(manifest: Snapshot) -> list[str]:
    """Return the flows to which the opt-out applies: by the rule in force when each was last loaded."""
    rules = {flow: rule for load in manifest.loads for flow, rule in load.opt_out_rules.items()}
    return [flow for flow in FLOWS if rules.get(flow) == "apply"]


def _add_opt_outs(con: duckdb.DuckDBPyConnection, home: Home, manifest: Snapshot) -> None:
    flows, people = opt_out_flows(manifest), manifest.paths(home, "people")
    lists = sorted((x for x in manifest.loads if x.kind == "opt_out"), key=lambda x: x.received_on)
    if not flows or not people or not lists:
        return
    allowed = parquet([str(home.root / p) for p in lists[-1].files("not_opted_out")])
    con.execute(
        f"""INSERT INTO lake_inside.withheld
        SELECT flow, person_id, ? FROM (SELECT DISTINCT person_id FROM {parquet(people)}) p
        ANTI JOIN {allowed} a USING (person_id), (SELECT unnest(?::VARCHAR[]) AS flow)""",
        [OPT_OUT, flows],
    )


def objections(coded: list[str]) -> str:
    """Return the query of the coded entries in these parts that make or withdraw a Type 1 objection."""
    codes = ", ".join(literal(c) for c in (TYPE_1_MADE, TYPE_1_WITHDRAWN))
    return f"""SELECT person_id, code, recorded_on, file_id, row_no, is_deleted FROM {parquet(coded)}
        WHERE code IN ({codes}) AND person_id IS NOT NULL"""


def _add_objections(con: duckdb.DuckDBPyConnection, home: Home, manifest: Snapshot) -> None:
    """A person objects whose newest GP record says so, or whose newest entry of the two codes makes the objection."""
    for table, paths, query in (
        ("person", manifest.paths(home, "facts", "person"), _FLAGGED),
        ("coded", manifest.paths(home, "objections"), _ENTERED),
    ):
        if paths:
            past = f"lake_inside.past_{table}"
            versions.create_dropped(con, past, table, manifest.paths(home, "repeated", table), None)
            source = f"{parquet(paths)} f ANTI JOIN {past} d ON d.file_id = f.file_id AND d.row_no = f.row_no"
            people = query.format(source=source, made=TYPE_1_MADE)
            con.execute(f"""INSERT INTO lake_inside.withheld SELECT 'gp', person_id, {literal(TYPE_1)} FROM ({people})
                WHERE person_id NOT IN (SELECT person_id FROM lake_inside.withheld WHERE reason = {literal(TYPE_1)})""")


_FLAGGED = "SELECT DISTINCT person_id FROM {source} WHERE f.objection = 'type1' AND f.source = 'gp'"
# On equal days, or where a day is not known, the objection stands.
_ENTERED = """SELECT person_id FROM {source} GROUP BY person_id
    HAVING coalesce(max(recorded_on) FILTER (code <> '{made}'), DATE '0001-01-01')
        <= max(coalesce(recorded_on, DATE '9999-12-31')) FILTER (code = '{made}')"""


def allowed(con: duckdb.DuckDBPyConnection, table: Table, people: str = WITHHELD) -> str:
    """Return SQL that keeps the rows (alias `f`) of people who are not withheld, empty where nobody is.

    `people` is the relation (flow, person_id) that the SQL asks: another name for another engine.
    """
    concerned = {flow for (flow,) in con.execute("SELECT DISTINCT flow FROM lake_inside.withheld").fetchall()}
    return "" if not concerned & set(flows_of(table)) else f"AND NOT {is_withheld(table, people)}"


def is_withheld(table: Table, people: str = WITHHELD) -> str:
    """Return SQL that is true for rows (alias `f`) of withheld people, in the flow that the row belongs to."""
    tests = " OR ".join(_withheld_in(flow, condition, people) for flow, condition in flows_of(table).items())
    return f"({tests})"


def _withheld_in(flow: str, condition: str, people: str) -> str:
    found = f"(SELECT person_id FROM {people} WHERE flow = {literal(flow)})"
    return f"({condition} AND coalesce(f.person_id, '') IN {found})"


def flows_of(table: Table) -> dict[str, str]:
    """Return flow -> SQL condition on rows (alias `f`) of this table that belong to it."""
    if table.name == "person":
        return {flow: f"coalesce(f.source, '') = {literal(source)}" for source, flow in FLOW_OF_SOURCE.items()}
    return {FLOW_OF_TABLE[table.name]: "true"}
